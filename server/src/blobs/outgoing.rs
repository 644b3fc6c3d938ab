//! A file on its way out: read as fast as it is taken, and given up when nobody takes any of it for a minute.

use std::io;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::incoming::IDLE_TIME;
use super::shelf::{Reading, ShelfError};

/// How many chunks wait for the connection.
const AHEAD: usize = 2;

/// Exactly `left` bytes of a file, read in a task of its own, so that its end does not depend on who takes them. A file that ends early, or
/// cannot be read on, ends the connection: the client sees that it has not got all.
pub(super) fn body(
    reading: Reading,
    left: u64,
    stop: CancellationToken,
    hang_up: CancellationToken,
    sent_bytes: Counter,
) -> Body {
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            sent = send(reading, left, &sender, &sent_bytes) => {
                if sent.is_err() {
                    // Whoever takes nothing would else hold the connection.
                    hang_up.cancel();
                }
            }
        }
    });
    Body::from_stream(stream::poll_fn(move |context| receiver.poll_recv(context)))
}

/// Nobody took anything for a minute.
struct Stalled;

async fn send(
    mut reading: Reading,
    mut left: u64,
    to: &mpsc::Sender<io::Result<Bytes>>,
    sent_bytes: &Counter,
) -> Result<(), Stalled> {
    while left > 0 {
        let next = match reading.next().await {
            Ok(Some(mut bytes)) => {
                bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                left -= bytes.len() as u64;
                Ok(bytes)
            }
            Ok(None) => Err(ShelfError::Missing),
            Err(error) => Err(error),
        };
        let next = next.map_err(|error| {
            tracing::error!(%error, "a file cannot be read to its end");
            io::Error::other(error)
        });
        let failed = next.is_err();
        let length = next.as_ref().map_or(0, Bytes::len) as u64;
        match timeout(IDLE_TIME, to.send(next)).await {
            Err(_) => return Err(Stalled),
            // Nobody is there any more, or nothing can follow.
            Ok(Err(_)) => return Ok(()),
            Ok(Ok(())) if failed => return Ok(()),
            Ok(Ok(())) => {
                sent_bytes.inc_by(length);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::time::Instant;

    use super::*;

    fn chunks(count: usize) -> Reading {
        Reading::of(stream::iter(vec![Ok(Bytes::from_static(b"abcd")); count]))
    }

    async fn collect(body: Body) -> (Vec<u8>, bool) {
        let (mut bytes, mut failed) = (Vec::new(), false);
        let mut stream = body.into_data_stream();
        while let Some(next) = stream.next().await {
            match next {
                Ok(next) => bytes.extend_from_slice(&next),
                Err(_) => failed = true,
            }
        }
        (bytes, failed)
    }

    fn token() -> CancellationToken {
        CancellationToken::new()
    }

    #[tokio::test]
    async fn so_many_bytes_go_out_and_a_file_that_is_too_short_is_told() {
        let whole = body(chunks(3), 12, token(), token(), Counter::default());
        assert_eq!(collect(whole).await, (b"abcdabcdabcd".to_vec(), false));
        let longer = body(chunks(3), 6, token(), token(), Counter::default());
        assert_eq!(collect(longer).await, (b"abcdab".to_vec(), false));
        let shorter = body(chunks(1), 6, token(), token(), Counter::default());
        assert_eq!(collect(shorter).await, (b"abcd".to_vec(), true));
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_for_a_minute_is_hung_up_on() {
        let hang_up = token();
        let began = Instant::now();
        let held = body(chunks(9), 36, token(), hang_up.clone(), Counter::default());
        hang_up.cancelled().await;
        assert_eq!(began.elapsed(), IDLE_TIME);
        drop(held);
        // Who goes away takes nothing either, and is no reason to.
        let hang_up = token();
        drop(body(
            chunks(9),
            36,
            token(),
            hang_up.clone(),
            Counter::default(),
        ));
        assert!(timeout(IDLE_TIME * 2, hang_up.cancelled()).await.is_err());
    }
}
