//! Signals: what is repeated, changed, foreign or of another group is refused.

use std::time::{Duration, Instant};

use dialtone_crypto::group::Group;
use dialtone_crypto::{
    OpenError, OsRng, SignalDraft, SignalError, SignalOpener, entries, seal_signal,
};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::roster::Change;
use dialtone_protocol::sealed::{SealedSignal, SignalScope};
use dialtone_protocol::{CommunityId, GroupId, StreamId, strict};

use crate::common::World;

struct Signals {
    world: World,
    opener: SignalOpener,
}

impl Signals {
    fn new() -> Self {
        let world = World::with(2);
        let own = &world.members[1];
        let mut opener = SignalOpener::new(world.community(), own.device.id());
        opener.add(own.group.signal_secret().unwrap(), Instant::now());
        Self { world, opener }
    }

    fn draft(&self, counter: u64) -> SignalDraft<'static> {
        SignalDraft {
            community: self.world.community(),
            scope: SignalScope::Typing {
                channel: self.world.channel,
            },
            to: None,
            stream: StreamId([1; 16]),
            counter,
            roster: self.world.roster().position(),
            content: &SignalContent::Typing,
        }
    }

    fn seal_draft(&self, by: usize, draft: &SignalDraft<'_>) -> Vec<u8> {
        let member = &self.world.members[by];
        let secret = member.group.signal_secret().unwrap();
        seal_signal(&secret, &member.device, draft, &mut OsRng).unwrap()
    }

    fn seal(&self, by: usize, counter: u64, to: Option<usize>) -> Vec<u8> {
        let draft = SignalDraft {
            to: to.map(|to| self.world.members[to].device.id()),
            ..self.draft(counter)
        };
        self.seal_draft(by, &draft)
    }

    fn open(&mut self, bytes: &[u8]) -> Result<SignalContent, SignalError> {
        let opened = self.opener.open(bytes, &self.world.server.roster)?;
        Ok(opened.content().clone())
    }
}

#[test]
fn signals_open_once_in_order_and_for_whom_they_are() {
    let mut signals = Signals::new();
    let sealed: Vec<_> = (1..=3).map(|n| signals.seal(0, n, None)).collect();
    assert_eq!(signals.open(&sealed[0]), Ok(SignalContent::Typing));
    assert_eq!(signals.open(&sealed[0]), Err(SignalError::Replayed));
    assert_eq!(signals.open(&sealed[2]), Ok(SignalContent::Typing));
    assert_eq!(signals.open(&sealed[1]), Err(SignalError::Replayed));
    let to_other = signals.seal(0, 4, Some(2));
    assert_eq!(signals.open(&to_other), Err(SignalError::Foreign));
    let to_own = signals.seal(0, 5, Some(1));
    assert_eq!(signals.open(&to_own), Ok(SignalContent::Typing));
}

#[test]
fn a_changed_signal_does_not_open_and_does_not_use_its_counter_up() {
    let mut signals = Signals::new();
    let sealed = signals.seal(0, 1, None);
    for index in (0..sealed.len()).step_by(5) {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert!(signals.open(&changed).is_err(), "byte {index}");
    }
    let (mut parts, mut header) = SealedSignal::read(&sealed).unwrap();
    header.counter = 900;
    parts.header = strict::encode(&header).into();
    assert!(signals.open(&strict::encode(&parts)).is_err());
    assert_eq!(signals.open(&sealed), Ok(SignalContent::Typing));
}

#[test]
fn signals_of_revoked_devices_do_not_open() {
    let mut signals = Signals::new();
    let sealed = signals.seal(2, 1, None);
    let device = signals.world.members[2].device.id();
    signals.world.change(Change::DeviceRevoked { device });
    let refused = signals.open(&sealed);
    assert!(matches!(refused, Err(SignalError::Open(_))), "{refused:?}");
}

impl Signals {
    /// The one who opens is in the next epoch from `now` on; the others are not.
    fn next_epoch(&mut self, now: Instant) {
        let roster = self.world.server.roster.clone();
        let own = &mut self.world.members[1];
        own.group.make_commit(&own.device, &roster).unwrap();
        own.group.confirm_commit().unwrap();
        self.opener.add(own.group.signal_secret().unwrap(), now);
    }
}

#[test]
fn an_epochs_secret_is_erased_ten_seconds_after_its_end() {
    let mut signals = Signals::new();
    let sealed: Vec<_> = (1..=4).map(|n| signals.seal(0, n, None)).collect();
    let start = Instant::now();
    // The present epoch's is kept for as long as the epoch is.
    signals.opener.expire(start + Duration::from_hours(1));
    assert_eq!(signals.open(&sealed[0]), Ok(SignalContent::Typing));
    signals.next_epoch(start);
    // Another epoch does not begin the ten seconds anew.
    signals.next_epoch(start + Duration::from_secs(9));
    signals.opener.expire(start + Duration::from_millis(9_999));
    assert_eq!(signals.open(&sealed[1]), Ok(SignalContent::Typing));
    signals.opener.expire(start + Duration::from_secs(10));
    let group = signals.world.lobby();
    let gone = Err(SignalError::MissingKey { group, epoch: 2 });
    assert_eq!(signals.open(&sealed[2]), gone);
    // The present one is still there, until the group is left.
    let own = signals.seal(1, 1, None);
    assert_eq!(signals.open(&own), Ok(SignalContent::Typing));
    let lobby = signals.world.lobby();
    signals.opener.end(lobby, start + Duration::from_secs(20));
    signals.opener.expire(start + Duration::from_secs(30));
    let own = signals.seal(1, 2, None);
    let gone = Err(SignalError::MissingKey { group, epoch: 4 });
    assert_eq!(signals.open(&own), gone);
}

#[test]
fn secrets_of_no_more_than_eight_epochs_are_held() {
    let mut signals = Signals::new();
    let sealed: Vec<_> = (1..=2).map(|n| signals.seal(0, n, None)).collect();
    let now = Instant::now();
    for _ in 0..7 {
        signals.next_epoch(now);
    }
    assert_eq!(signals.open(&sealed[0]), Ok(SignalContent::Typing));
    signals.next_epoch(now);
    let group = signals.world.lobby();
    let gone = Err(SignalError::MissingKey { group, epoch: 2 });
    assert_eq!(signals.open(&sealed[1]), gone);
}

#[test]
fn epochs_of_one_group_do_not_end_those_of_another() {
    let mut signals = Signals::new();
    let start = Instant::now();
    let own = &signals.world.members[1];
    let roster = signals.world.roster();
    let other = GroupId::new([6; 16]);
    let (mut group, _, _) = Group::create(other, &own.device, own.account, roster).unwrap();
    signals.opener.follow(&group, start);
    for _ in 0..9 {
        group.make_commit(&own.device, roster).unwrap();
        group.confirm_commit().unwrap();
        signals.opener.follow(&group, start);
    }
    signals.opener.expire(start + Duration::from_hours(1));
    let sealed = signals.seal(0, 1, None);
    assert_eq!(signals.open(&sealed), Ok(SignalContent::Typing));
    signals.opener.end(other, start);
    signals.opener.expire(start + Duration::from_hours(1));
    let sealed = signals.seal(0, 2, None);
    assert_eq!(signals.open(&sealed), Ok(SignalContent::Typing));
}

#[test]
fn a_signal_of_another_community_is_foreign() {
    let mut signals = Signals::new();
    let draft = SignalDraft {
        community: CommunityId([9; 32]),
        ..signals.draft(1)
    };
    let sealed = signals.seal_draft(0, &draft);
    assert_eq!(signals.open(&sealed), Err(SignalError::Foreign));
}

#[test]
fn a_signal_of_another_group_of_the_same_name_is_a_fork() {
    let mut signals = Signals::new();
    // The server accepts two commits of one epoch, and shows each to one side.
    let roster = signals.world.server.roster.clone();
    for by in [0, 1] {
        let member = &mut signals.world.members[by];
        member.group.make_commit(&member.device, &roster).unwrap();
        member.group.confirm_commit().unwrap();
    }
    let own = signals.world.members[1].group.signal_secret().unwrap();
    signals.opener.add(own, Instant::now());
    let sealed = signals.seal(0, 1, None);
    assert_eq!(
        signals.open(&sealed),
        Err(SignalError::Open(OpenError::Fork))
    );
}

#[test]
fn a_signal_names_its_member_list_and_waits_for_it_or_tells_of_another_one() {
    let mut signals = Signals::new();
    let behind = signals.world.server.roster.clone();
    let issued = signals.world.issue(1);
    signals.world.append(issued.entry);
    let sealed = signals.seal(0, 1, None);
    let position = signals.world.roster().position();
    let needed = SignalError::NeedRoster {
        position,
        signed: true,
    };
    let early = signals.opener.open(&sealed, &behind).err();
    assert_eq!(early, Some(needed));
    let mut forked = behind;
    let channel = signals.world.channel;
    let entry = entries::close_channel(&signals.world.members[0].device, &forked, channel);
    forked.append(entry.unwrap()).unwrap();
    let fork = signals.opener.open(&sealed, &forked).err();
    assert_eq!(fork, Some(SignalError::RosterForked));
    // Neither used its counter up.
    assert_eq!(signals.open(&sealed), Ok(SignalContent::Typing));
}

#[test]
fn the_counters_of_a_devices_streams_are_bounded() {
    let mut signals = Signals::new();
    let stream = |n: u8| StreamId([n; 16]);
    let mut first = None;
    for n in 0..=64 {
        let draft = SignalDraft {
            stream: stream(n),
            ..signals.draft(1)
        };
        let sealed = signals.seal_draft(0, &draft);
        assert!(signals.open(&sealed).is_ok());
        assert_eq!(signals.open(&sealed), Err(SignalError::Replayed), "{n}");
        first.get_or_insert(sealed);
    }
    // The 65th stream took the place of the first one.
    assert!(signals.open(&first.unwrap()).is_ok());
}
