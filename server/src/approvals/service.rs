//! Passing messages on, and telling the devices that they concern.

use dialtone_protocol::approval::ApprovalMessage;
use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::http::ApprovalState;
use dialtone_protocol::{AccountId, ApprovalId, DeviceId, Hash};

use super::table::{NotPassed, Passed};
use crate::auth::Session;
use crate::live::Refusal;
use crate::random;
use crate::state::AppState;

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

/// The new device says something, for the first time or again.
pub(super) fn by_new(
    state: &AppState,
    account: AccountId,
    token: Hash,
    bytes: Vec<u8>,
) -> Result<ApprovalState, NotPassed> {
    let message = ApprovalMessage::read(&bytes).map_err(|error| NotPassed::Check(error.into()))?;
    let now = state.clock.now();
    let passed = match &message {
        ApprovalMessage::Ask(ask) => {
            let id = ApprovalId(random::bytes());
            let own = (token, account);
            state.approvals.ask(own, id, (bytes, ask), now)
        }
        message => state.approvals.by_new(&token, message, bytes, now),
    };
    tell(state, passed?);
    look(state, &account, &token)
}

/// How it stands, for the new device.
pub(super) fn look(
    state: &AppState,
    account: &AccountId,
    token: &Hash,
) -> Result<ApprovalState, NotPassed> {
    let message = state.approvals.look(token, state.clock.now())?;
    let own = devices(state, account);
    let online = state.hub.online().iter().any(|device| own.contains(device));
    Ok(ApprovalState {
        online,
        message: message.map(Into::into),
    })
}

/// A device of the account says something.
pub(crate) fn by_device(
    state: &AppState,
    session: &Session,
    id: ApprovalId,
    bytes: Vec<u8>,
) -> Result<ServerFrame, Refusal> {
    let malformed = |error: String| -> Refusal { Refusal::new(RefusalCode::Malformed, error) };
    let message = ApprovalMessage::read(&bytes).map_err(|error| malformed(error.to_string()))?;
    if !devices(state, &session.account).contains(&session.device) {
        let words = "only members may do this";
        return Err(Refusal::new(RefusalCode::NotAllowed, words));
    }
    let own = (session.account, session.device);
    let now = state.clock.now();
    let passed = state.approvals.by_device(own, id, &message, bytes, now);
    match passed {
        Ok(passed) => {
            if let Some(passed) = passed {
                tell(state, passed);
            }
            Ok(ServerFrame::Done)
        }
        Err(error) => Err(Refusal::new(RefusalCode::Unknown, error.to_string())),
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
