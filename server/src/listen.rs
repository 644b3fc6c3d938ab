//! Accepting connections: a bounded number, TLS within its time, HTTP/1.1, until the server stops.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::acme::ACME_TLS_ALPN_NAME;
use crate::bus::News;
use crate::http::router;
use crate::limits::Door;
use crate::metrics::RefusedBy;
use crate::pace::Paced;
use crate::places::{Place, Places};
use crate::socket;
use crate::state::AppState;

/// How long a TLS handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How long a request's head may take.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// How long what runs may go on after the server was told to stop.
const STOP_TIME: Duration = Duration::from_secs(5);
/// How long accepting rests when the system has no more file handles.
pub(crate) const REST: Duration = Duration::from_millis(100);

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerAddress(pub(crate) SocketAddr);

/// How connections are accepted.
#[derive(Clone)]
pub struct Accepting {
    /// Does TLS; `None` behind a proxy.
    pub tls: Option<TlsAcceptor>,
    /// The most connections at a time, open sockets among them.
    pub max_connections: usize,
}

/// Serves until `shutdown` is cancelled, then lets what runs come to its end for a few seconds.
pub async fn run(
    listener: TcpListener,
    state: AppState,
    accepting: Accepting,
    shutdown: CancellationToken,
) {
    let places = Places::new(accepting.max_connections);
    let router = router(state.clone());
    let mut was_full = false;
    loop {
        let full = places.is_full();
        if full && !was_full {
            tracing::warn!(
                most = accepting.max_connections,
                "all connections are in use: new ones wait; --max-connections sets how many there are"
            );
        }
        was_full = full;
        let place = tokio::select! {
            () = shutdown.cancelled() => break,
            place = places.take() => place,
        };
        let Some(place) = place else { break };
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((connection, peer)) => {
                let Some(door) = state.doors.enter(peer.ip()) else {
                    // Without a word: it would cost more than it says.
                    state.metrics.refused(RefusedBy::Connections);
                    continue;
                };
                let serve = Serve {
                    peer,
                    tls: accepting.tls.clone(),
                    router: router.clone(),
                    shutdown: shutdown.clone(),
                    place,
                    door,
                };
                socket::prepare(&connection);
                tokio::spawn(serve.run(connection));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    state.bus.tell(|| News::Bye);
    state.hub.stop();
    state.blobs.stop();
    state.relay.stop().await;
    let all = async {
        places.wait().await;
        state.work.wait().await;
    };
    if timeout(STOP_TIME, all).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

/// How HTTP/1.1 is spoken. Not by hyper-util's builder for all versions: that one waits for the first byte for ever.
pub(crate) fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME);
    protocol
}

struct Serve {
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    shutdown: CancellationToken,
    place: Place,
    door: Door,
}

impl Serve {
    async fn run(self, socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let socket = Paced::new(socket);
        match &self.tls {
            None => self.http(socket).await,
            Some(tls) => match timeout(HANDSHAKE_TIME, tls.accept(socket)).await {
                // An authority has seen its proof.
                Ok(Ok(stream))
                    if stream.get_ref().1.alpn_protocol() == Some(ACME_TLS_ALPN_NAME) => {}
                Ok(Ok(stream)) => self.http(stream).await,
                Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                Err(_) => tracing::debug!("a TLS handshake took too long"),
            },
        }
    }

    async fn http(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let router = self.router.clone();
        let (peer, place, door) = (
            PeerAddress(self.peer),
            self.place.clone(),
            self.door.clone(),
        );
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(place.clone());
            request.extensions_mut().insert(door.clone());
            router.clone().oneshot(request)
        });
        let connection = protocol()
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// A connection that is served as all are, by itself and without TLS.
#[cfg(test)]
pub(crate) async fn serve_alone(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
) {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use crate::config::PerAddress;
    use crate::limits::Doors;

    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let doors = Arc::new(Doors::new(PerAddress::Any, false));
    let (Some(place), Some(door)) = (Places::new(1).take().await, doors.enter(peer.ip())) else {
        return;
    };
    let serve = Serve {
        peer,
        tls: None,
        router,
        shutdown: CancellationToken::new(),
        place,
        door,
    };
    serve.run(stream).await;
}
