//! Pauses between one's messages, in channels that have one: when each member wrote last.
//!
//! It is kept in memory: after a restart everybody may write at once.

use std::collections::HashMap;

use dialtone_protocol::roster::LONGEST_PAUSE_S;
use dialtone_protocol::{AccountId, ChannelId, Hash};
use dialtone_store::UnixMillis;
use parking_lot::Mutex;

/// Beyond so many, those are forgotten whose longest pause is over.
const MANY: usize = 10_000;

/// Whose, and where.
type Place = (ChannelId, AccountId);

/// The last message of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    at: UnixMillis,
    event: Hash,
}

/// Who wrote when.
#[derive(Default)]
pub(crate) struct Pauses(Mutex<HashMap<Place, Last>>);

/// A message that may be stored now; [`Pauses::undo`] takes it back when it was not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entered {
    place: Place,
    mine: Last,
    before: Option<Last>,
}

impl Pauses {
    /// Notes that somebody writes now. The same event again is none of its own.
    ///
    /// # Errors
    /// The pause is not over: so many seconds are left, rounded up.
    pub(super) fn enter(
        &self,
        place: Place,
        event: Hash,
        now: UnixMillis,
        pause_s: u32,
    ) -> Result<Entered, u32> {
        let mut all = self.0.lock();
        let before = all.get(&place).copied();
        if let Some(last) = before.filter(|last| last.event != event) {
            let over = last.at.plus(i64::from(pause_s) * 1000);
            let left_ms = over.0.saturating_sub(now.0);
            if left_ms > 0 {
                // A clock that was set back holds nobody up for longer than a pause.
                let seconds = u32::try_from((left_ms + 999) / 1000).unwrap_or(pause_s);
                return Err(seconds.min(pause_s));
            }
        }
        let mine = Last { at: now, event };
        all.insert(place, mine);
        if all.len() > MANY {
            let longest = i64::from(LONGEST_PAUSE_S) * 1000;
            all.retain(|_, last| last.at.plus(longest) > now);
        }
        Ok(Entered {
            place,
            mine,
            before,
        })
    }

    /// The message was not stored after all.
    pub(super) fn undo(&self, entered: &Entered) {
        let mut all = self.0.lock();
        if all.get(&entered.place) != Some(&entered.mine) {
            return;
        }
        match entered.before {
            Some(before) => all.insert(entered.place, before),
            None => all.remove(&entered.place),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = (ChannelId([1; 16]), AccountId([2; 32]));

    fn at(seconds: i64) -> UnixMillis {
        UnixMillis(seconds * 1000)
    }

    #[test]
    fn the_next_message_waits_and_what_was_not_stored_does_not_count() {
        let pauses = Pauses::default();
        let [one, two, three] = [1, 2, 3].map(|number| Hash([number; 32]));
        let entered = pauses.enter(PLACE, one, at(100), 30).unwrap();
        assert_eq!(pauses.enter(PLACE, two, UnixMillis(110_500), 30), Err(20));
        assert!(pauses.enter(PLACE, one, at(110), 30).is_ok(), "sent again");
        let elsewhere = (ChannelId([9; 16]), PLACE.1);
        assert!(pauses.enter(elsewhere, two, at(110), 30).is_ok());
        // Of an event that came again meanwhile nothing is taken back.
        pauses.undo(&entered);
        assert_eq!(pauses.enter(PLACE, two, at(139), 30), Err(1));
        let entered = pauses.enter(PLACE, two, at(140), 30).unwrap();
        pauses.undo(&entered);
        assert!(pauses.enter(PLACE, three, at(140), 30).is_ok());
        assert_eq!(pauses.enter(PLACE, two, at(20), 30), Err(30), "set back");
    }
}
