//! What one writes waits here: since when the server does not take it, when it is tried again, and what one is told meanwhile.

use std::time::Duration;

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::RefusalCode;
use dialtone_words::say;

use super::backoff::Backoff;
use super::gate::Gate;
use super::state::{ChannelState, State};
use crate::chat::records::OutboxItem;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The rest that a channel's events take after the server did not want them for a while.
#[derive(Debug)]
pub(super) struct Held {
    backoff: Backoff,
    until_ms: u64,
    refusal: Option<RefusalCode>,
}

impl Held {
    /// Nothing holds them.
    pub(super) fn new() -> Self {
        Self {
            backoff: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE),
            until_ms: 0,
            refusal: None,
        }
    }

    /// Whether the next try may not be made yet.
    pub(super) fn rests(&self, now_ms: u64) -> bool {
        now_ms < self.until_ms
    }

    /// The server said `code`; each time in a row the rest is longer. `random` is as in [`Backoff::next`].
    pub(super) fn refused(&mut self, code: RefusalCode, now_ms: u64, random: u32) {
        let pause = self.backoff.next(random).as_millis();
        self.until_ms = now_ms.saturating_add(u64::try_from(pause).unwrap_or(u64::MAX));
        self.refusal = Some(code);
    }

    /// The server took an event.
    pub(super) fn taken(&mut self) {
        *self = Self::new();
    }
}

impl State {
    /// Why what one wrote in a channel is not on its way, in words; `None` while it is, or nothing waits.
    pub(super) fn held_up(&self, id: &ChannelId, part: &ChannelState) -> Option<String> {
        let mut items = part.outbox.values();
        let waits = items.any(OutboxItem::may_go);
        // Without a connection, or with a warning, the window says that in another place.
        if !waits || !self.caught_up || !self.may_sign() || !self.is_member() {
            return None;
        }
        if part.held.refusal.is_none() && self.paused_until_ms(id, part).is_some() {
            return Some(say!("notice-held-pause").to_owned());
        }
        let words = match (part.held.refusal, self.gate_of(id)) {
            (Some(RefusalCode::TooMany), _) => {
                say!("notice-held-busy")
            }
            (Some(_), _) => {
                say!("notice-held-storage")
            }
            (None, Gate::CommitFirst(_)) => {
                say!("notice-held-removed")
            }
            (None, Gate::Closed) if self.ahead.is_some() => {
                say!("notice-held-list")
            }
            (None, Gate::Closed) => self.private_problem(id).unwrap_or(say!("notice-held-keys")),
            (None, Gate::Open(..))
                if part.outbox.values().any(|item| part.may_have_arrived(item)) =>
            {
                say!("notice-held-sent-before")
            }
            (None, Gate::Open(..)) => return None,
        };
        Some(words.to_owned())
    }

    /// Why a private channel's keys cannot be used; the community's are spoken of in another place.
    fn private_problem(&self, id: &ChannelId) -> Option<&str> {
        let group = self.group_of(id).filter(|_| !self.is_open_to_all(id))?;
        self.groups.get(&group)?.problem.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_until_something_is_taken() {
        let mut held = Held::new();
        assert!(!held.rests(0));
        let mut now = 1_000_000;
        let mut rests = Vec::new();
        for _ in 0..6 {
            held.refused(RefusalCode::Unavailable, now, u32::MAX);
            rests.push(held.until_ms - now);
            assert!(held.rests(held.until_ms - 1) && !held.rests(held.until_ms));
            now = held.until_ms;
        }
        assert_eq!(rests, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
        held.taken();
        assert!(!held.rests(now));
        held.refused(RefusalCode::TooMany, now, u32::MAX);
        assert_eq!(held.until_ms - now, 1_000);
    }
}
