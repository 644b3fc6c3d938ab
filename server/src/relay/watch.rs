//! Looks after who may be relayed, and tells those who are about each other.

use std::collections::HashMap;
use std::sync::Weak;
use std::time::{Duration, Instant};

use dialtone_protocol::frame::ServerFrame;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::engine::{Place, Roll};
use super::standings::Told;
use crate::channels::access;
use crate::state::{AppState, Inner};

/// Whoever may not be relayed any more is cut off within so long, and whoever is muted by an admin silent.
const LOOK: Duration = Duration::from_millis(400);
/// Whoever lost the connection to the server, without having left, is relayed for so long: it may come back.
const LINGER: Duration = Duration::from_secs(30);

/// Runs while the server does.
pub(crate) async fn watch(state: Weak<Inner>, mut rolls: mpsc::Receiver<Roll>) {
    let Some(begun) = state.upgrade().map(|state| state.relay.begun()) else {
        return;
    };
    // While nobody is relayed there is nothing to look at, and the server sleeps.
    let mut awake: Option<Instant> = None;
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut absent = HashMap::new();
    let mut told = Told::default();
    loop {
        let roll = tokio::select! {
            roll = rolls.recv() => match roll {
                Some(roll) => Some(roll),
                None => return,
            },
            () = begun.notified() => {
                awake = Some(Instant::now());
                look.reset_immediately();
                continue;
            }
            _ = look.tick(), if awake.is_some() => None,
        };
        let Some(state) = state.upgrade().map(AppState::from_inner) else {
            return;
        };
        if let Some(roll) = roll {
            tell(&state, roll);
        } else {
            told.mind(&state).await;
            let now = Instant::now();
            if cut_off(&state, &mut absent, now).await {
                awake = Some(now);
            }
            awake.take_if(|since| now.saturating_duration_since(*since) >= LINGER);
        }
    }
}

fn tell(state: &AppState, roll: Roll) {
    let devices: Vec<_> = roll.talkers.iter().map(|talker| talker.device).collect();
    let frame = ServerFrame::RelayRoll {
        call: roll.call,
        talkers: roll.talkers,
    };
    state.hub.send_to(&devices, &frame);
}

/// Whether a member's active device may hear the channel.
pub(super) fn may_be(state: &AppState, place: &Place) -> bool {
    access::is_member(state, &place.device) && access::may_see(state, &place.device, &place.channel)
}

/// `true`: somebody is relayed.
async fn cut_off(state: &AppState, absent: &mut HashMap<Place, Instant>, now: Instant) -> bool {
    let places = state.relay.places().await;
    let any = !places.is_empty();
    absent.retain(|place, _| places.contains(place));
    for place in places {
        let in_call = state.calls.channel_of(place.call, place.device).is_some();
        if in_call {
            absent.remove(&place);
        }
        let since = (!in_call).then(|| *absent.entry(place).or_insert(now));
        let is_gone = since.is_some_and(|since| now.saturating_duration_since(since) >= LINGER);
        if is_gone || !may_be(state, &place) {
            state.relay.remove(place).await;
        }
    }
    any
}
