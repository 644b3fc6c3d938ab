//! Roster entries, invites and packs of a hostile server, and the reason with which they are refused.

use dialtone_crypto::invite::{self, InviteError};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::roster::{Change, EntryError, Roster, SignedEntry};
use dialtone_protocol::strict;

use crate::common::World;

#[test]
fn entries_changed_repeated_reordered_or_foreign_are_refused() {
    let mut world = World::with(1);
    let before = world.server.roster.clone();
    let first = world.issue(1).entry;
    world.append(first.clone());
    let second = world.issue(1).entry;
    let try_on = |roster: &Roster, bytes: &[u8]| roster.clone().append(bytes.to_vec()).err();
    assert_eq!(try_on(&before, &second), Some(EntryError::DoesNotFollow));
    assert_eq!(
        try_on(world.roster(), &first),
        Some(EntryError::DoesNotFollow)
    );
    for index in 0..first.len() {
        let mut bytes = first.clone();
        bytes[index] ^= 1;
        assert!(try_on(&before, &bytes).is_some(), "byte {index}");
    }
    let (mut signed, _) = SignedEntry::read(&first).unwrap();
    signed.signatures[0].signature.0[0] ^= 1;
    let refused = try_on(&before, &strict::encode(&signed));
    assert!(
        matches!(refused, Some(EntryError::Signature(_))),
        "{refused:?}"
    );
    let stranger = World::new().issue(1).entry;
    assert_eq!(try_on(&before, &stranger), Some(EntryError::DoesNotFollow));
}

#[test]
fn an_invite_is_refused_with_the_reason() {
    let mut world = World::with(1);
    let behind = world.server.roster.clone();
    let issued = world.issue(1);
    world.append(issued.entry);
    let link = issued.link;
    let roster = world.server.roster.clone();
    assert_eq!(invite::check(&link, &roster), Ok(()));
    assert_eq!(
        invite::check(&link, &behind),
        Err(InviteError::RosterBehind)
    );
    let mut elsewhere = link.clone();
    elsewhere.data.server_key.0[0] ^= 1;
    assert_eq!(
        invite::check(&elsewhere, &roster),
        Err(InviteError::OtherServer)
    );
    let other = World::with(1);
    assert_eq!(
        invite::check(&link, other.roster()),
        Err(InviteError::OtherCommunity)
    );
    let mut forked = behind;
    let entry = entries::close_channel(&world.members[0].device, &forked, world.channel);
    forked.append(entry.unwrap()).unwrap();
    assert_eq!(
        invite::check(&link, &forked),
        Err(InviteError::RosterForked)
    );
    let mut guessed = link.clone();
    if let dialtone_protocol::link::Entrance::Member { seed, .. } = &mut guessed.data.entrance {
        seed.0[0] ^= 1;
    }
    assert_eq!(invite::check(&guessed, &roster), Err(InviteError::Unknown));
    let join = |world: &mut World| {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let entry = invite::join(&link, world.roster(), &account, &device)?;
        world.append(entry);
        Ok::<(), InviteError>(())
    };
    assert_eq!(join(&mut world), Ok(()));
    assert_eq!(join(&mut world), Err(InviteError::Void), "used up");
}

#[test]
fn a_withdrawn_invite_and_one_whose_issuer_is_gone_are_void() {
    let mut world = World::with(1);
    let issued = world.issue(5);
    world.append(issued.entry);
    world.change(Change::InviteRevoked { id: issued.id });
    assert_eq!(
        invite::check(&issued.link, world.roster()),
        Err(InviteError::Void)
    );
}

#[test]
fn the_pack_opens_by_its_own_link_and_unchanged_alone() {
    let world = World::with(1);
    let keys = world.members[0].ring.all_for(world.lobby(), world.channel);
    assert_eq!(keys.len(), 2);
    let founder = &world.members[0].device;
    let terms = || crate::common::terms(1);
    let issue = || invite::issue(founder, world.roster(), terms(), &keys, &mut OsRng).unwrap();
    let (one, two) = (issue(), issue());
    let pack = one.pack.unwrap();
    assert_eq!(invite::open_pack(&one.link, &pack).unwrap(), keys);
    assert_eq!(invite::open_pack(&two.link, &pack), Err(InviteError::Pack));
    let mut changed = pack;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(
        invite::open_pack(&one.link, &changed),
        Err(InviteError::Pack)
    );
}
