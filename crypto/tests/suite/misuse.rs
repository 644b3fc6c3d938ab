//! What one's own side, or another member, must not be able to do by mistake or on purpose.

use dialtone_crypto::entries::{self, RosterSignError};
use dialtone_crypto::group::{Group, GroupError};
use dialtone_crypto::invite::{self, InviteError};
use dialtone_crypto::{
    AccountKey, DeviceKey, OsRng, SealError, SignalDraft, SignalError, SignalOpener, seal_signal,
};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::roster::{Change, EntryError, Role};
use dialtone_protocol::sealed::{SealedSignal, SignalScope, StreamPosition};
use dialtone_protocol::{StreamId, strict};

use crate::common::{World, terms, text_content};

#[test]
fn what_one_may_not_do_is_refused_before_it_is_sent() {
    let world = World::with(1);
    let member = &world.members[1];
    let roster = world.roster();
    let refused = |result: Result<Vec<u8>, RosterSignError>| match result {
        Err(RosterSignError::Refused(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let close = entries::close_channel(&member.device, roster, world.channel);
    assert_eq!(refused(close), EntryError::NotAllowed);
    let founder = world.members[0].account;
    let remove = entries::remove_member(&member.device, roster, founder, false);
    assert_eq!(refused(remove), EntryError::NotAllowed);
    let promote = entries::change_role(&member.device, roster, member.account, Role::Admin);
    assert_eq!(refused(promote), EntryError::NotAllowed);
    let invite = invite::issue(&member.device, roster, terms(1), &[], &mut OsRng);
    assert!(matches!(invite.err(), Some(InviteError::Refused(_))));
    let stranger = DeviceKey::generate(&mut OsRng).unwrap();
    let close = entries::close_channel(&stranger, roster, world.channel);
    assert_eq!(refused(close), EntryError::NotActive);
}

#[test]
fn a_knock_is_admitted_once_and_only_as_signed() {
    let mut world = World::with(1);
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let knock = entries::knock(&world.community(), &account, &device);
    let founder = &world.members[0].device;
    let mut changed = knock.clone();
    changed[10] ^= 1;
    assert!(entries::admit(founder, world.roster(), &changed).is_err());
    let elsewhere = entries::knock(&World::new().community(), &account, &device);
    assert!(entries::admit(founder, world.roster(), &elsewhere).is_err());
    let entry = entries::admit(founder, world.roster(), &knock).unwrap();
    world.append(entry);
    assert!(world.roster().view().account(&account.account()).is_some());
    let again = entries::admit(&world.members[0].device, world.roster(), &knock);
    assert!(matches!(
        again,
        Err(RosterSignError::Refused(EntryError::Exists(_)))
    ));
}

#[test]
fn a_banned_account_cannot_come_back_by_another_invite() {
    let mut world = World::new();
    let issued = world.issue(5);
    world.append(issued.entry);
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = invite::join(&issued.link, world.roster(), &account, &device).unwrap();
    world.append(entry);
    world.change(Change::MemberRemoved {
        account: account.account(),
        ban: true,
    });
    let issued = world.issue(5);
    world.append(issued.entry);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let again = invite::join(&issued.link, world.roster(), &account, &device);
    let banned = InviteError::Refused(RosterSignError::Refused(EntryError::Banned));
    assert_eq!(again, Err(banned));
}

#[test]
fn a_device_outside_the_log_makes_no_group_and_no_commit() {
    let mut world = World::with(1);
    let stranger = DeviceKey::generate(&mut OsRng).unwrap();
    let account = AccountKey::generate(&mut OsRng).account();
    let made = Group::create(world.lobby(), &stranger, account, world.roster());
    assert_eq!(made.err(), Some(GroupError::NotActive));
    let roster = world.server.roster.clone();
    let commit = world.members[0].group.make_commit(&stranger, &roster);
    assert_eq!(commit.err(), Some(GroupError::Removed));
}

#[test]
fn a_text_that_is_too_long_is_not_sealed() {
    let world = World::with(1);
    let member = &world.members[0];
    let draft = dialtone_crypto::EventDraft {
        community: world.community(),
        client_id: dialtone_protocol::ClientEventId([0; 16]),
        chain: dialtone_crypto::SenderChain::START,
        roster: world.roster().position(),
        seen: StreamPosition::START,
        content: &text_content(&"x".repeat(70_000)),
    };
    let key = member.key(world.channel);
    let sealed = dialtone_crypto::seal_event(&key, &member.device, &draft, &mut OsRng);
    assert!(matches!(sealed.err(), Some(SealError::TooLong { .. })));
}

struct Signals {
    world: World,
    opener: SignalOpener,
}

impl Signals {
    fn new() -> Self {
        let world = World::with(2);
        let own = &world.members[1];
        let mut opener = SignalOpener::new(world.community(), own.device.id());
        opener.add(own.group.signal_secret().unwrap());
        Self { world, opener }
    }

    fn seal(&self, by: usize, counter: u64, to: Option<usize>) -> Vec<u8> {
        let member = &self.world.members[by];
        let draft = SignalDraft {
            community: self.world.community(),
            scope: SignalScope::Typing {
                channel: self.world.channel,
            },
            to: to.map(|to| self.world.members[to].device.id()),
            stream: StreamId([1; 16]),
            counter,
            roster: self.world.roster().position(),
            content: &SignalContent::Typing,
        };
        let secret = member.group.signal_secret().unwrap();
        seal_signal(&secret, &member.device, &draft, &mut OsRng).unwrap()
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
fn signals_of_revoked_devices_and_of_erased_epochs_do_not_open() {
    let mut signals = Signals::new();
    let sealed = signals.seal(2, 1, None);
    let device = signals.world.members[2].device.id();
    signals.world.change(Change::DeviceRevoked { device });
    let refused = signals.open(&sealed);
    assert!(matches!(refused, Err(SignalError::Open(_))), "{refused:?}");
    let sealed = signals.seal(0, 1, None);
    let group = signals.world.lobby();
    signals.opener.expire_before(group, 3);
    let gone = signals.open(&sealed);
    assert_eq!(gone, Err(SignalError::MissingKey { group, epoch: 2 }));
}
