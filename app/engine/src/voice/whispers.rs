//! To whom one whispers: which devices have the key of it, and when there is to be another one.
//!
//! Pure state; the session draws, seals and sends. While it is on, nothing is ever said aloud: who is left alone whispers to nobody.

use std::collections::BTreeSet;

use dialtone_crypto::{CryptoRngCore, WhisperKey};
use dialtone_protocol::{AccountId, DeviceId};

/// One's own whisper in one call.
#[derive(Debug, Default)]
pub struct Whisper {
    to: BTreeSet<AccountId>,
    /// Of this stay; no two keys have one.
    next: u32,
    key: Option<WhisperKey>,
    told: BTreeSet<DeviceId>,
}

/// What is to be done so that exactly those listen who are to.
#[derive(Debug)]
pub struct Due {
    /// The key.
    pub key: WhisperKey,
    /// Nobody has had it yet: one's voice is sealed under it from now on.
    pub is_new: bool,
    /// Devices that are to be told it.
    pub tell: Vec<DeviceId>,
}

impl Whisper {
    /// Whether one whispers, if only to nobody.
    pub fn is_on(&self) -> bool {
        !self.to.is_empty()
    }

    /// To whom.
    pub fn to(&self) -> &BTreeSet<AccountId> {
        &self.to
    }

    /// Whispers to these alone from now on; to none of them: speaks aloud.
    pub fn set(&mut self, to: BTreeSet<AccountId>) {
        if to != self.to {
            self.to = to;
            self.forget();
        }
    }

    /// A stay begins that nobody knows yet. Gives the key under which one goes on whispering.
    pub fn begin_stay(&mut self, rng: &mut dyn CryptoRngCore) -> Option<&WhisperKey> {
        self.forget();
        self.next = 0;
        if self.is_on() {
            self.draw(rng);
        }
        self.key.as_ref()
    }

    /// A device has begun a stay of its own: what it was told is lost.
    pub fn untold(&mut self, device: &DeviceId) {
        self.told.remove(device);
    }

    /// Those who are to listen are these devices: what is due where not all of them know the key, or somebody else does.
    pub fn settle(
        &mut self,
        listeners: &BTreeSet<DeviceId>,
        rng: &mut dyn CryptoRngCore,
    ) -> Option<Due> {
        if !self.is_on() {
            return None;
        }
        let is_new = self.key.is_none() || !self.told.is_subset(listeners);
        if is_new {
            self.told.clear();
            self.draw(rng);
        }
        let tell: Vec<DeviceId> = listeners.difference(&self.told).copied().collect();
        self.told.extend(&tell);
        let key = self.key.clone().filter(|_| is_new || !tell.is_empty())?;
        Some(Due { key, is_new, tell })
    }

    fn draw(&mut self, rng: &mut dyn CryptoRngCore) {
        self.key = Some(WhisperKey::draw(self.next, rng));
        self.next += 1;
    }

    fn forget(&mut self) {
        self.key = None;
        self.told.clear();
    }
}

#[cfg(test)]
mod tests {
    use dialtone_crypto::OsRng;

    use super::*;

    fn devices(numbers: &[u8]) -> BTreeSet<DeviceId> {
        numbers.iter().map(|n| DeviceId([*n; 32])).collect()
    }

    fn to(numbers: &[u8]) -> BTreeSet<AccountId> {
        numbers.iter().map(|n| AccountId([*n; 32])).collect()
    }

    fn settle(whisper: &mut Whisper, numbers: &[u8]) -> (Option<u32>, Vec<DeviceId>) {
        let due = whisper.settle(&devices(numbers), &mut OsRng);
        due.map_or((None, vec![]), |due| {
            (due.is_new.then(|| due.key.number()), due.tell)
        })
    }

    #[test]
    fn each_listener_is_told_once_and_whoever_leaves_knows_no_key_any_more() {
        let mut whisper = Whisper::default();
        assert_eq!(settle(&mut whisper, &[1]), (None, vec![]));
        whisper.set(to(&[1, 2]));
        let all = |numbers: &[u8]| devices(numbers).into_iter().collect::<Vec<_>>();
        assert_eq!(settle(&mut whisper, &[1, 2]), (Some(0), all(&[1, 2])));
        assert_eq!(settle(&mut whisper, &[1, 2]), (None, vec![]));
        // One more device of theirs, and one that comes back.
        assert_eq!(settle(&mut whisper, &[1, 2, 3]), (None, all(&[3])));
        whisper.untold(&DeviceId([2; 32]));
        assert_eq!(settle(&mut whisper, &[1, 2, 3]), (None, all(&[2])));
        assert_eq!(settle(&mut whisper, &[1, 3]), (Some(1), all(&[1, 3])));
        // Nobody is left: it stays a whisper, under a key that nobody has.
        assert_eq!(settle(&mut whisper, &[]), (Some(2), vec![]));
        assert_eq!(settle(&mut whisper, &[]), (None, vec![]));
        assert!(whisper.is_on() && whisper.key.is_some());
        whisper.set(BTreeSet::new());
        assert_eq!(settle(&mut whisper, &[1]), (None, vec![]));
        assert!(whisper.key.is_none());
    }

    #[test]
    fn another_stay_has_another_key_and_others_another_one() {
        let mut whisper = Whisper::default();
        assert!(whisper.begin_stay(&mut OsRng).is_none());
        whisper.set(to(&[1]));
        assert_eq!(settle(&mut whisper, &[1]).0, Some(0));
        assert!(whisper.begin_stay(&mut OsRng).is_some());
        let (anew, tell) = settle(&mut whisper, &[1]);
        assert_eq!((anew, tell.len()), (None, 1));
        whisper.set(to(&[1, 2]));
        let (anew, tell) = settle(&mut whisper, &[1, 2]);
        assert_eq!((anew, tell.len()), (Some(1), 2));
    }
}
