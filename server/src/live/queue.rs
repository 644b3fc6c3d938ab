//! What waits for one reader: a bounded queue that takes no memory while nothing waits, since most connections are idle most of the time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Room for so many is kept once they are read.
const ROOM: usize = 4;

struct Shared<T> {
    waiting: Mutex<VecDeque<T>>,
    arrived: Notify,
    /// There is room again, or the receiver is gone.
    left: Notify,
    /// One of the ends is gone.
    over: AtomicBool,
    most: usize,
}

/// The end at which they go in.
pub(super) struct Sender<T>(Arc<Shared<T>>);

/// The end at which they come out.
pub(crate) struct Receiver<T>(Arc<Shared<T>>);

/// As many wait as may wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The receiver is gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Over;

/// A queue in which at most `most` wait.
pub(super) fn queue<T>(most: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        waiting: Mutex::new(VecDeque::new()),
        arrived: Notify::new(),
        left: Notify::new(),
        over: AtomicBool::new(false),
        most,
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T> Sender<T> {
    /// Puts one at the end.
    ///
    /// # Errors
    /// [`Full`]
    pub(super) fn try_send(&self, one: T) -> Result<(), Full> {
        self.put(one).map_err(|_| Full)
    }

    /// Puts one at the end, once there is room.
    ///
    /// # Errors
    /// [`Over`]
    pub(super) async fn send(&self, mut one: T) -> Result<(), Over> {
        loop {
            if self.0.over.load(Ordering::Acquire) {
                return Err(Over);
            }
            match self.put(one) {
                Ok(()) => return Ok(()),
                Err(back) => one = back,
            }
            self.0.left.notified().await;
        }
    }

    /// Puts one at the end, or gives it back.
    ///
    /// # Errors
    /// The one that was to be put, where as many wait as may wait.
    pub(super) fn put(&self, one: T) -> Result<(), T> {
        let mut waiting = self.0.waiting.lock();
        if waiting.len() >= self.0.most {
            return Err(one);
        }
        waiting.push_back(one);
        let first = waiting.len() == 1;
        drop(waiting);
        if first {
            self.0.arrived.notify_one();
        }
        Ok(())
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.0.waiting.lock().len()
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Release);
        self.0.arrived.notify_one();
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Release);
        self.0.left.notify_one();
    }
}

impl<T> Receiver<T> {
    /// Waits for the next one; none once the sender is gone and all are read. May be dropped while it waits: nothing is lost.
    pub(super) async fn recv(&mut self) -> Option<T> {
        loop {
            if let Some(one) = self.try_recv() {
                return Some(one);
            }
            if self.0.over.load(Ordering::Acquire) {
                // One may have come between the two looks.
                return self.try_recv();
            }
            self.0.arrived.notified().await;
        }
    }

    /// The next one, if there is one.
    pub(super) fn try_recv(&mut self) -> Option<T> {
        let mut waiting = self.0.waiting.lock();
        let was_full = waiting.len() >= self.0.most;
        let one = waiting.pop_front();
        if waiting.is_empty() && waiting.capacity() > ROOM {
            *waiting = VecDeque::new();
        }
        drop(waiting);
        if was_full {
            self.0.left.notify_one();
        }
        one
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::frame::ServerFrame;
    use futures_util::FutureExt as _;

    use super::*;
    use crate::live::outgoing::Frame;

    fn frame() -> Frame {
        Frame::plain(&ServerFrame::CaughtUp)
    }

    #[tokio::test]
    async fn frames_come_out_as_they_went_in_and_no_more_than_fit() {
        let (sender, mut receiver) = queue(2);
        assert!(receiver.recv().now_or_never().is_none(), "nothing is there");
        assert_eq!(
            sender.try_send(Frame::answer(1, &ServerFrame::Done)),
            Ok(())
        );
        assert_eq!(sender.try_send(frame()), Ok(()));
        assert_eq!(sender.try_send(frame()), Err(Full));
        let first = receiver.recv().await.unwrap();
        assert_eq!(first.bytes, Frame::answer(1, &ServerFrame::Done).bytes);
        assert_eq!(sender.try_send(frame()), Ok(()), "there is room again");
        drop(sender);
        assert!(receiver.recv().await.is_some() && receiver.recv().await.is_some());
        assert!(receiver.recv().await.is_none(), "the sender is gone");
    }

    #[tokio::test]
    async fn whoever_waits_is_woken() {
        let (sender, mut receiver) = queue(8);
        let waiting = tokio::spawn(async move {
            let first = receiver.recv().await;
            (
                first.is_some(),
                receiver.recv().await.is_some(),
                receiver.recv().await.is_none(),
            )
        });
        tokio::task::yield_now().await;
        sender.try_send(frame()).unwrap();
        tokio::task::yield_now().await;
        sender.try_send(frame()).unwrap();
        drop(sender);
        assert_eq!(waiting.await.unwrap(), (true, true, true));
    }

    #[test]
    fn what_was_read_leaves_no_room_behind() {
        let (sender, mut receiver) = queue(1_000);
        for _ in 0..500 {
            sender.try_send(frame()).unwrap();
        }
        while receiver.try_recv().is_some() {}
        assert!(receiver.0.waiting.lock().capacity() <= ROOM);
    }

    #[tokio::test]
    async fn who_finds_no_room_waits_for_it_or_for_the_end() {
        let (sender, mut receiver) = queue(1);
        assert_eq!(sender.send(1).await, Ok(()));
        assert!(sender.send(2).now_or_never().is_none(), "no room");
        let sending = tokio::spawn(async move {
            let sent = sender.send(3).await;
            (sent, sender.send(4).await)
        });
        tokio::task::yield_now().await;
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(receiver.recv().await, Some(3));
        tokio::task::yield_now().await;
        assert_eq!(receiver.recv().await, Some(4));
        assert_eq!(sending.await.unwrap(), (Ok(()), Ok(())));
        let (sender, receiver) = queue(1);
        assert_eq!(sender.send(1).await, Ok(()));
        let sending = tokio::spawn(async move { sender.send(2).await });
        tokio::task::yield_now().await;
        drop(receiver);
        assert_eq!(sending.await.unwrap(), Err(Over));
    }
}
