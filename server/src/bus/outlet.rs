//! What is to be told waits here, bounded; whoever tells does not wait.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::News;

/// News that may wait; beyond it they are lost, which the others see by their count.
const QUEUE: usize = 8192;

/// The end at which news go in; cheap to clone. Without a bus it takes none.
#[derive(Clone, Default)]
pub(crate) struct Outlet(Option<Arc<Counted>>);

struct Counted {
    /// Locked while one goes in, so that they stand in the order of their counts.
    count: Mutex<u64>,
    news: mpsc::Sender<(u64, News)>,
}

impl Outlet {
    /// With the end at which they come out.
    pub(super) fn new() -> (Self, mpsc::Receiver<(u64, News)>) {
        let (news, out) = mpsc::channel(QUEUE);
        let counted = Counted {
            count: Mutex::new(0),
            news,
        };
        (Self(Some(Arc::new(counted))), out)
    }

    /// Tells the other instances.
    pub(crate) fn tell(&self, news: impl FnOnce() -> News) {
        let Some(counted) = &self.0 else { return };
        let mut count = counted.count.lock();
        *count += 1;
        // Lost where too many wait: see the module.
        let _: Result<_, _> = counted.news.try_send((*count, news()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_leaves_a_hole_in_the_count() {
        let (outlet, mut out) = Outlet::new();
        for _ in 0..=QUEUE {
            outlet.tell(|| News::Tell);
        }
        for expected in 1..=QUEUE as u64 {
            assert_eq!(out.try_recv().unwrap().0, expected);
        }
        assert!(out.try_recv().is_err());
        outlet.tell(|| News::Bye);
        assert_eq!(out.try_recv().unwrap(), (QUEUE as u64 + 2, News::Bye));
        Outlet::default().tell(|| unreachable!("nobody is told"));
    }
}
