//! A name for each request: in its answer, in a refusal's body, and in every line of the log that it causes.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::metrics;
use crate::random;

/// The header.
pub(crate) const REQUEST_ID: &str = "x-request-id";
/// The longest one that is taken over.
const LONGEST: usize = 64;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// What the client or the proxy said, if it can be a name; else a new one.
    fn of(request: &Request) -> Self {
        let said = request.headers().get(REQUEST_ID);
        let said = said.and_then(|said| said.to_str().ok());
        Self(
            said.filter(|said| is_sane(said))
                .map_or_else(|| hex::encode(random::bytes::<8>()), str::to_owned),
        )
    }

    /// Of the request that this task is at.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Nothing that would break a line or a header, or fill the log.
fn is_sane(said: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=LONGEST).contains(&said.len()) && said.bytes().all(plain)
}

/// Names a request, and tells its end to the log: by the route's pattern, so that ids stay out.
pub(crate) async fn name(request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    let method = request.method().clone();
    let route = metrics::route(&request).to_owned();
    let span = tracing::info_span!(
        "request",
        request = %id.as_str(),
        %method,
        %route,
        status = tracing::field::Empty,
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
    );
    let header = HeaderValue::from_str(id.as_str());
    let work = CURRENT.scope(id, next.run(request));
    let mut response = work.instrument(span.clone()).await;
    if let Ok(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    let status = response.status().as_u16();
    // As a signed number: collectors know no other.
    span.record("status", i64::from(status));
    span.in_scope(|| {
        if response.status().is_server_error() {
            tracing::warn!(status, "request failed");
        } else {
            tracing::debug!(status, "request");
        }
    });
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_a_line_is_no_name() {
        assert!(is_sane("a-B_3.4") && is_sane(&"x".repeat(LONGEST)));
        for said in ["", "a b", "a\"b", "ä", &"x".repeat(LONGEST + 1)] {
            assert!(!is_sane(said), "{said}");
        }
    }
}
