//! Told to end, or out of time, a story ends what it started: its waits give up, and its processes are stopped as they are dropped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

static TOLD: AtomicBool = AtomicBool::new(false);

/// Begins to listen for signals.
pub(crate) fn listen() {
    listen_for(Duration::MAX);
}

/// The same; after `longest` it counts as told to end.
pub(crate) fn listen_for(longest: Duration) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // Without it a signal ends this program alone, as by default.
        let Ok(runtime) = runtime else { return };
        let told = runtime.block_on(async { tokio::time::timeout(longest, told()).await });
        if !matches!(told, Ok(Err(_))) {
            TOLD.store(true, Ordering::Relaxed);
        }
    });
}

/// An error once somebody told it to end, or its time is over.
pub(crate) fn check() -> anyhow::Result<()> {
    anyhow::ensure!(
        !TOLD.load(Ordering::Relaxed),
        "it was told to end, or took too long"
    );
    Ok(())
}

#[cfg(unix)]
async fn told() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = hang_up.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn told() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
