//! A file on its way out: read as fast as it is taken. Who takes next to nothing of it is hung up on, as with every answer (`pace`).

use std::io;

use axum::body::Body;
use futures_util::{StreamExt as _, stream};
use prometheus_client::metrics::counter::Counter;
use tokio_util::sync::CancellationToken;

use super::shelf::{Reading, ShelfError};

/// Exactly `left` bytes of a file. A file that ends early, or cannot be read on, ends the connection: the client sees that it has not got
/// all. So does a server that stops.
pub(super) fn body(
    reading: Reading,
    left: u64,
    stop: CancellationToken,
    sent_bytes: Counter,
) -> Body {
    let chunks = stream::try_unfold((reading, left), move |(mut reading, left)| {
        let sent_bytes = sent_bytes.clone();
        async move {
            if left == 0 {
                return Ok::<_, io::Error>(None);
            }
            let next = reading.next().await;
            let next = next.and_then(|bytes| bytes.ok_or(ShelfError::Missing));
            let mut bytes = next.map_err(|error| {
                tracing::error!(%error, "a file cannot be read to its end");
                io::Error::other(error)
            })?;
            bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let length = bytes.len() as u64;
            sent_bytes.inc_by(length);
            Ok(Some((bytes, (reading, left - length))))
        }
    });
    Body::from_stream(chunks.take_until(stop.cancelled_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use axum::Router;
    use bytes::Bytes;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::listen;
    use crate::pace::PATIENCE;

    /// As long as what the shelf reads at a time.
    const CHUNK: usize = 128 * 1024;
    const CHUNKS: usize = 1000;
    /// So much of a file may be in memory for one who takes it slowly.
    const MOST_HELD: usize = 640 * 1024;

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
        let whole = body(chunks(3), 12, token(), Counter::default());
        assert_eq!(collect(whole).await, (b"abcdabcdabcd".to_vec(), false));
        let longer = body(chunks(3), 6, token(), Counter::default());
        assert_eq!(collect(longer).await, (b"abcdab".to_vec(), false));
        let shorter = body(chunks(1), 6, token(), Counter::default());
        assert_eq!(collect(shorter).await, (b"abcd".to_vec(), true));
    }

    #[tokio::test]
    async fn a_server_that_stops_waits_for_no_file() {
        let stop = token();
        let still =
            Reading::of(stream::iter([Ok(Bytes::from_static(b"abcd"))]).chain(stream::pending()));
        let still = body(still, 12, stop.clone(), Counter::default());
        let (taken, ()) = tokio::join!(collect(still), async { stop.cancel() });
        assert!(taken.0.len() < 12);
    }

    /// A long file over a connection that is served as all are.
    struct Download {
        client: DuplexStream,
        served: JoinHandle<()>,
        /// How many of the file's chunks were read.
        read: Arc<AtomicUsize>,
    }

    impl Download {
        async fn begin() -> Self {
            let read = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&read);
            let file = move || {
                let chunks = stream::repeat_with(move || {
                    count.fetch_add(1, Ordering::Relaxed);
                    Ok(Bytes::from(vec![7; CHUNK]))
                });
                let reading = Reading::of(chunks.take(CHUNKS));
                let all = (CHUNK * CHUNKS) as u64;
                async move { body(reading, all, token(), Counter::default()) }
            };
            let (near, mut client) = duplex(1024);
            let router = Router::new().fallback(file);
            let served = tokio::spawn(listen::serve_alone(near, router));
            let request = b"GET / HTTP/1.1\r\nhost: it\r\n\r\n";
            client.write_all(request).await.unwrap();
            Self {
                client,
                served,
                read,
            }
        }

        fn held(&self, taken: usize) -> usize {
            (self.read.load(Ordering::Relaxed) * CHUNK).saturating_sub(taken)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_a_file_is_hung_up_on_and_little_of_it_was_read() {
        let mut download = Download::begin().await;
        let began = Instant::now();
        (&mut download.served).await.unwrap();
        assert_eq!(began.elapsed(), PATIENCE);
        let held = download.held(0);
        assert!((1..=MOST_HELD).contains(&held), "{held}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_file_slowly_gets_on_and_who_drips_is_hung_up_on() {
        for (bytes, every, gets_on) in [(2048, 10, true), (100, 5, false)] {
            let mut download = Download::begin().await;
            let mut chunk = vec![0; bytes];
            let mut taken = 0;
            for _ in 0..200 {
                sleep(Duration::from_secs(every)).await;
                if download.client.read_exact(&mut chunk).await.is_err() {
                    break;
                }
                taken += bytes;
                let held = download.held(taken);
                assert!(held <= MOST_HELD, "{held}");
            }
            assert_eq!(!download.served.is_finished(), gets_on, "{bytes}");
            assert_eq!(taken == 200 * bytes, gets_on, "{taken}");
        }
    }
}
