//! Sessions: opened by a signature of the device key, kept as the hash of a token, revocable by device.

use dialtone_protocol::http::{
    Challenge, ChallengeRequest, DeviceInfo, DeviceList, SessionOpened, SessionRequest,
};
use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::revision::{OLDEST_REVISION, REVISION, is_too_old};
use dialtone_protocol::roster::Role;
use dialtone_protocol::signing::{self, Purpose};
use dialtone_protocol::{AccountId, CommunityId, DeviceId, PublicKey, strict};
use dialtone_store::{NewSession, StoreError, TokenHash, Transaction, UnixMillis};

use super::error::SignInError;
use crate::clock::wire_ms;
use crate::instances::{self, Question};
use crate::limits::Network;
use crate::random;
use crate::state::AppState;
use crate::token::Shown;
use crate::transaction::{settle, transact};

/// How long a session lasts, in milliseconds: 30 days.
const SESSION_MS: i64 = 30 * 24 * 60 * 60 * 1000;
const LONGEST_PROOF: usize = 512;
/// The most open sessions of a device; beyond them the oldest end. A client has one, and a copy of its profile that somebody goes back to has few.
const MOST_SESSIONS: usize = 16;

/// A nonce that waits for its signature.
pub(super) struct PendingChallenge {
    device: DeviceId,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    /// Hash of the token.
    pub(crate) token: TokenHash,
    /// Which device.
    pub(crate) device: DeviceId,
    /// Whose.
    pub(crate) account: AccountId,
    /// What it may do; `None` while it waits for admission.
    pub(crate) role: Option<Role>,
    /// When it ends.
    pub(crate) expires: UnixMillis,
}

/// Draws a nonce. It is answered for any device, so that nobody learns which exist.
pub(super) fn challenge(state: &AppState, from: Network, request: &ChallengeRequest) -> Challenge {
    let nonce = state.bus.tag.name();
    let waiting = PendingChallenge {
        device: request.device,
    };
    let now = state.clock.now();
    state
        .auth
        .challenges
        .put(Shown::from(nonce), waiting, from, now);
    Challenge { nonce }
}

/// Opens a session.
pub(super) async fn open(
    state: &AppState,
    request: &SessionRequest,
) -> Result<SessionOpened, SignInError> {
    let is_signed = |key: &PublicKey, community: &CommunityId| {
        let (proof, signature) = (&request.proof.0, &request.signature);
        signing::verify(key, Purpose::Session, community, proof, signature).is_ok()
    };
    open_by(state, request, is_signed).await
}

/// The same by another way to check the signature.
async fn open_by(
    state: &AppState,
    request: &SessionRequest,
    mut is_signed: impl FnMut(&PublicKey, &CommunityId) -> bool,
) -> Result<SessionOpened, SignInError> {
    check_revision(request.revision, OLDEST_REVISION)?;
    let now = state.clock.now();
    let device = take_challenge(state, request.nonce.into())
        .await
        .filter(|device| *device == request.device)
        .ok_or(SignInError::Wrong)?;
    check_proof(state, request)?;
    let mut tx = state.store.read().await?;
    let stored = tx.devices().find(&device).await?;
    drop(tx);
    let roster = state.roster.current();
    let in_log = roster.as_ref().and_then(|roster| {
        let known = roster.view().device(&device)?;
        Some(known.keys.signature_key)
    });
    let key = stored.as_ref().map(|stored| stored.device_key).or(in_log);
    let community = roster.map_or(CommunityId::NONE, |roster| roster.community());
    // For a device that nobody has it is as much work, so that the time it takes tells of none.
    let checked = key.unwrap_or_else(|| state.secrets.identity_key());
    if !is_signed(&checked, &community) || key.is_none() {
        return Err(SignInError::Wrong);
    }
    // Said to the device alone: whoever does not hold its key learns nothing of it.
    if stored.is_none_or(|stored| stored.revoked.is_some()) {
        return Err(SignInError::Removed);
    }
    let token = random::hash();
    let session = NewSession {
        token: Shown::from(token).hash(),
        device,
        expires: now.plus(SESSION_MS),
    };
    let ended = transact(&*state.store, |tx| {
        let session = session.clone();
        Box::pin(async move {
            tx.sessions().add(&session, now).await?;
            tx.devices().touch(&session.device, now).await?;
            end_oldest(tx, &session, now).await
        })
    })
    .await?;
    for token in ended {
        state.hub.end_session(&token);
    }
    Ok(SessionOpened {
        token,
        expires_ms: wire_ms(session.expires),
        member: role(state, &device).is_some(),
        revision: REVISION,
    })
}

/// Ends the device's oldest sessions beyond those that it may have beside the `new` one; which.
async fn end_oldest(
    tx: &mut dyn Transaction,
    new: &NewSession,
    now: UnixMillis,
) -> Result<Vec<TokenHash>, StoreError> {
    let sessions = tx.sessions().list(&new.device).await?;
    let open = sessions
        .into_iter()
        .filter(|session| session.is_open(now) && session.token != new.token);
    let others: Vec<_> = open.map(|session| session.token).collect();
    let too_many = (others.len() + 1).saturating_sub(MOST_SESSIONS);
    let ended = others[..too_many].to_vec();
    for token in &ended {
        tx.sessions().revoke(token, now).await?;
    }
    Ok(ended)
}

/// Whose the challenge is, which is used up; it may wait at another instance.
async fn take_challenge(state: &AppState, nonce: Shown) -> Option<DeviceId> {
    if let Some(device) = take_challenge_here(state, nonce) {
        return Some(device);
    }
    let question = Question::Challenge(nonce);
    instances::ask(state, nonce.whose(), &question)
        .await
        .flatten()
}

/// The same of this instance.
pub(crate) fn take_challenge_here(state: &AppState, nonce: Shown) -> Option<DeviceId> {
    let taken = state.auth.challenges.take(nonce, state.clock.now());
    taken.map(|challenge| challenge.device)
}

/// Whether a client of this revision is let in where `oldest` and later are.
fn check_revision(theirs: u32, oldest: u32) -> Result<(), SignInError> {
    if is_too_old(theirs, oldest) {
        return Err(SignInError::TooOld);
    }
    Ok(())
}

fn check_proof(state: &AppState, request: &SessionRequest) -> Result<(), SignInError> {
    let proof: SessionProof = strict::decode(&request.proof.0, LONGEST_PROOF)
        .map_err(|_| SignInError::Malformed("the session's proof"))?;
    if proof.version != 1 || proof.nonce != request.nonce {
        return Err(SignInError::Malformed("the session's proof"));
    }
    let here = proof.server_key == state.secrets.identity_key()
        && state.is_tls_key(proof.tls_key.as_ref());
    if here {
        Ok(())
    } else {
        Err(SignInError::OtherServer)
    }
}

/// What a device may do; `None` while it is not in, or out again.
pub(crate) fn role(state: &AppState, device: &DeviceId) -> Option<Role> {
    state
        .roster
        .current()
        .and_then(|roster| roster.view().rank_of(device))
}

/// The open session of a token.
pub(crate) async fn find_session(
    state: &AppState,
    token: Shown,
) -> Result<Option<Session>, StoreError> {
    session_of(state, token.hash()).await
}

/// The same by the token's hash.
pub(crate) async fn session_of(
    state: &AppState,
    token: TokenHash,
) -> Result<Option<Session>, StoreError> {
    let mut tx = state.store.read().await?;
    let Some(session) = tx.sessions().find(&token).await? else {
        return Ok(None);
    };
    if !session.is_open(state.clock.now()) {
        return Ok(None);
    }
    let device = tx.devices().find(&session.device).await?;
    Ok(device
        .filter(|device| device.revoked.is_none())
        .map(|device| Session {
            token,
            device: device.device,
            account: device.account,
            role: role(state, &device.device),
            expires: session.expires,
        }))
}

/// Ends the session that the request came with, and its socket.
pub(super) async fn close(state: &AppState, session: &Session) -> Result<(), StoreError> {
    let (token, now, own) = (session.token, state.clock.now(), state.clone());
    let work = async move {
        settle(&*own.store, |tx| {
            Box::pin(async move { tx.sessions().revoke(&token, now).await })
        })
        .await
        .result?;
        own.hub.end_session(&token);
        Ok(())
    };
    state.work.complete(work).await
}

/// One's own devices.
pub(super) async fn devices(state: &AppState, session: &Session) -> Result<DeviceList, StoreError> {
    let now = state.clock.now();
    let mut tx = state.store.read().await?;
    let mut devices = Vec::new();
    for device in tx.devices().list(&session.account).await? {
        if device.revoked.is_some() {
            continue;
        }
        let sessions = tx.sessions().list(&device.device).await?;
        let open = sessions.iter().filter(|session| session.is_open(now));
        devices.push(DeviceInfo {
            id: device.device,
            created_ms: wire_ms(device.created),
            last_seen_ms: wire_ms(device.last_seen),
            sessions: u32::try_from(open.count()).unwrap_or(u32::MAX),
        });
    }
    let recovery = tx.recovery().find(&session.account).await?;
    Ok(DeviceList {
        devices,
        password_copy: recovery.is_some_and(|files| files.password_copy.is_some()),
    })
}

/// Whether a device belongs to an account.
pub(super) async fn owns(
    state: &AppState,
    account: &AccountId,
    device: &DeviceId,
) -> Result<bool, StoreError> {
    let mut tx = state.store.read().await?;
    let device = tx.devices().find(device).await?;
    Ok(device.is_some_and(|device| device.account == *account))
}

/// Ends all sessions of a device, and its sockets.
pub(super) async fn end_device_sessions(
    state: &AppState,
    device: DeviceId,
) -> Result<(), StoreError> {
    let (now, own) = (state.clock.now(), state.clone());
    let work = async move {
        settle(&*own.store, |tx| {
            Box::pin(async move { tx.sessions().revoke_device(&device, now).await })
        })
        .await
        .result?;
        own.hub.end_device(device);
        Ok(())
    };
    state.work.complete(work).await
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use dialtone_protocol::Signature;
    use dialtone_store::{AccountState, NewAccount, NewDevice, UsernameHash};

    use super::*;
    use crate::auth::tests::server;

    const ACCOUNT: AccountId = AccountId([1; 32]);
    const KNOWN: DeviceId = DeviceId([2; 32]);

    async fn add_device(state: &AppState) {
        let now = state.clock.now();
        let account = NewAccount {
            username: UsernameHash([3; 32]),
            account: ACCOUNT,
            password_file: Vec::new(),
            state: AccountState::Active,
        };
        let device = NewDevice {
            device: KNOWN,
            account: ACCOUNT,
            device_key: PublicKey([4; 32]),
            box_key: Vec::new(),
        };
        let mut tx = state.store.begin().await.unwrap();
        tx.accounts().create(&account, now).await.unwrap();
        tx.devices().add(&device, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_device_that_nobody_has_is_the_same_work_as_one_that_somebody_has() {
        let server = server().await;
        let state = server.state();
        add_device(state).await;
        let mut work = Vec::new();
        for (device, signed) in [
            (KNOWN, false),
            (DeviceId([5; 32]), false),
            (DeviceId([5; 32]), true),
        ] {
            let from = IpAddr::from([192, 0, 2, 1]).into();
            let nonce = challenge(state, from, &ChallengeRequest { device }).nonce;
            let proof = SessionProof {
                version: 1,
                server_key: state.secrets.identity_key(),
                tls_key: state.tls_key(),
                nonce,
            };
            let request = SessionRequest {
                device,
                nonce,
                proof: strict::encode(&proof).into(),
                signature: Signature([0; 64]),
                revision: REVISION,
            };
            let mut checks = 0;
            let opened = open_by(state, &request, |_, _| {
                checks += 1;
                signed
            });
            let refused = opened.await.err().unwrap().to_string();
            work.push((checks, refused));
        }
        assert_eq!(work[0].0, 1);
        assert_eq!(work[0], work[1]);
        assert_eq!(work[0], work[2], "whoever signed it");
    }

    #[test]
    fn a_client_that_is_too_old_is_refused_with_what_to_do() {
        use dialtone_protocol::http::ErrorCode;

        assert!(check_revision(2, 2).is_ok());
        let refused = check_revision(1, 2).unwrap_err();
        assert!(refused.to_string().contains("update it"));
        let answer = crate::error::ApiError::from(refused);
        assert_eq!(answer.code(), ErrorCode::TooOld);
    }
}
