//! What another instance says, done here, one after the other.

use std::sync::Weak;

use dialtone_protocol::DeviceId;
use dialtone_store::TokenHash;

use super::inbox::{Arrival, Arrivals};
use crate::bus::{Here, News, Pieces, Place, Tag};
use crate::live::{CutReason, Frame};
use crate::state::{AppState, Inner};
use crate::{approvals, calls, groups, roster};

/// Runs until the server is gone, or nothing more comes.
pub(super) async fn run(server: Weak<Inner>, mut arrivals: Arrivals) {
    let mut pieces = Pieces::default();
    while let Some((arrival, room)) = arrivals.next().await {
        let Some(inner) = server.upgrade() else {
            return;
        };
        let state = AppState::from_inner(inner);
        match arrival {
            Arrival::News(from, news) => take(&state, from, news, &mut pieces).await,
            Arrival::Gone(whom) => {
                pieces.forget(whom);
                forget(&state, whom);
            }
        }
        drop(room);
    }
}

async fn take(state: &AppState, from: Tag, news: News, pieces: &mut Pieces) {
    match news {
        // Heard, and nothing to do.
        News::Beat { .. } | News::Bye => {}
        News::Tell => tell_all(state),
        News::Here(here) => {
            if let Some(here) = pieces.put(from, here) {
                take_all(state, from, here);
            }
        }
        News::Presence { online, offline } => {
            let came = state.hub.take_presence(from, &online, &offline);
            arrived(state, &came);
            for device in offline {
                left(state, device);
            }
        }
        News::Away { device, away } => state.hub.take_away(from, device, away),
        News::Frame { to, place, bytes } => {
            if let Place::Commit(group, _) = place {
                groups::read_again(state, group).await;
            }
            let frame = Frame::told(place, bytes);
            state.hub.take_frame(&to, &frame);
        }
        News::Roster { length } => roster::catch_up_to(state, length).await,
        News::Group { group } => groups::read_again(state, group).await,
        News::Call { call, to } => {
            state.calls.take_abroad(from, &call);
            let frame = Frame::call(call);
            state.hub.take_frame(&to, &frame);
        }
        News::EndDevice { device } => state.hub.cut_here(&device, CutReason::SessionEnded),
        News::EndSession { token } => state
            .hub
            .cut_session(&TokenHash(token.0), CutReason::SessionEnded),
    }
}

fn tell_all(state: &AppState) {
    state.calls.with_all(|calls| state.hub.tell_here(calls));
}

fn take_all(state: &AppState, from: Tag, here: Here) {
    let came = state.hub.take_all(from, here.online, here.away);
    arrived(state, &came);
    for call in state.calls.take_all_abroad(from, here.calls) {
        calls::show(state, call);
    }
}

/// An instance is gone, perhaps before it told what it had stored.
fn forget(state: &AppState, whom: Tag) {
    state.bus.miss();
    state.hub.forget_all(whom);
    for call in state.calls.forget_abroad(whom) {
        calls::show(state, call);
    }
}

/// What waits here for devices that connected elsewhere.
fn arrived(state: &AppState, devices: &[DeviceId]) {
    for device in devices {
        approvals::connected_elsewhere(state, *device);
    }
}

fn left(state: &AppState, device: DeviceId) {
    if !state.hub.is_online(&device) {
        approvals::disconnected(state, device);
    }
}
