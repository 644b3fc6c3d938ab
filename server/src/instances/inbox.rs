//! What was heard waits here until it is done, so that whoever hears does not wait for the database with it.
//!
//! ```text
//! listen ── put ─► [room in bytes] ─► take::run
//!             └─ no room: lost, and everybody is asked anew once there is room again
//! ```

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::bus::{News, Tag};

/// What may wait, in bytes; each takes [`News::LEAST`] at least, so that their number is bounded too.
const ROOM: usize = 32 * 1024 * 1024;
/// So many instances that are gone have a place besides.
const GONE: usize = 1000;

/// One thing to do.
#[derive(Debug, PartialEq)]
pub(super) enum Arrival {
    /// An instance said it.
    News(Tag, News),
    /// An instance is gone. It takes no room, since it may not get lost.
    Gone(Tag),
}

/// The end at which things go in.
pub(super) struct Inbox {
    room: Arc<Semaphore>,
    arrivals: mpsc::Sender<(Arrival, Option<OwnedSemaphorePermit>)>,
    has_lost: bool,
}

/// The end at which they come out.
pub(super) struct Arrivals(mpsc::Receiver<(Arrival, Option<OwnedSemaphorePermit>)>);

/// Both ends.
pub(super) fn inbox() -> (Inbox, Arrivals) {
    let (arrivals, out) = mpsc::channel(ROOM / News::LEAST + GONE);
    let inbox = Inbox {
        room: Arc::new(Semaphore::new(ROOM)),
        arrivals,
        has_lost: false,
    };
    (inbox, Arrivals(out))
}

impl Inbox {
    /// Something to do, which is lost where there is no room.
    pub(super) fn put(&mut self, from: Tag, news: News) {
        let room = Arc::clone(&self.room).try_acquire_many_owned(news.weight());
        let Ok(room) = room else {
            self.has_lost = true;
            return;
        };
        self.send(Arrival::News(from, news), Some(room));
    }

    /// An instance is gone.
    pub(super) fn gone(&self, whom: Tag) {
        self.send(Arrival::Gone(whom), None);
    }

    fn send(&self, arrival: Arrival, room: Option<OwnedSemaphorePermit>) {
        // There is a place for each that has room. Where nobody takes it any more the server is gone.
        let _: Result<_, _> = self.arrivals.try_send((arrival, room));
    }

    /// Whether things were lost since this was asked last, and there is room again.
    pub(super) fn has_recovered(&mut self) -> bool {
        let recovered = self.has_lost && self.room.available_permits() > ROOM / 2;
        self.has_lost &= !recovered;
        recovered
    }
}

impl Arrivals {
    /// The next thing; its room is free once what comes with it is dropped.
    pub(super) async fn next(&mut self) -> Option<(Arrival, Option<OwnedSemaphorePermit>)> {
        self.0.recv().await
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use dialtone_protocol::Hash;

    use super::*;
    use crate::bus::{Place, To};

    fn frame(bytes: usize) -> News {
        News::Frame {
            to: To::Members,
            place: Place::None,
            bytes: Bytes::from(vec![0; bytes]),
        }
    }

    #[tokio::test]
    async fn what_waits_is_bounded_in_bytes_and_a_loss_is_told_once_there_is_room() {
        let (mut inbox, mut arrivals) = inbox();
        let tag = Tag::of(&Hash([1; 32]));
        let each = 512 * 1024;
        for _ in 0..ROOM / each {
            inbox.put(tag, frame(each));
        }
        // The overhead of each left no room for the last one.
        inbox.gone(tag);
        assert!(!inbox.has_recovered(), "there is no room yet");
        let mut came = 0;
        loop {
            let (arrival, room) = arrivals.next().await.unwrap();
            if room.is_none() {
                assert_eq!(arrival, Arrival::Gone(tag));
                break;
            }
            came += 1;
        }
        assert_eq!(came, ROOM / each - 1);
        assert!(inbox.has_recovered());
        assert!(!inbox.has_recovered(), "once");
        for _ in 0..=ROOM / News::LEAST {
            inbox.put(tag, News::Tell);
        }
        arrivals.next().await.unwrap();
        assert!(inbox.has_lost, "however short they are");
    }
}
