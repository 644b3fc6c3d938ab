//! What is left of a refused request's body is read, within bounds, before the answer goes out: else the connection would be reset while the client still
//! writes, and it would never see why.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// So much is read; whoever sends more is reset.
const MOST: u64 = 1024 * 1024;
/// And for so long.
const LONGEST: Duration = Duration::from_secs(2);

/// A body that comes back when it is dropped.
struct Lent {
    body: Option<Body>,
    back: Option<oneshot::Sender<Body>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Nobody may wait for it any more.
            let _: Result<(), _> = back.send(body);
        }
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.body.as_ref().map(HttpBody::size_hint);
        hint.unwrap_or_default()
    }
}

/// Around a request.
pub(super) async fn read(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (back, mut returned) = oneshot::channel();
    let lent = request.map(|body| {
        Body::new(Lent {
            body: Some(body),
            back: Some(back),
        })
    });
    let response = next.run(lent).await;
    if response.status().is_client_error()
        && let Ok(rest) = returned.try_recv()
    {
        // Whatever comes of it, the answer is the same.
        let _: Result<(), _> = timeout(LONGEST, drain(rest)).await;
    }
    response
}

async fn drain(body: Body) {
    if body.size_hint().lower() > MOST {
        return;
    }
    let mut stream = body.into_data_stream();
    let mut left = MOST;
    while let Some(Ok(bytes)) = stream.next().await {
        match left.checked_sub(bytes.len() as u64) {
            Some(less) => left = less,
            None => return,
        }
    }
}
