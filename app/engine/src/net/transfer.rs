//! A file on its way: how far it is, and whether it is still wanted. One end moves it, others look and stop it.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
    #[error("the file could not be read or written on this computer: {0}")]
    Disk(io::Error),
    /// What the server gave is not what was sent.
    #[error("what the server gave is not the file that was sent")]
    Other,
    /// It is being fetched already, by somebody who was stopped and has not heard of it yet.
    #[error("it is being fetched already")]
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

    /// Counts what is read or written through it, and stops it.
    pub(crate) fn counted<T>(&self, inner: T) -> Counted<T> {
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

/// A reader or writer that a [`Transfer`] counts and stops.
pub(crate) struct Counted<T> {
    inner: T,
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

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.transfer.go_on()?;
        let count = self.inner.write(bytes)?;
        self.transfer.count(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_through_is_counted_and_stopped() {
        let transfer = Transfer::new(10);
        let mut reader = transfer.counted(&b"0123456789"[..]);
        reader.read_exact(&mut [0; 4]).unwrap();
        assert_eq!(transfer.progress(), (4, 10));
        let mut writer = transfer.counted(Vec::new());
        writer.write_all(b"012").unwrap();
        assert_eq!(transfer.clone().progress(), (7, 10));
        transfer.clone().stop();
        assert!(reader.read(&mut [0; 4]).is_err());
        assert!(writer.write(b"3").is_err());
        assert!(transfer.is_stopped());
    }
}
