//! `GET /`: what a browser shows of this server. It says what it is, and hands an invitation on to the program.
//!
//! One file, with its style and its script inside; a browser runs these two and nothing else, for the answer names their hashes. What stands after
//! the `#` of an invitation is not sent here by any browser.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, VARY};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::ApiError;
use crate::state::AppState;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Who knows where the client is got, where the operator did not say it.
const ASK: &str = "Whoever invited you, or who runs this server, can tell you where to get it.";

/// The page, and what a browser may do with it.
pub(crate) struct Page {
    /// Shared, not copied.
    text: Bytes,
    policy: String,
}

impl Page {
    /// With the address at which people get the client.
    pub(crate) fn new(client_url: Option<&str>) -> Self {
        let text = include_str!("page.html")
            .replace("<p>WHERE</p>", &format!("<p>{}</p>", place(client_url)))
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
        Self {
            text: Bytes::from(text),
            policy,
        }
    }
}

/// Where the client is got, for people.
fn place(client_url: Option<&str>) -> String {
    let Some(url) = client_url else {
        return ASK.to_owned();
    };
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let (url, host) = (escaped(url), escaped(host));
    format!("<a href=\"{url}\" rel=\"noreferrer\">Get it from {host}</a>")
}

/// As text, and as the value of an attribute between two quotation marks.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

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
async fn page(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.trim() == "application/json") {
        let words = "there is nothing at this address but a page for browsers";
        return Err(ApiError::new(ErrorCode::NotFound, words));
    }
    let Page { text, policy } = &state.page;
    let head = [
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (VARY, "accept"),
    ];
    Ok((head, Html(text.clone())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(client_url: Option<&str>) -> (String, String) {
        let Page { text, policy } = Page::new(client_url);
        (String::from_utf8(text.into()).unwrap(), policy)
    }

    #[test]
    fn the_page_has_its_parts_and_loads_nothing() {
        let (page, policy) = made(Some("https://example.org/get"));
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
        let (page, _) = made(None);
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

    #[test]
    fn where_the_client_is_got_stands_in_it_as_text() {
        assert!(made(None).0.contains(ASK));
        let (page, _) = made(Some("https://example.org:1/get?a=1&b=\"><b>"));
        let link = "<a href=\"https://example.org:1/get?a=1&amp;b=&quot;&gt;&lt;b&gt;\" rel=\"noreferrer\">Get it from example.org:1</a>";
        assert!(page.contains(link) && !page.contains(ASK), "{page}");
        assert!(!page.contains("WHERE"));
    }
}
