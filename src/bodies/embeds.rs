//! Embeds: frames of other sites in a body. A frame is never kept as it was written: if its address is https and its host
//! is one of the setting `EMBED_HOSTS`, a new one is built, shut in by `sandbox`.

use std::fmt::Write;
use std::str::FromStr;
use std::sync::Arc;

use url::Url;

use super::attributes::pixels;

/// What a framed page may do: run its scripts, on its own origin, open windows. Not: lead readers away, submit forms,
/// show dialogs.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-popups allow-presentation";
const REFERRER_POLICY: &str = "strict-origin-when-cross-origin";
/// The hosts of a site that sets none: players that do not show pages of their users' making.
const DEFAULT_HOSTS: [&str; 9] = [
    "www.youtube-nocookie.com",
    "www.youtube.com",
    "player.vimeo.com",
    "geo.dailymotion.com",
    "www.dailymotion.com",
    "w.soundcloud.com",
    "open.spotify.com",
    "datawrapper.dwcdn.net",
    "flo.uri.sh",
];
/// The longest address of a frame, in bytes.
const MAX_SOURCE: usize = 2_000;
const YOUTUBE: &str = "www.youtube.com";
const YOUTUBE_WITHOUT_COOKIES: &str = "www.youtube-nocookie.com";

/// The hosts whose pages may be framed in a body: exact names, none of their subdomains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedHosts(Arc<[String]>);

/// A part of the setting is not the name of a host.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not the name of a host: write names alone, with commas between them, such as player.vimeo.com,www.youtube-nocookie.com")]
pub struct InvalidEmbedHosts(String);

impl EmbedHosts {
    /// No host at all.
    pub fn none() -> Self {
        Self(Arc::new([]))
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn contains(&self, host: &str) -> bool {
        self.0.iter().any(|name| name == host)
    }
}

impl Default for EmbedHosts {
    fn default() -> Self {
        Self(DEFAULT_HOSTS.iter().map(|host| (*host).to_owned()).collect())
    }
}

impl std::fmt::Display for EmbedHosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

impl FromStr for EmbedHosts {
    type Err = InvalidEmbedHosts;

    /// Names with commas between them; an empty text allows no embeds.
    fn from_str(text: &str) -> Result<Self, InvalidEmbedHosts> {
        let mut hosts = Vec::new();
        for name in text.split(',').map(str::trim).filter(|_| !text.trim().is_empty()) {
            match url::Host::parse(name) {
                Ok(url::Host::Domain(host)) if host.contains('.') && !host.contains(['*', '_']) => hosts.push(host),
                _ => return Err(InvalidEmbedHosts(name.chars().take(100).collect())),
            }
        }
        Ok(Self(hosts.into()))
    }
}

/// The address that a frame gets, if the one written is allowed.
pub(super) fn source(written: &str, hosts: &EmbedHosts) -> Option<String> {
    let written = written.trim();
    let absolute = if written.starts_with("//") { format!("https:{written}") } else { written.to_owned() };
    if absolute.len() > MAX_SOURCE {
        return None;
    }
    let mut url = Url::parse(&absolute).ok().filter(|url| url.scheme() == "https" && url.port().is_none())?;
    if !url.username().is_empty() || url.password().is_some() || !hosts.contains(url.host_str()?) {
        return None;
    }
    if url.host_str() == Some(YOUTUBE) {
        if !url.path().starts_with("/embed/") {
            return None;
        }
        if hosts.contains(YOUTUBE_WITHOUT_COOKIES) {
            url.set_host(Some(YOUTUBE_WITHOUT_COOKIES)).ok()?;
        }
    }
    Some(url.into())
}

/// Whether an attribute of a frame in the tree is one that [`frame`] writes.
pub(super) fn value(attribute: &str, value: &str, hosts: &EmbedHosts) -> Option<String> {
    match attribute {
        "src" => source(value, hosts),
        "title" => Some(value.to_owned()),
        "width" | "height" => pixels(value),
        "sandbox" => Some(SANDBOX.to_owned()),
        "loading" => Some("lazy".to_owned()),
        "referrerpolicy" => Some(REFERRER_POLICY.to_owned()),
        "allowfullscreen" => Some(String::new()),
        _ => None,
    }
}

/// A frame built anew from what was written, or `None` where its address is not allowed. `escape` makes a value safe
/// between double quotes.
pub(super) fn frame<'a>(written: impl Fn(&str) -> Option<&'a str>, hosts: &EmbedHosts, escape: fn(&str) -> String) -> Option<String> {
    let source = source(written("src")?, hosts)?;
    let mut frame = format!("<iframe src=\"{}\"", escape(&source));
    let sized = |name| written(name).and_then(pixels).map(|value| (name, value));
    let titled =
        written("title").filter(|title| !title.trim().is_empty() && title.len() <= MAX_SOURCE).map(|title| ("title", title.to_owned()));
    for (name, value) in [titled, sized("width"), sized("height")].into_iter().flatten() {
        write!(frame, " {name}=\"{}\"", escape(&value)).expect("writing to a string does not fail");
    }
    write!(frame, " sandbox=\"{SANDBOX}\" loading=\"lazy\" referrerpolicy=\"{REFERRER_POLICY}\" allowfullscreen=\"\"></iframe>")
        .expect("writing to a string does not fail");
    Some(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_shows_https_pages_of_the_hosts_named_and_of_no_others() {
        let hosts = EmbedHosts::default();
        for (written, kept) in [
            ("https://player.vimeo.com/video/1", "https://player.vimeo.com/video/1"),
            ("https://PLAYER.vimeo.com:443/video/1", "https://player.vimeo.com/video/1"),
            ("//www.youtube.com/embed/x?start=1", "https://www.youtube-nocookie.com/embed/x?start=1"),
        ] {
            assert_eq!(source(written, &hosts).as_deref(), Some(kept), "{written}");
            assert_eq!(source(kept, &hosts).as_deref(), Some(kept), "{written}");
        }
        for written in [
            "http://player.vimeo.com/video/1",
            "https://player.vimeo.com.evil.example/",
            "https://evil.example/?https://player.vimeo.com/",
            "https://player.vimeo.com@evil.example/",
            "https://user@player.vimeo.com/",
            "https://player.vimeo.com:8443/",
            "https://www.youtube.com/redirect?q=x",
            "javascript:alert(1)",
            "data:text/html,x",
            "/local",
            "",
        ] {
            assert_eq!(source(written, &hosts), None, "{written}");
        }
    }

    #[test]
    fn the_setting_is_a_list_of_names() {
        assert_eq!("Player.Vimeo.com, example.org".parse::<EmbedHosts>().unwrap().to_string(), "player.vimeo.com,example.org");
        assert_eq!("".parse::<EmbedHosts>().unwrap().iter().count(), 0);
        assert_eq!(EmbedHosts::default().to_string().parse(), Ok(EmbedHosts::default()));
        for wrong in ["https://player.vimeo.com", "*.vimeo.com", "a.org,,b.org", "a.org:443", "10.0.0.1", "localhost", "a.org/x", "a b.org"]
        {
            assert!(wrong.parse::<EmbedHosts>().is_err(), "{wrong}");
        }
    }
}
