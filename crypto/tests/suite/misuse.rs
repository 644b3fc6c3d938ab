//! What one's own side, or another member, must not be able to do by mistake or on purpose.

use dialtone_crypto::entries::{self, RosterSignError};
use dialtone_crypto::group::{Group, GroupError};
use dialtone_crypto::invite::{self, InviteError};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, SealError};
use dialtone_protocol::roster::{Change, EntryError, Role};
use dialtone_protocol::sealed::StreamPosition;

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
