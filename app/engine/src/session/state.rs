//! Everything that is known of one community while the client runs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use dialtone_crypto::{DeviceKey, KeyRing, SignalOpener, StreamChecker};
use dialtone_protocol::frame::{CallState, ClientFrame};
use dialtone_protocol::roster::{Account, Change, Roster, VoiceStanding};
use dialtone_protocol::sealed::{EventHeader, WantedKey};
use dialtone_protocol::{
    AccountId, ApprovalId, ChannelId, ClientEventId, CommunityId, DeviceId, GroupId, InviteId,
    KeyId, PublicKey, StreamId,
};

use super::administration::Administration;
use super::ahead::Ahead;
use super::approvals::Approvals;
use super::away::Away;
use super::export::ExportPart;
use super::files::FilesPart;
use super::groups::GroupPart;
use super::held::Held;
use super::keys::KeysAsked;
use super::knocks::Admission;
use super::lines::Looking;
use super::moving::Moving;
use super::pace::News;
use super::private::Plan;
use super::recovery::Recovery;
use crate::chat::directory::Directory;
use crate::chat::records::OutboxItem;
use crate::clock::Clock;
use crate::snapshot::{Connection, Draft, Jumped, Role, TimelineItem};
use crate::voice::CallPart;

/// Who one is in a community; from the keystore.
#[derive(Clone)]
pub(crate) struct Identity {
    /// Which community.
    pub community: CommunityId,
    /// `host:port`
    pub server: String,
    /// The server's identity key, as the link pinned it.
    pub server_key: PublicKey,
    /// One's account.
    pub account: AccountId,
    /// The name that one registered.
    pub username: String,
    /// This device's keys.
    pub device: Arc<DeviceKey>,
}

/// The key that an event waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Awaited {
    /// Its name: what is asked for.
    pub wanted: WantedKey,
    /// Its id, as the event's header says: no other key is of use.
    pub key_id: KeyId,
    /// Length of the member list that the event names.
    pub roster_length: u64,
    /// Its id, if it names this device as its sender.
    pub own: Option<ClientEventId>,
}

impl Awaited {
    /// What the device `me` needs for an event that it cannot open yet.
    pub(super) fn new(wanted: WantedKey, header: &EventHeader, me: &DeviceId) -> Self {
        Self {
            wanted,
            key_id: header.key_id,
            roster_length: header.roster.length,
            own: (header.device == *me).then_some(header.client_id),
        }
    }
}

/// One channel, the directory among them.
pub(super) struct ChannelState {
    /// Judges the order of events.
    pub checker: StreamChecker,
    /// Messages of others that one has not seen.
    pub unread: u32,
    /// Those among them that name oneself.
    pub mentions: u32,
    /// The last sequence that one has seen.
    pub read_to: u64,
    /// The lowest sequence that is loaded into `lines`.
    pub loaded_from: u64,
    /// The highest one; none: the present, and what comes joins it.
    pub loaded_to: Option<u64>,
    /// Where the user wanted to go last.
    pub jumped: Option<Jumped>,
    /// What one had begun to write when the channel was opened.
    pub draft: Option<Arc<Draft>>,
    /// What is loaded, by sequence.
    pub lines: BTreeMap<u64, Arc<TimelineItem>>,
    /// What the client said itself here, after which sequence.
    pub notices: Vec<(u64, Arc<TimelineItem>)>,
    /// Where unread began when the channel was opened.
    pub first_unread: Option<u64>,
    /// What waits to be sent, by order.
    pub outbox: BTreeMap<u64, OutboxItem>,
    /// The order of the event that is on its way.
    pub in_flight: Option<u64>,
    /// Nothing is sealed here before the group has left this epoch: the server said that it is over.
    pub stale_epoch: Option<(GroupId, u64)>,
    /// Since when the server does not take what is sent here, if so.
    pub held: Held,
    /// The channel has a pause between messages, which for one's own ends then: ms since 1970.
    pub paused_until_ms: u64,
    /// Events that wait for a key.
    pub waiting: BTreeMap<u64, Awaited>,
    /// Who is writing, until when (ms since 1970).
    pub typing: BTreeMap<AccountId, u64>,
}

impl ChannelState {
    /// A channel of which nothing is known yet.
    pub(super) fn new(checker: StreamChecker) -> Self {
        Self {
            checker,
            unread: 0,
            mentions: 0,
            read_to: 0,
            loaded_from: u64::MAX,
            loaded_to: None,
            jumped: None,
            draft: None,
            lines: BTreeMap::new(),
            notices: Vec::new(),
            first_unread: None,
            outbox: BTreeMap::new(),
            in_flight: None,
            stale_epoch: None,
            held: Held::new(),
            paused_until_ms: 0,
            waiting: BTreeMap::new(),
            typing: BTreeMap::new(),
        }
    }
}

impl ChannelState {
    /// One's own event of the outbox is part of the stream.
    pub(super) fn has_arrived(&mut self, order: u64) {
        self.outbox.remove(&order);
        self.in_flight = self.in_flight.filter(|flying| *flying != order);
        self.held.taken();
    }

    /// An event that is here and cannot be opened yet says that it is this one: until its key comes nobody knows whether it is.
    pub(super) fn may_have_arrived(&self, item: &OutboxItem) -> bool {
        let mut waiting = self.waiting.values();
        waiting.any(|awaited| awaited.own == Some(item.client_id))
    }

    /// Lines that are vouched for since `before`.
    pub(super) fn confirm_lines(&mut self, before: u64) {
        let now = self.checker.confirmed();
        if now <= before {
            return;
        }
        for (_, line) in self.lines.range_mut(before + 1..=now) {
            Arc::make_mut(line).confirmed = true;
        }
    }
}

/// What came of a channel before its turn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Early {
    /// The greatest sequence of an event.
    sequence: u64,
    /// The epoch that the latest commit makes.
    epoch: u64,
}

/// What an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// An event of the outbox, by channel and order.
    Event(ChannelId, u64),
    /// Joining a call.
    JoinCall(ChannelId),
    /// Being relayed, by the connection with this number of this stay.
    RelayOffer(StreamId, u64),
    /// Which STUN and TURN servers there are.
    AskTurn,
    /// The same, for the asker with this number.
    NameTurn(u64),
}

/// What must be done over HTTP; done one at a time, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// Get into a group; create the lobby.
    EnterGroup(GroupId),
    /// Remove devices that are out from a group, or replace its keys.
    CleanGroup(GroupId),
    /// Find private groups that this device is not in and belongs to.
    FindGroups,
    /// Give the server this device's key package.
    PublishPackage,
    /// Go on with what makes a private group.
    MakePrivate(GroupId),
    /// Change who is in a private group, or what it is.
    ChangePrivate(GroupId),
    /// Append an entry to the roster.
    Append(Append),
    /// Make an invite; answered to the window or the control socket.
    Invite {
        /// Uses.
        uses: u32,
        /// Seconds.
        valid_for_s: u64,
        /// Number of the asker; 0: the window.
        asker: u64,
    },
    /// Fetch who knocked.
    FetchKnocks,
    /// Fetch the entries of the member list that somebody named.
    FetchRoster,
    /// See how far member list and channels reach at the server.
    CompareReach,
    /// Ask when one's own devices were there last.
    FetchDevices,
    /// Ask which version the server runs.
    AskVersion,
    /// Send a newer history file.
    RefreshHistory,
    /// Take the recovery key that the password opens from the server.
    ForbidPassword,
    /// Leave the call: its channel is this account's no more.
    LeaveCall,
    /// Add a device that was approved.
    AddDevice(ApprovalId),
}

/// An entry to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Append {
    /// A channel, named in the directory afterwards.
    CreateChannel {
        /// Its name.
        name: String,
        /// Listed under *Voice*.
        voice: bool,
    },
    /// Close a channel.
    CloseChannel(ChannelId),
    /// Revoke an invite of one's own that has run out.
    RevokeInvite(InviteId),
    /// Start a group again.
    ResetGroup(GroupId),
    /// Let somebody in who knocked.
    Admit(AccountId),
    /// Anything else that this device may sign as it is.
    Change(Change),
}

/// The whole state.
pub(super) struct State {
    /// Time and chance.
    pub clock: Clock,
    /// Who one is.
    pub me: Identity,
    /// The verified member list; none until it was fetched.
    pub roster: Option<Arc<Roster>>,
    /// Set when trust is broken: nothing is sealed or signed any more. Written down: only the user takes it away.
    pub alarm: Option<String>,
    /// A longer member list that somebody named; nothing is sealed before it is here.
    pub ahead: Option<Ahead>,
    /// It was asked for, and the server did not give it.
    pub ahead_asked: bool,
    /// How often it was asked for.
    pub ahead_tries: u32,
    /// Since when the server is known to have less than is here: ms since 1970.
    pub lacking_since_ms: Option<u64>,
    /// When entries that only an unverified message named were asked for: ms since 1970.
    pub roster_asked_ms: u64,
    /// Devices that were named for messages that only they can have made, in this run.
    pub blamed: BTreeSet<DeviceId>,
    /// The lobby and private groups, as far as this device is in them or is to be.
    pub groups: BTreeMap<GroupId, GroupPart>,
    /// Private groups that are being made.
    pub plans: BTreeMap<GroupId, Plan>,
    /// When they were gone on with last: ms since 1970.
    pub plans_tried_ms: u64,
    /// A lobby that one founded and must create.
    pub founds: Option<GroupId>,
    /// Channel keys.
    pub keys: KeyRing,
    /// Opens signalling and typing.
    pub signals: SignalOpener,
    /// Names.
    pub directory: Directory,
    /// Channels, the directory among them.
    pub channels: BTreeMap<ChannelId, ChannelState>,
    /// The channel that is shown.
    pub open: Option<ChannelId>,
    /// What else is looked at.
    pub looking: Looking,
    /// The community's affairs, as far as they are looked at.
    pub administration: Administration,
    /// One's history that is being taken along.
    pub export: ExportPart,
    /// Nothing vanishes before: ms since 1970.
    pub vanishes_ms: u64,
    /// Whom one ignores.
    pub ignored: BTreeSet<AccountId>,
    /// Devices that are connected.
    pub online: BTreeSet<DeviceId>,
    /// Which computers nobody touches.
    pub away: Away,
    /// Calls that run.
    pub calls: BTreeMap<ChannelId, CallState>,
    /// Who waits to be let in, with their signed request.
    pub knocks: BTreeMap<AccountId, Vec<u8>>,
    /// Whether they are let in without a question.
    pub admission: Admission,
    /// When the server saw one's own devices last: ms since 1970.
    pub last_seen: BTreeMap<DeviceId, u64>,
    /// Which version the server says to run, once it was asked.
    pub server_version: Option<String>,
    /// With which account key somebody was verified.
    pub verified: BTreeMap<AccountId, PublicKey>,
    /// With whom safety words are compared now.
    pub comparing: Option<AccountId>,
    /// The link to the server.
    pub connection: Connection,
    /// The server's revision, as it said last; before that, this version's.
    pub server_revision: u32,
    /// Everything missed was sent.
    pub caught_up: bool,
    /// The channels that were named when it was asked for.
    pub asked: BTreeSet<ChannelId>,
    /// Channels that are new since this device asked last, with what came before its turn: the server sends what is live before it is asked for
    /// what was missed.
    pub entering: BTreeMap<ChannelId, Early>,
    /// Frames that wait to go out, with what their answer is for.
    pub out: VecDeque<(ClientFrame, Option<Tag>)>,
    /// Questions that wait for an answer, by number.
    pub requests: BTreeMap<u32, Tag>,
    /// What must be done over HTTP.
    pub jobs: VecDeque<Job>,
    /// The call one is in.
    pub call: Option<CallPart>,
    /// The call that one moves into, or has just moved out of.
    pub moving: Option<Moving>,
    /// How loud one hears people, in percent; who is not here is heard as they are.
    pub volumes: BTreeMap<AccountId, u16>,
    /// Which emojis one used last, the newest first.
    pub emojis: Arc<Vec<String>>,
    /// How one's own voice is heard in calls, as the user was told last.
    pub told_voice: VoiceStanding,
    /// Files that go and come.
    pub files: FilesPart,
    /// What is to be told with the next look.
    pub words: Vec<String>,
    /// What brings the account back on another machine.
    pub recovery: Recovery,
    /// A new device that asks to be added to the account.
    pub approvals: Approvals,
    /// What a founder called the community.
    pub founding_name: Option<String>,
    /// Invites of one's own that have run out and were revoked, or tried to be, in this run.
    pub revoked: BTreeSet<InviteId>,
    /// What keys others were asked for.
    pub keys_asked: KeysAsked,
    /// When one told others last that one writes: ms since 1970.
    pub typed_ms: u64,
    /// This run's signals outside of calls: their stream and how many were sent.
    pub signal_stream: StreamId,
    /// Signals sent of that stream.
    pub signal_counter: u64,
    /// Something changed since the last snapshot.
    pub dirty: bool,
    /// How often what changes all the time did since then: who is there and how well one hears them. It may be shown later.
    pub stirs: u32,
}

impl State {
    /// One's role; a member's while nothing is known.
    pub(super) fn role(&self) -> Role {
        let account = self
            .roster
            .as_ref()
            .and_then(|roster| roster.view().account(&self.me.account));
        account.map_or(Role::Member, role)
    }

    /// What has changed since the last snapshot, if anything.
    pub(super) fn news(&self) -> Option<News> {
        let stir = (self.stirs > 0).then_some(News::Stir);
        self.dirty.then_some(News::Change).or(stir)
    }

    /// Queues a frame that nobody answers.
    pub(super) fn send(&mut self, frame: ClientFrame) {
        self.out.push_back((frame, None));
    }

    /// One channel; made on first use.
    pub(super) fn channel(&mut self, id: ChannelId) -> &mut ChannelState {
        let community = self.me.community;
        let fresh = || ChannelState::new(StreamChecker::new(community, id));
        self.channels.entry(id).or_insert_with(fresh)
    }

    /// Whether the roster lists this device as active.
    pub(super) fn is_member(&self) -> bool {
        let device = self.me.device.id();
        self.roster
            .as_ref()
            .and_then(|roster| roster.view().device(&device))
            .is_some_and(dialtone_protocol::roster::Device::is_active)
    }

    /// The server is there, if not all that was missed: what is wanted now is done once it is here.
    pub(super) fn is_connected(&self) -> bool {
        self.caught_up || self.connection == Connection::CatchingUp
    }

    /// An event came before its turn, in a channel that is new here: it comes again. False: it is a gap.
    pub(super) fn comes_again(&mut self, channel: &ChannelId, sequence: u64) -> bool {
        if !self.caught_up && !self.asked.contains(channel) {
            // The member list came with what was asked for: the channel is asked for next.
            self.entering.entry(*channel).or_default();
        }
        let Some(early) = self.entering.get_mut(channel) else {
            return false;
        };
        early.sequence = sequence.max(early.sequence);
        true
    }

    /// The same of a commit that was made in `epoch`.
    pub(super) fn commit_comes_again(&mut self, group: &GroupId, epoch: u64) -> bool {
        let view = self.roster.as_ref().map(|roster| roster.view());
        let channel = view.and_then(|view| view.private_channel(group));
        let early = channel.and_then(|(channel, _)| self.entering.get_mut(channel));
        let Some(early) = early else {
            return false;
        };
        early.epoch = epoch.saturating_add(1).max(early.epoch);
        true
    }

    /// All that was missed is said to be here: whether what came before its turn is.
    pub(super) fn has_come_again(&mut self) -> bool {
        let entering = std::mem::take(&mut self.entering);
        let mut followed = entering
            .iter()
            .filter(|(channel, _)| self.knows_channel(channel));
        followed.all(|(channel, early)| {
            let part = self.channels.get(channel);
            let sequence = part.map_or(0, |part| part.checker.position().sequence);
            let group = self.group_of(channel);
            let held = group.and_then(|group| self.held(&group));
            // One that was left meanwhile is entered as it is then.
            sequence >= early.sequence && held.is_none_or(|held| held.epoch() >= early.epoch)
        })
    }

    /// Queues a job unless the same one waits already.
    pub(super) fn want(&mut self, job: Job) {
        if !self.jobs.contains(&job) {
            self.jobs.push_back(job);
        }
    }

    /// Channels that are open, without the directory: the lobby's, and those of private groups that this account belongs to.
    pub(super) fn open_channels(&self) -> impl Iterator<Item = ChannelId> + '_ {
        let roster = self.roster.iter();
        let known = roster.flat_map(|roster| roster.view().channels());
        let me = self.me.account;
        let is_mine = move |id: &ChannelId| {
            self.is_open_to_all(id)
                || (self.nature_of(id)).is_some_and(|nature| nature.accounts.contains(&me))
        };
        known
            .filter(move |(id, channel)| !channel.closed && is_mine(id))
            .map(|(id, _)| *id)
    }

    /// The directory, or a channel of the lobby; also one that the member list does not have yet.
    pub(super) fn is_open_to_all(&self, id: &ChannelId) -> bool {
        let group = self.group_of(id);
        group.is_none() || group == self.lobby_id()
    }

    /// The member list has such a channel, or it is the directory. Of a private one this account knows only while it belongs to it.
    pub(super) fn knows_channel(&self, id: &ChannelId) -> bool {
        let roster = self.roster.as_ref();
        let is_listed = roster.is_some_and(|roster| roster.view().channels().contains_key(id));
        *id == self.directory_id()
            || (is_listed && (self.is_open_to_all(id) || self.nature_of(id).is_some()))
    }

    /// The directory's channel.
    pub(super) fn directory_id(&self) -> ChannelId {
        self.me.community.directory()
    }

    /// The account of a device.
    pub(super) fn account_of(&self, device: &DeviceId) -> Option<AccountId> {
        Some(self.roster.as_ref()?.view().device(device)?.account)
    }
}

/// A role as the window shows it.
pub(super) fn role(account: &Account) -> Role {
    use dialtone_protocol::roster::Role as Rank;
    match account.role() {
        Rank::Member => Role::Member,
        Rank::Admin => Role::Admin,
        Rank::Founder => Role::Founder,
    }
}
