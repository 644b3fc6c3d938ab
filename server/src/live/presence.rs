//! Who came and who went, told together: where thousands come back at the same time, each would else be told of each.

use std::sync::Weak;
use std::time::Duration;

use crate::state::Inner;

/// So long it is waited for more who come or go.
const TOGETHER: Duration = Duration::from_millis(100);

/// Runs until the server is gone.
pub(crate) async fn tell(server: Weak<Inner>) {
    let Some(stirred) = server.upgrade().map(|inner| inner.hub.stirred()) else {
        return;
    };
    loop {
        stirred.notified().await;
        tokio::time::sleep(TOGETHER).await;
        let Some(inner) = server.upgrade() else {
            return;
        };
        inner.hub.tell_presence();
    }
}
