//! What waits for one reader: a bounded queue that takes no memory while nothing waits, since most connections are idle most of the time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::outgoing::Frame;

/// Room for so many frames is kept once they are read.
const ROOM: usize = 16;

struct Shared {
    frames: Mutex<VecDeque<Frame>>,
    arrived: Notify,
    /// The sender is gone.
    over: AtomicBool,
    most: usize,
}

/// The hub's end.
pub(super) struct Sender(Arc<Shared>);

/// The writer's end.
pub(crate) struct Receiver(Arc<Shared>);

/// As many wait as may wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// A queue of at most `most` frames.
pub(super) fn queue(most: usize) -> (Sender, Receiver) {
    let shared = Arc::new(Shared {
        frames: Mutex::new(VecDeque::new()),
        arrived: Notify::new(),
        over: AtomicBool::new(false),
        most,
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl Sender {
    /// Puts a frame at the end.
    ///
    /// # Errors
    /// [`Full`]
    pub(super) fn try_send(&self, frame: Frame) -> Result<(), Full> {
        let mut frames = self.0.frames.lock();
        if frames.len() >= self.0.most {
            return Err(Full);
        }
        frames.push_back(frame);
        let first = frames.len() == 1;
        drop(frames);
        if first {
            self.0.arrived.notify_one();
        }
        Ok(())
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.0.frames.lock().len()
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Release);
        self.0.arrived.notify_one();
    }
}

impl Receiver {
    /// Waits for the next frame; none once the sender is gone and all are read. May be dropped while it waits: nothing is lost.
    pub(super) async fn recv(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.try_recv() {
                return Some(frame);
            }
            if self.0.over.load(Ordering::Acquire) {
                // One may have come between the two looks.
                return self.try_recv();
            }
            self.0.arrived.notified().await;
        }
    }

    /// The next frame, if there is one.
    pub(super) fn try_recv(&mut self) -> Option<Frame> {
        let mut frames = self.0.frames.lock();
        let frame = frames.pop_front();
        if frames.is_empty() && frames.capacity() > ROOM {
            *frames = VecDeque::new();
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::frame::ServerFrame;
    use futures_util::FutureExt as _;

    use super::*;

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
        assert!(receiver.0.frames.lock().capacity() <= ROOM);
    }
}
