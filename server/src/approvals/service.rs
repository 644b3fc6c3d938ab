//! Passing messages on, and telling the devices that they concern.

use dialtone_protocol::approval::ApprovalMessage;
use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::http::{ApprovalState, ErrorCode};
use dialtone_protocol::{AccountId, ApprovalId, DeviceId};
use dialtone_store::TokenHash;

use super::table::{NotPassed, Passed};
use crate::auth::Session;
use crate::bus::Tag;
use crate::instances::{self, Question};
use crate::live::Refusal;
use crate::state::AppState;
use crate::token::Shown;

/// Devices of an account that are not out.
fn devices(state: &AppState, account: &AccountId) -> Vec<DeviceId> {
    let Some(roster) = state.roster.current() else {
        return Vec::new();
    };
    let all = roster.view().devices().iter();
    all.filter(|(_, device)| device.account == *account && device.is_active())
        .map(|(id, _)| *id)
        .collect()
}

fn tell(state: &AppState, passed: Passed) {
    let mut to = match passed.to {
        Some(device) => vec![device],
        None => devices(state, &passed.account),
    };
    to.retain(|device| passed.but != Some(*device));
    let frame = ServerFrame::Approval {
        id: passed.id,
        message: passed.message.into(),
    };
    state.hub.send_to(&to, &frame);
}

/// How it stands, or why not: what instances say to each other.
pub(crate) type Told = Result<ApprovalState, (ErrorCode, String)>;

fn told(passed: Result<ApprovalState, NotPassed>) -> Told {
    passed.map_err(|error| (error.code(), error.to_string()))
}

/// The approval waits where the password was proved; that instance is gone.
fn gone() -> Told {
    told(Err(NotPassed::Unknown))
}

/// The new device says something, for the first time or again.
pub(super) async fn by_new(
    state: &AppState,
    account: AccountId,
    token: Shown,
    bytes: Vec<u8>,
) -> Told {
    let whose = token.whose();
    if state.bus.is_here(whose) {
        return by_new_here(state, account, token, bytes);
    }
    let question = Question::ApprovalSaid(account, token, bytes);
    let answer = instances::ask(state, whose, &question).await;
    answer.unwrap_or_else(gone)
}

/// How it stands, for the new device.
pub(super) async fn look(state: &AppState, account: AccountId, token: Shown) -> Told {
    let whose = token.whose();
    if state.bus.is_here(whose) {
        return look_here(state, &account, token);
    }
    let question = Question::ApprovalLooked(account, token);
    let answer = instances::ask(state, whose, &question).await;
    answer.unwrap_or_else(gone)
}

/// [`by_new`] at this instance.
pub(crate) fn by_new_here(
    state: &AppState,
    account: AccountId,
    token: Shown,
    bytes: Vec<u8>,
) -> Told {
    told(say(state, account, token.hash(), bytes))
}

/// [`look`] at this instance.
pub(crate) fn look_here(state: &AppState, account: &AccountId, token: Shown) -> Told {
    told(stand(state, account, &token.hash()))
}

fn say(
    state: &AppState,
    account: AccountId,
    token: TokenHash,
    bytes: Vec<u8>,
) -> Result<ApprovalState, NotPassed> {
    let message = ApprovalMessage::read(&bytes).map_err(|error| NotPassed::Check(error.into()))?;
    let now = state.clock.now();
    let passed = match &message {
        ApprovalMessage::Ask(ask) => {
            let id = state.bus.tag.approval();
            let own = (token, account);
            state.approvals.ask(own, id, (bytes, ask), now)
        }
        message => state.approvals.by_new(&token, message, bytes, now),
    };
    if let Some(passed) = passed? {
        tell(state, passed);
    }
    stand(state, &account, &token)
}

fn stand(
    state: &AppState,
    account: &AccountId,
    token: &TokenHash,
) -> Result<ApprovalState, NotPassed> {
    let message = state.approvals.look(token, state.clock.now())?;
    let own = devices(state, account);
    let online = own.iter().any(|device| state.hub.is_online(device));
    Ok(ApprovalState {
        online,
        message: message.map(Into::into),
    })
}

/// A device of the account says something.
pub(crate) async fn by_device(
    state: &AppState,
    session: &Session,
    id: ApprovalId,
    bytes: Vec<u8>,
) -> Result<ServerFrame, Refusal> {
    let malformed = |error: String| -> Refusal { Refusal::new(RefusalCode::Malformed, error) };
    ApprovalMessage::read(&bytes).map_err(|error| malformed(error.to_string()))?;
    if !devices(state, &session.account).contains(&session.device) {
        let words = "only members may do this";
        return Err(Refusal::new(RefusalCode::NotAllowed, words));
    }
    let own = (session.account, session.device);
    let whose = Tag::of_approval(&id);
    let passed = if state.bus.is_here(whose) {
        by_device_here(state, own, id, bytes)
    } else {
        let question = Question::ApprovalAnswered(own.0, own.1, id, bytes);
        let answer = instances::ask(state, whose, &question).await;
        answer.unwrap_or_else(|| Err(NotPassed::Unknown.to_string()))
    };
    passed.map_err(|words| Refusal::new(RefusalCode::Unknown, words))?;
    Ok(ServerFrame::Done)
}

/// [`by_device`] at this instance.
pub(crate) fn by_device_here(
    state: &AppState,
    own: (AccountId, DeviceId),
    id: ApprovalId,
    bytes: Vec<u8>,
) -> Result<(), String> {
    let message = ApprovalMessage::read(&bytes).map_err(|error| error.to_string())?;
    let now = state.clock.now();
    let passed = state.approvals.by_device(own, id, &message, bytes, now);
    if let Some(passed) = passed.map_err(|error| error.to_string())? {
        tell(state, passed);
    }
    Ok(())
}

/// A device of the account has connected to another instance: what waits here is sent to it there.
pub(crate) fn connected_elsewhere(state: &AppState, device: DeviceId) {
    let roster = state.roster.current();
    let account = roster.and_then(|roster| roster.view().device(&device).map(|one| one.account));
    if let Some(frame) = account.and_then(|account| waiting(state, &account)) {
        state.hub.send_to(&[device], &frame);
    }
}

/// What waits for a device of this account that has just connected.
pub(crate) fn waiting(state: &AppState, account: &AccountId) -> Option<ServerFrame> {
    let (id, message) = state.approvals.waiting(account)?;
    let message = message.into();
    Some(ServerFrame::Approval { id, message })
}

/// A device is gone.
pub(crate) fn disconnected(state: &AppState, device: DeviceId) {
    state.approvals.disconnected(&device, state.clock.now());
}

/// Ends what took too long.
pub(crate) fn sweep(state: &AppState) {
    for passed in state.approvals.sweep(state.clock.now()) {
        tell(state, passed);
    }
}
