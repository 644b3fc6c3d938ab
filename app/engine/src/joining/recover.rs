//! Coming back to a bare machine: with the server's address, name, password and recovery key, or with the password alone where its owner wanted that.
//!
//! ```text
//! address -> OPAQUE -> recovery files -> the recovery key, typed or opened by the password, opens them: account key, channel keys, community
//!         -> the member list, checked against the community and what the devices knew -> the server, met by the key that it names
//!         -> a new device, signed by the account key -> keystore -> member list
//! ```
//!
//! Nothing of the account is known before the recovery key has opened it, so the server's key neither: until then a stranger in the
//! server's place learns from OPAQUE what the server itself could, and the files do not open.

use dialtone_crypto::entries::{self, RosterSignError};
use dialtone_crypto::recovery::{
    AccountFile, HistoryKey, RecoveryError, RecoveryKey, open_account, open_history,
};
use dialtone_crypto::{CryptoError, DeviceKey, OsRng};
use dialtone_protocol::http::{DeviceEnrol, ErrorCode, RecoveryFiles, RosterHead};
use dialtone_protocol::roster::{Roster, RosterPosition};
use dialtone_protocol::sealed::GrantedKey;
use dialtone_protocol::{AccountId, Hash, PublicKey};
use dialtone_words::say;

use super::Joined;
use super::inspect::{InspectError, fetch_roster_by};
use super::login::{LoginError, approach, log_in};
use crate::clock;
use crate::command::Secret;
use crate::net::{self, Api, NetError};

/// How often the entry is signed anew when others were faster.
const TRIES: usize = 8;

/// What the user filled in.
#[derive(Debug, Clone)]
pub(crate) struct RecoverRequest {
    /// `host:port`
    pub server: String,
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Secret,
    /// The recovery key's words, as typed; none where the password alone is to open the account.
    pub words: Option<Secret>,
}

/// What must not be lost, before the server makes the device true.
pub(crate) struct Recovered {
    /// `host:port`
    pub server: String,
    /// Its identity key, as the member list names it.
    pub server_key: PublicKey,
    /// Whose.
    pub account: AccountId,
    /// Seals later history files.
    pub history_key: HistoryKey,
    /// Of the history file; 0 without one.
    pub counter: u64,
    /// What the history file held.
    pub keys: Vec<GrantedKey>,
}

/// It did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RecoverError {
    /// Address, name or password.
    #[error("{0}")]
    Login(#[from] LoginError),
    /// It was not wanted, or not any more.
    #[error(
        "{}", say!("error-not-by-password")
    )]
    NotByPassword,
    /// The recovery key, or a file.
    #[error("{0}")]
    Recovery(#[from] RecoveryError),
    /// The server.
    #[error("{0}")]
    Net(#[from] NetError),
    /// The member list.
    #[error("{0}")]
    Inspect(#[from] InspectError),
    /// The member list is not the one that one's devices knew.
    #[error(
        "{}", say!("error-older-list-devices")
    )]
    OtherList,
    /// The account is out.
    #[error("{}", say!("error-cannot-come-back", cause = _0.to_string()))]
    Entry(#[from] RosterSignError),
    /// Keys cannot be made.
    #[error("{0}")]
    Crypto(#[from] CryptoError),
    /// Many people change the member list.
    #[error("{}", say!("error-many-changes"))]
    Crowded,
    /// The keystore cannot be written.
    #[error("{0}")]
    Keystore(String),
}

/// Brings an account back on a new device. `keep` is called with what must not be lost, before the server makes it true.
///
/// # Errors
/// [`RecoverError`]: why not, and what to do.
pub(crate) fn recover(
    request: &RecoverRequest,
    mut keep: impl FnMut(&Recovered, &Joined, &DeviceKey) -> Result<(), String>,
) -> Result<Joined, RecoverError> {
    let words = request.words.as_ref();
    let typed = words.map(|words| RecoveryKey::parse(words.expose()));
    let typed = typed.transpose()?;
    let server = request.server.trim();
    let now_s = clock::now_ms() / 1000;
    let stranger = approach(server)?;
    let (logged_in, export) = log_in(&stranger, &request.username, &request.password)?;
    let stranger = stranger.with_enrolment(logged_in.enrolment);
    let files: RecoveryFiles = stranger.get("/recovery")?;
    let key = match (typed, &files.password_copy) {
        (Some(key), _) => key,
        (None, Some(copy)) => export.open(&copy.0)?,
        (None, None) => return Err(RecoverError::NotByPassword),
    };
    let account = open_account(&key, &files.account.0)?;
    let mut recovered = Recovered {
        server: server.to_owned(),
        server_key: PublicKey([0; 32]),
        account: account.account,
        history_key: key.history_key()?,
        counter: 0,
        keys: Vec::new(),
    };
    let mut known = RosterPosition::START;
    if let Some(history) = &files.history {
        let (community, of) = (&account.community, &account.account);
        let history = open_history(&key, community, of, &history.0)?;
        known = history.roster;
        recovered.counter = history.counter;
        recovered.keys = history.keys;
    }
    let mut roster = whole_roster(&stranger, &account, &known)?;
    recovered.server_key = *roster.view().server_key();
    // From here on it is the server that the member list names, or nobody.
    let api = net::meet(server, &recovered.server_key, Hash(clock::random()), now_s)?;
    let api = api.with_enrolment(logged_in.enrolment);
    let device = DeviceKey::generate(&mut OsRng)?;
    for _ in 0..TRIES {
        let keys = device.public_keys();
        let entry = entries::recover_device(&account.key, account.account, &roster, keys)?;
        let mut after = roster.clone();
        after.append(entry.clone()).map_err(RosterSignError::from)?;
        let joined = Joined {
            community: account.community,
            account: account.account,
            device: device.id(),
            roster: after,
            lobby: None,
        };
        keep(&recovered, &joined, &device).map_err(RecoverError::Keystore)?;
        let enrol = DeviceEnrol {
            entry: entry.into(),
        };
        match api.post::<_, RosterHead>("/devices", &enrol) {
            Ok(_) => return Ok(joined),
            Err(error) if error.code() == Some(ErrorCode::RosterMoved) => {
                roster = whole_roster(&api, &account, &known)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(RecoverError::Crowded)
}

/// The member list of the account's community, with everything that its devices knew.
fn whole_roster(
    api: &Api,
    account: &AccountFile,
    known: &RosterPosition,
) -> Result<Roster, RecoverError> {
    let roster = fetch_roster_by(api, None)?;
    let right = roster.community() == account.community
        && (*known == RosterPosition::START || roster.contains(known) == Some(true));
    if right {
        Ok(roster)
    } else {
        Err(RecoverError::OtherList)
    }
}
