//! What holds for every request and answer: how many may come from an address, whose pages may ask, what a browser may do with an answer.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use dialtone_protocol::http::{
    ADMIN_TOKEN_HEADER, ENROLMENT_TOKEN_HEADER, ErrorCode, INVITE_TOKEN_HEADER,
};

use super::extract::client_address;
use crate::error::ApiError;
use crate::state::AppState;

/// Nothing may be loaded or framed.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// What a request has a right by.
const RIGHTS: [&str; 4] = [
    "authorization",
    ADMIN_TOKEN_HEADER,
    ENROLMENT_TOKEN_HEADER,
    INVITE_TOKEN_HEADER,
];
/// Two years.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Refuses what is not looked at: of an address that asks too much, of another site's page, with two rights of a kind, compressed bodies.
pub(super) async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if is_foreign(headers, &state) {
        let words = "pages of other sites may not ask this server";
        return ApiError::new(ErrorCode::NotAllowed, words).into_response();
    }
    if is_ambiguous(headers) {
        return ambiguous();
    }
    if is_compressed(headers) {
        let words = "bodies are taken as they are, without a content encoding";
        let mut refused = ApiError::new(ErrorCode::Malformed, words).into_response();
        *refused.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return refused;
    }
    let address = client_address(&state, headers, request.extensions());
    if let Err(too_much) = state.limits.by_address(address) {
        state.metrics.refused(too_much.by);
        return ApiError::too_much(too_much.wait).into_response();
    }
    next.run(request).await
}

/// Browsers say which page asks; Dialtone's clients say nothing.
fn is_foreign(headers: &HeaderMap, state: &AppState) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let origin = origin.to_str().ok();
    let page = origin.and_then(|origin| origin.split_once("://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    page.is_none_or(|(_, page)| Some(page) != host && page != state.link_host())
}

/// A proxy in front may have looked at another one of two than would be looked at here.
fn is_ambiguous(headers: &HeaderMap) -> bool {
    let twice = |name: &&str| headers.get_all(*name).iter().nth(1).is_some();
    RIGHTS.iter().any(twice)
}

fn ambiguous() -> Response {
    let words = "a token is sent once: of two, which one counts is not known";
    ApiError::new(ErrorCode::Malformed, words).into_response()
}

/// Refuses a request with two rights of a kind, where nothing else of [`admit`] is asked for.
pub(crate) async fn refuse_ambiguous(request: Request, next: Next) -> Response {
    if is_ambiguous(request.headers()) {
        return ambiguous();
    }
    next.run(request).await
}

fn is_compressed(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(CONTENT_ENCODING);
    encodings.iter().any(|encoding| encoding != "identity")
}

/// An answer is what it says it is, is shown in no page, and tells no other site where it was found.
pub(crate) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Where a certificate of an authority is in use browsers are told to stay with TLS.
pub(super) async fn keep_to_tls(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if state.is_certified() {
        response
            .headers_mut()
            .insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}
