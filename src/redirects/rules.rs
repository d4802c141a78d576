//! What can be redirected, and where to. Pure.

use std::fmt::Write;

use percent_encoding::percent_decode_str;
use url::{Position, Url};

/// What a redirect leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leads {
    /// As it is answered.
    pub to: String,
    /// The path of the site that it is, in the form of what is redirected; none of another site.
    pub path: Option<String>,
}

/// A path in the one form in which it is stored and compared: escaped as URLs are, without a slash at the end.
///
/// # Errors
/// What is wrong with it.
pub fn path(given: &str) -> Result<String, &'static str> {
    let Some(rest) = given.strip_prefix('/') else { return Err("a path of the site begins with `/`, such as `/old/path`") };
    if given.contains(['?', '#']) {
        return Err("it is a path alone: leave what follows `?` or `#` out");
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let mut path = String::with_capacity(given.len());
    for segment in rest.split('/') {
        path.push('/');
        escape(segment, &mut path)?;
    }
    Ok(path)
}

fn escape(segment: &str, path: &mut String) -> Result<(), &'static str> {
    let decoded = percent_decode_str(segment).decode_utf8().map_err(|_| "its percent-escapes must be UTF-8")?;
    if matches!(decoded.as_ref(), "" | "." | "..") || decoded.contains('/') {
        return Err("none of its parts may be empty, `.` or `..`, or hold an escaped slash");
    }
    if decoded.chars().any(char::is_control) {
        return Err("it must not hold control characters");
    }
    for byte in decoded.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
            | b':'
            | b'@' => path.push(char::from(byte)),
            other => write!(path, "%{other:02X}").map_err(|_| "it cannot be escaped")?,
        }
    }
    Ok(())
}

/// What is redirected.
///
/// # Errors
/// What is wrong with it.
pub fn from(given: &str) -> Result<String, &'static str> {
    if given == "/" { Err("the front page cannot be redirected") } else { path(given) }
}

/// Where a redirect leads on a site at `site_url`, which has no slash at the end.
///
/// # Errors
/// What is wrong with it.
pub fn to(given: &str, site_url: &str) -> Result<Leads, &'static str> {
    if given.starts_with('/') {
        return on_site(given);
    }
    let url =
        Url::parse(given).map_err(|_| "it is neither a path such as `/new/path` nor an absolute URL such as `https://www.example.org/`")?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err("a URL must be of `http` or `https`, and without a user");
    }
    // The own site under its full address is the own site: else it could lead in a circle.
    match below(&url, site_url) {
        Some(path) => on_site(&path),
        None => Ok(Leads { to: url.to_string(), path: None }),
    }
}

/// What of a URL stands behind the address of the site, however that is written: by either scheme, with or without the usual port and a dot behind the host.
fn below(url: &Url, site_url: &str) -> Option<String> {
    let root = Url::parse(site_url).ok()?;
    let host = |url: &Url| url.host_str().map(|host| host.trim_end_matches('.').to_owned());
    let is_usual = |url: &Url| url.port().is_none() || matches!(url.port(), Some(80 | 443));
    let is_same_port = url.port_or_known_default() == root.port_or_known_default() || is_usual(url) && is_usual(&root);
    if host(url) != host(&root) || !is_same_port {
        return None;
    }
    let rest = url[Position::BeforePath..].strip_prefix(root.path().trim_end_matches('/'))?;
    match rest.chars().next() {
        Some('/') => Some(rest.to_owned()),
        None | Some('?' | '#') => Some(format!("/{rest}")),
        Some(_) => None,
    }
}

fn on_site(given: &str) -> Result<Leads, &'static str> {
    let (name, rest) = given.split_at(given.find(['?', '#']).unwrap_or(given.len()));
    if rest.chars().any(|c| c.is_control() || c.is_whitespace() || !c.is_ascii()) {
        return Err("what follows `?` or `#` must be escaped");
    }
    let path = if name == "/" { name.to_owned() } else { path(name)? };
    Ok(Leads { to: format!("{path}{rest}"), path: Some(path) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://www.example.org";

    #[test]
    fn a_path_has_one_form() {
        for same in ["/old/p%C3%A4th", "/old/päth", "/old/päth/", "/%6fld/p%c3%a4th"] {
            assert_eq!(from(same), Ok("/old/p%C3%A4th".to_owned()), "{same}");
        }
        assert_eq!(from("/a b"), Ok("/a%20b".to_owned()));
        for wrong in ["/", "", "old", "//old", "/old//path", "/../old", "/%2e%2e/old", "/a%2fb", "/old?a=1", "/old#a", "/%ff", "/a%00"] {
            assert!(from(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn it_leads_to_a_path_or_to_another_site() {
        let leads = |given: &str| to(given, SITE).map(|leads| (leads.to, leads.path));
        assert_eq!(leads("/new/?a=b#c"), Ok(("/new?a=b#c".to_owned(), Some("/new".to_owned()))));
        assert_eq!(leads("/"), Ok(("/".to_owned(), Some("/".to_owned()))));
        assert_eq!(leads("https://other.example/a"), Ok(("https://other.example/a".to_owned(), None)));
        assert_eq!(leads("HTTPS://www.example.org:443/new/"), Ok(("/new".to_owned(), Some("/new".to_owned()))));
        let same = [
            "http://www.example.org/new",
            "https://www.example.org./new",
            "http://WWW.Example.org.:80/new/",
            "https://www%2Eexample%2eorg/new",
            "https://ｗｗｗ.example。org/new",
            "http://www.example.org:443/new",
        ];
        for same in same {
            assert_eq!(leads(same), Ok(("/new".to_owned(), Some("/new".to_owned()))), "{same}");
        }
        for other in ["https://www.example.org:8443/new", "https://example.org/new", "https://www.example.org.uk/new"] {
            assert_eq!(leads(other), Ok((other.to_owned(), None)));
        }
        let elsewhere = |given: &str, site: &str| to(given, site).unwrap().path;
        assert_eq!(elsewhere("http://bücher.example/a", "https://xn--bcher-kva.example"), Some("/a".to_owned()));
        assert_eq!(elsewhere("https://xn--bcher-kva.example?a", "https://bücher.example."), Some("/".to_owned()));
        assert_eq!(elsewhere("http://localhost:3000/a", "http://localhost:3000"), Some("/a".to_owned()));
        assert_eq!(elsewhere("http://localhost/a", "http://localhost:3000"), None);
        assert_eq!(elsewhere("https://example.org/blog/a?b", "https://example.org/blog"), Some("/a".to_owned()));
        assert_eq!(elsewhere("https://example.org/blogs/a", "https://example.org/blog"), None);
        for wrong in
            ["new", "", "//other.example/a", "javascript:alert(1)", "ftp://a.example/", "https://me@a.example/", "/a?b c", "https://"]
        {
            assert!(leads(wrong).is_err(), "{wrong}");
        }
    }
}
