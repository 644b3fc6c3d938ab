//! Questions to the one instance in whose memory something waits.

use std::time::Instant;

use dialtone_protocol::http::LoginFinish;
use dialtone_protocol::{AccountId, ApprovalId, DeviceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bus::Tag;
use crate::state::AppState;
use crate::token::Shown;

/// What is asked; JSON on its way.
#[derive(Serialize, Deserialize)]
pub(crate) enum Question {
    /// Whose a challenge is; it is used up. `Option<DeviceId>`
    Challenge(Shown),
    /// Finishes a sign-in. `Option<LoggedIn>`
    FinishLogin(LoginFinish),
    /// Whose password was proved. `Option<AccountId>`
    Enrolled(Shown),
    /// A new device says something to those that may approve it. `Told` of the approvals
    ApprovalSaid(AccountId, Shown, Vec<u8>),
    /// How that stands. `Told` of the approvals
    ApprovalLooked(AccountId, Shown),
    /// A device of the account answers. `Result<(), String>`
    ApprovalAnswered(AccountId, DeviceId, ApprovalId, Vec<u8>),
}

/// Asks another instance; `None` when it is this one, or gone.
pub(crate) async fn ask<T: DeserializeOwned>(
    state: &AppState,
    whom: Tag,
    question: &Question,
) -> Option<T> {
    if state.bus.is_here(whom) || !state.peers.is_alive(whom, Instant::now()) {
        return None;
    }
    let question = serde_json::to_vec(question).ok()?;
    let answer = state.bus.ask(whom, question).await?;
    serde_json::from_slice(&answer).ok()
}
