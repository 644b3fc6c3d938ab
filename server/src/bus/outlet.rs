//! What is to be told waits here, bounded in number and in bytes; whoever tells does not wait.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::News;

/// News that may wait; beyond it they are lost, which the others see by their count.
const QUEUE: usize = 8192;
/// What they may take, in bytes: a commit has up to 512 KiB.
const ROOM: usize = 32 * 1024 * 1024;

/// One that waits.
pub(super) struct Told {
    /// One more than that of the one before.
    pub(super) count: u64,
    /// It.
    pub(super) news: News,
    /// Free again once this is dropped.
    pub(super) room: OwnedSemaphorePermit,
}

/// The end at which news go in; cheap to clone. Without a bus it takes none.
#[derive(Clone, Default)]
pub(crate) struct Outlet(Option<Arc<Counted>>);

struct Counted {
    /// Locked while one goes in, so that they stand in the order of their counts.
    count: Mutex<u64>,
    room: Arc<Semaphore>,
    news: mpsc::Sender<Told>,
}

impl Outlet {
    /// With the end at which they come out.
    pub(super) fn new() -> (Self, mpsc::Receiver<Told>) {
        let (news, out) = mpsc::channel(QUEUE);
        let counted = Counted {
            count: Mutex::new(0),
            room: Arc::new(Semaphore::new(ROOM)),
            news,
        };
        (Self(Some(Arc::new(counted))), out)
    }

    /// Tells the other instances.
    pub(crate) fn tell(&self, news: impl FnOnce() -> News) {
        let Some(counted) = &self.0 else { return };
        let mut count = counted.count.lock();
        *count += 1;
        let news = news();
        let room = Arc::clone(&counted.room).try_acquire_many_owned(news.weight());
        // Lost where too many wait: see above.
        let Ok(room) = room else { return };
        let count = *count;
        let _: Result<_, _> = counted.news.try_send(Told { count, news, room });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::{Place, To};

    #[test]
    fn what_is_lost_leaves_a_hole_in_the_count() {
        let (outlet, mut out) = Outlet::new();
        for _ in 0..=QUEUE {
            outlet.tell(|| News::Tell);
        }
        for expected in 1..=QUEUE as u64 {
            assert_eq!(out.try_recv().unwrap().count, expected);
        }
        assert!(out.try_recv().is_err());
        outlet.tell(|| News::Bye);
        let told = out.try_recv().unwrap();
        assert_eq!((told.count, told.news), (QUEUE as u64 + 2, News::Bye));
        Outlet::default().tell(|| unreachable!("nobody is told"));
    }

    #[test]
    fn what_waits_is_bounded_in_bytes() {
        let (outlet, mut out) = Outlet::new();
        let each = 512 * 1024;
        let commit = || News::Frame {
            to: To::Members,
            place: Place::None,
            bytes: vec![0; each].into(),
        };
        for _ in 0..ROOM / each {
            outlet.tell(commit);
        }
        outlet.tell(|| News::Tell);
        let mut counts = Vec::new();
        while let Ok(told) = out.try_recv() {
            counts.push(told.count);
        }
        // One found no room, and what is short went after it.
        let last = (ROOM / each) as u64 + 1;
        assert_eq!(counts.len() as u64, last - 1);
        assert_eq!(counts[counts.len() - 2..], [last - 2, last]);
        outlet.tell(commit);
        assert_eq!(
            out.try_recv().unwrap().count,
            last + 1,
            "there is room again"
        );
    }
}
