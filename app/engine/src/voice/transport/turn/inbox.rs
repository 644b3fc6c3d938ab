//! Datagrams that streams brought, until the engine takes them.

use std::collections::VecDeque;
use std::io::IoSliceMut;
use std::net::SocketAddr;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use webrtc::runtime::RecvMeta;

/// Datagrams that wait; without room for more they are dropped, as a socket does.
const ROOM: usize = 512;

/// Datagrams with whom they are from.
#[derive(Debug, Default)]
pub(super) struct Inbox(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    datagrams: VecDeque<(SocketAddr, Vec<u8>)>,
    reader: Option<Waker>,
}

impl Inbox {
    /// Keeps a datagram if there is room.
    pub(super) fn put(&self, from: SocketAddr, datagram: &[u8]) {
        let mut waiting = self.0.lock();
        if waiting.datagrams.len() < ROOM {
            waiting.datagrams.push_back((from, datagram.to_vec()));
        }
        let reader = waiting.reader.take();
        drop(waiting);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Takes as many as fit into `buffers`, or notes who is to be woken.
    pub(super) fn poll_take(
        &self,
        context: &Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        about: &mut [RecvMeta],
    ) -> Poll<usize> {
        let mut waiting = self.0.lock();
        let mut taken = 0;
        for (buffer, about) in buffers.iter_mut().zip(about) {
            let Some((from, datagram)) = waiting.datagrams.pop_front() else {
                break;
            };
            let length = datagram.len().min(buffer.len());
            buffer[..length].copy_from_slice(&datagram[..length]);
            *about = RecvMeta::default();
            about.addr = from;
            about.len = length;
            about.stride = length.max(1);
            taken += 1;
        }
        if taken == 0 {
            waiting.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(taken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Wake;

    use super::*;

    struct Woken(AtomicBool);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn it_wakes_its_reader_and_is_never_over_full() {
        let inbox = Inbox::default();
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let context = Context::from_waker(&waker);
        let take = || {
            let mut bytes = [0; 4];
            let mut about = [RecvMeta::default()];
            let mut buffers = [IoSliceMut::new(&mut bytes)];
            let taken = inbox.poll_take(&context, &mut buffers, &mut about);
            taken.map(|_| (about[0].addr.port(), about[0].len, bytes[0]))
        };
        assert_eq!(take(), Poll::Pending);
        let from = |port| SocketAddr::from(([192, 0, 2, 1], port));
        inbox.put(from(7), &[9, 9]);
        assert!(woken.0.load(Ordering::Relaxed));
        assert_eq!(take(), Poll::Ready((7, 2, 9)));
        for _ in 0..ROOM + 10 {
            inbox.put(from(8), &[1; 6]);
        }
        assert_eq!(inbox.0.lock().datagrams.len(), ROOM);
        assert_eq!(take(), Poll::Ready((8, 4, 1)), "no more than fits");
    }
}
