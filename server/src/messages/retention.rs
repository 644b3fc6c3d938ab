//! How long the server keeps what was written, where its operator set that, for the server (`DIALTONE_RETENTION_DAYS`) or for a channel
//! (`dialtone-server admin retain`): after that it vanishes, as what was to vanish does.
//!
//! Not in the directory, where the names are; and not what its sender calls a mark: what a private channel is called must outlast what was
//! written there. What is there already when the setting comes gets its end in open channels only, since the server cannot see which of the
//! events of a private one is its name.

use std::collections::BTreeMap;

use dialtone_protocol::ChannelId;
use dialtone_store::{Store, StoreError, UnixMillis};
use parking_lot::RwLock;

use crate::state::AppState;
use crate::transaction::transact;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Events that get their end in one transaction.
const AT_ONCE: u64 = 10_000;
/// In a channel: for good.
const FOR_GOOD: u32 = 0;
/// So often what is there gets its end when the setting has changed: what was on its way by the one before is met by the second time.
const AFTER_CHANGE: u8 = 2;

/// What the operator set.
#[derive(Debug)]
pub(crate) struct Retention {
    /// For the server, in days; `None`: for good.
    days: Option<u32>,
    /// For channels, in days. It is in the database, where a command beside the server or another instance may change it.
    own: RwLock<BTreeMap<ChannelId, u32>>,
}

impl Retention {
    /// What is set now.
    pub(crate) async fn load(store: &dyn Store, days: Option<u32>) -> Result<Self, StoreError> {
        let own = RwLock::new(read(store).await?);
        Ok(Self { days, own })
    }

    /// The server's, in days; `None`: for good.
    pub(crate) fn server_days(&self) -> Option<u32> {
        self.days
    }

    /// How long what is written in a channel is kept, in milliseconds; `None`: for good.
    fn age_ms(&self, channel: &ChannelId) -> Option<i64> {
        let own = self.own.read().get(channel).copied();
        let days = own.or(self.days).filter(|days| *days != FOR_GOOD)?;
        Some(i64::from(days) * DAY_MS)
    }

    /// Takes what is set now; `true` where that is something else.
    fn take(&self, own: BTreeMap<ChannelId, u32>) -> bool {
        let mut kept = self.own.write();
        let differs = *kept != own;
        *kept = own;
        differs
    }
}

async fn read(store: &dyn Store) -> Result<BTreeMap<ChannelId, u32>, StoreError> {
    let mut tx = store.read().await?;
    Ok(tx.channels().retentions().await?.into_iter().collect())
}

/// When what is written now in a channel is erased; `None`: never.
pub(super) fn ends(state: &AppState, channel: &ChannelId, now: UnixMillis) -> Option<UnixMillis> {
    let age_ms = state.retention.age_ms(channel)?;
    let roster = state.roster.current()?;
    (roster.community().directory() != *channel).then(|| now.plus(age_ms))
}

/// Looks for what the operator set since, and gives an end to what is there already in open channels. `left` says how often that is still
/// to be done, once at first; where it fails, it is tried again.
pub(crate) async fn keep_to_retention(state: &AppState, left: &mut u8) {
    let done = async {
        if state.retention.take(read(&*state.store).await?) {
            *left = AFTER_CHANGE;
        }
        if *left == 0 {
            return Ok(0);
        }
        let limited = limit_all(state).await?;
        *left -= 1;
        Ok::<_, StoreError>(limited)
    };
    match done.await {
        Ok(0) => {}
        Ok(events) => tracing::info!(events, "what was written before ends, too"),
        Err(error) => {
            tracing::warn!(%error, "what was written before gets its end later: the database cannot be used");
        }
    }
}

async fn limit_all(state: &AppState) -> Result<u64, StoreError> {
    let Some(roster) = state.roster.current() else {
        return Ok(0);
    };
    let (lobby, directory) = (roster.view().lobby(), roster.community().directory());
    let mut tx = state.store.read().await?;
    let mut channels = Vec::new();
    for channel in tx.channels().list().await? {
        let id = channel.channel;
        let Some(age_ms) = state.retention.age_ms(&id) else {
            continue;
        };
        if channel.group == lobby && id != directory {
            let head = tx.messages().head(&id).await?;
            channels.push((id, age_ms, head.map_or(0, |head| head.sequence)));
        }
    }
    drop(tx);
    let mut limited = 0;
    for (channel, age_ms, last) in channels {
        let mut from = 1;
        while from <= last {
            let places = from..=from.saturating_add(AT_ONCE - 1);
            from = places.end() + 1;
            limited += transact(&*state.store, |tx| {
                let places = places.clone();
                Box::pin(async move { tx.messages().keep_at_most(&channel, places, age_ms).await })
            })
            .await?;
        }
    }
    Ok(limited)
}
