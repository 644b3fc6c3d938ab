//! What waits for its second request: bounded in number, gone after a minute, taken once.

use std::collections::{HashMap, VecDeque};

use dialtone_protocol::Hash;
use dialtone_store::UnixMillis;
use parking_lot::Mutex;

/// How long a first request waits for its second, in milliseconds.
const LIFETIME_MS: i64 = 60_000;
/// The most that wait; beyond it the oldest goes.
const CAPACITY: usize = 10_000;

/// Values by a random name.
pub(super) struct Bounded<T> {
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    waiting: HashMap<Hash, (UnixMillis, T)>,
    order: VecDeque<(UnixMillis, Hash)>,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self {
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
        inner.drop_old(now);
        let ends = now.plus(LIFETIME_MS);
        inner.waiting.insert(name, (ends, value));
        inner.order.push_back((ends, name));
    }

    /// Takes what is under `name`, if it still holds.
    pub(super) fn take(&self, name: &Hash, now: UnixMillis) -> Option<T> {
        let (ends, value) = self.inner.lock().waiting.remove(name)?;
        (now < ends).then_some(value)
    }
}

impl<T> Inner<T> {
    fn drop_old(&mut self, now: UnixMillis) {
        while let Some((ends, name)) = self.order.front().copied() {
            if ends > now && self.order.len() < CAPACITY {
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
        let end = UnixMillis(LIFETIME_MS);
        assert_eq!(bounded.take(&Hash([1; 32]), UnixMillis(1)), Some('a'));
        assert_eq!(bounded.take(&Hash([1; 32]), UnixMillis(1)), None);
        assert_eq!(bounded.take(&Hash([2; 32]), end), None);
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
