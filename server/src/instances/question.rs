//! What one instance asks another.

use dialtone_protocol::http::LoginFinish;
use dialtone_protocol::{AccountId, ApprovalId, DeviceId};
use serde::{Deserialize, Serialize};

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
