//! Keys do not get old: whoever sends first after a day or a thousand events commits before.

use dialtone_protocol::GroupId;
use dialtone_protocol::sealed::EventHeader;
use minicbor::{Decode, Encode};

use super::inbox::encode;
use super::load::META_EPOCH;
use super::state::State;
use crate::local::{LocalError, Table, Transaction};

/// So many events are sealed in one epoch.
const MOST_EVENTS: u64 = 1_000;
/// So long after this device saw an epoch first nothing is sealed in it any more: a day, in ms.
const LONGEST_MS: u64 = 24 * 3600 * 1000;

/// How much an epoch was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct EpochUse {
    /// Whose.
    #[n(0)]
    pub(super) group: GroupId,
    /// Which.
    #[n(1)]
    pub(super) epoch: u64,
    /// Events that came.
    #[n(2)]
    pub(super) events: u64,
    /// When this device saw it first: ms since 1970.
    #[n(3)]
    pub(super) since_ms: u64,
}

impl EpochUse {
    /// Writes it down with whatever changed it.
    pub(super) fn put(&self, transaction: &Transaction<'_>) -> Result<(), LocalError> {
        transaction.put(Table::Meta, META_EPOCH, &encode(self))
    }

    fn is_due(&self, now_ms: u64) -> bool {
        self.events >= MOST_EVENTS || now_ms.saturating_sub(self.since_ms) >= LONGEST_MS
    }
}

impl State {
    /// The use of the lobby's present epoch; begins now if the epoch is another than before.
    pub(super) fn use_epoch(&mut self, now_ms: u64) -> Option<EpochUse> {
        let lobby = self.lobby.as_ref()?;
        let (group, epoch) = (lobby.id(), lobby.epoch());
        let known = self
            .epoch_use
            .filter(|known| (known.group, known.epoch) == (group, epoch));
        self.epoch_use = Some(known.unwrap_or(EpochUse {
            group,
            epoch,
            events: 0,
            since_ms: now_ms,
        }));
        self.epoch_use
    }

    /// Counts an event. Gives what is to be written down, if it is one of the present epoch.
    pub(super) fn count_event(&mut self, header: &EventHeader, now_ms: u64) -> Option<EpochUse> {
        self.use_epoch(now_ms)?;
        let used = self
            .epoch_use
            .as_mut()
            .filter(|used| (used.group, used.epoch) == (header.group, header.epoch))?;
        used.events = used.events.saturating_add(1);
        Some(*used)
    }

    /// The present epoch is too old to seal an event in.
    pub(super) fn rotation_is_due(&self, now_ms: u64) -> bool {
        let Some(lobby) = &self.lobby else {
            return false;
        };
        self.epoch_use.is_some_and(|used| {
            (used.group, used.epoch) == (lobby.id(), lobby.epoch()) && used.is_due(now_ms)
        })
    }
}
