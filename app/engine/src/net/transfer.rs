//! A file on its way: how far it is, and whether it is still wanted. One end moves it, others look and stop it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dialtone_words::say;

use super::NetError;

/// A file on its way. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Transfer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    done: AtomicU64,
    total: u64,
    stopped: AtomicBool,
}

/// Why a file did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    /// The network, or the server.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This computer's disk.
    #[error("{}", say!("error-file-disk", cause = _0.to_string()))]
    Disk(io::Error),
    /// What the server gave is not what was sent.
    #[error("{}", say!("error-file-other"))]
    Other,
    /// It is being fetched already, by somebody who was stopped and has not heard of it yet.
    #[error("{}", say!("error-file-fetched"))]
    Busy,
    /// It is not wanted any more.
    #[error("stopped")]
    Stopped,
}

impl Transfer {
    /// Of `total` bytes.
    pub(crate) fn new(total: u64) -> Self {
        Self(Arc::new(Inner {
            done: AtomicU64::new(0),
            total,
            stopped: AtomicBool::new(false),
        }))
    }

    /// Bytes that are over, and all.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let done = self.0.done.load(Ordering::Relaxed);
        (done.min(self.0.total), self.0.total)
    }

    /// It begins at this byte, for the first or another time.
    pub(crate) fn begin_at(&self, byte: u64) {
        self.0.done.store(byte, Ordering::Relaxed);
    }

    /// Whoever moves it gives up with its next bytes.
    pub(crate) fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Relaxed)
    }

    /// Counts what is read through it, and stops it.
    pub(crate) fn counted<R: Read>(&self, inner: R) -> Counted<R> {
        Counted {
            inner,
            transfer: self.clone(),
        }
    }

    fn go_on(&self) -> io::Result<()> {
        if self.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        Ok(())
    }

    fn count(&self, bytes: usize) {
        self.0.done.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A reader that a [`Transfer`] counts and stops.
pub(crate) struct Counted<R> {
    inner: R,
    transfer: Transfer,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.transfer.go_on()?;
        let count = self.inner.read(out)?;
        self.transfer.count(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_counted_and_stopped() {
        let transfer = Transfer::new(10);
        // The first three bytes are there already.
        transfer.begin_at(3);
        let mut reader = transfer.counted(&b"3456789"[..]);
        let mut chunk = [0; 4];
        reader.read_exact(&mut chunk).unwrap();
        assert_eq!((transfer.clone().progress(), &chunk), ((7, 10), b"3456"));
        transfer.clone().stop();
        assert!(transfer.is_stopped());
        assert!(reader.read(&mut chunk).is_err());
        assert_eq!(transfer.progress(), (7, 10));
        // More than was announced is no more than all.
        let transfer = Transfer::new(10);
        let mut reader = transfer.counted(&b"0123456789ab"[..]);
        assert_eq!(io::copy(&mut reader, &mut io::sink()).unwrap(), 12);
        assert_eq!(transfer.progress(), (10, 10));
    }
}
