//! How often somebody may try: token buckets by address, and by name and address.
//!
//! A bucket belongs to an address, alone or with a name, so that who guesses at a name from elsewhere does not lock its
//! owner out. A wider one for the name alone slows guessing from many addresses; where that one is empty, each address has a
//! few tries of its own all the same, so that its owner comes in however many others guess.

use std::collections::HashMap;
use std::net::IpAddr;

use dialtone_store::{UnixMillis, UsernameHash};
use parking_lot::Mutex;

use crate::limits::Network;

/// The most buckets of one kind that are kept; full ones go first.
const CAPACITY: usize = 20_000;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(Network),
    Name(UsernameHash),
    NameFrom(UsernameHash, Network),
    Beyond(UsernameHash, Network),
}

#[derive(Clone, Copy)]
struct Rate {
    burst: f64,
    per_second: f64,
}

const BY_ADDRESS: Rate = Rate {
    burst: 200.0,
    per_second: 10.0,
};
const BY_NAME: Rate = Rate {
    burst: 60.0,
    per_second: 1.0,
};
const BY_NAME_FROM: Rate = Rate {
    burst: 10.0,
    per_second: 0.1,
};
/// While others use up what the name has: enough to mistype, and one more every ten minutes.
const BEYOND: Rate = Rate {
    burst: 3.0,
    per_second: 1.0 / 600.0,
};

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: UnixMillis,
    rate: Rate,
}

impl Bucket {
    fn full(rate: Rate, now: UnixMillis) -> Self {
        Self {
            tokens: rate.burst,
            at: now,
            rate,
        }
    }

    fn refill(&mut self, now: UnixMillis) {
        let elapsed = (now.0 - self.at.0).max(0) as f64 / 1000.0;
        self.tokens = (self.tokens + elapsed * self.rate.per_second).min(self.rate.burst);
        self.at = now;
    }
}

/// All buckets.
#[derive(Default)]
pub(crate) struct Throttles {
    buckets: Mutex<HashMap<Key, Bucket>>,
}

impl Throttles {
    /// Whether a request from `address` may pass.
    pub(crate) fn admit(&self, address: IpAddr, now: UnixMillis) -> bool {
        self.take(Key::Address(address.into()), BY_ADDRESS, now)
    }

    /// Whether a password may be tried for `name` from `address`.
    pub(crate) fn admit_name(&self, name: UsernameHash, address: IpAddr, now: UnixMillis) -> bool {
        self.admit(address, now)
            && self.take(Key::NameFrom(name, address.into()), BY_NAME_FROM, now)
            && (self.take(Key::Name(name), BY_NAME, now)
                || self.take(Key::Beyond(name, address.into()), BEYOND, now))
    }

    fn take(&self, key: Key, rate: Rate, now: UnixMillis) -> bool {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= CAPACITY && !buckets.contains_key(&key) {
            make_room(&mut buckets, now);
        }
        let bucket = buckets
            .entry(key)
            .or_insert_with(|| Bucket::full(rate, now));
        bucket.refill(now);
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

/// A full bucket says nothing and can go; were none full, all go: an attacker with so many addresses is not
/// stopped by buckets anyway.
fn make_room(buckets: &mut HashMap<Key, Bucket>, now: UnixMillis) {
    buckets.retain(|_, bucket| {
        bucket.refill(now);
        bucket.tokens < bucket.rate.burst
    });
    if buckets.len() >= CAPACITY {
        buckets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: UsernameHash = UsernameHash([7; 32]);

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn guessing_is_slowed_and_the_owner_elsewhere_is_not_locked_out() {
        let throttles = Throttles::default();
        let now = UnixMillis(0);
        let passed = (0..100)
            .filter(|_| throttles.admit_name(NAME, address(1), now))
            .count();
        assert_eq!(passed, BY_NAME_FROM.burst as usize);
        assert!(throttles.admit_name(NAME, address(2), now));
    }

    #[test]
    fn however_many_addresses_guess_the_owner_has_tries_and_they_have_few() {
        let throttles = Throttles::default();
        let elsewhere = |number: u32| IpAddr::V4((0x0a00_0000 + number).into());
        let mut passed = 0;
        // An hour, from a thousand addresses, each as often as it may and more.
        for second in 0..3600 {
            let now = UnixMillis(second * 1000);
            let tries =
                (0..1000).filter(|number| throttles.admit_name(NAME, elsewhere(*number), now));
            passed += tries.count();
            if second % 600 == 599 {
                assert!(throttles.admit_name(NAME, address(1), now), "{second}");
            }
        }
        // A minute's worth at once, one each second, and what each address has beyond that.
        let most = 60 + 3600 + 1000 * (3 + 6);
        assert!(passed <= most, "{passed} of {most}");
    }

    #[test]
    fn a_bucket_refills() {
        let throttles = Throttles::default();
        while throttles.admit_name(NAME, address(1), UnixMillis(0)) {}
        assert!(throttles.admit_name(NAME, address(1), UnixMillis(10_000)));
        assert!(!throttles.admit_name(NAME, address(1), UnixMillis(10_000)));
    }

    #[test]
    fn a_clock_that_jumps_neither_locks_out_nor_opens() {
        const HOURS: i64 = 5 * 60 * 60 * 1000;
        let throttles = Throttles::default();
        let admit = |ms| throttles.admit_name(NAME, address(1), UnixMillis(ms));
        while admit(HOURS) {}
        // Set back: as closed as before, and it fills up at its pace from there.
        assert!(!admit(0));
        assert!(admit(10_000) && !admit(10_000));
        // Set forward: full once, and no fuller than ever.
        let passed = (0..100).filter(|_| admit(2 * HOURS)).count();
        assert_eq!(passed, BY_NAME_FROM.burst as usize);
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let throttles = Throttles::default();
        for number in 0..u32::try_from(CAPACITY * 2).unwrap() {
            throttles.admit(IpAddr::V4(number.into()), UnixMillis(0));
        }
        assert!(throttles.buckets.lock().len() <= CAPACITY);
    }
}
