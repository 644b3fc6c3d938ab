//! Which instance a channel's call is on: written in the database, for a while, by whoever begins it; who comes to another one is sent there.
//!
//! ```text
//! join -> nobody's, run out, or its instance is gone: claimed by compare-and-swap -> here
//!      -> another living instance's                                               -> its address
//! ```
//!
//! An instance that has just started has heard of nobody: it believes every claim until it would have heard who made it. Whether a claim has run out
//! each measures by itself, from when it first saw it as it is: the clock of whoever made it may be another one.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use dialtone_protocol::ChannelId;
use dialtone_store::{MetaStore, StoreError};
use parking_lot::Mutex;

use super::home::Home;
use super::tell;
use crate::instances::Peers;
use crate::state::AppState;
use crate::transaction::transact;

/// How long a claim holds if it is not renewed: several rounds of the housekeeping.
const HOLDS: Duration = Duration::from_secs(20);

impl Home {
    /// Whether its instance lives, as far as can be known at the one that is reached at `own`.
    fn lives(&self, own: &str, peers: &Peers, now: Instant) -> bool {
        if self.address == own {
            // This one before it was started again, unless another says the same address and is there.
            return peers.is_heard(self.instance);
        }
        peers.is_alive(self.instance, now)
    }
}

/// Where a call is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On this instance.
    Here,
    /// On the one that clients reach there.
    At(String),
}

/// Channels that this instance has claimed.
#[derive(Default)]
pub(super) struct Claimed(Mutex<BTreeSet<ChannelId>>);

/// Claims of others as they are, and since when that has been seen here.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<ChannelId, (Home, Instant)>>);

impl Seen {
    /// Whether nobody has renewed it for too long.
    fn has_run_out(&self, channel: ChannelId, home: &Home, now: Instant) -> bool {
        let mut seen = self.0.lock();
        if let Some((before, since)) = seen.get(&channel)
            && before == home
        {
            return now.saturating_duration_since(*since) >= HOLDS;
        }
        seen.insert(channel, (home.clone(), now));
        false
    }

    fn forget(&self, channel: ChannelId) {
        self.0.lock().remove(&channel);
    }
}

fn key(channel: &ChannelId) -> String {
    format!("call-home/{}", hex::encode(channel.0))
}

/// Where the channel's call is; claims it where it is nowhere.
pub(super) async fn find(state: &AppState, channel: ChannelId) -> Result<Place, StoreError> {
    let Some(address) = &state.instance_address else {
        return Ok(Place::Here);
    };
    let holds_ms = i64::try_from(HOLDS.as_millis()).unwrap_or(i64::MAX);
    let own = Home {
        instance: state.bus.tag,
        address: address.clone(),
        until_ms: state.clock.now().plus(holds_ms).0,
    };
    let place = transact(&*state.store, |tx| {
        let (own, state) = (own.clone(), state.clone());
        Box::pin(async move {
            let address = own.address.clone();
            let stands = |home: &Home| {
                let now = Instant::now();
                !state.calls.seen.has_run_out(channel, home, now)
                    && home.lives(&address, &state.peers, now)
            };
            claim(tx.meta(), &key(&channel), own, stands).await
        })
    })
    .await?;
    if place == Place::Here {
        state.calls.claimed.0.lock().insert(channel);
        state.calls.seen.forget(channel);
    }
    Ok(place)
}

/// Claims what is nobody's, or one's own.
async fn claim(
    meta: &mut dyn MetaStore,
    key: &str,
    own: Home,
    stands: impl Fn(&Home) -> bool,
) -> Result<Place, StoreError> {
    let bytes = own.to_bytes();
    // Whoever was quicker is seen the second time.
    for _ in 0..3 {
        let there = meta.get(key).await?;
        if let Some(home) = there.as_deref().and_then(Home::read)
            && home.instance != own.instance
            && stands(&home)
        {
            return Ok(Place::At(home.address));
        }
        if meta.swap(key, there.as_deref(), Some(&bytes)).await? {
            return Ok(Place::Here);
        }
    }
    Err(StoreError::Conflict {
        detail: "several instances claim a call at once".to_owned(),
    })
}

/// Holds on to the channels whose calls run here, lets go of the others, and ends calls that another instance has taken over.
pub(crate) async fn keep(state: &AppState) {
    if state.instance_address.is_none() {
        return;
    }
    let running: BTreeSet<_> = state.calls.here().iter().map(|call| call.channel).collect();
    let claimed = state.calls.claimed.0.lock().clone();
    for channel in claimed.difference(&running) {
        match let_go(state, *channel).await {
            Ok(()) => {
                state.calls.claimed.0.lock().remove(channel);
            }
            Err(error) => tracing::debug!(%error, "a call's place is not given back now"),
        }
    }
    for channel in running {
        match find(state, channel).await {
            Ok(Place::Here) => {}
            Ok(Place::At(_)) => {
                tracing::warn!("another instance has taken a call over");
                state.calls.end(channel, |call| tell(state, call));
            }
            Err(error) => tracing::warn!(%error, "a call's place cannot be held now"),
        }
    }
}

async fn let_go(state: &AppState, channel: ChannelId) -> Result<(), StoreError> {
    let own = state.bus.tag;
    transact(&*state.store, |tx| {
        Box::pin(async move {
            let key = key(&channel);
            let Some(there) = tx.meta().get(&key).await? else {
                return Ok(());
            };
            if Home::read(&there).is_some_and(|home| home.instance == own) {
                tx.meta().swap(&key, Some(&there), None).await?;
            }
            Ok(())
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::Hash;

    use super::*;
    use crate::bus::Tag;

    fn home(instance: u8, until_ms: i64) -> Home {
        Home {
            instance: Tag::of(&Hash([instance; 32])),
            address: format!("{instance}.example.org:7440"),
            until_ms,
        }
    }

    #[tokio::test]
    async fn a_call_is_on_one_instance_until_that_is_gone_or_silent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let store = dialtone_store_sqlite::open(path).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let mut at = async |instance: u8, stands: bool| {
            let own = home(instance, 0);
            claim(tx.meta(), "call-home/x", own, |_| stands)
                .await
                .unwrap()
        };
        let first = Place::At("1.example.org:7440".to_owned());
        assert_eq!(at(1, true).await, Place::Here);
        assert_eq!(at(2, true).await, first);
        assert_eq!(at(1, true).await, Place::Here, "renewed");
        assert_eq!(at(2, true).await, first);
        let second = Place::At("2.example.org:7440".to_owned());
        assert_eq!(at(2, false).await, Place::Here, "gone, or run out");
        assert_eq!(at(1, true).await, second);
    }

    #[test]
    fn a_claim_runs_out_when_nobody_renews_it_whatever_its_clock_says() {
        let (seen, began) = (Seen::default(), Instant::now());
        let channel = ChannelId([1; 16]);
        let long_ago = home(1, 0);
        assert!(!seen.has_run_out(channel, &long_ago, began));
        assert!(!seen.has_run_out(channel, &long_ago, began + HOLDS / 2));
        let renewed = home(1, 10_000);
        assert!(!seen.has_run_out(channel, &renewed, began + HOLDS));
        assert!(seen.has_run_out(channel, &renewed, began + 2 * HOLDS));
        seen.forget(channel);
        assert!(!seen.has_run_out(channel, &renewed, began + 2 * HOLDS));
    }

    #[test]
    fn who_has_just_started_believes_in_all_but_what_it_was_itself_before() {
        let began = Instant::now();
        let peers = Peers::new(began);
        let (own, other) = (home(1, 0), home(2, 0));
        assert!(other.lives(&own.address, &peers, began));
        assert!(!own.lives(&own.address, &peers, began));
        let late = began + std::time::Duration::from_mins(1);
        assert!(!other.lives(&own.address, &peers, late));
    }
}
