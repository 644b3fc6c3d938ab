//! Told to end, a story ends what it started: its waits give up, and its processes are stopped as they are dropped.

use std::sync::atomic::{AtomicBool, Ordering};

static TOLD: AtomicBool = AtomicBool::new(false);

/// Begins to listen for signals.
pub(crate) fn listen() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // Without it a signal ends this program alone, as by default.
        let Ok(runtime) = runtime else { return };
        if runtime.block_on(told()).is_ok() {
            TOLD.store(true, Ordering::Relaxed);
        }
    });
}

/// An error once somebody told it to end.
pub(crate) fn check() -> anyhow::Result<()> {
    anyhow::ensure!(!TOLD.load(Ordering::Relaxed), "it was told to end");
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
