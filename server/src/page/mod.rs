//! `GET /`: what a browser shows of this server. It says what it is, and hands an invitation on to the program.
//!
//! One file, with its style and its script inside; a browser runs these two and nothing else, for the answer names their hashes. What stands after
//! the `#` of an invitation is not sent here by any browser.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::state::AppState;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page, and what a browser may do with it.
static PAGE: LazyLock<(String, String)> = LazyLock::new(|| {
    let page = include_str!("page.html")
        .replace("<style>STYLE</style>", &format!("<style>{STYLE}</style>"))
        .replace(
            "<script>SCRIPT</script>",
            &format!("<script>{SCRIPT}</script>"),
        );
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    (page, policy)
});

/// As a content security policy names an inline part.
fn hash(part: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(part)))
}

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(page))
}

/// What a browser shows of this server.
#[utoipa::path(
    get,
    path = "/",
    tag = "server",
    params(("accept" = Option<String>, Header, description = "an answer in JSON alone is refused: there is none")),
    responses(
        (status = 200, description = "the page", body = String, content_type = "text/html"),
        (status = 404, description = "who takes JSON alone is at the wrong address", body = ErrorBody),
    )
)]
async fn page(headers: HeaderMap) -> Result<Response, ApiError> {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.trim() == "application/json") {
        let words = "there is nothing at this address but a page for browsers";
        return Err(ApiError::new(ErrorCode::NotFound, words));
    }
    let (page, policy) = &*PAGE;
    let head = [
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "accept"),
    ];
    Ok((head, Html(page.as_str())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_its_parts_and_loads_nothing() {
        let (page, policy) = &*PAGE;
        assert!(page.contains(STYLE) && page.contains(SCRIPT));
        assert!(policy.contains(&hash(STYLE)) && policy.contains(&hash(SCRIPT)));
        for loads in [
            " src=", "url(", "@import", "<link", "<img", "<iframe", "onclick", "style=\"",
        ] {
            assert!(!page.contains(loads), "{loads}");
        }
        // What is written into the page is written as text.
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("document.write"));
    }

    #[test]
    fn each_control_has_a_name_and_the_page_a_language() {
        let (page, _) = &*PAGE;
        assert!(page.contains("<html lang=\"en\">") && page.contains("<title>"));
        assert_eq!(page.matches("<h1>").count(), 1);
        assert_eq!(
            page.matches("<input").count(),
            page.matches("<label for=\"link\">").count()
        );
        for id in ["invitation", "broken", "open", "link"] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
            assert!(SCRIPT.contains(&format!("\"{id}\"")), "{id}");
        }
    }
}
