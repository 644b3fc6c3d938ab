//! How often somebody may try, by address, and by name and address.
//!
//! A limit belongs to an address, alone or with a name, so that who guesses at a name from elsewhere does not lock its
//! owner out. A wider one for the name alone slows guessing from many addresses; where that one is used up, each address has a
//! few tries of its own all the same, so that its owner comes in however many others guess. What is forgotten of them when they
//! are too many only ever lets somebody try.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use dialtone_store::UsernameHash;
use governor::Quota;

use crate::limits::{Keyed, Network};

/// So many at once, and one more after each `period`.
fn quota(burst: u32, period: Duration) -> Option<Quota> {
    Some(Quota::with_period(period)?.allow_burst(NonZeroU32::new(burst)?))
}

const BY_ADDRESS: (u32, Duration) = (200, Duration::from_millis(100));
const BY_NAME: (u32, Duration) = (60, Duration::from_secs(1));
const BY_NAME_FROM: (u32, Duration) = (10, Duration::from_secs(10));
/// While others use up what the name has: enough to mistype.
const BEYOND: (u32, Duration) = (3, Duration::from_mins(10));

/// All tries.
pub(crate) struct Throttles {
    addresses: Keyed<Network>,
    names: Keyed<UsernameHash>,
    names_from: Keyed<(UsernameHash, Network)>,
    beyond: Keyed<(UsernameHash, Network)>,
}

impl Default for Throttles {
    fn default() -> Self {
        Self {
            addresses: keyed(BY_ADDRESS),
            names: keyed(BY_NAME),
            names_from: keyed(BY_NAME_FROM),
            beyond: keyed(BEYOND),
        }
    }
}

fn keyed<K: Hash + Eq + Clone>((burst, period): (u32, Duration)) -> Keyed<K> {
    Keyed::new(quota(burst, period))
}

impl Throttles {
    /// Whether a request from `address` may pass.
    pub(crate) fn admit(&self, address: Network) -> bool {
        self.addresses.check(&address).is_ok()
    }

    /// Whether a password may be tried for `name` from `address`.
    pub(crate) fn admit_name(&self, name: UsernameHash, address: Network) -> bool {
        let from = (name, address);
        self.admit(address)
            && self.names_from.check(&from).is_ok()
            && (self.names.check(&name).is_ok() || self.beyond.check(&from).is_ok())
    }

    /// Forgets who has not tried for long.
    pub(crate) fn forget(&self) {
        self.addresses.forget();
        self.names.forget();
        self.names_from.forget();
        self.beyond.forget();
    }

    /// Of how many something is remembered.
    pub(crate) fn entries(&self) -> usize {
        let pairs = self.names_from.len() + self.beyond.len();
        self.addresses.len() + self.names.len() + pairs
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use tokio::time::advance;

    use super::*;

    const NAME: UsernameHash = UsernameHash([7; 32]);

    fn address(last: u8) -> Network {
        IpAddr::from([192, 0, 2, last]).into()
    }

    /// How many of a hundred tries pass.
    fn passed(throttles: &Throttles) -> u32 {
        let tries = (0..100).filter(|_| throttles.admit_name(NAME, address(1)));
        u32::try_from(tries.count()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn guessing_is_slowed_and_the_owner_elsewhere_is_not_locked_out() {
        let throttles = Throttles::default();
        assert_eq!(passed(&throttles), BY_NAME_FROM.0);
        assert!(throttles.admit_name(NAME, address(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_addresses_guess_the_owner_has_tries_and_they_have_few() {
        let throttles = Throttles::default();
        let elsewhere = |number: u32| IpAddr::V4((0x0a00_0000 + number).into()).into();
        let mut passed = 0;
        // An hour, from a thousand addresses, each as often as it may and more.
        for round in 1..=360 {
            for _ in 0..2 {
                let tries =
                    (0..1000).filter(|number| throttles.admit_name(NAME, elsewhere(*number)));
                passed += tries.count();
            }
            if round % 60 == 0 {
                assert!(throttles.admit_name(NAME, address(1)), "{round}");
            }
            advance(Duration::from_secs(10)).await;
        }
        // A minute's worth at once, one each second, and what each address has beyond that.
        let most = 60 + 3600 + 1000 * (3 + 6);
        assert!(passed <= most, "{passed} of {most}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_may_try_again() {
        let throttles = Throttles::default();
        assert_eq!(passed(&throttles), BY_NAME_FROM.0);
        advance(BY_NAME_FROM.1).await;
        assert_eq!(passed(&throttles), 1);
        // However long it was, it is no more than at first.
        advance(Duration::from_hours(1)).await;
        assert_eq!(passed(&throttles), BY_NAME_FROM.0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_not_tried_for_long_is_forgotten() {
        let throttles = Throttles::default();
        assert_eq!(passed(&throttles), BY_NAME_FROM.0);
        assert_eq!(throttles.entries(), 3);
        advance(Duration::from_hours(1)).await;
        throttles.forget();
        assert_eq!(throttles.entries(), 0);
    }
}
