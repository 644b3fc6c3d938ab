//! What is left of a refused request's body is read, within bounds, before the answer goes out: else the connection would be reset while the client still
//! writes, and it would never see why.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How much is read, and for how long; whoever sends more is reset.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    bytes: u64,
    time: Duration,
}

/// Of a request that its sender should not have made, or that cannot be answered now.
const BRIEFLY: Bounds = Bounds {
    bytes: 1024 * 1024,
    time: Duration::from_secs(2),
};
/// Of a file that there is no room for: who sends it is known, may do so, and would try again for ever if it did not hear why.
const LONG: Bounds = Bounds {
    bytes: 64 * 1024 * 1024,
    time: Duration::from_secs(10),
};

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
    if let Some(bounds) = bounds(response.status())
        && let Ok(rest) = returned.try_recv()
    {
        // Whatever comes of it, the answer is the same.
        let _: Result<(), _> = timeout(bounds.time, drain(rest, bounds.bytes)).await;
    }
    response
}

/// Within which bounds the rest is read; `None` when the request was not refused.
fn bounds(status: StatusCode) -> Option<Bounds> {
    match status {
        StatusCode::INSUFFICIENT_STORAGE => Some(LONG),
        refused if refused.is_client_error() || refused.is_server_error() => Some(BRIEFLY),
        _ => None,
    }
}

async fn drain(body: Body, most: u64) {
    if body.size_hint().lower() > most {
        return;
    }
    let mut stream = body.into_data_stream();
    let mut left = most;
    while let Some(Ok(bytes)) = stream.next().await {
        match left.checked_sub(bytes.len() as u64) {
            Some(less) => left = less,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Sends so many bytes, all of them before it looks for an answer, to a server that reads nothing and answers that; gives what it is told.
    async fn told(status: StatusCode, bytes: usize) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .fallback(move || async move { status })
            .layer(middleware::from_fn(read));
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut stream = TcpStream::connect(address).await?;
        let head = format!("PUT / HTTP/1.1\r\nhost: it\r\ncontent-length: {bytes}\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&vec![7; bytes]).await?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await?;
        server.abort();
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    #[tokio::test]
    async fn whoever_sends_all_of_it_first_is_told_why_it_is_refused() {
        const MIB: usize = 1024 * 1024;
        for (status, bytes) in [(404, MIB), (503, MIB), (507, 24 * MIB)] {
            let refused = StatusCode::from_u16(status).unwrap();
            let told = told(refused, bytes).await.unwrap();
            assert_eq!(told, format!("HTTP/1.1 {status}"));
        }
    }

    #[tokio::test]
    async fn of_what_is_too_much_nothing_is_read() {
        assert!(told(StatusCode::NOT_FOUND, 64 * 1024 * 1024).await.is_err());
    }
}
