//! A session without a network: Anna founded the community, Mikael's session is what is tested. What the server says is
//! handed to it frame by frame, so a test can be as hostile a server as it likes.

use std::sync::Arc;

use async_trait::async_trait;
use dialtone_crypto::group::{ExternalJoin, Group, PendingCommit};
use dialtone_crypto::keystore::ProfileSecrets;
use dialtone_crypto::rows::RowKey;
use dialtone_crypto::{
    AccountKey, ChannelKey, DeviceKey, EventDraft, KeyRing, OsRng, SenderChain, entries, seal_event,
};
use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::frame::{ClientFrame, Framed, ServerFrame};
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::roster::{HistoryPolicy, Roster, RosterPosition};
use dialtone_protocol::sealed::StreamPosition;
use dialtone_protocol::{ChannelId, ClientEventId, GroupId, Hash, PublicKey};
use parking_lot::Mutex;

use crate::chat::records::{StoredEvent, Verdict, channel_key};
use crate::clock::Clock;
use crate::local::{Table, faults};
use crate::net::{
    Endpoint, Internet, Line, NetError, Request, Shipment, Socket, Transfer, TransferError,
};
use crate::session::groups::GroupPart;
use crate::session::load::{self, LoadError};
use crate::session::run::{Ended, Session};
use crate::session::state::{Job, State};
use crate::session::{Identity, SessionConfig, SessionUpdate};
use crate::settings::{AudioSettings, IceSettings};
use crate::snapshot::Severity;
use crate::voice::{Audio, AudioChoice, CallNetwork};

/// A server that says no to everything.
struct Refusing(ErrorCode);

#[async_trait]
impl Endpoint for Refusing {
    fn tls_key(&self) -> Option<Hash> {
        None
    }

    async fn ask(&self, _session: Option<Hash>, _request: Request) -> Result<Vec<u8>, NetError> {
        Err(NetError::Refused(ErrorBody {
            code: self.0,
            message: "no".into(),
            position: None,
            epoch: None,
        }))
    }

    async fn socket(&self, _session: Option<Hash>) -> Result<Socket, NetError> {
        Err(NetError::Closed)
    }

    async fn carry(
        &self,
        _session: Option<Hash>,
        _shipment: Shipment,
        _transfer: Transfer,
    ) -> Result<(), TransferError> {
        Err(NetError::Closed.into())
    }
}

/// A person with one device.
pub(super) struct Person {
    pub(super) account: AccountKey,
    pub(super) device: Arc<DeviceKey>,
    /// The chain of their events in the channel.
    pub(super) chain: SenderChain,
}

impl Person {
    pub(super) fn new() -> Self {
        Self {
            account: AccountKey::generate(&mut OsRng),
            device: Arc::new(DeviceKey::generate(&mut OsRng).unwrap()),
            chain: SenderChain::START,
        }
    }
}

/// The community as it truly is, and Mikael's session in it.
pub(super) struct Scene {
    folder: tempfile::TempDir,
    row_key: RowKey,
    pub(super) anna: Person,
    pub(super) mikael: Person,
    pub(super) roster: Roster,
    /// Anna's half of the lobby.
    pub(super) group: Group,
    pub(super) keys: KeyRing,
    pub(super) channel: ChannelId,
    pub(super) stream: StreamPosition,
    pub(super) session: Session,
    pub(super) notices: Arc<Mutex<Vec<String>>>,
}

/// How the server shows a commit.
pub(super) fn commit_frame(group: GroupId, made: &PendingCommit) -> ServerFrame {
    ServerFrame::Commit {
        group,
        epoch: made.epoch,
        commit: made.commit.clone().into(),
    }
}

/// Any server identity key.
pub(super) fn server_key() -> PublicKey {
    AccountKey::generate(&mut OsRng).public()
}

/// The log that Anna founds, with Mikael let in and one channel.
fn found(anna: &Person, mikael: &Person) -> (Roster, ChannelId) {
    let mut roster = entries::found(&anna.account, &anna.device, server_key(), &mut OsRng)
        .unwrap()
        .roster;
    let knock = entries::knock(&roster.community(), &mikael.account, &mikael.device);
    let entry = entries::admit(&anna.device, &roster, &knock).unwrap();
    roster.append(entry).unwrap();
    let (channel, entry) = entries::create_channel(
        &anna.device,
        &roster,
        roster.view().lobby(),
        HistoryPolicy::All,
        &mut OsRng,
    )
    .unwrap();
    roster.append(entry).unwrap();
    (roster, channel)
}

impl Scene {
    /// Mikael is in the member list, in the lobby, and has caught up.
    pub(super) fn new() -> Self {
        let mut scene = Self::outside();
        scene.show_roster();
        scene.enter();
        scene.catch_up();
        scene
    }

    /// Mikael's session knows nothing yet.
    pub(super) fn outside() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (anna, mikael) = (Person::new(), Person::new());
        let (roster, channel) = found(&anna, &mikael);
        let lobby = roster.view().lobby();
        let account = anna.account.account();
        let (group, _, secret) = Group::create(lobby, &anna.device, account, &roster).unwrap();
        let mut keys = KeyRing::default();
        keys.insert_epoch(secret);
        let notices = Arc::new(Mutex::new(Vec::new()));
        let path = folder.path().join("community.db");
        let row_key = RowKey::new(&ProfileSecrets::new(&mut OsRng).database_key);
        let session = open(&path, &row_key, &mikael, &roster, &notices).unwrap();
        Self {
            folder,
            row_key,
            anna,
            mikael,
            roster,
            group,
            keys,
            channel,
            stream: StreamPosition::START,
            session,
            notices,
        }
    }

    /// The program is started again; nothing but the database is left.
    pub(super) fn restart(&mut self) {
        self.try_restart().unwrap();
    }

    pub(super) fn try_restart(&mut self) -> Result<(), LoadError> {
        let path = self.folder.path().join("community.db");
        faults::fail_after(&path, None);
        self.session = open(
            &path,
            &self.row_key,
            &self.mikael,
            &self.roster,
            &self.notices,
        )?;
        Ok(())
    }

    /// The disk takes so many transactions more, and works again once the program is started again.
    pub(super) fn fail_disk_after(&self, transactions: u32) {
        let path = self.folder.path().join("community.db");
        faults::fail_after(&path, Some(transactions));
    }

    /// From now on the server is there, and says no to everything.
    pub(super) fn refuse_all(&mut self, code: ErrorCode) {
        self.session.line = Some(Line::new(Arc::new(Refusing(code))));
    }

    /// The group of all devices, as the member list of Mikael's session names it.
    pub(super) fn lobby(&self) -> GroupId {
        self.session.state.lobby_id().unwrap()
    }

    /// Mikael enters the lobby, as the server would let him.
    pub(super) fn enter(&mut self) {
        let id = self.group.id();
        let info = &self.group.public(&self.anna.device).unwrap();
        let join = ExternalJoin::prepare(
            id,
            &info.group_info,
            &info.tree,
            &self.roster,
            &self.mikael.device,
            self.mikael.account.account(),
            0,
        )
        .unwrap();
        let processed = self
            .group
            .process_commit(join.epoch(), join.commit(), &self.roster)
            .unwrap();
        if let dialtone_crypto::group::Processed::Applied(secret) = processed {
            self.keys.insert_epoch(secret);
        }
        let (group, secret) = join.accept();
        self.session.entered(group, secret).unwrap();
    }

    /// The server says who is connected: nobody else.
    pub(super) fn welcome(&mut self) {
        self.frame(ServerFrame::Welcome {
            time_ms: 1,
            online: vec![self.mikael.device.id()],
            calls: Vec::new(),
        })
        .unwrap();
    }

    /// The server says that it has sent everything.
    pub(super) fn catch_up(&mut self) {
        self.welcome();
        self.session.ask_for_missed();
        self.session.state.out.clear();
        self.frame(ServerFrame::CaughtUp).unwrap();
        self.session.state.jobs.clear();
    }

    /// The server says something.
    pub(super) fn frame(&mut self, frame: ServerFrame) -> Result<(), Ended> {
        wait(self.session.frame(Framed { request: 0, frame }))
    }

    /// Anna changes the member list; the entry, not yet shown to Mikael.
    pub(super) fn append(&mut self, entry: Vec<u8>) -> (u64, Vec<u8>) {
        let index = self.roster.position().length;
        self.roster.append(entry.clone()).unwrap();
        (index, entry)
    }

    /// A harmless entry: another channel.
    pub(super) fn another_channel(&mut self) -> (u64, Vec<u8>) {
        let (_, entry) = entries::create_channel(
            &self.anna.device,
            &self.roster,
            self.roster.view().lobby(),
            HistoryPolicy::All,
            &mut OsRng,
        )
        .unwrap();
        self.append(entry)
    }

    /// Anna writes a message with the member list at `roster`.
    pub(super) fn anna_writes(&mut self, text: &str, roster: RosterPosition) -> ServerFrame {
        let body = EventBody::Text {
            text: text.into(),
            reply_to: None,
        };
        let anna = Arc::clone(&self.anna.device);
        let chain = self.anna.chain;
        let id = ClientEventId(crate::clock::random());
        let (frame, chain) = self.event(&anna, chain, id, body, roster);
        self.anna.chain = chain;
        frame
    }

    /// Any event in the channel, as the next of the stream.
    pub(super) fn event(
        &mut self,
        device: &DeviceKey,
        chain: SenderChain,
        client_id: ClientEventId,
        body: EventBody,
        roster: RosterPosition,
    ) -> (ServerFrame, SenderChain) {
        let (group, epoch) = (self.group.id(), self.group.epoch());
        let key = self.keys.sealing_key(group, epoch, self.channel).unwrap();
        self.sealed(&key, device, chain, client_id, body, roster)
    }

    /// A message of Anna's under a key of any epoch.
    pub(super) fn event_under(
        &mut self,
        key: &ChannelKey,
        roster: RosterPosition,
        text: &str,
    ) -> (ServerFrame, SenderChain) {
        let body = EventBody::Text {
            text: text.into(),
            reply_to: None,
        };
        let anna = Arc::clone(&self.anna.device);
        let id = ClientEventId(crate::clock::random());
        self.sealed(key, &anna, self.anna.chain, id, body, roster)
    }

    fn sealed(
        &mut self,
        key: &ChannelKey,
        device: &DeviceKey,
        chain: SenderChain,
        client_id: ClientEventId,
        body: EventBody,
        roster: RosterPosition,
    ) -> (ServerFrame, SenderChain) {
        let content = EventContent {
            time_ms: 1,
            lifetime_s: None,
            body,
        };
        self.sealed_content(key, device, chain, client_id, &content, roster)
    }

    /// Whatever anybody's device may seal, as the next of the stream.
    pub(super) fn sealed_content(
        &mut self,
        key: &ChannelKey,
        device: &DeviceKey,
        chain: SenderChain,
        client_id: ClientEventId,
        content: &EventContent,
        roster: RosterPosition,
    ) -> (ServerFrame, SenderChain) {
        let draft = EventDraft {
            community: self.roster.community(),
            client_id,
            chain,
            roster,
            seen: self.stream,
            content,
        };
        let sealed = seal_event(key, device, &draft, &mut OsRng).unwrap();
        (self.stored(sealed.bytes), sealed.chain)
    }

    /// Mikael wants to say something; how many events go out in the channel.
    pub(super) fn mikael_writes(&mut self, text: &str) -> usize {
        let body = EventBody::Text {
            text: text.into(),
            reply_to: None,
        };
        assert!(self.session.enqueue(self.channel, body).unwrap());
        self.events_sent()
    }

    /// How many events go out in the channel now.
    pub(super) fn events_sent(&mut self) -> usize {
        self.sent().len()
    }

    /// The sealed events that go out in the channel now.
    pub(super) fn sent(&mut self) -> Vec<Vec<u8>> {
        self.sent_at(crate::clock::now_ms())
    }

    /// The sealed events that go out in the channel at a moment, ms since 1970.
    pub(super) fn sent_at(&mut self, now_ms: u64) -> Vec<Vec<u8>> {
        self.session.fill_outbox(now_ms).unwrap();
        let here = self.channel;
        let out = self.session.state.out.drain(..);
        out.filter_map(|(frame, _)| match frame {
            ClientFrame::Send { channel, event, .. } if channel == here => Some(event.to_vec()),
            _ => None,
        })
        .collect()
    }

    /// Sealed bytes, whoever made them, as the next of the stream.
    pub(super) fn stored(&mut self, event: Vec<u8>) -> ServerFrame {
        self.stream = self.stream.advance(&Hash::of(&event));
        ServerFrame::Event {
            channel: self.channel,
            sequence: self.stream.sequence,
            time_ms: 1,
            event: event.into(),
        }
    }

    /// What this device keeps of an event.
    pub(super) fn verdict(&self, sequence: u64) -> Verdict {
        let key = channel_key(&self.channel, sequence);
        let row = self.session.database.get(Table::Event, &key).unwrap();
        let stored: StoredEvent = minicbor::decode(&row.unwrap()).unwrap();
        stored.verdict
    }

    /// Whether something waits to be sent in the channel.
    pub(super) fn waits(&mut self) -> bool {
        let channel = self.channel;
        !self.session.state.channel(channel).outbox.is_empty()
    }

    /// Shows Mikael every entry that he has not seen.
    pub(super) fn show_roster(&mut self) {
        let known = self.session.state.roster.as_ref();
        let from = known.map_or(0, |roster| roster.position().length);
        let entries = self.roster.entries_from(from).to_vec();
        for (index, entry) in (from..).zip(entries) {
            self.session.roster_entry(index, &entry).unwrap();
        }
    }

    /// Anna gets another device, and her first one is revoked: it is in the group, and must be removed.
    pub(super) fn revoke_annas_device(&mut self) {
        let second = DeviceKey::generate(&mut OsRng).unwrap();
        let keys = second.public_keys();
        let added = entries::add_device(&self.anna.device, &self.roster, keys).unwrap();
        self.append(added);
        let first = self.anna.device.id();
        let revoked = entries::revoke_device(&second, &self.roster, first).unwrap();
        self.append(revoked);
        self.show_roster();
    }

    /// Whether something is to be done over HTTP.
    pub(super) fn wants(&self, job: &Job) -> bool {
        self.session.state.jobs.contains(job)
    }

    /// Mikael commits in the lobby, and the server hands the commit out; the epoch that it was made in.
    pub(super) fn mikaels_commit_is_taken(&mut self) -> u64 {
        let state = &mut self.session.state;
        let (roster, device) = (state.roster.clone().unwrap(), state.me.device.clone());
        let lobby = lobby_part(state).group.as_mut().unwrap();
        let pending = lobby.make_commit(&device, &roster).unwrap();
        let frame = commit_frame(lobby.id(), &pending);
        self.frame(frame).unwrap();
        pending.epoch
    }

    /// The warning that stands.
    pub(super) fn alarm(&self) -> Option<&str> {
        self.session.state.alarm.as_deref()
    }
}

/// What a session knows of the lobby.
pub(super) fn lobby_part(state: &mut State) -> &mut GroupPart {
    let lobby = state.lobby_id().unwrap();
    state.group_part(lobby)
}

/// Runs what needs no network to its end.
pub(super) fn wait<T>(future: impl std::future::Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(future)
}

fn open(
    path: &std::path::Path,
    row_key: &RowKey,
    person: &Person,
    roster: &Roster,
    notices: &Arc<Mutex<Vec<String>>>,
) -> Result<Session, LoadError> {
    let mut config = config(path, row_key, person, roster);
    let (state, database, parts) = load::open(&mut config)?;
    let notices = Arc::clone(notices);
    let tell = move |update| -> crate::session::run::Telling {
        if let SessionUpdate::Notice(Severity::Error | Severity::Warning, text) = update {
            notices.lock().push(text);
        }
        Box::pin(async {})
    };
    Ok(Session::new(state, database, parts, Arc::new(tell)))
}

/// What the core would start a session with.
pub(super) fn config(
    path: &std::path::Path,
    row_key: &RowKey,
    person: &Person,
    roster: &Roster,
) -> SessionConfig {
    let identity = Identity {
        community: roster.community(),
        server: "127.0.0.1:1".into(),
        server_key: *roster.view().server_key(),
        account: person.account.account(),
        username: "mikael".into(),
        device: Arc::clone(&person.device),
    };
    SessionConfig {
        identity,
        row_key: row_key.clone(),
        database: path.to_owned(),
        audio: Arc::new(Audio::new(AudioChoice::Null, AudioSettings::default())),
        ice: IceSettings::default(),
        call_network: CallNetwork::of_tests(true),
        network: Arc::new(Internet),
        clock: Clock::system(),
        joined: None,
        open: None,
        at_hand: Arc::default(),
        after: None,
    }
}
