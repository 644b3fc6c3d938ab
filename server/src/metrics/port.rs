//! The numbers on a port of their own, for who may reach it: this machine alone, unless another address is set.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::routes;
use crate::listen::{REST, protocol};
use crate::pace::Paced;
use crate::state::AppState;

/// The most connections at a time: a few collectors, each with a few.
const PLACES: usize = 32;

/// Serves until `shutdown` is cancelled. Whoever comes when all places are taken waits.
pub(crate) async fn serve(listener: TcpListener, state: AppState, shutdown: CancellationToken) {
    let places = Arc::new(Semaphore::new(PLACES));
    let router = routes::alone(state);
    let accept = async {
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            match listener.accept().await {
                Ok((socket, _)) => {
                    let (router, shutdown) = (router.clone(), shutdown.clone());
                    tokio::spawn(async move {
                        tokio::select! {
                            () = shutdown.cancelled() => {}
                            () = answer(socket, router) => {}
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection to the metrics' port could not be accepted");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = accept => {}
    }
}

async fn answer(socket: TcpStream, router: Router) {
    let service = service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    let served = protocol()
        .serve_connection(TokioIo::new(Paced::new(socket)), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the metrics' port ended early");
    }
}
