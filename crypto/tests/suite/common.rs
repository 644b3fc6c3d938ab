//! A community in memory: members with real devices and groups, and the server's public copy of the lobby.

use dialtone_crypto::group::{EpochSecret, ExternalJoin, Group, GroupPublic, Processed};
use dialtone_crypto::invite::{self, InviteTerms, IssuedInvite};
use dialtone_crypto::{
    AccountKey, ChannelKey, Checked, DeviceKey, EventDraft, KeyRing, OsRng, Outcome, SealedOut,
    SenderChain, StreamChecker, VerifiedEvent, entries, open_event, seal_event,
};
use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::roster::{Change, HistoryPolicy, Role, Roster};
use dialtone_protocol::sealed::StreamPosition;
use dialtone_protocol::{
    AccountId, ChannelId, ClientEventId, CommunityId, GroupId, Hash, PublicKey,
};
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _};
use openmls::prelude::{
    MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _, ProcessedMessageContent, ProposalStore,
    PublicGroup, RatchetTreeIn,
};

/// Somebody with one device.
pub(crate) struct Member {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceKey,
    pub(crate) group: Group,
    pub(crate) ring: KeyRing,
}

impl Member {
    pub(crate) fn new(
        account: AccountId,
        device: DeviceKey,
        group: Group,
        secret: EpochSecret,
    ) -> Self {
        let mut ring = KeyRing::default();
        ring.insert_epoch(secret);
        Self {
            account,
            device,
            group,
            ring,
        }
    }

    /// Takes a commit in from the server.
    pub(crate) fn follow(&mut self, epoch: u64, commit: &[u8], roster: &Roster) {
        let applied = self.group.process_commit(epoch, commit, roster).unwrap();
        match applied {
            Processed::Applied(secret) | Processed::OwnConfirmed(secret) => {
                self.ring.insert_epoch(secret);
            }
            Processed::AlreadyHere => {}
        }
    }

    pub(crate) fn key(&self, channel: ChannelId) -> ChannelKey {
        let (group, epoch) = (self.group.id(), self.group.epoch());
        self.ring.sealing_key(group, epoch, channel).unwrap()
    }
}

/// What the server has: the log, and the lobby's public group.
pub(crate) struct Server {
    pub(crate) roster: Roster,
    pub(crate) public: PublicGroup,
    pub(crate) group_info: Vec<u8>,
    provider: openmls_libcrux_crypto::Provider,
}

impl Server {
    pub(crate) fn new(roster: Roster, created: &GroupPublic) -> Self {
        let provider = openmls_libcrux_crypto::Provider::default();
        let message = MlsMessageIn::tls_deserialize_exact(&created.group_info).unwrap();
        let MlsMessageBodyIn::GroupInfo(info) = message.extract() else {
            panic!("not a group info");
        };
        let tree = RatchetTreeIn::tls_deserialize_exact(&created.tree).unwrap();
        let crypto = provider.crypto();
        let storage = provider.storage();
        let (public, _) =
            PublicGroup::from_external(crypto, storage, tree, info, ProposalStore::new()).unwrap();
        Self {
            roster,
            public,
            group_info: created.group_info.clone(),
            provider,
        }
    }

    /// Takes a commit in, without checking more than MLS does.
    pub(crate) fn accept(&mut self, commit: &[u8], group_info: &[u8]) {
        let message = MlsMessageIn::tls_deserialize_exact(commit).unwrap();
        let message = message.try_into_protocol_message().unwrap();
        let crypto = self.provider.crypto();
        let processed = self.public.process_message(crypto, message).unwrap();
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            panic!("not a commit");
        };
        let storage = self.provider.storage();
        self.public.merge_commit(storage, *staged).unwrap();
        self.group_info = group_info.to_vec();
    }

    pub(crate) fn tree(&self) -> Vec<u8> {
        self.public
            .export_ratchet_tree()
            .tls_serialize_detached()
            .unwrap()
    }
}

/// A community with its founder and one channel.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) members: Vec<Member>,
    pub(crate) channel: ChannelId,
}

impl World {
    pub(crate) fn new() -> Self {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let founding = entries::found(&account, &device, PublicKey([9; 32]), &mut OsRng).unwrap();
        let mut roster = founding.roster;
        let (channel, entry) = entries::create_channel(
            &device,
            &roster,
            founding.lobby,
            HistoryPolicy::All,
            &mut OsRng,
        )
        .unwrap();
        roster.append(entry).unwrap();
        let account = account.account();
        let (group, created, secret) =
            Group::create(founding.lobby, &device, account, &roster).unwrap();
        Self {
            server: Server::new(roster, &created),
            members: vec![Member::new(account, device, group, secret)],
            channel,
        }
    }

    /// A founder and `others` who joined by invite.
    pub(crate) fn with(others: usize) -> Self {
        let mut world = Self::new();
        for _ in 0..others {
            world.join();
        }
        world
    }

    pub(crate) fn roster(&self) -> &Roster {
        &self.server.roster
    }

    pub(crate) fn lobby(&self) -> GroupId {
        self.roster().view().lobby()
    }

    pub(crate) fn community(&self) -> CommunityId {
        self.roster().community()
    }

    pub(crate) fn issue(&self, uses: u32) -> IssuedInvite {
        invite::issue(
            &self.members[0].device,
            self.roster(),
            terms(uses),
            &[],
            &mut OsRng,
        )
        .unwrap()
    }

    pub(crate) fn append(&mut self, entry: Vec<u8>) {
        self.server.roster.append(entry).unwrap();
    }

    /// The founder's device makes a change.
    pub(crate) fn change(&mut self, change: Change) {
        let entry = entries::sign_change(&self.members[0].device, self.roster(), change).unwrap();
        self.append(entry);
    }

    /// Somebody new gets an invite and a roster entry, and is not in the lobby yet.
    pub(crate) fn enlist(&mut self) -> (AccountId, DeviceKey) {
        let issued = self.issue(1);
        self.append(issued.entry);
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let entry = invite::join(&issued.link, self.roster(), &account, &device).unwrap();
        self.append(entry);
        (account.account(), device)
    }

    pub(crate) fn prepare(
        &self,
        account: AccountId,
        device: &DeviceKey,
    ) -> Result<ExternalJoin, dialtone_crypto::group::GroupError> {
        ExternalJoin::prepare(
            self.lobby(),
            &self.server.group_info,
            &self.server.tree(),
            self.roster(),
            device,
            account,
            1,
        )
    }

    /// Somebody new joins, everybody follows. Gives their index.
    pub(crate) fn join(&mut self) -> usize {
        let (account, device) = self.enlist();
        let join = self.prepare(account, &device).unwrap();
        self.server.accept(join.commit(), join.group_info());
        let (epoch, commit) = (join.epoch(), join.commit().to_vec());
        for member in &mut self.members {
            member.follow(epoch, &commit, &self.server.roster);
        }
        let (group, secret) = join.accept();
        self.members
            .push(Member::new(account, device, group, secret));
        self.members.len() - 1
    }

    /// One member commits, the server accepts, everybody (but `without`) follows.
    pub(crate) fn commit(&mut self, by: usize, without: &[usize]) {
        let roster = &self.server.roster;
        let member = &mut self.members[by];
        let made = member.group.make_commit(&member.device, roster).unwrap();
        self.server.accept(&made.commit, &made.group_info);
        for (index, member) in self.members.iter_mut().enumerate() {
            if !without.contains(&index) {
                member.follow(made.epoch, &made.commit, &self.server.roster);
            }
        }
    }

    pub(crate) fn stream(&self) -> Stream {
        Stream {
            checker: StreamChecker::new(self.community(), self.channel),
            hashes: vec![Hash::ZERO],
        }
    }

    /// Seals a text of a member, given the stream that they have seen.
    pub(crate) fn seal(&self, by: usize, stream: &Stream, text: &str) -> SealedOut {
        let chain = stream.checker.sender(&self.members[by].device.id());
        self.seal_as(by, chain, stream.checker.position(), text)
    }

    pub(crate) fn seal_as(
        &self,
        by: usize,
        chain: SenderChain,
        seen: StreamPosition,
        text: &str,
    ) -> SealedOut {
        let member = &self.members[by];
        let draft = EventDraft {
            community: self.community(),
            client_id: ClientEventId([chain.sequence as u8; 16]),
            chain,
            roster: self.roster().position(),
            seen,
            content: &text_content(text),
        };
        seal_event(
            &member.key(self.channel),
            &member.device,
            &draft,
            &mut OsRng,
        )
        .unwrap()
    }
}

/// One reader's view of the channel's stream.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) checker: StreamChecker,
    pub(crate) hashes: Vec<Hash>,
}

impl Stream {
    pub(crate) fn check(
        &self,
        bytes: &[u8],
        roster: &Roster,
    ) -> Result<Checked, dialtone_crypto::StreamError> {
        self.check_at(self.checker.position().sequence + 1, bytes, roster)
    }

    pub(crate) fn check_at(
        &self,
        sequence: u64,
        bytes: &[u8],
        roster: &Roster,
    ) -> Result<Checked, dialtone_crypto::StreamError> {
        self.checker.check(sequence, bytes, roster, |at| {
            self.hashes.get(usize::try_from(at).unwrap()).copied()
        })
    }

    pub(crate) fn record(&mut self, checked: &Checked, outcome: Outcome) {
        let position = self.checker.record(checked, outcome);
        self.hashes.push(position.hash);
    }

    /// Checks, opens and records one event.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        ring: &KeyRing,
        roster: &Roster,
    ) -> Result<VerifiedEvent, dialtone_crypto::OpenError> {
        let checked = self.check(bytes, roster).unwrap();
        let opened = open_event(&checked, ring, roster);
        let outcome = Outcome::of(&opened);
        self.record(&checked, outcome);
        opened
    }
}

pub(crate) fn terms(uses: u32) -> InviteTerms {
    InviteTerms {
        server: "localhost:7440".into(),
        uses,
        expires_s: 2_000_000_000,
        role: Role::Member,
        community_name: "Home".into(),
        inviter_name: "Ada".into(),
    }
}

pub(crate) fn text_content(text: &str) -> EventContent {
    EventContent {
        time_ms: 1_700_000_000_000,
        lifetime_s: None,
        body: EventBody::Text {
            text: text.into(),
            reply_to: None,
        },
    }
}

pub(crate) fn text_of(event: &VerifiedEvent) -> &str {
    match &event.content().body {
        EventBody::Text { text, .. } => text,
        other => panic!("not a text: {other:?}"),
    }
}
