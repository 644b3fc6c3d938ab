//! `serve`: until a signal ends it.

use dialtone_server::Server;
use dialtone_server::config::Settings;
use tokio_util::sync::CancellationToken;

use super::say;

/// Serves until the process is told to stop.
pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let server = Server::start(settings).await?;
    if let Some(link) = server.founding_link().await? {
        say("Nobody founded a community here yet. Whoever opens this link does:")?;
        say(&link.to_string())?;
    }
    say(&format!("Listening at {}", server.address()))?;
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        stop.cancel();
    });
    server.serve(shutdown).await;
    tracing::info!("stopped");
    Ok(())
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
