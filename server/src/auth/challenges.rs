//! What waits for its next request: bounded in number, gone after its time (a minute, if nothing else was said).

use std::collections::{HashMap, VecDeque};

use dialtone_protocol::Hash;
use dialtone_store::UnixMillis;
use parking_lot::Mutex;

/// How long a first request waits for its second if nothing else is said, in milliseconds.
const LIFETIME_MS: i64 = 60_000;
/// The most that wait; beyond it the oldest goes.
const CAPACITY: usize = 10_000;

/// Values by a random name.
pub(super) struct Bounded<T> {
    lifetime_ms: i64,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    waiting: HashMap<Hash, (UnixMillis, T)>,
    order: VecDeque<(UnixMillis, Hash)>,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self::lasting(LIFETIME_MS)
    }
}

impl<T> Bounded<T> {
    /// Of values that last so many milliseconds.
    pub(super) fn lasting(lifetime_ms: i64) -> Self {
        Self {
            lifetime_ms,
            inner: Mutex::new(Inner {
                waiting: HashMap::new(),
                order: VecDeque::new(),
            }),
        }
    }
}

impl<T> Bounded<T> {
    /// Keeps `value` under `name`.
    pub(super) fn put(&self, name: Hash, value: T, now: UnixMillis) {
        let mut inner = self.inner.lock();
        let ends = now.plus(self.lifetime_ms);
        inner.drop_old(now, ends);
        inner.waiting.insert(name, (ends, value));
        inner.order.push_back((ends, name));
    }

    /// Takes what is under `name`, if it still holds.
    pub(super) fn take(&self, name: &Hash, now: UnixMillis) -> Option<T> {
        let (ends, value) = self.inner.lock().waiting.remove(name)?;
        self.holds(ends, now).then_some(value)
    }

    /// A clock that was set back makes nothing last longer than it should.
    fn holds(&self, ends: UnixMillis, now: UnixMillis) -> bool {
        now < ends && ends <= now.plus(self.lifetime_ms)
    }
}

impl<T: Copy> Bounded<T> {
    /// What is under `name`, if it still holds; it stays.
    pub(super) fn get(&self, name: &Hash, now: UnixMillis) -> Option<T> {
        let inner = self.inner.lock();
        let (ends, value) = inner.waiting.get(name)?;
        self.holds(*ends, now).then_some(*value)
    }
}

impl<T> Inner<T> {
    /// Of those that end before `now`, or after `latest`, which only a clock that was set back leaves behind.
    fn drop_old(&mut self, now: UnixMillis, latest: UnixMillis) {
        while let Some((ends, name)) = self.order.front().copied() {
            if ends > now && ends <= latest && self.order.len() < CAPACITY {
                break;
            }
            self.order.pop_front();
            self.waiting.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_once_and_only_in_its_minute() {
        let bounded = Bounded::default();
        bounded.put(Hash([1; 32]), 'a', UnixMillis(0));
        bounded.put(Hash([2; 32]), 'b', UnixMillis(0));
        let long = Bounded::lasting(2 * LIFETIME_MS);
        long.put(Hash([3; 32]), 'c', UnixMillis(0));
        let end = UnixMillis(LIFETIME_MS);
        assert_eq!(bounded.take(&Hash([1; 32]), UnixMillis(1)), Some('a'));
        assert_eq!(bounded.take(&Hash([1; 32]), UnixMillis(1)), None);
        assert_eq!(bounded.take(&Hash([2; 32]), end), None);
        assert_eq!(long.get(&Hash([3; 32]), end), Some('c'));
        assert_eq!(long.get(&Hash([3; 32]), end), Some('c'));
        assert_eq!(long.get(&Hash([3; 32]), UnixMillis(2 * LIFETIME_MS)), None);
    }

    #[test]
    fn a_clock_that_jumps_makes_nothing_last() {
        let hours = 5 * 60 * LIFETIME_MS;
        let bounded = Bounded::default();
        bounded.put(Hash([1; 32]), 'a', UnixMillis(hours));
        bounded.put(Hash([2; 32]), 'b', UnixMillis(hours));
        assert_eq!(bounded.get(&Hash([1; 32]), UnixMillis(0)), None);
        bounded.put(Hash([3; 32]), 'c', UnixMillis(0));
        assert_eq!(bounded.inner.lock().waiting.len(), 1, "the others went");
        assert_eq!(bounded.take(&Hash([3; 32]), UnixMillis(1)), Some('c'));
    }

    #[test]
    fn beyond_the_capacity_the_oldest_goes() {
        let bounded = Bounded::default();
        for number in 0..=CAPACITY {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&number.to_be_bytes());
            bounded.put(Hash(name), number, UnixMillis(0));
        }
        assert_eq!(bounded.take(&Hash([0; 32]), UnixMillis(1)), None);
        assert_eq!(bounded.inner.lock().waiting.len(), CAPACITY);
    }
}
