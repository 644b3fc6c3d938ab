//! One account with its first device: registering, signing in, entering the lobby.

use dialtone_crypto::group::{ExternalJoin, Group};
use dialtone_crypto::{AccountKey, DeviceKey, KeyRing, OsRng, Registration};
use dialtone_protocol::http::{
    Bytes, Challenge, ChallengeRequest, CommitAccepted, CommitPublish, GroupCreate, GroupState,
    RegisterEntry, RegisterFinish, RegisterStart, RegisterStarted, Registered, SessionOpened,
    SessionRequest,
};
use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::Roster;
use dialtone_protocol::{CommunityId, GroupId, Hash};
use tokio::task::spawn_blocking;

use crate::error::LoadError;
use crate::net::Api;

/// Nobody else can reach this server, and it is gone at the end.
const PASSWORD: &[u8] = b"a password for a measurement";

/// An account that signed in with its first device.
pub(super) struct Account {
    pub(super) api: Api,
    pub(super) key: AccountKey,
    pub(super) device: DeviceKey,
    pub(super) session: Hash,
}

/// A newcomer whose password is stretched: the last step is left.
pub(super) struct Stretched {
    pub(super) newcomer: Newcomer,
    username: String,
    upload: Vec<u8>,
}

/// An account that does not exist yet.
pub(super) struct Newcomer {
    pub(super) api: Api,
    pub(super) key: AccountKey,
    pub(super) device: DeviceKey,
}

impl Newcomer {
    pub(super) fn new(api: Api) -> Result<Self, LoadError> {
        Ok(Self {
            api,
            key: AccountKey::generate(&mut OsRng),
            device: DeviceKey::generate(&mut OsRng).map_err(LoadError::client)?,
        })
    }

    /// Registers with OPAQUE and opens a session.
    pub(super) async fn register(
        self,
        token: Hash,
        username: String,
        entry: Vec<u8>,
        community: CommunityId,
    ) -> Result<Account, LoadError> {
        let mut stretched = self.stretch(token, username).await?;
        stretched.finish(token, entry).await?;
        stretched.open(community).await
    }

    /// The first half of OPAQUE, and the work on the password.
    pub(super) async fn stretch(
        mut self,
        token: Hash,
        username: String,
    ) -> Result<Stretched, LoadError> {
        let (registration, request) =
            Registration::start(PASSWORD, &mut OsRng).map_err(LoadError::client)?;
        let start = RegisterStart {
            token,
            username: username.clone(),
            request: Bytes(request),
        };
        let started: RegisterStarted = self.api.post("/auth/register/start", &start).await?;
        let upload = spawn_blocking(move || registration.finish(&started.response.0, &mut OsRng));
        let (upload, _) = upload.await?.map_err(LoadError::client)?;
        Ok(Stretched {
            newcomer: self,
            username,
            upload,
        })
    }
}

impl Stretched {
    /// The second half: the account, and its entry in the member list.
    pub(super) async fn finish(&mut self, token: Hash, entry: Vec<u8>) -> Result<(), LoadError> {
        let finish = RegisterFinish {
            token,
            username: self.username.clone(),
            upload: Bytes(self.upload.clone()),
            entry: RegisterEntry::Roster(Bytes(entry)),
            password_copy: None,
            recovery: None,
        };
        let api = &mut self.newcomer.api;
        let _: Registered = api.post("/auth/register/finish", &finish).await?;
        Ok(())
    }

    /// Signs in.
    pub(super) async fn open(self, community: CommunityId) -> Result<Account, LoadError> {
        let Newcomer {
            mut api,
            key,
            device,
        } = self.newcomer;
        let session = open_session(&mut api, &device, &community).await?;
        Ok(Account {
            api,
            key,
            device,
            session,
        })
    }
}

impl Account {
    /// Makes the lobby; the keys of its first epoch.
    pub(super) async fn create_lobby(&mut self, roster: &Roster) -> Result<KeyRing, LoadError> {
        let lobby = roster.view().lobby();
        let (_, public, secret) = Group::create(lobby, &self.device, self.key.account(), roster)
            .map_err(LoadError::client)?;
        let body = GroupCreate {
            group_info: Bytes(public.group_info),
            tree: Bytes(public.tree),
        };
        self.api.put(&format!("/groups/{lobby}"), &body).await?;
        let mut ring = KeyRing::default();
        ring.insert_epoch(secret);
        Ok(ring)
    }

    /// Enters the lobby by an external commit; the epoch that this makes, and its keys.
    pub(super) async fn enter_lobby(
        &mut self,
        lobby: GroupId,
        roster: &Roster,
    ) -> Result<(u64, KeyRing), LoadError> {
        let path = format!("/groups/{lobby}");
        let state: GroupState = self.api.get(&path).await?;
        let join = ExternalJoin::prepare(
            lobby,
            &state.group_info.0,
            &state.tree.0,
            roster,
            &self.device,
            self.key.account(),
            0,
        )
        .map_err(LoadError::client)?;
        let body = CommitPublish {
            epoch: join.epoch(),
            commit: Bytes(join.commit().to_vec()),
            group_info: Bytes(join.group_info().to_vec()),
            welcome: None,
        };
        let path = format!("{path}/commits");
        let accepted: CommitAccepted = self.api.post(&path, &body).await?;
        let (_, secret) = join.accept();
        let mut ring = KeyRing::default();
        ring.insert_epoch(secret);
        Ok((accepted.epoch, ring))
    }
}

/// Opens a session of a device; the token is also what `api` asks with from here on.
pub(super) async fn open_session(
    api: &mut Api,
    device: &DeviceKey,
    community: &CommunityId,
) -> Result<Hash, LoadError> {
    let request = ChallengeRequest {
        device: device.id(),
    };
    let challenge: Challenge = api.post("/auth/challenge", &request).await?;
    let proof = SessionProof {
        version: 1,
        nonce: challenge.nonce,
        server_key: api.endpoint().identity(),
        tls_key: Some(api.endpoint().tls_key()),
    };
    let (proof, signature) = device.sign_session(community, &proof);
    let request = SessionRequest {
        device: device.id(),
        nonce: challenge.nonce,
        proof: Bytes(proof),
        signature,
        revision: REVISION,
    };
    let opened: SessionOpened = api.post("/auth/session", &request).await?;
    if !opened.member {
        return Err(LoadError::client("a device is not in the member list"));
    }
    api.sign_in(opened.token);
    Ok(opened.token)
}
