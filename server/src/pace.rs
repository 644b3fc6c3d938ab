//! A connection whose other end has to take what is written to it: whoever reads nothing, or drips, would hold an answer's memory and a place
//! for ever.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// So long writing may wait in all, until it is judged how much went out meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The least that has to go out in that time, or of a file come in, in bytes: a modem brings many times as much.
pub(crate) const SLOWEST: u64 = 8 * 1024;

/// A connection that ends when its other end takes too little.
///
/// Only the time in which a write waits counts: a connection on which there is nothing to say is not slow.
pub(crate) struct Paced<S> {
    stream: S,
    waiting: Option<Waiting>,
    /// How long writes have waited since it was last judged.
    waited: Duration,
    /// What went out since then, in bytes.
    written: u64,
}

struct Waiting {
    since: Instant,
    enough: Pin<Box<Sleep>>,
}

impl<S> Paced<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            waiting: None,
            waited: Duration::ZERO,
            written: 0,
        }
    }

    /// The connection, from here on unjudged.
    pub(crate) fn into_inner(self) -> S {
        self.stream
    }

    /// A write came back with so many bytes, or waits.
    fn judge(
        &mut self,
        written: Poll<io::Result<usize>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            if let Some(waiting) = self.waiting.take() {
                self.waited += waiting.since.elapsed();
            }
            if let Ok(bytes) = &written {
                self.written = self.written.saturating_add(*bytes as u64);
            }
            return Poll::Ready(written);
        }
        if self.waiting.is_none() && self.waited.is_zero() {
            // What went out while nothing waited says nothing of whether anything does now.
            self.written = 0;
        }
        loop {
            let left = PATIENCE.saturating_sub(self.waited);
            let waiting = self.waiting.get_or_insert_with(|| Waiting {
                since: Instant::now(),
                enough: Box::pin(sleep(left)),
            });
            ready!(waiting.enough.as_mut().poll(cx));
            if self.written < SLOWEST {
                let words = "the other end takes next to nothing";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, words)));
            }
            (self.waiting, self.waited, self.written) = (None, Duration::ZERO, 0);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.judge(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::task::JoinHandle;

    use super::*;

    /// Writes on until it fails; gives why, and after how long.
    fn writing(mut stream: Paced<DuplexStream>) -> JoinHandle<(io::ErrorKind, Duration)> {
        let began = Instant::now();
        tokio::spawn(async move {
            loop {
                if let Err(error) = stream.write_all(&[7; 4096]).await {
                    return (error.kind(), began.elapsed());
                }
            }
        })
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_given_up_after_a_minute() {
        // Less than has to go out fits in between.
        let (near, _far) = duplex(1024);
        let ended = writing(Paced::new(near)).await.unwrap();
        assert_eq!(ended, (io::ErrorKind::TimedOut, PATIENCE));
    }

    #[tokio::test(start_paused = true)]
    async fn who_drips_is_given_up_and_who_is_slow_is_not() {
        for (bytes, every) in [(100, 5), (2048, 10)] {
            let (near, mut far) = duplex(1024);
            let mut written = writing(Paced::new(near));
            let reading = async {
                let mut chunk = vec![0; bytes];
                for _ in 0..100 {
                    sleep(Duration::from_secs(every)).await;
                    far.read_exact(&mut chunk).await.unwrap();
                }
            };
            let drips = tokio::select! {
                ended = &mut written => Some(ended.unwrap().0),
                () = reading => None,
            };
            let expected = (bytes == 100).then_some(io::ErrorKind::TimedOut);
            assert_eq!(drips, expected, "{bytes} bytes every {every} s");
            written.abort();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_little_to_say_is_not_slow() {
        let (near, mut far) = duplex(1024);
        let mut near = Paced::new(near);
        for _ in 0..100 {
            near.write_all(&[7; 512]).await.unwrap();
            far.read_exact(&mut [0; 512]).await.unwrap();
            sleep(PATIENCE * 2).await;
        }
        assert_eq!(near.waited, Duration::ZERO);
    }
}
