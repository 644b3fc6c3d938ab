//! Registering: by a founding or a member's invite straight into the roster, by a knock link to wait for admission.

use dialtone_protocol::http::{
    ACCOUNT_FILE_LIMIT, Bytes, PASSWORD_COPY_BYTES, RegisterEntry, RegisterFinish, RegisterStart,
    RegisterStarted, Registered,
};
use dialtone_protocol::opaque::Suite;
use dialtone_protocol::roster::{Change, DeviceKeys, EntryError, SignedEntry, SignedKnock};
use dialtone_protocol::username::Username;
use dialtone_protocol::{AccountId, CommunityId, InviteId, PublicKey};
use dialtone_store::{
    AccountState, ConsumedInvite, CreatedAccount, InviteKind, NewAccount, NewDevice, TokenHash,
    Transaction, UnixMillis, UsernameHash,
};
use opaque_ke::{RegistrationRequest, RegistrationUpload, ServerRegistration};

use super::RegisterError;
use crate::invites::{self, InviteError};
use crate::roster::{self, Company, RosterError};
use crate::state::AppState;
use crate::token::Shown;
use crate::transaction::settle;

/// A new account with its first device and the invite that it comes by.
#[derive(Clone)]
pub(crate) struct Newcomer {
    token: TokenHash,
    kind: InviteKind,
    invite: Option<InviteId>,
    username: UsernameHash,
    password_file: Vec<u8>,
    account: AccountId,
    device: DeviceKeys,
    state: AccountState,
    /// Sealed under the recovery key.
    account_file: Option<Vec<u8>>,
    /// The recovery key itself, sealed under the password.
    password_copy: Option<Vec<u8>>,
}

/// First half: OPAQUE for a name that is free, to the holder of a usable invite.
pub(super) async fn start(
    state: &AppState,
    request: &RegisterStart,
) -> Result<RegisterStarted, RegisterError> {
    invites::find_by_token(state, request.token.into()).await?;
    let username = username(state, &request.username)?;
    let mut tx = state.store.read().await?;
    if tx.accounts().find_by_username(&username).await?.is_some() {
        return Err(RegisterError::NameTaken);
    }
    drop(tx);
    let opaque_request = RegistrationRequest::<Suite>::deserialize(&request.request.0)
        .map_err(|_| malformed("the OPAQUE request"))?;
    let started = ServerRegistration::start(state.secrets.opaque(), opaque_request, &username.0)
        .map_err(|_| malformed("the OPAQUE request"))?;
    Ok(RegisterStarted {
        response: Bytes(started.message.serialize().to_vec()),
    })
}

/// Second half: everything in one step, or nothing. The same again is answered like the first time, so that a client whose
/// answer got lost asks again.
pub(super) async fn finish(
    state: &AppState,
    request: RegisterFinish,
) -> Result<Registered, RosterError> {
    let invite = invites::find(state, request.token.into())
        .await
        .map_err(RegisterError::from)?;
    let username = username(state, &request.username)?;
    let upload = RegistrationUpload::<Suite>::deserialize(&request.upload.0)
        .map_err(|_| malformed("the OPAQUE upload"))?;
    let password_file = ServerRegistration::finish(upload).serialize().to_vec();
    let account_file = request.recovery.map(|Bytes(file)| file);
    if account_file
        .as_ref()
        .is_some_and(|file| file.len() > ACCOUNT_FILE_LIMIT)
    {
        return Err(malformed("the account file").into());
    }
    let password_copy = request.password_copy.map(|Bytes(copy)| copy);
    let is_copy = |copy: &Vec<u8>| copy.len() == PASSWORD_COPY_BYTES;
    if !password_copy.as_ref().is_none_or(is_copy) {
        return Err(malformed("the copy of the recovery key").into());
    }
    let (entrance, bytes) = match request.entry {
        RegisterEntry::Roster(Bytes(bytes)) => (entrance(&bytes)?, bytes),
        RegisterEntry::Knock(Bytes(bytes)) => {
            let community = state.roster.founded()?.community();
            (knock(&bytes, &community)?, bytes)
        }
    };
    let newcomer = Newcomer {
        token: Shown::from(request.token).hash(),
        kind: entrance.kind,
        invite: entrance.invite,
        username,
        password_file,
        account: AccountId::of(&entrance.account_key),
        device: entrance.device,
        state: match entrance.kind {
            InviteKind::Knock => AccountState::Pending,
            InviteKind::Founding | InviteKind::Member => AccountState::Active,
        },
        account_file,
        password_copy,
    };
    if let Some(registered) = registered_before(state, &newcomer, &bytes).await? {
        return Ok(registered);
    }
    invites::check_usable(state, &invite).map_err(RegisterError::from)?;
    if newcomer.kind == InviteKind::Knock {
        let own = state.clone();
        let work = async move { wait_for_admission(&own, newcomer, bytes).await };
        return state.work.complete(work).await;
    }
    let registered = newcomer.registered();
    roster::append(state, bytes, Company::Newcomer(newcomer)).await?;
    Ok(registered)
}

/// Whether exactly this was registered already.
async fn registered_before(
    state: &AppState,
    newcomer: &Newcomer,
    bytes: &Vec<u8>,
) -> Result<Option<Registered>, RosterError> {
    let mut tx = state.store.read().await?;
    let account = tx.accounts().find(&newcomer.account).await?;
    let device = tx.devices().find(&newcomer.device.id()).await?;
    drop(tx);
    let same_account = account.is_some_and(|account| {
        account.username == newcomer.username && account.password_file == newcomer.password_file
    });
    let same_device =
        device.is_some_and(|device| device.account == newcomer.account && device.revoked.is_none());
    if !same_account || !same_device {
        return Ok(None);
    }
    // The entry is what the client's log goes on with, so it must be the one in the log.
    roster::catch_up_if_behind(state).await;
    let same_entry = newcomer.kind == InviteKind::Knock
        || state
            .roster
            .current()
            .is_some_and(|roster| roster.entries_from(0).contains(bytes));
    if same_entry {
        Ok(Some(newcomer.registered()))
    } else {
        Err(RegisterError::Known.into())
    }
}

async fn wait_for_admission(
    state: &AppState,
    newcomer: Newcomer,
    knock: Vec<u8>,
) -> Result<Registered, RosterError> {
    let roster = state.roster.founded()?;
    let known = roster.view().account(&newcomer.account).is_some()
        || roster.view().device(&newcomer.device.id()).is_some();
    if known {
        return Err(RegisterError::Known.into());
    }
    let registered = newcomer.registered();
    let now = state.clock.now();
    let work = (newcomer, knock);
    let settled = settle(&*state.store, |tx| {
        let (newcomer, knock) = work.clone();
        Box::pin(async move {
            take_invite(tx, &newcomer, now).await?;
            add_account(tx, &newcomer, now).await?;
            tx.knocks().put(&newcomer.account, &knock, now).await?;
            Ok::<_, RegisterError>(())
        })
    })
    .await;
    if let Err(error) = settled.result {
        let (newcomer, knock) = &work;
        let there = settled.doubt && registered_before(state, newcomer, knock).await?.is_some();
        if !there {
            return Err(error.into());
        }
    }
    state.hub.publish_knock(registered.account, &work.1);
    Ok(registered)
}

impl Newcomer {
    fn registered(&self) -> Registered {
        Registered {
            account: self.account,
            device: self.device.id(),
        }
    }
}

/// Takes one use of the newcomer's invite, which must be of the right kind.
pub(crate) async fn take_invite(
    tx: &mut dyn Transaction,
    newcomer: &Newcomer,
    now: UnixMillis,
) -> Result<(), RegisterError> {
    let invite = match tx.invites().consume(&newcomer.token, now).await? {
        ConsumedInvite::Taken(invite) => invite,
        ConsumedInvite::Unknown | ConsumedInvite::Revoked => {
            return Err(InviteError::Unknown.into());
        }
        ConsumedInvite::Expired => return Err(InviteError::Expired.into()),
        ConsumedInvite::UsedUp => return Err(InviteError::Used.into()),
    };
    if invite.kind != newcomer.kind || invite.invite != newcomer.invite {
        return Err(InviteError::OtherKind.into());
    }
    Ok(())
}

/// Adds the newcomer's account and device.
pub(crate) async fn add_account(
    tx: &mut dyn Transaction,
    newcomer: &Newcomer,
    now: UnixMillis,
) -> Result<(), RegisterError> {
    let account = NewAccount {
        username: newcomer.username,
        account: newcomer.account,
        password_file: newcomer.password_file.clone(),
        state: newcomer.state,
    };
    match tx.accounts().create(&account, now).await? {
        CreatedAccount::Created => {}
        CreatedAccount::UsernameTaken => return Err(RegisterError::NameTaken),
        CreatedAccount::AccountExists => return Err(RegisterError::Known),
    }
    let device = NewDevice {
        device: newcomer.device.id(),
        account: newcomer.account,
        device_key: newcomer.device.signature_key,
        box_key: newcomer.device.box_key.to_vec(),
    };
    if !tx.devices().add(&device, now).await? {
        return Err(RegisterError::Known);
    }
    if let Some(file) = &newcomer.account_file {
        tx.recovery()
            .put_account(
                &newcomer.account,
                file,
                newcomer.password_copy.as_deref(),
                now,
            )
            .await?;
    }
    Ok(())
}

/// Who comes in, and by which kind of invite.
struct Entrance {
    kind: InviteKind,
    invite: Option<InviteId>,
    account_key: PublicKey,
    device: DeviceKeys,
}

/// By an entry of the roster.
fn entrance(bytes: &[u8]) -> Result<Entrance, RosterError> {
    let (_, entry) = SignedEntry::read(bytes).map_err(EntryError::from)?;
    match entry.change {
        Change::Founded {
            account_key,
            device,
            ..
        } => Ok(Entrance {
            kind: InviteKind::Founding,
            invite: None,
            account_key,
            device,
        }),
        Change::Joined {
            invite,
            account_key,
            device,
        } => Ok(Entrance {
            kind: InviteKind::Member,
            invite: Some(invite),
            account_key,
            device,
        }),
        _ => Err(malformed("an entry that lets nobody in").into()),
    }
}

/// By a knock.
fn knock(bytes: &[u8], community: &CommunityId) -> Result<Entrance, RosterError> {
    let knock = SignedKnock::read(bytes, community).map_err(EntryError::from)?;
    Ok(Entrance {
        kind: InviteKind::Knock,
        invite: None,
        account_key: knock.account_key,
        device: knock.device,
    })
}

fn username(state: &AppState, typed: &str) -> Result<UsernameHash, RegisterError> {
    Ok(state.secrets.username(&Username::parse(typed)?))
}

fn malformed(what: &str) -> RegisterError {
    RegisterError::Malformed(what.to_owned())
}
