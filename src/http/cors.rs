//! Cross-origin requests (the Fetch standard): delivery is for everyone and never with credentials; the editor tree is for the origins
//! on a list.

use std::sync::Arc;

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ALLOW, HeaderMap, HeaderValue, VARY,
};

use super::tree::Tree;

const EXPOSED: HeaderValue = HeaderValue::from_static("ETag, Link, Location, Retry-After, X-Request-Id");
const TAKEN: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Dateline-Preview, X-Request-Id");
/// Browsers keep the answer to a preflight for two hours at most; the value is Chromium's.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
const ANYONE: HeaderValue = HeaderValue::from_static("*");

/// The origins that may use the editor tree from a browser, the setting `CORS_ALLOWED_ORIGINS`. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Origins(Arc<[String]>);

impl Origins {
    /// Reads origins with commas between, such as `https://desk.example.org`; none if empty.
    ///
    /// # Errors
    /// What is wrong with the first that is no origin.
    pub fn parse(list: &str) -> Result<Self, String> {
        list.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(origin).collect::<Result<_, _>>().map(Self)
    }

    fn allows(&self, asked: &HeaderValue) -> bool {
        self.0.iter().any(|origin| origin.as_bytes() == asked.as_bytes())
    }

    /// Puts the headers for a request of origin `asked` into an answer in `tree`.
    pub(super) fn apply(&self, tree: Tree, asked: Option<&HeaderValue>, is_preflight: bool, headers: &mut HeaderMap) {
        let allowed = match tree {
            Tree::Operations => return,
            Tree::Delivery => ANYONE,
            Tree::Editor | Tree::Preview => {
                vary(headers);
                let Some(asked) = asked.filter(|asked| self.allows(asked)) else { return };
                asked.clone()
            }
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if is_preflight {
            if let Some(methods) = headers.get(ALLOW).cloned() {
                headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            }
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, TAKEN);
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        } else {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

/// What an answer for one caller depends on.
fn vary(headers: &mut HeaderMap) {
    let own = "Authorization, Origin";
    let vary = match headers.get(VARY).and_then(|value| value.to_str().ok()) {
        Some(other) => HeaderValue::try_from(format!("{other}, {own}")).unwrap_or(HeaderValue::from_static("*")),
        None => HeaderValue::from_static(own),
    };
    headers.insert(VARY, vary);
}

fn origin(text: &str) -> Result<String, String> {
    let origin =
        url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(|url| url.origin().ascii_serialization());
    let is_whole = |origin: &String| origin.eq_ignore_ascii_case(text);
    origin.filter(is_whole).ok_or_else(|| format!("`{text}` is not an origin: a scheme, a host and perhaps a port"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(tree: Tree, asked: &str) -> (Option<String>, Option<String>) {
        let origins = Origins::parse("https://site.com, http://localhost:3000").unwrap();
        let mut headers = HeaderMap::new();
        origins.apply(tree, Some(&HeaderValue::from_str(asked).unwrap()), false, &mut headers);
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned());
        (text(ACCESS_CONTROL_ALLOW_ORIGIN), text(VARY))
    }

    #[test]
    fn a_foreign_origin_gets_nothing_from_the_editor_tree() {
        let vary = Some("Authorization, Origin".to_owned());
        for foreign in
            ["null", "https://evil.com", "https://site.com.evil", "http://site.com", "https://a.site.com", "https://site.com:444", "*", ""]
        {
            assert_eq!(answered(Tree::Editor, foreign), (None, vary.clone()), "{foreign}");
        }
        assert_eq!(answered(Tree::Editor, "https://site.com"), (Some("https://site.com".to_owned()), vary));
        assert_eq!(answered(Tree::Delivery, "https://evil.com"), (Some("*".to_owned()), None));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in ["*", "null", "site.com", "https://site.com/", "https://site.com/a", "ftp://site.com", "https://a@site.com"] {
            assert!(Origins::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Origins::parse("").unwrap().0.is_empty());
    }
}
