//! One sealed event: who may send it where, by what its header says.

use dialtone_protocol::content::LONGEST_LIFETIME_S;
use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::roster::{Channel, Role};
use dialtone_protocol::sealed::{EVENT_LIMIT, EventHeader, SealedEvent};
use dialtone_protocol::{ChannelId, Hash};
use dialtone_store::NewMessage;

use super::pause::Entered;
use super::queue::Job;
use super::retention;
use crate::auth::Session;
use crate::channels::access;
use crate::live::Refusal;
use crate::state::AppState;
use crate::{groups, roster};

/// Stores an event and answers once it is durable.
pub(crate) async fn send(
    state: &AppState,
    session: &Session,
    channel: ChannelId,
    event: Vec<u8>,
    (mark, keep_s): (bool, Option<u32>),
) -> Result<ServerFrame, Refusal> {
    if event.len() > EVENT_LIMIT {
        return Err(Refusal::new(
            RefusalCode::Malformed,
            "the event is too long",
        ));
    }
    let (_, header) = SealedEvent::read(&event)
        .map_err(|error| Refusal::new(RefusalCode::Malformed, error.to_string()))?;
    if keep_s.is_some_and(|seconds| seconds == 0 || seconds > LONGEST_LIFETIME_S) {
        return Err(Refusal::new(
            RefusalCode::Malformed,
            "kept for too long, or not at all",
        ));
    }
    if is_ahead(state, &header) {
        // Its client was told by another instance.
        roster::catch_up_with_store(state).await;
    }
    let mut job = match authorise(state, session, channel, &header, &event) {
        Err(refusal) if refusal.code == RefusalCode::Unknown && state.bus.is_on() => {
            // Another instance may have let the device in a moment ago.
            groups::read_again(state, header.group).await;
            authorise(state, session, channel, &header, &event)?
        }
        judged => judged?,
    };
    job.message.sealed = event;
    let now = state.clock.now();
    let vanishes = keep_s.map(|seconds| now.plus(i64::from(seconds) * 1000));
    let kept = (!mark)
        .then(|| retention::ends(state, &channel, now))
        .flatten();
    job.message.expires = vanishes.into_iter().chain(kept).min();
    let entered = if mark {
        None
    } else {
        hold_to_rules(state, session, channel, job.message.event_hash)?
    };
    let answer = state.messages.store(job).await;
    if let (Err(_), Some(entered)) = (&answer, entered) {
        state.pauses.undo(&entered);
    }
    answer
}

/// What admins set for the channel: who writes there, and how fast. Whether an event is a mark is its sender's word; clients, who see what
/// it is, take no message of somebody who may not write.
fn hold_to_rules(
    state: &AppState,
    session: &Session,
    channel: ChannelId,
    event: Hash,
) -> Result<Option<Entered>, Refusal> {
    let Some(roster) = state.roster.current() else {
        return Ok(None);
    };
    let view = roster.view();
    let Some(rank) = view.rank_of(&session.device) else {
        return Ok(None);
    };
    let Some(rules) = view.channels().get(&channel).map(Channel::rules) else {
        return Ok(None);
    };
    if !rules.writing.has(rank) {
        let words = "only admins write in this channel";
        return Err(Refusal::new(RefusalCode::NotAllowed, words));
    }
    let account = view.device(&session.device).map(|device| device.account);
    let Some(account) = account.filter(|_| rules.pause_s > 0 && rank < Role::Admin) else {
        return Ok(None);
    };
    let now = state.clock.now();
    let entered = state
        .pauses
        .enter((channel, account), event, now, rules.pause_s);
    entered.map(Some).map_err(Refusal::wait)
}

/// Whether the event's sender knows more of the roster than this instance.
fn is_ahead(state: &AppState, header: &EventHeader) -> bool {
    state.bus.is_on() && header.roster.length > state.roster.position().length
}

fn authorise(
    state: &AppState,
    session: &Session,
    channel: ChannelId,
    header: &EventHeader,
    event: &[u8],
) -> Result<Job, Refusal> {
    let refuse = |code, message: &str| Err(Refusal::new(code, message));
    let Some(roster) = state.roster.current() else {
        return refuse(RefusalCode::NotAllowed, "there is no community yet");
    };
    if roster.view().rank_of(&session.device).is_none() {
        return refuse(RefusalCode::NotAllowed, "only members may send");
    }
    let Some(group) = access::sending_group(state, &roster, &session.device, &channel) else {
        return refuse(RefusalCode::Unknown, "there is no such open channel");
    };
    if header.community != roster.community() || header.channel != channel {
        return refuse(RefusalCode::Malformed, "the header names another place");
    }
    if header.device != session.device {
        return refuse(RefusalCode::NotAllowed, "the header names another device");
    }
    if header.device_sequence == 0 {
        return refuse(RefusalCode::Malformed, "sequences count from 1");
    }
    if roster.contains(&header.roster) != Some(true) {
        return refuse(
            RefusalCode::NotAllowed,
            "the header names another member list",
        );
    }
    Ok(Job {
        group,
        header_group: header.group,
        epoch: header.epoch,
        previous: header.previous,
        message: NewMessage {
            channel,
            device: session.device,
            device_sequence: header.device_sequence,
            client_event_id: header.client_id,
            event_hash: Hash::of(event),
            sealed: Vec::new(),
            expires: None,
        },
    })
}
