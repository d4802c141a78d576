//! One article's random history, played through the rules and the model side by side; and the same in a database.

use std::sync::Arc;

use dateline::articles::store::{self as articles, Content, Save};
use dateline::bodies::{EmbedHosts, Format, render};
use dateline::db::{Db, IdSql, PoolSize, Statement};
use dateline::kernel::clock::SettableClock;
use dateline::kernel::id::{ArticleId, PublicationId, UserId};
use dateline::kernel::instant::Instant;
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::Problem;
use dateline::kernel::refs::Refs;
use dateline::publications::listings;
use dateline::publications::lists::ListKey;
use dateline::publications::rules::{self, Change, Publication, Refused, Scheduled, TakeDown, Wanted};
use dateline::publications::store;
use dateline::publications::subject::{self, Subject};
use dateline::publications::visibility::{IN_FORCE, IN_FORCE_END, LISTED, LISTED_UNTIL};
use diesel::sql_types::BigInt;
use diesel::{OptionalExtension, RunQueryDsl};

use crate::model::{self, NEVER};
use crate::support::Engine;
use crate::support::database::TestDatabase;

/// Splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((z ^ (z >> 31)) % n.unsigned_abs()).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(i64::try_from(of.len()).unwrap())).unwrap()]
    }
}

pub fn instant(millis: i64) -> Instant {
    if millis == NEVER { Instant::NEVER } else { Instant::from_millis(millis).unwrap() }
}

/// Every start and end, and one millisecond beside it.
pub fn instants(article: &model::Article) -> Vec<i64> {
    let edges = article.publications.iter().flat_map(|p| [p.publish_at, p.unpublish_at, p.cut_at]).filter(|t| *t != NEVER);
    edges.flat_map(|t| [t - 1, t, t + 1]).collect()
}

pub struct Game {
    dice: Dice,
    now: i64,
    pub article_id: ArticleId,
    pub model: model::Article,
    pub history: Vec<Publication>,
    ids: Vec<PublicationId>,
}

pub struct Outcome {
    pub what: String,
    pub rules: Result<(), Refused>,
    pub model: Result<(), &'static str>,
}

impl Game {
    pub fn new(seed: u64) -> Self {
        let model = model::Article { newest: 1, ..model::Article::default() };
        Self { dice: Dice(seed), now: 1_000_000, article_id: ArticleId::new(), model, history: Vec::new(), ids: Vec::new() }
    }

    pub fn step(&mut self) -> Outcome {
        self.now += self.dice.one(&[1, 5, 400, 900, 1500, 4000]);
        let (now, at) = (self.now, instant(self.now));
        if self.model.is_trashed {
            self.model.restore(now);
            rules::restore(&mut self.history, at);
            return Outcome { what: format!("restore at {now}"), rules: Ok(()), model: Ok(()) };
        }
        match self.dice.below(10) {
            0 | 1 => {
                let may_publish = self.dice.below(5) > 0;
                self.model.save(now, may_publish);
                if may_publish {
                    rules::follow(&mut self.history, self.model.newest, at);
                }
                Outcome { what: format!("save at {now}"), rules: Ok(()), model: Ok(()) }
            }
            2..=4 => self.publish(),
            5 | 6 => self.change(),
            7 => self.cancel(),
            8 => {
                let keep_scheduled = self.dice.below(2) == 0;
                let model = self.model.unpublish(now, keep_scheduled);
                let rules =
                    rules::unpublish(&mut self.history, TakeDown { at: None, withdrawn_reason: None, keep_scheduled }, at).map(|_| ());
                Outcome { what: format!("unpublish at {now}"), rules, model }
            }
            _ => {
                self.model.trash(now);
                rules::trash(&mut self.history, at);
                Outcome { what: format!("trash at {now}"), rules: Ok(()), model: Ok(()) }
            }
        }
    }

    fn publish(&mut self) -> Outcome {
        let now = self.now;
        let (past, ahead) = (now - 1 - self.dice.below(5000), now + 1 + self.dice.below(6000));
        let start = self.dice.one(&[None, Some(past), Some(ahead)]);
        let later = start.unwrap_or(now) + 1 + self.dice.below(8000);
        let end = self.dice.one(&[None, None, Some(NEVER), Some(later)]);
        let newest = self.model.newest;
        let pinned = 1 + self.dice.below(newest);
        let pin = self.dice.one(&[None, None, Some(pinned)]);
        let published_at = self.dice.one(&[None, None, Some(now - 50_000)]);
        let minor = self.dice.below(3) == 0;
        let model = self.model.publish(now, start, end, pin, published_at, minor);
        let wanted = Wanted {
            article_id: self.article_id,
            publish_at: start.map(instant),
            unpublish_at: match end {
                None => Patch::Absent,
                Some(NEVER) => Patch::Null,
                Some(end) => Patch::Value(instant(end)),
            },
            revision: pin,
            published_at: published_at.map(instant),
            minor,
            time_zone: None,
            publish_at_local: None,
            unpublish_at_local: None,
            created_by: UserId::new(),
        };
        let rules = rules::schedule(&mut self.history, wanted, newest, instant(now)).map(|scheduled| {
            if let Scheduled::Added(id) = scheduled {
                self.ids.push(id);
            }
        });
        Outcome { what: format!("publish at {now}: {start:?} {end:?} {pin:?} {published_at:?} {minor}"), rules, model }
    }

    fn any(&mut self) -> Option<usize> {
        let names: Vec<usize> = self.model.publications.iter().map(|p| p.name).collect();
        if names.is_empty() { None } else { Some(self.dice.one(&names)) }
    }

    fn change(&mut self) -> Outcome {
        let now = self.now;
        let Some(name) = self.any() else { return Outcome { what: "nothing to change".to_owned(), rules: Ok(()), model: Ok(()) } };
        let (past, ahead) = (now - 1 - self.dice.below(3000), now + 1 + self.dice.below(5000));
        let start = self.dice.one(&[None, Some(past), Some(ahead)]);
        let (later, late) = (now + 1 + self.dice.below(9000), now - 1 - self.dice.below(900));
        let end = self.dice.one(&[None, Some(NEVER), Some(later), Some(late)]);
        let model = self.model.change(now, name, start, end);
        let change = Change {
            publish_at: start.map_or(Patch::Absent, |start| Patch::Value(instant(start))),
            unpublish_at: match end {
                None => Patch::Absent,
                Some(NEVER) => Patch::Null,
                Some(end) => Patch::Value(instant(end)),
            },
            ..Change::default()
        };
        let rules = rules::change(&mut self.history, self.ids[name], change, self.model.newest, instant(now));
        Outcome { what: format!("change {name} at {now}: {start:?} {end:?}"), rules, model }
    }

    fn cancel(&mut self) -> Outcome {
        let now = self.now;
        let Some(name) = self.any() else { return Outcome { what: "nothing to cancel".to_owned(), rules: Ok(()), model: Ok(()) } };
        let model = self.model.cancel(now, name);
        let rules = rules::cancel(&mut self.history, self.ids[name], instant(now));
        Outcome { what: format!("cancel {name} at {now}"), rules, model }
    }
}

/// A database with articles whose histories are written as the services write them.
pub struct Stored {
    db: Db,
    _database: TestDatabase,
}

impl Stored {
    pub fn new(engine: Engine) -> Self {
        let database = TestDatabase::prepared(engine, |url| drop(dateline::db::migrate(&url.parse().unwrap()).unwrap()));
        let clock = Arc::new(SettableClock::at(instant(1_000_000)));
        Self { db: Db::open(&database.url().parse().unwrap(), clock, PoolSize(2)).unwrap(), _database: database }
    }

    /// An article with one save, in a language of its own, so that its list holds nothing else.
    pub fn create(&self, seed: u64) -> Subject {
        let at = instant(1_000_000);
        let subject = Subject {
            id: ArticleId::new(),
            kind: "article".to_owned(),
            locale: format!("x{seed}"),
            created_at: at,
            created_by: UserId::new(),
            trashed_at: None,
            version: 1,
            newest_revision: 1,
            saved_at: at,
            category_id: None,
            title_folded: String::new(),
        };
        let written = subject.clone();
        let outcome = self.db.run_write(move |tx| {
            subject::insert(tx.conn(), &written)?;
            insert_revision(tx.conn(), &written, 1)
        });
        outcome.unwrap();
        subject
    }

    /// Brings the database from one history to the next.
    pub fn write(&self, article: &Subject, before: &[Publication], game: &Game) {
        let of_this = |p: &Publication| Publication { article_id: article.id, ..p.clone() };
        let before: Vec<Publication> = before.iter().map(of_this).collect();
        let after: Vec<Publication> = game.history.iter().map(of_this).collect();
        let subject = Subject { newest_revision: game.model.newest, ..article.clone() };
        let now = instant(game.now);
        let outcome = self.db.run_write(move |tx| {
            if articles::revision(tx.conn(), subject.id, subject.newest_revision)?.is_none() {
                insert_revision(tx.conn(), &subject, subject.newest_revision)?;
            }
            store::save(tx.conn(), &before, &after)?;
            subject::hold_slugs(tx.conn(), &subject, &after, now)?;
            listings::rewrite(tx.conn(), &subject, &after)?;
            Ok::<_, Problem>(())
        });
        outcome.unwrap();
    }

    pub fn live(&self, article: &Subject, t: i64) -> model::Live {
        let (id, at) = (article.id, instant(t));
        let read = self.db.run_read(|connection| {
            let statement = Statement::<(BigInt, BigInt, BigInt)>::new(
                "SELECT p.revision, p.published_at, p.updated_at FROM (SELECT id AS article_id FROM articles WHERE id = ",
            )
            .bind(id)
            .sql(") l");
            let row = statement.sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at).get_result::<(i64, i64, i64)>(connection);
            row.optional().map_err(dateline::db::Error::from)
        });
        read.unwrap()
    }

    /// Under which date the article is on the list of everything.
    pub fn listed(&self, article: &Subject, t: i64) -> Option<i64> {
        let (key, at) = (ListKey::all(&article.locale, &article.kind), instant(t));
        let read = self.db.run_read(|connection| {
            let statement = Statement::<(BigInt, IdSql)>::new("SELECT first_at, article_id FROM listings WHERE list = ").bind(&key);
            let rows = statement.sql(LISTED).bind(at).sql(LISTED_UNTIL).bind(at).load::<(i64, ArticleId)>(connection);
            rows.map_err(dateline::db::Error::from)
        });
        let rows = read.unwrap();
        assert!(rows.len() <= 1, "listed twice at {t}: {rows:?}");
        rows.first().map(|(first_at, _)| *first_at)
    }
}

fn insert_revision(connection: &mut dateline::db::AnyConnection, subject: &Subject, number: i64) -> Result<(), Problem> {
    let content = Content {
        slug: format!("slug-{}", number % 4),
        title: format!("Save {number}"),
        excerpt: String::new(),
        format: "html".to_owned(),
        source: String::new(),
        category_id: None,
        refs: Refs::default(),
        image: None,
        seo: None,
        custom: None,
    };
    let body = render(Format::Html, "", &EmbedHosts::default());
    let save = Save { article_id: subject.id, number, at: subject.saved_at, by: subject.created_by, version: number };
    Ok(articles::insert(connection, save, &content, &body)?)
}
