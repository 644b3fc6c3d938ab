//! How long the server keeps what was written, where its operator set that (`DIALTONE_RETENTION_DAYS`): after that it vanishes, as what was
//! to vanish does.
//!
//! Not in the directory, where the names are; and not what its sender calls a mark: what a private channel is called must outlast what was
//! written there. What is there already when the setting comes gets its end in open channels only, since the server cannot see which of the
//! events of a private one is its name.

use dialtone_protocol::ChannelId;
use dialtone_store::{StoreError, UnixMillis};

use crate::state::AppState;
use crate::transaction::transact;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Events that get their end in one transaction.
const AT_ONCE: u64 = 10_000;

/// When what is written now in a channel is erased; `None`: never.
pub(super) fn ends(state: &AppState, channel: &ChannelId, now: UnixMillis) -> Option<UnixMillis> {
    let age_ms = i64::from(state.retention_days?) * DAY_MS;
    let roster = state.roster.current()?;
    (roster.community().directory() != *channel).then(|| now.plus(age_ms))
}

/// Gives an end to what is there already in open channels; `false` when that has to be tried again.
pub(crate) async fn limit_age(state: &AppState) -> bool {
    match limit_all(state).await {
        Ok(limited) => {
            if limited > 0 {
                tracing::info!(events = limited, "what was written before ends, too");
            }
            true
        }
        Err(error) => {
            tracing::warn!(%error, "what was written before gets its end later: the database cannot be used");
            false
        }
    }
}

async fn limit_all(state: &AppState) -> Result<u64, StoreError> {
    let (Some(days), Some(roster)) = (state.retention_days, state.roster.current()) else {
        return Ok(0);
    };
    let age_ms = i64::from(days) * DAY_MS;
    let (lobby, directory) = (roster.view().lobby(), roster.community().directory());
    let mut tx = state.store.read().await?;
    let mut channels = Vec::new();
    for channel in tx.channels().list().await? {
        if channel.group == lobby && channel.channel != directory {
            let head = tx.messages().head(&channel.channel).await?;
            channels.push((channel.channel, head.map_or(0, |head| head.sequence)));
        }
    }
    drop(tx);
    let mut limited = 0;
    for (channel, last) in channels {
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
