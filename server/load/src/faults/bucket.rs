//! A bucket that takes everything and keeps nothing: several instances must have one, and here nobody sends files.

use std::convert::Infallible;
use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::ETAG;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::error::LoadError;

/// Begins it on a free port of this machine; it is there as long as this program.
///
/// # Errors
/// When there is no port.
pub(super) async fn begin() -> Result<SocketAddr, LoadError> {
    let failed = |error| LoadError::system("a port", error);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let serving =
                http1::Builder::new().serve_connection(TokioIo::new(socket), service_fn(take));
            tokio::spawn(serving);
        }
    });
    Ok(address)
}

async fn take(request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = match *request.method() {
        Method::PUT => StatusCode::OK,
        Method::DELETE => StatusCode::NO_CONTENT,
        _ => StatusCode::NOT_FOUND,
    };
    let etag = hyper::header::HeaderValue::from_static("\"nothing\"");
    response.headers_mut().insert(ETAG, etag);
    // What does not come is not missed.
    let _: Result<_, _> = request.into_body().collect().await;
    Ok(response)
}
