//! Settings: flags, environment variables and a file `.env`, in this order. Each is declared once, here; `.env.example` lists the same.

use clap::Args;
use tracing_subscriber::filter::{Directive, EnvFilter, LevelFilter};

use crate::bodies::EmbedHosts;
use crate::db::DatabaseUrl;
use crate::http::TrustedProxies;
use crate::http::cors::Origins;
use crate::kernel::locale::{Locale, Locales};
use crate::kernel::zone::{UnknownZone, Zone};

/// What a server is made of.
#[derive(Clone)]
pub struct Options {
    /// Where the data lies.
    pub database_url: DatabaseUrl,
    /// Where callers reach it, without a slash at the end.
    pub api_url: String,
    /// Where readers find the site, without a slash at the end.
    pub site_url: String,
    /// What preview links lead to: an address with `{token}` and perhaps `{path}` in it. Without one, the API's own answer.
    pub preview_url: Option<String>,
    /// What the site is called.
    pub site_name: String,
    /// The zone of the site's days and months.
    pub site_time_zone: Zone,
    /// The site's languages.
    pub locales: Locales,
    /// Whose frames may stand in bodies.
    pub embed_hosts: EmbedHosts,
    /// Who may call the editor's tree from a browser.
    pub cors_allowed_origins: Origins,
    /// Whose forwarded addresses are believed.
    pub trusted_proxies: TrustedProxies,
    /// For how many seconds delivery's answers may be kept.
    pub cache_lifetime: u32,
    /// Whether feeds have the whole text, and not the excerpt alone.
    pub feeds_have_text: bool,
    /// The WebSub hub that feeds name.
    pub websub_hub: Option<String>,
    /// For how many days saves are kept that nobody needs any more; `None` = for ever.
    pub revisions_kept_days: Option<u32>,
    /// For how many days articles lie in the trash; `None` = for ever.
    pub trash_kept_days: Option<u32>,
    /// How many threads serve.
    pub workers: usize,
}

/// Everything that can be set.
#[derive(Args, Clone)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where the data lies: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[arg(global = true, long, env = "DATABASE_URL", default_value = DatabaseUrl::DEFAULT, hide_env_values = true)]
    pub database_url: String,
    /// A file that holds DATABASE_URL, for secrets that are mounted.
    #[arg(global = true, long, env = "DATABASE_URL_FILE")]
    pub database_url_file: Option<String>,
    /// The address and port to listen at.
    #[arg(global = true, long, env = "LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Where callers reach the API; made from LISTEN unless given.
    #[arg(global = true, long, env = "API_URL")]
    pub api_url: Option<String>,
    /// Where readers find the site; API_URL unless given.
    #[arg(global = true, long, env = "SITE_URL")]
    pub site_url: Option<String>,
    /// What preview links lead to, with `{token}` and perhaps `{path}` in it, such as a front end's draft mode; the API's own answer unless given.
    #[arg(global = true, long, env = "PREVIEW_URL")]
    pub preview_url: Option<String>,
    /// What the site is called.
    #[arg(global = true, long, env = "SITE_NAME", default_value = "Dateline")]
    pub site_name: String,
    /// The zone of the site's days and months, by its IANA name.
    #[arg(global = true, long, env = "SITE_TIME_ZONE", default_value = "UTC")]
    pub site_time_zone: String,
    /// The site's languages, the default first.
    #[arg(global = true, long, env = "LOCALES", default_value = "en")]
    pub locales: String,
    /// Origins from which browsers may call the editor's operations.
    #[arg(global = true, long, env = "CORS_ALLOWED_ORIGINS", default_value = "")]
    pub cors_allowed_origins: String,
    /// Networks of proxies whose forwarded addresses are believed.
    #[arg(global = true, long, env = "TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: String,
    /// The e-mail of the first admin, used once on an empty database.
    #[arg(global = true, long, env = "ADMIN_EMAIL", default_value = "admin@localhost")]
    pub admin_email: String,
    /// The password of the first admin; a random one is shown once unless given.
    #[arg(global = true, long, env = "ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// A file that holds ADMIN_PASSWORD.
    #[arg(global = true, long, env = "ADMIN_PASSWORD_FILE")]
    pub admin_password_file: Option<String>,
    /// For how many seconds readers' answers may be kept, at most 86400; 0 = ask each time.
    #[arg(global = true, long, allow_negative_numbers = true, env = "CACHE_LIFETIME", default_value = "60")]
    pub cache_lifetime: String,
    /// What feeds have of an article: excerpt or full.
    #[arg(global = true, long, env = "FEED_TEXT", default_value = "excerpt")]
    pub feed_text: String,
    /// The WebSub hub that feeds name; none unless given.
    #[arg(global = true, long, env = "WEBSUB_HUB")]
    pub websub_hub: Option<String>,
    /// For how many days saves are kept that are not the newest, were never published and have no note, at most 36500; 0 = for ever.
    #[arg(global = true, long, allow_negative_numbers = true, env = "REVISIONS_KEPT_DAYS", default_value = "0")]
    pub revisions_kept_days: String,
    /// After how many days in the trash articles are purged, at most 36500; 0 = never.
    #[arg(global = true, long, allow_negative_numbers = true, env = "TRASH_KEPT_DAYS", default_value = "0")]
    pub trash_kept_days: String,
    /// Hosts whose frames may stand in bodies; empty = none.
    #[arg(global = true, long, env = "EMBED_HOSTS")]
    pub embed_hosts: Option<String>,
    /// How many threads serve, 1 to 256; one for each core unless given.
    #[arg(global = true, long, allow_negative_numbers = true, env = "WORKERS")]
    pub workers: Option<String>,
    /// What is logged: error, warn, info, debug, or a filter such as `dateline=debug`.
    #[arg(global = true, long, env = "LOG", default_value = "info")]
    pub log: String,
    /// How it is logged: text or json.
    #[arg(global = true, long, env = "LOG_FORMAT", default_value = "text")]
    pub log_format: String,
}

/// Parts of the program that log the text of bodies as they read it, drafts among them; and the one that has an error of ours in each request that is
/// none, which `http/refusals.rs` logs as what it is.
const SILENT: [&str; 3] = ["html5ever", "markup5ever", "actix_http::h1::dispatcher"];

fn silent(part: &str) -> Directive {
    format!("{part}=off").parse().expect("a name and a level are a directive")
}

/// A setting whose value is not taken.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {fault}. Example: {name}={example}")]
pub struct WrongSetting {
    name: &'static str,
    fault: String,
    example: &'static str,
}

/// All that are wrong, a line each.
#[derive(Debug)]
pub struct WrongSettings(Vec<WrongSetting>);

impl std::error::Error for WrongSettings {}

impl std::fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

fn wrong(name: &'static str, example: &'static str) -> impl FnOnce(String) -> WrongSetting {
    move |fault| WrongSetting { name, fault, example }
}

type Read<T> = Result<T, WrongSetting>;

/// The most characters of SITE_NAME.
const LONGEST_NAME: usize = 200;

/// An address to which paths are appended, without a slash at the end.
fn address(name: &'static str, example: &'static str, text: &str) -> Read<String> {
    let url = url::Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    let fault = match url {
        None => format!("`{text}` is not an http or https address"),
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            "it has a user or a password, which it cannot have".to_owned()
        }
        Some(url) if url.query().is_some() || url.fragment().is_some() => {
            format!("`{text}` has a query or a fragment, which it cannot have")
        }
        Some(_) => return Ok(text.trim_end_matches('/').to_owned()),
    };
    Err(wrong(name, example)(fault))
}

/// The longest time that is counted in days.
const MOST_DAYS: u32 = 36_500;

/// A number of days, or for ever.
fn days(name: &'static str, example: &'static str, text: &str) -> Read<Option<u32>> {
    let days = text.parse().ok().filter(|days| *days <= MOST_DAYS);
    let days = days.ok_or_else(|| wrong(name, example)(format!("`{text}` is not a number of days from 0 to {MOST_DAYS}")))?;
    Ok(Some(days).filter(|days| *days > 0))
}

/// A secret that was mounted as a file.
fn secret(name: &'static str, example: &'static str, file: &str) -> Read<String> {
    let text = std::fs::read_to_string(file).map_err(|e| wrong(name, example)(format!("`{file}` cannot be read: {e}")))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(wrong(name, example)(format!("`{file}` is empty"))),
        secret => Ok(secret.to_owned()),
    }
}

impl Settings {
    /// What is meant by what was given: an empty value that may be left out is none, as templates leave it; a secret that is a flag wins over a file that the
    /// environment names. `is_flag` tells of an argument by its id.
    #[must_use]
    pub fn as_meant(mut self, is_flag: impl Fn(&str) -> bool) -> Self {
        let files = [&mut self.database_url_file, &mut self.admin_password_file];
        for setting in files.into_iter().chain([
            &mut self.api_url,
            &mut self.site_url,
            &mut self.preview_url,
            &mut self.admin_password,
            &mut self.workers,
        ]) {
            *setting = setting.take().filter(|value| !value.is_empty());
        }
        let is_meant = |secret: &str| is_flag(secret) && !is_flag(&format!("{secret}_file"));
        self.database_url_file = self.database_url_file.filter(|_| !is_meant("database_url"));
        self.admin_password_file = self.admin_password_file.filter(|_| !is_meant("admin_password"));
        self
    }

    /// Where the data lies.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn database_url(&self) -> Read<DatabaseUrl> {
        let wrong = || wrong("DATABASE_URL", DatabaseUrl::DEFAULT);
        let url = match &self.database_url_file {
            Some(file) => secret("DATABASE_URL_FILE", "/run/secrets/database-url", file)?,
            None => self.database_url.clone(),
        };
        url.parse().map_err(|e: crate::db::InvalidUrl| wrong()(e.to_string()))
    }

    /// The password of the first admin, if one was given.
    ///
    /// # Errors
    /// What is wrong with the value; never the value.
    pub fn admin_password(&self) -> Read<Option<String>> {
        let wrong = || wrong("ADMIN_PASSWORD", "a sentence of your own");
        let password = match &self.admin_password_file {
            Some(file) => Some(secret("ADMIN_PASSWORD_FILE", "/run/secrets/admin-password", file)?),
            None => self.admin_password.clone(),
        };
        let own = [&*self.admin_email, &*self.site_name];
        match password.as_deref().and_then(|password| crate::auth::password::fault(password, &own)) {
            Some(fault) => Err(wrong()(fault.detail().to_owned())),
            None => Ok(password),
        }
    }

    /// The e-mail of the first admin.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn admin_email(&self) -> Read<&str> {
        let email = self.admin_email.trim();
        let fault = || format!("`{email}` is not an e-mail address");
        if crate::users::rules::is_email(email) { Ok(email) } else { Err(wrong("ADMIN_EMAIL", "admin@example.org")(fault())) }
    }

    fn locales(&self) -> Read<Locales> {
        let wrong = || wrong("LOCALES", "en,tk");
        let locales: Result<Vec<Locale>, _> = self.locales.split(',').map(|name| name.trim().parse()).collect();
        let locales = locales.map_err(|e| wrong()(e.to_string()))?;
        Locales::new(locales).ok_or_else(|| wrong()("one is named twice".to_owned()))
    }

    fn workers(&self) -> Read<usize> {
        let Some(workers) = &self.workers else { return Ok(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)) };
        let fault = || format!("`{workers}` is not a whole number from 1 to 256");
        workers.parse().ok().filter(|n| (1..=256).contains(n)).ok_or_else(|| wrong("WORKERS", "4")(fault()))
    }

    /// The address to listen at.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn listen(&self) -> Read<std::net::SocketAddr> {
        let fault = |_| format!("`{}` is not an address with a port", self.listen);
        self.listen.parse().map_err(|e| wrong("LISTEN", "127.0.0.1:8080")(fault(e)))
    }

    fn api_url(&self) -> Read<String> {
        match &self.api_url {
            Some(url) => {
                let address = address("API_URL", "https://api.example.org", url)?;
                let has_path = address.splitn(4, '/').nth(3).is_some();
                let fault = || format!("`{url}` has a path: the API is served at the root of its host");
                if has_path { Err(wrong("API_URL", "https://api.example.org")(fault())) } else { Ok(address) }
            }
            None => Ok(format!("http://{}", self.listen()?)),
        }
    }

    fn site_url(&self) -> Read<String> {
        self.site_url.as_ref().map_or_else(|| self.api_url(), |url| address("SITE_URL", "https://www.example.org", url))
    }

    fn preview_url(&self) -> Read<Option<String>> {
        let wrong = || wrong("PREVIEW_URL", "https://www.example.org/api/draft?token={token}&path={path}");
        let Some(url) = &self.preview_url else { return Ok(None) };
        let is_address = url::Url::parse(url).is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        match (is_address, url.contains("{token}")) {
            (false, _) => Err(wrong()(format!("`{url}` is not an http or https address"))),
            (true, false) => Err(wrong()(format!("`{url}` has no `{{token}}` in it"))),
            (true, true) => Ok(Some(url.clone())),
        }
    }

    fn site_name(&self) -> Read<String> {
        let name = self.site_name.trim();
        let is_name = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains(char::is_control);
        let fault = || format!("it must have 1 to {LONGEST_NAME} characters, in one line");
        if is_name { Ok(name.to_owned()) } else { Err(wrong("SITE_NAME", "The Morning News")(fault())) }
    }

    fn site_time_zone(&self) -> Read<Zone> {
        self.site_time_zone.parse().map_err(|e: UnknownZone| wrong("SITE_TIME_ZONE", "Asia/Ashgabat")(e.to_string()))
    }

    /// Whose frames may stand in bodies.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn embed_hosts(&self) -> Read<EmbedHosts> {
        let Some(hosts) = &self.embed_hosts else { return Ok(EmbedHosts::default()) };
        hosts.parse().map_err(|e: crate::bodies::InvalidEmbedHosts| wrong("EMBED_HOSTS", "player.vimeo.com")(e.to_string()))
    }

    fn cors_allowed_origins(&self) -> Read<Origins> {
        Origins::parse(&self.cors_allowed_origins).map_err(|e| wrong("CORS_ALLOWED_ORIGINS", "https://desk.example.org")(e.to_string()))
    }

    fn trusted_proxies(&self) -> Read<TrustedProxies> {
        TrustedProxies::parse(&self.trusted_proxies).map_err(|e| wrong("TRUSTED_PROXIES", "10.0.0.0/8")(e.to_string()))
    }

    /// What is logged. What stands alone must be a level: a misspelt one would be taken as the name of a part of the program, and nothing else be logged.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn log(&self) -> Read<EnvFilter> {
        let is_level = |part: &str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
        let is_part = |part: &&str| !part.contains(['=', '[']) && !is_level(part.trim());
        let filter = match self.log.split(',').find(is_part) {
            Some(part) if part.trim().is_empty() => Err("it is empty, or has nothing between two commas".to_owned()),
            Some(part) => Err(format!("`{}` is none of error, warn, info, debug, trace and off", part.trim())),
            None => EnvFilter::try_new(&self.log).map_err(|e| format!("`{}` is no filter such as `dateline=debug`: {e}", self.log)),
        };
        Ok(SILENT.into_iter().fold(filter.map_err(wrong("LOG", "info"))?, |filter, part| filter.add_directive(silent(part))))
    }

    /// Whether it is logged as JSON.
    ///
    /// # Errors
    /// What is wrong with the value.
    pub fn is_log_json(&self) -> Read<bool> {
        match self.log_format.as_str() {
            "json" => Ok(true),
            "text" => Ok(false),
            other => Err(wrong("LOG_FORMAT", "json")(format!("`{other}` is neither text nor json"))),
        }
    }

    fn feeds_have_text(&self) -> Read<bool> {
        match self.feed_text.as_str() {
            "full" => Ok(true),
            "excerpt" => Ok(false),
            other => Err(wrong("FEED_TEXT", "full")(format!("`{other}` is neither excerpt nor full"))),
        }
    }

    fn websub_hub(&self) -> Read<Option<String>> {
        let Some(hub) = &self.websub_hub else { return Ok(None) };
        // A slash at its end is a part of it.
        address("WEBSUB_HUB", "https://hub.example.org/", hub).map(|_| Some(hub.clone()))
    }

    fn cache_lifetime(&self) -> Read<u32> {
        let lifetime = self.cache_lifetime.parse().ok().filter(|seconds| *seconds <= 86_400);
        let fault = || format!("`{}` is not a number of seconds from 0 to 86400", self.cache_lifetime);
        lifetime.ok_or_else(|| wrong("CACHE_LIFETIME", "60")(fault()))
    }

    fn revisions_kept_days(&self) -> Read<Option<u32>> {
        days("REVISIONS_KEPT_DAYS", "365", &self.revisions_kept_days)
    }

    fn trash_kept_days(&self) -> Read<Option<u32>> {
        days("TRASH_KEPT_DAYS", "30", &self.trash_kept_days)
    }

    /// All of them, checked.
    ///
    /// # Errors
    /// Every one whose value is not taken.
    pub fn options(&self) -> Result<Options, WrongSettings> {
        let faults = self.faults();
        if faults.is_empty() { self.read().map_err(|fault| WrongSettings(vec![fault])) } else { Err(WrongSettings(faults)) }
    }

    /// Every setting whose value is not taken.
    pub fn faults(&self) -> Vec<WrongSetting> {
        let all = [
            self.database_url().err(),
            self.listen().err(),
            self.api_url.as_ref().and_then(|_| self.api_url().err()),
            self.site_url.as_ref().and_then(|_| self.site_url().err()),
            self.preview_url().err(),
            self.site_name().err(),
            self.site_time_zone().err(),
            self.locales().err(),
            self.embed_hosts().err(),
            self.cors_allowed_origins().err(),
            self.trusted_proxies().err(),
            self.cache_lifetime().err(),
            self.feeds_have_text().err(),
            self.websub_hub().err(),
            self.revisions_kept_days().err(),
            self.trash_kept_days().err(),
            self.workers().err(),
            self.admin_email().err(),
            self.admin_password().err(),
            self.log().err(),
            self.is_log_json().err(),
        ];
        all.into_iter().flatten().collect()
    }

    fn read(&self) -> Read<Options> {
        Ok(Options {
            database_url: self.database_url()?,
            api_url: self.api_url()?,
            site_url: self.site_url()?,
            preview_url: self.preview_url()?,
            site_name: self.site_name()?,
            site_time_zone: self.site_time_zone()?,
            locales: self.locales()?,
            embed_hosts: self.embed_hosts()?,
            cors_allowed_origins: self.cors_allowed_origins()?,
            trusted_proxies: self.trusted_proxies()?,
            cache_lifetime: self.cache_lifetime()?,
            feeds_have_text: self.feeds_have_text()?,
            websub_hub: self.websub_hub()?,
            revisions_kept_days: self.revisions_kept_days()?,
            trash_kept_days: self.trash_kept_days()?,
            workers: self.workers()?,
        })
    }
}
