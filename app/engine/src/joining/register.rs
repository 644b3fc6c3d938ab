//! Making the account: the password by OPAQUE, new keys, and the entry that lets one in.

use dialtone_crypto::entries::{self, RosterSignError};
use dialtone_crypto::invite::{self, InviteError};
use dialtone_crypto::{AccountKey, CryptoError, DeviceKey, OsRng, PasswordError, Registration};
use dialtone_protocol::http::{
    ErrorCode, RegisterEntry, RegisterFinish, RegisterStart, RegisterStarted, Registered,
};
use dialtone_protocol::link::Entrance;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::username::{Username, UsernameError};
use dialtone_protocol::{AccountId, CommunityId, GroupId};

use super::inspect::{InspectError, Inspected, fetch_roster};
use crate::command::Secret;
use crate::net::NetError;

/// The shortest password, in characters.
pub(super) const SHORTEST_PASSWORD: usize = 8;
/// How often the entry is signed anew when others were faster.
const TRIES: usize = 8;

/// What the user filled in.
#[derive(Debug, Clone)]
pub(crate) struct JoinRequest {
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Secret,
}

/// One is in, or waits to be let in.
pub(crate) struct Joined {
    /// The community.
    pub community: CommunityId,
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
    #[error("A password has {SHORTEST_PASSWORD} characters or more.")]
    Password,
    /// The server refused or cannot be reached.
    #[error("{0}")]
    Net(#[from] NetError),
    /// The link or the member list changed under way.
    #[error("{0}")]
    Inspect(#[from] InspectError),
    /// The invite cannot be used any more.
    #[error("{0}")]
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
    #[error("many people are joining at this moment; try again")]
    Crowded,
    /// The keystore cannot be written.
    #[error("{0}")]
    Keystore(String),
}

/// What is to be sent, and what it would make.
struct Attempt {
    entry: RegisterEntry,
    community: CommunityId,
    roster: Roster,
    lobby: Option<GroupId>,
}

/// Makes the account. `keep` is called with what must not be lost, before the server makes it true.
///
/// # Errors
/// [`RegisterError`]: why not, and what to do. The server has made nothing then.
pub(crate) fn register(
    inspected: &Inspected,
    request: &JoinRequest,
    mut keep: impl FnMut(CommunityId, AccountId, &DeviceKey) -> Result<(), String>,
) -> Result<Joined, RegisterError> {
    Username::parse(&request.username)?;
    if request.password.expose().chars().count() < SHORTEST_PASSWORD {
        return Err(RegisterError::Password);
    }
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng)?;
    let upload = opaque_upload(inspected, request)?;
    let mut roster = inspected.roster.clone();
    for _ in 0..TRIES {
        let attempt = attempt(inspected, roster.as_ref(), &account, &device)?;
        keep(attempt.community, account.account(), &device).map_err(RegisterError::Keystore)?;
        let finish = RegisterFinish {
            token: inspected.link.data.token,
            username: request.username.clone(),
            upload: upload.clone().into(),
            entry: attempt.entry,
        };
        match inspected
            .api
            .post::<_, Registered>("/auth/register/finish", &finish)
        {
            Ok(_) => {
                return Ok(Joined {
                    community: attempt.community,
                    roster: attempt.roster,
                    lobby: attempt.lobby,
                });
            }
            Err(error) if error.code() == Some(ErrorCode::RosterMoved) => {
                roster = Some(fetch_roster(&inspected.api, &inspected.link)?);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(RegisterError::Crowded)
}

fn opaque_upload(inspected: &Inspected, request: &JoinRequest) -> Result<Vec<u8>, RegisterError> {
    let password = request.password.expose().as_bytes();
    let (registration, message) = Registration::start(password, &mut OsRng)?;
    let start = RegisterStart {
        token: inspected.link.data.token,
        username: request.username.clone(),
        request: message.into(),
    };
    let started: RegisterStarted = inspected.api.post("/auth/register/start", &start)?;
    Ok(registration.finish(&started.response.0, &mut OsRng)?)
}

fn attempt(
    inspected: &Inspected,
    roster: Option<&Roster>,
    account: &AccountKey,
    device: &DeviceKey,
) -> Result<Attempt, RegisterError> {
    match (&inspected.link.data.entrance, roster) {
        (Entrance::Founding, None) => {
            let server_key = inspected.api.identity();
            let founding = entries::found(account, device, server_key, &mut OsRng)?;
            Ok(Attempt {
                entry: RegisterEntry::Roster(founding.entry.into()),
                community: founding.roster.community(),
                roster: founding.roster,
                lobby: Some(founding.lobby),
            })
        }
        (Entrance::Member { .. }, Some(roster)) => {
            let entry = invite::join(&inspected.link, roster, account, device)?;
            let mut after = roster.clone();
            after.append(entry.clone()).map_err(RosterSignError::from)?;
            Ok(Attempt {
                entry: RegisterEntry::Roster(entry.into()),
                community: after.community(),
                roster: after,
                lobby: None,
            })
        }
        (Entrance::Knock { community }, Some(roster)) => Ok(Attempt {
            entry: RegisterEntry::Knock(entries::knock(community, account, device).into()),
            community: *community,
            roster: roster.clone(),
            lobby: None,
        }),
        (Entrance::Founding, Some(_)) => Err(InspectError::Founded.into()),
        (_, None) => Err(InspectError::OtherCommunity.into()),
    }
}
