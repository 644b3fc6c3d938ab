//! Muted for all, heard before all: what becomes of it as people come, go and change their role.

use super::super::{EntryError, Role, Standings, VoiceStanding};
use crate::testing::{Person, World, removed, role_of, voice_of};

const NO: Result<(), EntryError> = Err(EntryError::NotAllowed);

fn standing(world: &World, person: &Person) -> VoiceStanding {
    world.roster.view().voice_of(&person.device())
}

#[test]
fn everybody_is_heard_until_an_entry_says_otherwise_and_it_holds_for_every_device() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    assert_eq!(standing(&world, &anna), VoiceStanding::Ordinary);
    world
        .by_founder(voice_of(&anna, VoiceStanding::Muted))
        .unwrap();
    assert_eq!(standing(&world, &anna), VoiceStanding::Muted);
    let account = world.roster.view().account(&anna.account()).unwrap();
    assert_eq!(account.voice_by, Some(world.founder.account()));
    let second = anna.with_device(50);
    let added = super::super::Change::DeviceAdded {
        account: anna.account(),
        device: second.keys(),
    };
    world.by(&anna, added).unwrap();
    assert_eq!(standing(&world, &second), VoiceStanding::Muted);
    let founder = world.founder.clone();
    assert_eq!(standing(&world, &founder), VoiceStanding::Ordinary);
}

#[test]
fn an_admin_who_is_muted_does_not_lift_it_and_is_heard_again_when_the_founder_does() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Admin);
    world
        .by_founder(voice_of(&anna, VoiceStanding::Muted))
        .unwrap();
    for standing in [VoiceStanding::Ordinary, VoiceStanding::Priority] {
        assert_eq!(world.by(&anna, voice_of(&anna, standing)), NO);
    }
    assert_eq!(standing(&world, &anna), VoiceStanding::Muted);
    world
        .by_founder(voice_of(&anna, VoiceStanding::Ordinary))
        .unwrap();
    assert_eq!(standing(&world, &anna), VoiceStanding::Ordinary);
}

#[test]
fn who_comes_back_is_as_muted_as_before_and_has_no_priority() {
    for (before, after) in [
        (VoiceStanding::Muted, VoiceStanding::Muted),
        (VoiceStanding::Priority, VoiceStanding::Ordinary),
    ] {
        let mut world = World::new();
        let anna = world.newcomer(2, Role::Member);
        world.by_founder(voice_of(&anna, before)).unwrap();
        world.by(&anna, removed(&anna, false)).unwrap();
        let known = Standings::of(world.roster.view());
        assert_eq!(known, [(anna.device(), before)].into_iter().collect());
        let gone = world.by_founder(voice_of(&anna, VoiceStanding::Ordinary));
        assert_eq!(gone, Err(EntryError::Unknown("account")));
        let founder = world.founder.clone();
        world.invite(&founder, 9, 1, Role::Member).unwrap();
        let back = anna.with_device(50);
        world.join(9, &back).unwrap();
        assert_eq!(standing(&world, &back), after);
    }
}

#[test]
fn who_becomes_the_founder_is_muted_no_more_for_nobody_could_lift_it() {
    let mut world = World::new();
    let heir = world.newcomer(2, Role::Member);
    world
        .by_founder(voice_of(&heir, VoiceStanding::Muted))
        .unwrap();
    world.by_founder(role_of(&heir, Role::Admin)).unwrap();
    assert_eq!(standing(&world, &heir), VoiceStanding::Muted);
    world.by_founder(role_of(&heir, Role::Founder)).unwrap();
    assert_eq!(standing(&world, &heir), VoiceStanding::Ordinary);
}

#[test]
fn what_is_signed_by_another_key_than_it_names_or_by_the_account_key_is_refused() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let founder = world.founder.clone();
    let change = || voice_of(&anna, VoiceStanding::Muted);
    let forged = (founder.as_device().0, anna.as_device().1);
    let forged = world.append(change(), &[forged]);
    assert!(
        matches!(forged, Err(EntryError::Signature(_))),
        "{forged:?}"
    );
    let by_account = world.append(change(), &[founder.as_account()]);
    assert_eq!(by_account, Err(EntryError::WrongSigners));
    assert_eq!(standing(&world, &anna), VoiceStanding::Ordinary);
}
