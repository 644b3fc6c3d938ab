//! The numbers on a port of their own, for who may reach it: this machine alone, unless another address is set.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::routes;
use crate::state::AppState;

/// Serves until `shutdown` is cancelled.
pub(crate) async fn serve(listener: TcpListener, state: AppState, shutdown: CancellationToken) {
    let stop = async move { shutdown.cancelled().await };
    let served = axum::serve(listener, routes::alone(state)).with_graceful_shutdown(stop);
    if let Err(error) = served.await {
        tracing::warn!(%error, "the metrics' port cannot be served any more");
    }
}
