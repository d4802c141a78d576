//! The trees of paths: what is public and cached, what belongs to one caller, what is about the server itself.

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;

/// To which part of the surface a path belongs. It decides CORS and how far an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Anonymous reads under `/v1`, and what else is public: documents, feeds, keys.
    Delivery,
    /// `/v1/preview`: delivery's answers at another instant, for those who may see them.
    Preview,
    /// `/v1/editor` and `/v1/auth`: answers for one caller.
    Editor,
    /// `/healthz`, `/readyz`, `/metrics`: for whoever runs the server.
    Operations,
}

impl Tree {
    /// The tree of a path whose escapes have been decoded.
    pub fn of(path: &str) -> Self {
        let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/v1/editor") || below("/v1/auth") {
            Self::Editor
        } else if below("/v1/preview") {
            Self::Preview
        } else if matches!(path, "/healthz" | "/readyz" | "/metrics") {
            Self::Operations
        } else {
            Self::Delivery
        }
    }

    /// The tree that a request is routed in.
    pub(super) fn of_service(request: &ServiceRequest) -> Self {
        // Not the URI's path: `/v1/%65ditor` is routed as `/v1/editor`.
        Self::of(request.match_info().as_str())
    }

    /// The tree that a handler's request is in.
    pub fn of_request(request: &HttpRequest) -> Self {
        Self::of(request.match_info().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_ends_at_a_slash() {
        assert_eq!(Tree::of("/v1/editor/articles"), Tree::Editor);
        assert_eq!(Tree::of("/v1/editorial"), Tree::Delivery);
        assert_eq!(Tree::of("/v1/auth/login"), Tree::Editor);
        assert_eq!(Tree::of("/v1/preview/articles"), Tree::Preview);
        assert_eq!(Tree::of("/v1/articles/editor"), Tree::Delivery);
    }
}
