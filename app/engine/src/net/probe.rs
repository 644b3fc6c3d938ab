//! Whether there is a network again: asked every second, so that whoever is in a call need not wait for a pause that has grown long.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::by_name;

/// Between two questions. A system asks again by itself only after 1, 3 and 7 s, which is too late; so each is a new one.
const AGAIN: Duration = Duration::from_millis(800);
/// How long one may be under way: as long as the slowest networks take.
const EACH: Duration = Duration::from_secs(4);

/// Waits until something at `address` (`host:port`) takes connections.
pub(super) async fn reach(address: &str) {
    let mut asked = FuturesUnordered::new();
    let mut again = interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = again.tick() => asked.push(timeout(EACH, by_name::connect(address, EACH))),
            Some(answer) = asked.next() => if matches!(answer, Ok(Ok(_))) {
                return;
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_server_that_comes_back_is_noticed_within_a_second() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let server = address.to_string();
        let reaching = reach(&server);
        tokio::pin!(reaching);
        let early = timeout(2 * AGAIN, &mut reaching).await;
        assert!(early.is_err());
        let _listener = TcpListener::bind(address).await.unwrap();
        let back = Instant::now();
        reaching.await;
        assert!(back.elapsed() < AGAIN + Duration::from_millis(500));
    }
}
