//! What another instance says, done here.

use std::time::Instant;

use dialtone_protocol::DeviceId;
use dialtone_store::TokenHash;

use super::peers::Heard;
use crate::bus::{Envelope, Here, News, Place, Tag};
use crate::live::{CutReason, Frame};
use crate::state::AppState;
use crate::{approvals, calls, groups, roster};

/// Takes one piece of news in.
pub(super) async fn take(state: &AppState, envelope: Envelope) {
    let Envelope { from, count, news } = envelope;
    match state.peers.hear(from, count, Instant::now()) {
        Heard::Next => {}
        Heard::Again => return,
        heard @ (Heard::New | Heard::Gap) => {
            tracing::info!(instance = %from, ?heard, "another instance");
            // Who is connected there is asked for; what it stored is in the database.
            state.bus.tell(|| News::Tell);
            state.bus.miss();
        }
    }
    match news {
        News::Beat { .. } => {}
        News::Tell => tell_all(state),
        News::Here(here) => take_all(state, from, here),
        News::Bye => {
            state.peers.forget(from);
            forget(state, from);
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
            let frame = Frame::told(place, bytes.into());
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
    let (online, away) = state.hub.here();
    let calls = state.calls.here();
    state.bus.tell(|| {
        News::Here(Here {
            online,
            away,
            calls,
        })
    });
}

fn take_all(state: &AppState, from: Tag, here: Here) {
    let came = state.hub.take_all(from, here.online, here.away);
    arrived(state, &came);
    for call in state.calls.take_all_abroad(from, here.calls) {
        calls::show(state, call);
    }
}

/// An instance is gone.
pub(super) fn forget(state: &AppState, whom: Tag) {
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
