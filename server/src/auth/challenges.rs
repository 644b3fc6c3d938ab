//! What waits for its next request: bounded in number, gone after its time (a minute, if nothing else was said).
//!
//! Beyond the bound it is whoever has the most that loses: who begins many times and never goes on does not push out somebody else's only one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dialtone_store::{TokenHash, UnixMillis};
use parking_lot::Mutex;

use crate::limits::Network;
use crate::token::Shown;

/// How long a first request waits for its second if nothing else is said, in milliseconds.
const LIFETIME_MS: i64 = 60_000;
/// The most that wait; beyond it the oldest goes of those who have the most.
const CAPACITY: usize = 10_000;

/// Values by a random name, of which only the hash is kept.
pub(super) struct Bounded<T> {
    lifetime_ms: i64,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    waiting: HashMap<TokenHash, Waiting<T>>,
    /// The number of the next.
    next: u64,
    /// What waits by its number: the oldest first.
    by_age: BTreeMap<u64, TokenHash>,
    /// The numbers of what waits for each network.
    of: HashMap<Network, BTreeSet<u64>>,
}

struct Waiting<T> {
    number: u64,
    from: Network,
    ends: UnixMillis,
    value: T,
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
                next: 0,
                by_age: BTreeMap::new(),
                of: HashMap::new(),
            }),
        }
    }

    /// Keeps `value` under `name`, for somebody at `from`.
    pub(super) fn put(&self, name: Shown, value: T, from: Network, now: UnixMillis) {
        let name = name.hash();
        let mut inner = self.inner.lock();
        let ends = now.plus(self.lifetime_ms);
        inner.drop_old(now, ends);
        if inner.waiting.len() >= CAPACITY {
            inner.make_room();
        }
        let number = inner.next;
        inner.next += 1;
        inner.by_age.insert(number, name);
        inner.of.entry(from).or_default().insert(number);
        let waiting = Waiting {
            number,
            from,
            ends,
            value,
        };
        inner.waiting.insert(name, waiting);
    }

    /// Takes what is under `name`, if it still holds.
    pub(super) fn take(&self, name: Shown, now: UnixMillis) -> Option<T> {
        let taken = self.inner.lock().take(&name.hash())?;
        self.holds(taken.ends, now).then_some(taken.value)
    }

    /// A clock that was set back makes nothing last longer than it should.
    fn holds(&self, ends: UnixMillis, now: UnixMillis) -> bool {
        now < ends && ends <= now.plus(self.lifetime_ms)
    }
}

impl<T: Copy> Bounded<T> {
    /// What is under `name`, if it still holds; it stays.
    pub(super) fn get(&self, name: Shown, now: UnixMillis) -> Option<T> {
        let inner = self.inner.lock();
        let waiting = inner.waiting.get(&name.hash())?;
        self.holds(waiting.ends, now).then_some(waiting.value)
    }
}

impl<T> Inner<T> {
    fn take(&mut self, name: &TokenHash) -> Option<Waiting<T>> {
        let taken = self.waiting.remove(name)?;
        self.by_age.remove(&taken.number);
        if let Some(numbers) = self.of.get_mut(&taken.from) {
            numbers.remove(&taken.number);
            if numbers.is_empty() {
                self.of.remove(&taken.from);
            }
        }
        Some(taken)
    }

    /// What ends before `now`, or after `latest`, which only a clock that was set back leaves behind.
    fn drop_old(&mut self, now: UnixMillis, latest: UnixMillis) {
        while let Some(name) = self.by_age.first_entry().map(|oldest| *oldest.get()) {
            let ends = self.waiting.get(&name).map(|waiting| waiting.ends);
            if ends.is_some_and(|ends| ends > now && ends <= latest) {
                return;
            }
            self.by_age.pop_first();
            self.take(&name);
        }
    }

    /// The oldest goes of the network for which the most waits.
    fn make_room(&mut self) {
        let most = self.of.values().max_by_key(|numbers| numbers.len());
        let oldest = most.and_then(BTreeSet::first);
        let name = oldest.and_then(|number| self.by_age.get(number)).copied();
        if let Some(name) = name {
            self.take(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use dialtone_protocol::Hash;

    use super::*;

    fn token(number: u8) -> Shown {
        Hash([number; 32]).into()
    }

    fn from(number: u32) -> Network {
        IpAddr::V4(number.into()).into()
    }

    #[test]
    fn a_value_is_taken_once_and_only_in_its_minute() {
        let bounded = Bounded::default();
        bounded.put(token(1), 'a', from(1), UnixMillis(0));
        bounded.put(token(2), 'b', from(1), UnixMillis(0));
        let long = Bounded::lasting(2 * LIFETIME_MS);
        long.put(token(3), 'c', from(1), UnixMillis(0));
        let end = UnixMillis(LIFETIME_MS);
        assert_eq!(bounded.take(token(1), UnixMillis(1)), Some('a'));
        assert_eq!(bounded.take(token(1), UnixMillis(1)), None);
        assert_eq!(bounded.take(token(2), end), None);
        assert_eq!(long.get(token(3), end), Some('c'));
        assert_eq!(long.get(token(3), end), Some('c'));
        assert_eq!(long.get(token(3), UnixMillis(2 * LIFETIME_MS)), None);
    }

    #[test]
    fn a_clock_that_jumps_makes_nothing_last() {
        let hours = 5 * 60 * LIFETIME_MS;
        let bounded = Bounded::default();
        bounded.put(token(1), 'a', from(1), UnixMillis(hours));
        bounded.put(token(2), 'b', from(1), UnixMillis(hours));
        assert_eq!(bounded.get(token(1), UnixMillis(0)), None);
        bounded.put(token(3), 'c', from(1), UnixMillis(0));
        assert_eq!(bounded.inner.lock().waiting.len(), 1, "the others went");
        assert_eq!(bounded.take(token(3), UnixMillis(1)), Some('c'));
    }

    fn name(number: usize) -> Shown {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&number.to_be_bytes());
        Hash(name).into()
    }

    #[test]
    fn beyond_the_capacity_who_has_the_most_loses_their_oldest() {
        let now = UnixMillis(0);
        let bounded = Bounded::default();
        bounded.put(name(0), 0, from(1), now);
        bounded.put(name(1), 1, from(2), now);
        // From a hundred addresses, three times what there is room for.
        for number in 2..3 * CAPACITY {
            let flood = 100 + u32::try_from(number % 100).unwrap();
            bounded.put(name(number), number, from(flood), now);
        }
        assert_eq!(bounded.inner.lock().waiting.len(), CAPACITY);
        assert_eq!(bounded.take(name(2), now), None, "the oldest of the flood");
        assert_eq!(bounded.take(name(0), now), Some(0));
        assert_eq!(bounded.take(name(1), now), Some(1));
        assert_eq!(
            bounded.take(name(3 * CAPACITY - 1), now),
            Some(3 * CAPACITY - 1)
        );
    }

    #[test]
    fn nothing_is_left_of_what_was_taken_or_is_over() {
        let bounded = Bounded::default();
        for number in 0..100 {
            bounded.put(name(number), number, from(number as u32 % 7), UnixMillis(0));
        }
        for number in 0..50 {
            assert!(bounded.take(name(number), UnixMillis(1)).is_some());
        }
        bounded.put(name(100), 100, from(1), UnixMillis(LIFETIME_MS));
        let inner = bounded.inner.lock();
        let left = (inner.waiting.len(), inner.by_age.len(), inner.of.len());
        assert_eq!(left, (1, 1, 1));
    }
}
