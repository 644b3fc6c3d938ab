//! A file on its way in: exactly as many bytes as were announced, and never longer than a minute without one.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::pace::{PATIENCE, SLOWEST};

/// How long a file may stand still on its way in.
const IDLE_TIME: Duration = PATIENCE;

/// Why a file did not come as announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum IncomingError {
    /// It ended early.
    #[error("the file ended before its announced length: send it again")]
    Short,
    /// It went on.
    #[error("the file is longer than announced")]
    Long,
    /// Nothing came for a minute, or next to nothing.
    #[error("nothing of the file, or next to nothing, came for a minute: send it again")]
    Stalled,
    /// The connection ended.
    #[error("the connection ended before the file was there: send it again")]
    Broken,
    /// The server stops.
    #[error("the server stops: send the file again when it is back")]
    Stopping,
}

/// What is still to come.
pub(super) struct Incoming<S> {
    stream: S,
    left: u64,
    /// What came since then, at least a minute's worth before it is judged.
    recent: u64,
    since: Instant,
    stop: CancellationToken,
}

impl<S, E> Incoming<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// `announced` bytes.
    pub(super) fn new(stream: S, announced: u64, stop: CancellationToken) -> Self {
        Self {
            stream,
            left: announced,
            recent: 0,
            since: Instant::now(),
            stop,
        }
    }

    /// The next bytes; `None` when all are there.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, IncomingError> {
        let next = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(IncomingError::Stopping),
            next = timeout(IDLE_TIME, self.stream.next()) => next,
        };
        match next {
            Err(_) => Err(IncomingError::Stalled),
            Ok(Some(Err(_))) => Err(IncomingError::Broken),
            Ok(None) if self.left > 0 => Err(IncomingError::Short),
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => {
                let left = self.left.checked_sub(bytes.len() as u64);
                self.left = left.ok_or(IncomingError::Long)?;
                self.judge(bytes.len() as u64)?;
                Ok(Some(bytes))
            }
        }
    }

    /// Whoever drips holds a place and gets nowhere.
    fn judge(&mut self, came: u64) -> Result<(), IncomingError> {
        self.recent += came;
        if self.since.elapsed() < IDLE_TIME {
            return Ok(());
        }
        if self.recent < SLOWEST && self.left > 0 {
            return Err(IncomingError::Stalled);
        }
        self.recent = 0;
        self.since = Instant::now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use tokio::time::sleep;

    use super::*;

    fn coming<S>(stream: S, announced: u64) -> Incoming<std::pin::Pin<Box<S>>>
    where
        S: Stream<Item = Result<Bytes, ()>>,
    {
        Incoming::new(Box::pin(stream), announced, CancellationToken::new())
    }

    fn chunk(len: usize) -> Bytes {
        Bytes::from(vec![7; len])
    }

    async fn read<S>(mut incoming: Incoming<S>) -> Result<usize, IncomingError>
    where
        S: Stream<Item = Result<Bytes, ()>> + Unpin,
    {
        let mut length = 0;
        while let Some(bytes) = incoming.next().await? {
            length += bytes.len();
        }
        Ok(length)
    }

    #[tokio::test]
    async fn what_is_not_as_long_as_announced_is_told() {
        for (announced, expected) in [
            (5, Ok(5)),
            (6, Err(IncomingError::Short)),
            (4, Err(IncomingError::Long)),
        ] {
            let chunks = stream::iter([Ok(chunk(3)), Ok(chunk(2))]);
            assert_eq!(read(coming(chunks, announced)).await, expected);
        }
        let broken = stream::iter([Ok(chunk(3)), Err(())]);
        assert_eq!(read(coming(broken, 3)).await, Err(IncomingError::Broken));
    }

    #[tokio::test(start_paused = true)]
    async fn what_stands_still_for_a_minute_is_ended_and_what_is_slow_is_not() {
        let slow = stream::iter(0..9).then(|_| async {
            sleep(IDLE_TIME.saturating_sub(Duration::from_secs(1))).await;
            Ok(chunk(8192))
        });
        assert_eq!(read(coming(slow, 9 * 8192)).await, Ok(9 * 8192));
        let still = stream::iter([Ok(chunk(3))]).chain(stream::pending());
        let began = Instant::now();
        assert_eq!(read(coming(still, 9)).await, Err(IncomingError::Stalled));
        assert_eq!(began.elapsed(), IDLE_TIME);
    }

    #[tokio::test]
    async fn a_server_that_stops_waits_for_no_file() {
        let mut incoming = coming(stream::pending(), 9);
        incoming.stop.cancel();
        assert_eq!(incoming.next().await, Err(IncomingError::Stopping));
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_drips_is_given_up_and_a_slow_one_is_not() {
        let stream = |size: usize| {
            let chunks = stream::unfold((), move |()| async move {
                sleep(Duration::from_secs(10)).await;
                Some((Ok::<_, ()>(Bytes::from(vec![0; size])), ()))
            });
            Box::pin(chunks)
        };
        let mut dripping = Incoming::new(stream(1), 1 << 30, CancellationToken::new());
        let began = Instant::now();
        let end = loop {
            if let Err(error) = dripping.next().await {
                break error;
            }
        };
        assert_eq!(end, IncomingError::Stalled);
        assert_eq!(began.elapsed(), IDLE_TIME);
        let mut slow = Incoming::new(stream(2048), 1 << 30, CancellationToken::new());
        for _ in 0..100 {
            assert!(slow.next().await.is_ok());
        }
    }
}
