//! Joining, leaving, and passing signals on to who may hear them.

use std::time::Instant;

use dialtone_protocol::frame::{CallState, RefusalCode, ServerFrame};
use dialtone_protocol::sealed::{SealedSignal, SignalScope};
use dialtone_protocol::{CallId, ChannelId, DeviceId};

use super::homes::{self, Place};
use crate::auth::Session;
use crate::channels::access;
use crate::live::Refusal;
use crate::random;
use crate::relay;
use crate::state::AppState;

/// Joins the call of a channel. The call that the device is in is left by itself, or after a while by [`end_moves`]: until it
/// hears the other one it hears that.
pub(crate) async fn join(
    state: &AppState,
    session: &Session,
    channel: ChannelId,
) -> Result<ServerFrame, Refusal> {
    check_channel(state, session, channel)?;
    if let Place::At(address) = homes::find(state, channel).await? {
        return Err(Refusal::elsewhere(address));
    }
    let fresh = CallId(random::bytes());
    let tell = |call| tell(state, call);
    let now = Instant::now();
    let joined = state.calls.join(channel, session.device, fresh, now, tell);
    let joined = joined.map_err(|_| Refusal::new(RefusalCode::TooMany, "the call is full"))?;
    let calls = [joined.from, Some(joined.state.call)];
    let calls = calls.into_iter().flatten().collect();
    relay::joined(state, session.device, calls).await;
    Ok(ServerFrame::Joined(joined.state))
}

/// Whoever has been in two calls for too long is out of the one that they came from.
pub(crate) async fn end_moves(state: &AppState, now: Instant) {
    for (device, call) in state.calls.end_moves(now, |call| tell(state, call)) {
        relay::leave(state, device, call).await;
    }
}

/// Leaves a call.
pub(crate) async fn leave(
    state: &AppState,
    session: &Session,
    call: CallId,
) -> Result<ServerFrame, Refusal> {
    let tell = |call| tell(state, call);
    if state.calls.leave(call, session.device, tell) {
        Ok(relay::leave(state, session.device, call).await)
    } else {
        Err(Refusal::new(RefusalCode::Unknown, "not in this call"))
    }
}

/// A device that is gone is in no call.
pub(crate) fn disconnected(state: &AppState, device: DeviceId) {
    state.calls.remove(device, |call| tell(state, call));
}

pub(super) fn tell(state: &AppState, call: CallState) {
    let readers = access::channel_readers(state, &call.channel);
    state.hub.publish_call(call, &readers);
}

/// Shows the state of another instance's call to those who may see its channel.
pub(crate) fn show(state: &AppState, call: CallState) {
    let readers = access::channel_readers(state, &call.channel);
    state.hub.show_call(call, &readers);
}

/// Every call that runs where the device may see it.
pub(crate) fn running(state: &AppState, device: &DeviceId) -> Vec<CallState> {
    let mut calls = state.calls.states();
    calls.retain(|call| access::may_see(state, device, &call.channel));
    calls
}

/// Passes a sealed signal on: of a call to its participants, of typing to members who are online.
pub(crate) fn signal(
    state: &AppState,
    session: &Session,
    bytes: Vec<u8>,
) -> Result<ServerFrame, Refusal> {
    let (_, header) = SealedSignal::read(&bytes)
        .map_err(|error| Refusal::new(RefusalCode::Malformed, error.to_string()))?;
    let home = state
        .roster
        .current()
        .is_some_and(|roster| roster.community() == header.community);
    if header.device != session.device || !home {
        return Err(Refusal::new(
            RefusalCode::NotAllowed,
            "the header names another device or community",
        ));
    }
    check_channel(state, session, header.scope.channel())?;
    let frame = ServerFrame::Signal {
        signal: bytes.into(),
    };
    match header.scope {
        SignalScope::Typing { channel } => match header.to {
            Some(to) if access::may_see(state, &to, &channel) => state.hub.send_to(&[to], &frame),
            Some(_) => {}
            None => {
                let readers = access::channel_readers(state, &channel);
                state.hub.send_to_readers(&readers, session.device, &frame);
            }
        },
        SignalScope::Call { channel, call } => {
            let inside = state
                .calls
                .participants(channel, call, session.device)
                .ok_or_else(|| Refusal::new(RefusalCode::NotAllowed, "not in this call"))?;
            let others: Vec<_> = inside
                .into_iter()
                .filter(|device| *device != session.device)
                .filter(|device| header.to.is_none_or(|to| to == *device))
                .collect();
            if others.is_empty() && header.to.is_some() {
                return Err(Refusal::new(
                    RefusalCode::Unknown,
                    "they are not in this call",
                ));
            }
            state.hub.send_to(&others, &frame);
        }
    }
    Ok(ServerFrame::Done)
}

fn check_channel(state: &AppState, session: &Session, channel: ChannelId) -> Result<(), Refusal> {
    let open = state.roster.current().is_some_and(|roster| {
        access::sending_group(state, &roster, &session.device, &channel).is_some()
    });
    if open {
        Ok(())
    } else {
        Err(Refusal::new(
            RefusalCode::Unknown,
            "there is no such open channel",
        ))
    }
}
