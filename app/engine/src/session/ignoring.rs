//! Whom one ignores: kept on this computer alone, and told to nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use dialtone_protocol::{AccountId, ChannelId};

use super::load::{LoadError, damaged};
use super::run::{Ended, Session};
use super::state::State;
use crate::local::{Database, Table};
use crate::snapshot::{ItemBody, Marks, TimelineItem};

/// Rows of [`Table::Meta`], each with an account behind it.
const IGNORED: &[u8] = b"ignored/";

/// From the disk.
pub(super) fn load(database: &Database) -> Result<BTreeSet<AccountId>, LoadError> {
    let rows = database.all(Table::Meta, IGNORED)?;
    let account =
        |name: &[u8]| AccountId::from_slice(name.get(IGNORED.len()..).unwrap_or_default());
    rows.iter()
        .map(|(name, _)| account(name).map_err(damaged))
        .collect()
}

impl Session {
    /// Ignores somebody, or no longer; oneself cannot be ignored.
    pub(super) fn ignore(&mut self, account: AccountId, on: bool) -> Result<(), Ended> {
        if account == self.state.me.account {
            return Ok(());
        }
        let row = [IGNORED, &account.0].concat();
        let transaction = self.database.begin()?;
        if on {
            transaction.put(Table::Meta, &row, &[])?;
            self.state.ignored.insert(account);
        } else {
            transaction.delete(Table::Meta, &row)?;
            self.state.ignored.remove(&account);
            self.state.administration.unfolded = None;
        }
        transaction.commit()?;
        self.state.dirty = true;
        self.hear_as_wanted(&account);
        Ok(())
    }

    /// Shows what those wrote whom one ignores, or folds it again.
    pub(super) fn show_ignored(&mut self, channel: ChannelId) {
        let now = &mut self.state.administration.unfolded;
        *now = (*now != Some(channel)).then_some(channel);
        self.state.dirty = true;
    }
}

impl State {
    /// What is shown of a channel's lines: messages in a row of somebody whom one ignores are one.
    pub(super) fn folded(&self, items: Vec<Arc<TimelineItem>>) -> Vec<Arc<TimelineItem>> {
        if self.ignored.is_empty() || self.administration.unfolded == self.open {
            return items;
        }
        fold(items, |account| self.ignored.contains(account))
    }

    /// Whether one does not want to hear of somebody.
    pub(super) fn is_ignored(&self, account: Option<AccountId>) -> bool {
        account.is_some_and(|account| self.ignored.contains(&account))
    }
}

/// Makes one line of each run of messages of one person who is ignored.
fn fold(
    items: Vec<Arc<TimelineItem>>,
    is_ignored: impl Fn(&AccountId) -> bool,
) -> Vec<Arc<TimelineItem>> {
    let mut folded: Vec<Arc<TimelineItem>> = Vec::with_capacity(items.len());
    for item in items {
        let is_message = matches!(
            item.body,
            ItemBody::Text(_) | ItemBody::Files { .. } | ItemBody::Deleted { .. }
        );
        if !is_message || !is_ignored(&item.from) {
            folded.push(item);
            continue;
        }
        let last = folded.last_mut().filter(|last| last.from == item.from);
        if let Some(last) = last
            && let ItemBody::Ignored(count) = last.body
        {
            // The latest one's place: what is new is counted by it.
            let mut latest = TimelineItem::clone(&item);
            latest.client_id = last.client_id;
            latest.body = ItemBody::Ignored(count + 1);
            *last = Arc::new(quiet(latest));
            continue;
        }
        let mut first = TimelineItem::clone(&item);
        first.body = ItemBody::Ignored(1);
        folded.push(Arc::new(quiet(first)));
    }
    folded
}

/// Nothing is done to what is folded.
fn quiet(item: TimelineItem) -> TimelineItem {
    TimelineItem {
        marks: Marks::default(),
        ..item
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::ClientEventId;

    use super::*;
    use crate::snapshot::Sending;

    fn item(from: u8, sequence: u64) -> Arc<TimelineItem> {
        Arc::new(TimelineItem {
            sequence: Some(sequence),
            hash: None,
            client_id: ClientEventId([sequence as u8; 16]),
            from: AccountId([from; 32]),
            from_name: format!("person {from}"),
            time_ms: sequence,
            server_time_ms: None,
            body: ItemBody::Text("words".into()),
            sending: Sending::Sent,
            confirmed: true,
            marks: Marks::default(),
        })
    }

    #[test]
    fn messages_in_a_row_of_one_who_is_ignored_are_one_quiet_line() {
        let items = [(1, 1), (2, 2), (2, 3), (3, 4), (1, 5), (2, 6)];
        let items = items.map(|(from, sequence)| item(from, sequence)).to_vec();
        let shown = fold(items, |account| [2, 3].contains(&account.0[0]));
        let bodies: Vec<_> = shown
            .iter()
            .map(|one| (one.from.0[0], one.body.clone()))
            .collect();
        let words = || ItemBody::Text("words".into());
        assert_eq!(
            bodies,
            [
                (1, words()),
                (2, ItemBody::Ignored(2)),
                (3, ItemBody::Ignored(1)),
                (1, words()),
                (2, ItemBody::Ignored(1)),
            ]
        );
        assert_eq!(
            shown[1].sequence,
            Some(3),
            "what is new is counted by the latest"
        );
    }
}
