//! How long what is written in private channels and conversations stays: said in their own events, so that the server is told of each
//! message alone.

use dialtone_protocol::ChannelId;
use dialtone_protocol::content::{EventBody, LONGEST_LIFETIME_S};
use dialtone_protocol::group_rules::PrivateKind;

use super::super::inbox::encode;
use super::super::load::{LoadError, damaged};
use super::super::state::State;
use crate::chat::directory::Lifetime;
use crate::chat::records::{StoredEvent, Verdict};
use crate::local::{Database, LocalError, Table, Transaction};

/// Rows of [`Table::Meta`], each with a private channel behind it.
const LIFETIME: &[u8] = b"lifetime/";

/// From the disk.
pub(super) fn load(state: &mut State, database: &Database) -> Result<(), LoadError> {
    for (key, row) in database.all(Table::Meta, LIFETIME)? {
        let channel = ChannelId::from_slice(key.get(LIFETIME.len()..).unwrap_or_default());
        let lifetime: Lifetime = minicbor::decode(&row).map_err(damaged)?;
        let channel = channel.map_err(damaged)?;
        state.directory.lifetimes.insert(channel, lifetime);
    }
    Ok(())
}

/// Writes it down with the event that says it.
pub(in super::super) fn put_lifetime(
    transaction: &Transaction<'_>,
    channel: &ChannelId,
    lifetime: Lifetime,
) -> Result<(), LocalError> {
    let key = [LIFETIME, &channel.0].concat();
    transaction.put(Table::Meta, &key, &encode(&lifetime))
}

impl State {
    /// What an event of a private channel says of it, if its sender may, and nobody has said it later.
    pub(in super::super) fn private_lifetime_in(
        &self,
        channel: &ChannelId,
        sequence: u64,
        stored: &StoredEvent,
    ) -> Option<Lifetime> {
        let Verdict::Opened(content) = &stored.verdict else {
            return None;
        };
        let EventBody::Lifetime { seconds } = content.body else {
            return None;
        };
        let may = seconds <= LONGEST_LIFETIME_S && self.might_say_lifetime(channel, stored);
        let known = self.directory.lifetimes.get(channel);
        let is_later = known.is_none_or(|known| known.sequence < sequence);
        let lifetime = Lifetime { sequence, seconds };
        (may && is_later).then_some(lifetime)
    }

    fn might_say_lifetime(&self, channel: &ChannelId, stored: &StoredEvent) -> bool {
        let (Some(account), Some(nature)) = (stored.account, self.nature_of(channel)) else {
            return false;
        };
        match nature.kind {
            PrivateKind::Direct => nature.accounts.contains(&account),
            PrivateKind::Channel => self.might_name(channel, &account),
        }
    }

    /// It speaks of how long messages stay where its sender has no say in it: it counts for nothing, and is not shown.
    pub(in super::super) fn is_idle_lifetime(
        &self,
        channel: &ChannelId,
        stored: &StoredEvent,
    ) -> bool {
        let Verdict::Opened(content) = &stored.verdict else {
            return false;
        };
        matches!(content.body, EventBody::Lifetime { .. })
            && !self.might_say_lifetime(channel, stored)
    }
}
