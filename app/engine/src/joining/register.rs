//! Making the account: the password by OPAQUE, new keys, and the entry that lets one in.

use std::time::Duration;

use dialtone_crypto::entries::{self, RosterSignError};
use dialtone_crypto::invite::{self, InviteError};
use dialtone_crypto::recovery::{RecoveryKey, seal_account};
use dialtone_crypto::{
    AccountKey, CryptoError, DeviceKey, ExportKey, OsRng, PasswordError, Registration,
    is_generated_password, normal_password,
};
use dialtone_protocol::crowd::{JOIN_TRIES, pause_after};
use dialtone_protocol::http::{
    ErrorCode, RegisterEntry, RegisterFinish, RegisterStart, RegisterStarted, Registered,
};
use dialtone_protocol::link::Entrance;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::username::{Username, UsernameError};
use dialtone_protocol::{AccountId, CommunityId, DeviceId, GroupId};
use dialtone_words::say;

use super::inspect::{InspectError, Inspected, fetch_roster};
use crate::command::Secret;
use crate::net::NetError;

/// The shortest password, in characters.
pub(super) const SHORTEST_PASSWORD: usize = 8;
/// Waits before the last step is sent again.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// What the user filled in.
#[derive(Debug, Clone)]
pub(crate) struct JoinRequest {
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Secret,
    /// The password alone is to open the account on another computer.
    pub by_password: bool,
}

/// One is in, or waits to be let in.
pub(crate) struct Joined {
    /// The community.
    pub community: CommunityId,
    /// The new account.
    pub account: AccountId,
    /// Its device here.
    pub device: DeviceId,
    /// The member list with oneself in it (without, if one waits).
    pub roster: Roster,
    /// The group to create, if one founded.
    pub lobby: Option<GroupId>,
}

/// The account was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RegisterError {
    /// The name cannot be used.
    #[error("{0}.")]
    Username(#[from] UsernameError),
    /// The password is too short.
    #[error("{}", say!("error-short-password", shortest_password = SHORTEST_PASSWORD))]
    Password,
    /// Whoever guesses it has the account.
    #[error(
        "{}", say!("error-not-generated")
    )]
    NotGenerated,
    /// The server refused or cannot be reached.
    #[error("{0}")]
    Net(#[from] NetError),
    /// It may have made the account: its answer did not arrive.
    #[error(
        "{}", say!("error-no-answer", cause = _0.to_string())
    )]
    NoAnswer(NetError),
    /// The link or the member list changed under way.
    #[error("{0}")]
    Inspect(#[from] InspectError),
    /// The invite cannot be used any more.
    #[error("{}", crate::said::invite(_0))]
    Invite(#[from] InviteError),
    /// The entry cannot be made.
    #[error("{0}")]
    Entry(#[from] RosterSignError),
    /// OPAQUE failed.
    #[error("{0}")]
    Opaque(#[from] PasswordError),
    /// Keys cannot be made.
    #[error("{0}")]
    Crypto(#[from] CryptoError),
    /// Many people join at this moment.
    #[error("{}", say!("error-many-joining"))]
    Crowded,
    /// The keystore cannot be written.
    #[error("{0}")]
    Keystore(String),
}

/// The last step, which was sent and not answered. The keys are kept already.
pub(crate) struct Unfinished {
    finish: RegisterFinish,
    joined: Joined,
}

impl Unfinished {
    /// What it would make: the community, and the device there.
    pub(crate) fn makes(&self) -> (CommunityId, DeviceId) {
        (self.joined.community, self.joined.device)
    }
}

impl std::fmt::Debug for Unfinished {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Unfinished");
        shown
            .field("community", &self.joined.community)
            .finish_non_exhaustive()
    }
}

/// Makes the account. `keep` is called with what must not be lost, before the server makes it true.
///
/// # Errors
/// [`RegisterError`]: why not, and what to do. After a refusal the server has made nothing; after [`RegisterError::NoAnswer`]
/// nobody knows, and what was kept may be the account's only keys.
pub(crate) fn register(
    inspected: &Inspected,
    request: &JoinRequest,
    mut keep: impl FnMut(&Joined, &DeviceKey, &RecoveryKey) -> Result<(), String>,
) -> Result<Joined, RegisterError> {
    let earlier = inspected.unfinished.lock().take();
    if let Some(earlier) = earlier
        && let Some(joined) = finish(inspected, earlier)?
    {
        return Ok(joined);
    }
    Username::parse(&request.username)?;
    if request.password.expose().chars().count() < SHORTEST_PASSWORD {
        return Err(RegisterError::Password);
    }
    if request.by_password && !is_generated_password(request.password.expose()) {
        return Err(RegisterError::NotGenerated);
    }
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng)?;
    let recovery = RecoveryKey::generate(&mut OsRng);
    let (upload, export) = opaque_upload(inspected, request)?;
    let copy = request
        .by_password
        .then(|| export.seal(&recovery, &mut OsRng));
    let copy = copy.transpose()?;
    let mut roster = inspected.roster.clone();
    for tried in 1..=JOIN_TRIES {
        let (entry, joined) = attempt(inspected, roster.as_ref(), &account, &device)?;
        let id = account.account();
        keep(&joined, &device, &recovery).map_err(RegisterError::Keystore)?;
        let account_file = seal_account(&recovery, joined.community, id, &account)?;
        let last_step = Unfinished {
            finish: RegisterFinish {
                token: inspected.link.data.token,
                username: request.username.clone(),
                upload: upload.clone().into(),
                entry,
                recovery: Some(account_file.into()),
                password_copy: copy.clone().map(Into::into),
            },
            joined,
        };
        if let Some(joined) = finish(inspected, last_step)? {
            return Ok(joined);
        }
        std::thread::sleep(pause_after(tried, rand::random()));
        roster = Some(fetch_roster(&inspected.api, &inspected.link)?);
    }
    Err(RegisterError::Crowded)
}

/// Sends the last step. `None`: others changed the member list first, so that the entry must be signed anew.
fn finish(inspected: &Inspected, last_step: Unfinished) -> Result<Option<Joined>, RegisterError> {
    match post_until_answered(inspected, &last_step.finish) {
        Ok(_) => Ok(Some(last_step.joined)),
        Err(error) if error.code() == Some(ErrorCode::RosterMoved) => Ok(None),
        Err(error) if error.code().is_some() => Err(error.into()),
        Err(error) => {
            *inspected.unfinished.lock() = Some(last_step);
            Err(RegisterError::NoAnswer(error))
        }
    }
}

/// Sends the end of the registration until it is answered, some times. The server answers the same bytes as it did the first
/// time, so that an answer which got lost on its way costs nothing but the time.
fn post_until_answered(
    inspected: &Inspected,
    finish: &RegisterFinish,
) -> Result<Registered, NetError> {
    let mut answer = inspected.api.post("/auth/register/finish", finish);
    for pause in PAUSES {
        match &answer {
            Err(NetError::Closed | NetError::Timeout | NetError::Unreachable { .. }) => {}
            _ => break,
        }
        std::thread::sleep(pause);
        answer = inspected.api.post("/auth/register/finish", finish);
    }
    answer
}

fn opaque_upload(
    inspected: &Inspected,
    request: &JoinRequest,
) -> Result<(Vec<u8>, ExportKey), RegisterError> {
    let password = normal_password(request.password.expose());
    let (registration, message) = Registration::start(password.as_bytes(), &mut OsRng)?;
    let start = RegisterStart {
        token: inspected.link.data.token,
        username: request.username.clone(),
        request: message.into(),
    };
    let started: RegisterStarted = inspected.api.post("/auth/register/start", &start)?;
    Ok(registration.finish(&started.response.0, &mut OsRng)?)
}

/// What is to be sent, and what it would make.
fn attempt(
    inspected: &Inspected,
    roster: Option<&Roster>,
    account: &AccountKey,
    device: &DeviceKey,
) -> Result<(RegisterEntry, Joined), RegisterError> {
    match (&inspected.link.data.entrance, roster) {
        (Entrance::Founding, None) => {
            let server_key = inspected.api.identity();
            let founding = entries::found(account, device, server_key, &mut OsRng)?;
            let joined = Joined {
                community: founding.roster.community(),
                account: account.account(),
                device: device.id(),
                roster: founding.roster,
                lobby: Some(founding.lobby),
            };
            Ok((RegisterEntry::Roster(founding.entry.into()), joined))
        }
        (Entrance::Member { .. }, Some(roster)) => {
            let entry = invite::join(&inspected.link, roster, account, device)?;
            let mut after = roster.clone();
            after.append(entry.clone()).map_err(RosterSignError::from)?;
            let joined = Joined {
                community: after.community(),
                account: account.account(),
                device: device.id(),
                roster: after,
                lobby: None,
            };
            Ok((RegisterEntry::Roster(entry.into()), joined))
        }
        (Entrance::Knock { community }, Some(roster)) => {
            let knock = entries::knock(community, account, device);
            let joined = Joined {
                community: *community,
                account: account.account(),
                device: device.id(),
                roster: roster.clone(),
                lobby: None,
            };
            Ok((RegisterEntry::Knock(knock.into()), joined))
        }
        (Entrance::Founding, Some(_)) => Err(InspectError::Founded.into()),
        (_, None) => Err(InspectError::OtherCommunity.into()),
    }
}
