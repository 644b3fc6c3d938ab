//! Keys do not get old: whoever sends first after a day or a thousand events commits before.

use dialtone_protocol::GroupId;
use dialtone_protocol::sealed::EventHeader;
use minicbor::{Decode, Encode};

use super::super::state::State;
use super::GroupPart;

/// So many events are sealed in one epoch.
const MOST_EVENTS: u64 = 1_000;
/// So long after this device saw an epoch first nothing is sealed in it any more: a day, in ms.
const LONGEST_MS: u64 = 24 * 3600 * 1000;

/// How much an epoch was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(in super::super) struct EpochUse {
    /// Whose.
    #[n(0)]
    pub(in super::super) group: GroupId,
    /// Which.
    #[n(1)]
    pub(in super::super) epoch: u64,
    /// Events that came.
    #[n(2)]
    pub(in super::super) events: u64,
    /// When this device saw it first: ms since 1970.
    #[n(3)]
    pub(in super::super) since_ms: u64,
}

impl EpochUse {
    fn is_due(&self, now_ms: u64) -> bool {
        self.events >= MOST_EVENTS || now_ms.saturating_sub(self.since_ms) >= LONGEST_MS
    }
}

impl GroupPart {
    /// Begins to count the present epoch, if it is another than before.
    pub(super) fn use_epoch(&mut self, now_ms: u64) {
        let Some(group) = &self.group else {
            return;
        };
        let (group, epoch) = (group.id(), group.epoch());
        let known = self
            .used
            .filter(|known| (known.group, known.epoch) == (group, epoch));
        self.used = Some(known.unwrap_or(EpochUse {
            group,
            epoch,
            events: 0,
            since_ms: now_ms,
        }));
    }

    /// The present epoch is too old to seal an event in.
    pub(super) fn rotation_is_due(&self, now_ms: u64) -> bool {
        let Some(group) = &self.group else {
            return false;
        };
        self.used.is_some_and(|used| {
            (used.group, used.epoch) == (group.id(), group.epoch()) && used.is_due(now_ms)
        })
    }
}

impl State {
    /// Counts an event. Gives its group where that is to be written down: it is one of the present epoch.
    pub(in super::super) fn count_event(
        &mut self,
        header: &EventHeader,
        now_ms: u64,
    ) -> Option<GroupId> {
        let part = self.groups.get_mut(&header.group)?;
        part.use_epoch(now_ms);
        let used = part.used.as_mut();
        let used = used.filter(|used| (used.group, used.epoch) == (header.group, header.epoch))?;
        used.events = used.events.saturating_add(1);
        Some(header.group)
    }

    /// The present epoch of a group is too old to seal an event in.
    pub(in super::super) fn rotation_is_due(&self, group: &GroupId, now_ms: u64) -> bool {
        let part = self.groups.get(group);
        part.is_some_and(|part| part.rotation_is_due(now_ms))
    }
}
