//! `dateline demo`: a small site to look at, on a database of its own.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::Outcome;
use super::serve::{add_first_admin, bind, log_to, serve};
use crate::app::App;
use crate::articles::dto::ArticleCreate;
use crate::articles::service::{self as articles, Site};
use crate::audit::store::Actor;
use crate::categories::dto::CategoryCreate;
use crate::categories::service::create_in;
use crate::db::{Db, FileLock};
use crate::kernel::caller::{Caller, Role};
use crate::kernel::clock::SystemClock;
use crate::kernel::id::{CategoryId, SessionId, UserId};
use crate::settings::{Options, Settings};
use crate::users::service::random_password;
use crate::users::store;

/// Where the demo's data goes.
#[derive(Args)]
pub struct Demo {
    /// The folder of its database, kept afterwards; a temporary one, deleted at the end, unless given. DATABASE_URL is not looked at.
    #[arg(long)]
    folder: Option<PathBuf>,
}

pub fn run(demo: Demo, mut settings: Settings) -> Outcome {
    let temporary = Temporary(demo.folder.is_none().then(|| std::env::temp_dir().join(format!("dateline-demo-{}", SessionId::new()))));
    let folder = temporary.0.clone().or(demo.folder).unwrap_or_default();
    settings.database_url = format!("sqlite://{}", folder.join("dateline.db").display());
    settings.database_url_file = None;
    let options = settings.options()?;
    settings.admin_password = Some(settings.admin_password()?.unwrap_or_else(random_password));
    settings.admin_password_file = None;
    log_to(&settings)?;
    let listener = bind(&settings)?;
    let _lock = FileLock::take(&options.database_url)?;
    let app = App::prepare(options.clone(), Arc::new(SystemClock::new()))?;
    let is_new = app.db().run_read(store::is_empty)?;
    add_first_admin(app.db(), &settings, &options.database_url)?;
    let admin = crate::users::service::by_email(app.db(), &settings.admin_email).map(|user| user.id);
    actix_web::rt::System::new().block_on(async {
        if is_new {
            fill(app.db(), &options, admin?).await?;
        }
        welcome(&options.api_url, is_new.then_some(&settings));
        Ok::<_, Box<dyn Error>>(serve(app, listener).await?)
    })
}

fn welcome(api: &str, fresh: Option<&Settings>) {
    println!("A small news site:");
    let live = if fresh.is_some() { "what readers get now; two more articles appear within ten minutes" } else { "what readers get now" };
    for (path, what) in [
        ("/docs", "the API, to be tried out in a browser"),
        ("/v1/articles", live),
        ("/v1/categories", "the categories and how much is in them"),
    ] {
        println!("  {api}{path:<16} {what}");
    }
    match fresh {
        Some(settings) => {
            println!("Log in as {} with the password {}", settings.admin_email, settings.admin_password.as_deref().unwrap_or_default());
        }
        None => println!("The folder held a site already: log in as you did when it was made."),
    }
    println!("Ctrl-C stops it.");
}

/// A folder that goes with the demo.
struct Temporary(Option<PathBuf>);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // A folder for temporary files is tidied by the system as well.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Categories: slug, name, and the slug of the one that it lies in.
const CATEGORIES: [(&str, &str, Option<&str>); 4] =
    [("city", "City", None), ("transport", "Transport", Some("city")), ("nature", "Nature", None), ("culture", "Culture", None)];

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Articles: when, from now; category; title; body. Those ahead are scheduled.
const ARTICLES: [(i64, &str, &str, &str); 12] = [
    (
        -90 * DAY,
        "city",
        "The old market hall opens again",
        "After two years of work the hall has **forty stalls** and a new roof of glass.",
    ),
    (
        -60 * DAY,
        "transport",
        "Night buses run until three",
        "On Fridays and Saturdays four lines go every half hour, the council has decided.",
    ),
    (-41 * DAY, "nature", "Storks counted along the river", "Volunteers found *thirty-one* nests, six more than a year ago."),
    (-30 * DAY, "culture", "A library of sounds", "The town's library now lends recordings of places: harbours, woods, a station at dawn."),
    (
        -14 * DAY,
        "city",
        "Council votes for the new bridge",
        "Seven members were in favour, two against.\n\n> It will be the first bridge for feet and wheels alone.\n\nWork begins in spring.",
    ),
    (
        -7 * DAY,
        "transport",
        "Tram line closed for a week",
        "| Stop | Instead |\n| --- | --- |\n| Harbour | Bus 4 |\n| Mill Lane | Bus 9 |\n",
    ),
    (-3 * DAY, "nature", "First snow on the northern hills", "Drivers are asked to fit winter tyres before the weekend."),
    (-DAY, "culture", "Choir looks for deep voices", "Rehearsals are on Tuesdays; nobody has to read music."),
    (-5 * MINUTE, "city", "Water is off in Mill Lane this afternoon", "A pipe is being replaced. Water comes back at about five."),
    (
        2 * MINUTE,
        "transport",
        "Tickets by telephone from today",
        "This was scheduled: it appeared by itself, two minutes after the demo was filled.",
    ),
    (10 * MINUTE, "culture", "Tonight: an evening of short films", "Nine films, none longer than ten minutes."),
    (DAY, "nature", "The river path is being repaired", "Nobody but editors sees this before tomorrow."),
];

/// Makes the site through the services that the API calls as well.
async fn fill(db: &Db, options: &Options, user_id: UserId) -> Outcome {
    let caller = Caller::user(user_id, Role::Admin, SessionId::new());
    let actor = Actor::from(&caller);
    let categories = db
        .write(move |tx| {
            let mut made: Vec<(&str, CategoryId)> = Vec::new();
            for (slug, name, parent) in CATEGORIES {
                let parent = parent.and_then(|parent| id_of(&made, parent));
                let wanted = serde_json::from_value::<CategoryCreate>(json!({ "slug": slug, "name": name, "parent_id": parent }));
                let wanted = wanted.expect("the demo's own category is well formed");
                made.push((slug, create_in(tx, &actor, &wanted.into())?.id));
            }
            Ok::<_, crate::kernel::problem::Problem>(made)
        })
        .await?;
    let site = Site { locales: options.locales.clone(), embed_hosts: options.embed_hosts.clone() };
    let now = db.clock().now();
    for (after, category, title, text) in ARTICLES {
        let wanted = article(title, text, id_of(&categories, category), &now.plus_millis(after).to_string());
        let wanted: ArticleCreate = serde_json::from_value(wanted).expect("the demo's own article is well formed");
        articles::create(db, &site, &caller, wanted, None).await?;
    }
    Ok(())
}

fn id_of(categories: &[(&str, CategoryId)], slug: &str) -> Option<CategoryId> {
    categories.iter().find(|(name, _)| *name == slug).map(|(_, id)| *id)
}

fn article(title: &str, text: &str, category: Option<CategoryId>, publish_at: &str) -> Value {
    json!({
        "title": title,
        "body": { "format": "markdown", "source": text },
        "category_id": category,
        "publish": { "publish_at": publish_at },
    })
}
