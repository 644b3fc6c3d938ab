//! What is in the database and was not handed out here: found by comparing where streams stand, and handed out as if it had just been stored.
//!
//! It is looked for when something on the bus was missed, when another instance is gone, each second while NATS is gone, and now and then in any
//! case.

use std::collections::HashMap;
use std::sync::Weak;
use std::time::Duration;

use dialtone_protocol::{ChannelId, GroupId};
use dialtone_store::{MAX_PAGE, Store, StoreError};
use tokio::time::timeout;

use crate::channels::access;
use crate::live::{Frame, Hub};
use crate::state::{AppState, Inner};
use crate::{groups, roster};

/// Between two looks while the bus works.
const CALM: Duration = Duration::from_secs(5);
/// Between two looks while it does not.
const ALONE: Duration = Duration::from_secs(1);
/// What was just missed may be on its way to the database.
const SETTLE: Duration = Duration::from_millis(50);
/// Commits in one read.
const COMMITS: u32 = 100;

/// Where every stream stands.
#[derive(Default)]
struct Heads {
    channels: Vec<(ChannelId, u64)>,
    groups: Vec<(GroupId, u64)>,
}

async fn heads(store: &dyn Store) -> Result<Heads, StoreError> {
    let mut tx = store.read().await?;
    Ok(Heads {
        channels: tx.messages().heads().await?,
        groups: tx.groups().epochs().await?,
    })
}

/// What is stored now counts as handed out: whoever connects reads it by themselves.
pub(crate) async fn begin(store: &dyn Store, hub: &Hub) -> Result<(), StoreError> {
    let Heads { channels, groups } = heads(store).await?;
    hub.begin_streams(&channels, &groups);
    Ok(())
}

/// Runs until the server is gone.
pub(crate) async fn run(server: Weak<Inner>) {
    let mut before = Heads::default();
    loop {
        let Some(inner) = server.upgrade() else {
            return;
        };
        let state = AppState::from_inner(inner);
        let connected = state.bus.is_connected();
        let wait = if connected { CALM } else { ALONE };
        let missed = timeout(wait, state.bus.missed()).await.is_ok();
        if missed {
            tokio::time::sleep(SETTLE).await;
        }
        let looked = look(&state, missed || !connected, &mut before).await;
        if let Err(error) = looked {
            tracing::warn!(%error, "what the other instances stored cannot be read now");
        }
    }
}

/// One look. In calm times only what was there at the look before: what is newer is on its way.
async fn look(state: &AppState, at_once: bool, before: &mut Heads) -> Result<(), StoreError> {
    roster::catch_up_with_store(state).await;
    let now = heads(&*state.store).await?;
    let due = if at_once { &now } else { &*before };
    for (group, from) in state.hub.lacking_commits(&due.groups) {
        commits(state, group, from).await?;
    }
    let ends: HashMap<_, _> = due.channels.iter().copied().collect();
    for (channel, after) in state.hub.lacking(&due.channels) {
        let last = ends.get(&channel).copied().unwrap_or(after);
        events(state, channel, after, last).await?;
    }
    *before = now;
    Ok(())
}

async fn commits(state: &AppState, group: GroupId, from: u64) -> Result<(), StoreError> {
    // Whom it is for is what it was before, and what it is after.
    let before = access::readers(state, &group);
    groups::read_again(state, group).await;
    let after = access::readers(state, &group);
    let readers = before.and(after);
    let mut tx = state.store.read().await?;
    let page = tx.groups().commits(&group, from, COMMITS).await?;
    drop(tx);
    for commit in page {
        let frame = Frame::commit(group, commit.epoch, commit.commit);
        state.hub.publish_here(&frame, &readers);
    }
    Ok(())
}

/// The last page of what is missing: readers that lack more read it by themselves, since the first frame says so.
async fn events(
    state: &AppState,
    channel: ChannelId,
    after: u64,
    last: u64,
) -> Result<(), StoreError> {
    let from = after.max(last.saturating_sub(u64::from(MAX_PAGE)));
    let mut tx = state.store.read().await?;
    let page = tx.messages().after(&channel, from, MAX_PAGE).await?;
    drop(tx);
    let readers = access::channel_readers(state, &channel);
    for message in page {
        let frame = Frame::stored(channel, message);
        state.hub.publish_here(&frame, &readers);
    }
    Ok(())
}
