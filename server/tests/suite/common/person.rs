//! Somebody with an account and a device, and the bytes that their client would make.

use dialtone_crypto::group::{ExternalJoin, Group};
use dialtone_crypto::invite::{self, InviteTerms};
use dialtone_crypto::{
    AccountKey, DeviceKey, EventDraft, KeyRing, OsRng, SenderChain, entries, seal_event,
};
use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::frame::{ClientFrame, Cursor, GroupCursor};
use dialtone_protocol::http::{
    Bytes, Challenge, ChallengeRequest, CommitPublish, GroupCreate, GroupState, InvitePublish,
    RegisterEntry, RegisterFinish, RegisterStart, RegisterStarted, Registered, RosterAppend,
    RosterHead, RosterPage, SessionOpened, SessionRequest,
};
use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::link::Link;
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::{HistoryPolicy, Role, Roster};
use dialtone_protocol::sealed::StreamPosition;
use dialtone_protocol::{AccountId, ChannelId, ClientEventId, CommunityId, Hash, PublicKey};

use super::{Answer, Api, TestServer};

pub(crate) const PASSWORD: &[u8] = b"correct horse battery staple";

pub(crate) struct Person {
    pub(crate) api: Api,
    pub(crate) account: AccountKey,
    pub(crate) device: DeviceKey,
    pub(crate) roster: Roster,
    pub(crate) group: Option<Group>,
    pub(crate) ring: KeyRing,
    pub(crate) chain: SenderChain,
    drawn: u32,
}

/// A registration between its halves.
pub(crate) struct Registration {
    pub(crate) finish: RegisterFinish,
}

impl Registration {
    /// The first half; what the server answered, where it refused.
    pub(crate) async fn start(
        api: &Api,
        token: Hash,
        name: &str,
        entry: RegisterEntry,
    ) -> Result<Self, Answer> {
        let (registration, request) =
            dialtone_crypto::Registration::start(PASSWORD, &mut OsRng).unwrap();
        let start = RegisterStart {
            token,
            username: name.into(),
            request: Bytes(request),
        };
        let answer = api.post("/auth/register/start", &start).await;
        if answer.status >= 400 {
            return Err(answer);
        }
        let started: RegisterStarted = answer.read();
        let (upload, _) = registration
            .finish(&started.response.0, &mut OsRng)
            .unwrap();
        Ok(Self {
            finish: RegisterFinish {
                token,
                username: name.into(),
                upload: Bytes(upload),
                entry,
                password_copy: None,
                recovery: None,
            },
        })
    }

    /// With an account file.
    pub(crate) fn with_recovery(mut self, file: Vec<u8>) -> Self {
        self.finish.recovery = Some(Bytes(file));
        self
    }

    /// With a copy of the recovery key that the password opens.
    pub(crate) fn with_password_copy(mut self, copy: Vec<u8>) -> Self {
        self.finish.password_copy = Some(Bytes(copy));
        self
    }

    /// The second half, as often as one likes.
    pub(crate) async fn finish(&self, api: &Api) -> Answer {
        api.post("/auth/register/finish", &self.finish).await
    }
}

/// Registers with OPAQUE; gives what the server answered to the second half.
pub(crate) async fn register(api: &Api, token: Hash, name: &str, entry: RegisterEntry) -> Answer {
    match Registration::start(api, token, name, entry).await {
        Ok(registration) => registration.finish(api).await,
        Err(answer) => answer,
    }
}

/// Opens a session; `community`: as the device knows it.
pub(crate) async fn open_session(
    api: &Api,
    device: &DeviceKey,
    community: &CommunityId,
    link: &Link,
) -> Answer {
    let server_key = link.data.server_key;
    prove(api, device, community, server_key, api.tls_key).await
}

/// Opens a session that is meant for the server with `server_key`, over a connection that ends at `tls_key`.
pub(crate) async fn prove(
    api: &Api,
    device: &DeviceKey,
    community: &CommunityId,
    server_key: PublicKey,
    tls_key: Option<Hash>,
) -> Answer {
    let request = ChallengeRequest {
        device: device.id(),
    };
    let challenge: Challenge = api.post("/auth/challenge", &request).await.read();
    let proof = SessionProof {
        version: 1,
        nonce: challenge.nonce,
        server_key,
        tls_key,
    };
    let (proof, signature) = device.sign_session(community, &proof);
    let request = SessionRequest {
        device: device.id(),
        nonce: challenge.nonce,
        proof: Bytes(proof),
        signature,
        revision: REVISION,
    };
    api.post("/auth/session", &request).await
}

impl Person {
    fn new(api: Api, account: AccountKey, device: DeviceKey, roster: Roster) -> Self {
        Self {
            api,
            account,
            device,
            roster,
            group: None,
            ring: KeyRing::default(),
            chain: SenderChain::START,
            drawn: 0,
        }
    }

    /// Founds a community, opens a session and makes the lobby.
    pub(crate) async fn found(server: &TestServer, name: &str) -> Self {
        let link = server.founding.clone().expect("not founded yet");
        Self::found_by(server.api(), &link, name).await
    }

    /// The same by a founding link.
    pub(crate) async fn found_by(mut api: Api, link: &Link, name: &str) -> Self {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let founding = entries::found(&account, &device, link.data.server_key, &mut OsRng).unwrap();
        let entry = RegisterEntry::Roster(Bytes(founding.entry));
        let registered: Registered = register(&api, link.data.token, name, entry).await.read();
        assert_eq!(registered.device, device.id());
        let community = founding.roster.community();
        let opened: SessionOpened = open_session(&api, &device, &community, link).await.read();
        assert!(opened.member);
        api.token = Some(opened.token);
        let mut person = Self::new(api, account, device, founding.roster);
        let answer = person.create_group().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        person
    }

    /// Makes the lobby.
    pub(crate) async fn create_group(&mut self) -> Answer {
        let lobby = self.roster.view().lobby();
        let (group, public, secret) =
            Group::create(lobby, &self.device, self.account.account(), &self.roster).unwrap();
        let body = GroupCreate {
            group_info: Bytes(public.group_info),
            tree: Bytes(public.tree),
        };
        let answer = self.api.put(&format!("/groups/{lobby}"), &body).await;
        if answer.status == 201 {
            self.ring.insert_epoch(secret);
            self.group = Some(group);
        }
        answer
    }

    /// Publishes an invite for so many uses.
    pub(crate) async fn invite(&mut self, server: &TestServer, uses: u32, expires_s: u64) -> Link {
        self.invite_to(server.address.to_string(), uses, expires_s, None)
            .await
    }

    /// To a server by its address, with keys for whoever uses it if there is a pack.
    pub(crate) async fn invite_to(
        &mut self,
        server: String,
        uses: u32,
        expires_s: u64,
        pack: Option<Bytes>,
    ) -> Link {
        let terms = InviteTerms {
            server,
            uses,
            expires_s,
            role: Role::Member,
            community_name: "Home".into(),
            inviter_name: "Anna".into(),
        };
        self.fetch_roster().await;
        let issued = invite::issue(&self.device, &self.roster, terms, &[], &mut OsRng).unwrap();
        let body = InvitePublish {
            entry: Bytes(issued.entry.clone()),
            token_hash: issued.token_hash,
            pack,
        };
        let _: RosterHead = self.api.post("/invites", &body).await.read();
        self.roster.append(issued.entry).unwrap();
        issued.link
    }

    /// Joins by an invite of `self` and gets into the lobby.
    pub(crate) async fn bring(&mut self, server: &TestServer, name: &str) -> Self {
        self.bring_by(&server.api(), name).await.0
    }

    /// The same by whatever leads to the server; gives the link, too.
    pub(crate) async fn bring_by(&mut self, api: &Api, name: &str) -> (Self, Link) {
        let server = api.address.to_string();
        let link = self.invite_to(server, 1, u64::MAX / 2000, None).await;
        let stranger = Api {
            token: None,
            ..api.clone()
        };
        let mut person = Self::join_by(stranger, &link, name).await;
        person.enter_lobby().await;
        (person, link)
    }

    /// Joins by an invite of `self`, without getting into the lobby.
    pub(crate) async fn bring_outside(&mut self, server: &TestServer, name: &str) -> Self {
        let link = self.invite(server, 1, u64::MAX / 2000).await;
        Self::join(server, &link, name).await
    }

    /// Registers by a member's link and opens a session.
    pub(crate) async fn join(server: &TestServer, link: &Link, name: &str) -> Self {
        Self::join_by(server.api(), link, name).await
    }

    async fn join_by(mut api: Api, link: &Link, name: &str) -> Self {
        let header = format!("X-Invite-Token: {}\r\n", link.data.token);
        let page: RosterPage = api.send("GET", "/roster", &header, &[]).await.read();
        let entries = page.entries.into_iter().map(|entry| entry.0);
        let (mut roster, error) = Roster::replay(entries).unwrap();
        assert_eq!(error, None);
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let entry = invite::join(link, &roster, &account, &device).unwrap();
        let body = RegisterEntry::Roster(Bytes(entry.clone()));
        let _: Registered = register(&api, link.data.token, name, body).await.read();
        roster.append(entry).unwrap();
        let opened: SessionOpened = open_session(&api, &device, &roster.community(), link)
            .await
            .read();
        assert!(opened.member);
        api.token = Some(opened.token);
        Self::new(api, account, device, roster)
    }

    /// Gets into the lobby by an external commit.
    pub(crate) async fn enter_lobby(&mut self) {
        let (join, answer) = self.try_enter_lobby().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let (group, secret) = join.accept();
        self.ring.insert_epoch(secret);
        self.group = Some(group);
    }

    pub(crate) async fn try_enter_lobby(&mut self) -> (ExternalJoin, Answer) {
        self.fetch_roster().await;
        let lobby = self.roster.view().lobby();
        let path = format!("/groups/{lobby}");
        let state: GroupState = self.api.get(&path).await.read();
        let join = ExternalJoin::prepare(
            lobby,
            &state.group_info.0,
            &state.tree.0,
            &self.roster,
            &self.device,
            self.account.account(),
            0,
        )
        .unwrap();
        let body = CommitPublish {
            epoch: join.epoch(),
            commit: Bytes(join.commit().to_vec()),
            group_info: Bytes(join.group_info().to_vec()),
            welcome: None,
        };
        let answer = self.api.post(&format!("{path}/commits"), &body).await;
        (join, answer)
    }

    /// Makes and publishes a commit that rotates the own keys.
    pub(crate) async fn rotate(&mut self) -> Answer {
        let group = self.group.as_mut().unwrap();
        let pending = group.make_commit(&self.device, &self.roster).unwrap();
        let body = CommitPublish {
            epoch: pending.epoch,
            commit: Bytes(pending.commit),
            group_info: Bytes(pending.group_info),
            welcome: None,
        };
        let lobby = self.roster.view().lobby();
        let answer = self
            .api
            .post(&format!("/groups/{lobby}/commits"), &body)
            .await;
        if answer.status == 200 {
            let secret = group.confirm_commit().unwrap();
            self.ring.insert_epoch(secret);
        } else {
            group.discard_commit().unwrap();
        }
        answer
    }

    /// Takes in the commits that the group lacks.
    pub(crate) async fn fetch_commits(&mut self) {
        self.fetch_roster().await;
        let lobby = self.roster.view().lobby();
        let group = self.group.as_mut().unwrap();
        let path = format!("/groups/{lobby}/commits?from={}", group.epoch());
        let page: dialtone_protocol::http::CommitPage = self.api.get(&path).await.read();
        for commit in page.commits {
            let processed = group.process_commit(commit.epoch, &commit.commit.0, &self.roster);
            if let dialtone_crypto::group::Processed::Applied(secret) = processed.unwrap() {
                self.ring.insert_epoch(secret);
            }
        }
    }

    pub(crate) async fn fetch_roster(&mut self) {
        let path = format!("/roster?from={}", self.roster.position().length);
        let page: RosterPage = self.api.get(&path).await.read();
        for entry in page.entries {
            self.roster.append(entry.0).unwrap();
        }
    }

    /// Publishes an entry that follows the own log.
    pub(crate) async fn publish(&mut self, entry: Vec<u8>) -> Answer {
        let body = RosterAppend {
            entry: Bytes(entry.clone()),
        };
        let answer = self.api.post("/roster", &body).await;
        if answer.status == 200 {
            self.roster.append(entry).unwrap();
        }
        answer
    }

    pub(crate) async fn create_channel(&mut self) -> ChannelId {
        let lobby = self.roster.view().lobby();
        let made = entries::create_channel(
            &self.device,
            &self.roster,
            lobby,
            HistoryPolicy::All,
            &mut OsRng,
        );
        let (channel, entry) = made.unwrap();
        let answer = self.publish(entry).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        channel
    }

    pub(crate) fn account_id(&self) -> AccountId {
        self.account.account()
    }

    pub(crate) fn directory(&self) -> ChannelId {
        self.roster.community().directory()
    }

    /// Seals the next text for a channel; the own chain goes on (tests write to one channel a person).
    pub(crate) fn seal(&mut self, channel: ChannelId, text: &str) -> Vec<u8> {
        let (bytes, chain) = self.seal_at(channel, text, self.chain);
        self.chain = chain;
        bytes
    }

    pub(crate) fn seal_at(
        &mut self,
        channel: ChannelId,
        text: &str,
        chain: SenderChain,
    ) -> (Vec<u8>, SenderChain) {
        let group = self.group.as_ref().unwrap();
        let key = self
            .ring
            .sealing_key(group.id(), group.epoch(), channel)
            .expect("the epoch's key");
        self.drawn += 1;
        let mut id = [0; 16];
        id[..4].copy_from_slice(&self.drawn.to_be_bytes());
        id[4..12].copy_from_slice(&chain.sequence.to_be_bytes());
        let content = EventContent {
            time_ms: 0,
            lifetime_s: None,
            body: EventBody::Text {
                text: text.into(),
                reply_to: None,
            },
        };
        let draft = EventDraft {
            community: self.roster.community(),
            client_id: ClientEventId(id),
            chain,
            roster: self.roster.position(),
            seen: StreamPosition::START,
            content: &content,
        };
        let sealed = seal_event(&key, &self.device, &draft, &mut OsRng).unwrap();
        (sealed.bytes, sealed.chain)
    }

    pub(crate) fn send_frame(&mut self, channel: ChannelId, text: &str) -> ClientFrame {
        ClientFrame::Send {
            channel,
            event: self.seal(channel, text).into(),
            mark: None,
            keep_s: None,
        }
    }

    /// A resume from these cursors, with the roster that is here.
    pub(crate) fn resume(&self, channels: &[(ChannelId, u64)]) -> ClientFrame {
        ClientFrame::Resume {
            roster_length: self.roster.position().length,
            channels: channels
                .iter()
                .map(|(channel, after)| Cursor {
                    channel: *channel,
                    after: *after,
                })
                .collect(),
            groups: self
                .group
                .iter()
                .map(|group| GroupCursor {
                    group: group.id(),
                    epoch: group.epoch(),
                })
                .collect(),
        }
    }
}
