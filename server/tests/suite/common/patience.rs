//! Waiting for what happens in its own time.

use std::time::Duration;

use tokio::time::timeout;

/// Far above what anything takes here, so that a test that fails ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks again and again until it is so.
pub(crate) async fn until(mut so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !so().await {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("so in time");
}
