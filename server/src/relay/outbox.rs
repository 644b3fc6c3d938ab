//! Datagrams that wait to be sent together.

use std::net::SocketAddr;
use std::ops::Range;

/// Datagrams in the order in which they go out; its memory is used again and again.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    datagrams: Vec<(SocketAddr, Range<usize>)>,
}

impl Outbox {
    /// Appends what `write` appends; nothing, if it gives `None`. `true` if there is one more.
    pub(super) fn write(
        &mut self,
        to: SocketAddr,
        write: impl FnOnce(&mut Vec<u8>) -> Option<()>,
    ) -> bool {
        let start = self.bytes.len();
        if write(&mut self.bytes).is_none() {
            self.bytes.truncate(start);
            return false;
        }
        self.datagrams.push((to, start..self.bytes.len()));
        true
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.datagrams.len()
    }

    /// Them, in order.
    pub(super) fn datagrams(&self) -> impl ExactSizeIterator<Item = (SocketAddr, &[u8])> {
        let one = |(to, range): &(SocketAddr, Range<usize>)| (*to, &self.bytes[range.clone()]);
        self.datagrams.iter().map(one)
    }

    /// They are sent.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.datagrams.clear();
    }
}
