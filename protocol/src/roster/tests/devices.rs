//! Devices and account keys.

use ed25519_dalek::SigningKey;

use super::super::{Change, EntryError, Role};
use crate::PublicKey;
use crate::testing::{Person, World, public, removed};

fn added(person: &Person) -> Change {
    Change::DeviceAdded {
        account: person.account(),
        device: person.keys(),
    }
}

fn revoked(person: &Person) -> Change {
    Change::DeviceRevoked {
        device: person.device(),
    }
}

#[test]
fn a_second_device_acts_for_its_account_until_it_is_revoked() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Admin);
    let second = anna.with_device(40);
    world.by(&anna, added(&second)).unwrap();
    world.invite(&second, 9, 1, Role::Member).unwrap();
    world.by(&anna, revoked(&second)).unwrap();
    assert_eq!(
        world.invite(&second, 8, 1, Role::Member),
        Err(EntryError::NotActive)
    );
    assert_eq!(
        world.by(&anna, revoked(&second)),
        Err(EntryError::Unknown("device"))
    );
    assert_eq!(
        world.by(&anna, added(&second)),
        Err(EntryError::Exists("device"))
    );
}

#[test]
fn the_account_key_adds_and_revokes_without_any_device() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    world.append(revoked(&anna), &[anna.as_account()]).unwrap();
    let next = anna.with_device(40);
    world.append(added(&next), &[anna.as_account()]).unwrap();
    assert_eq!(
        world.roster.view().rank_of(&next.device()),
        Some(Role::Member)
    );
    let other = world.newcomer(3, Role::Member);
    assert_eq!(
        world.append(revoked(&next), &[other.as_account()]),
        Err(EntryError::WrongSigners)
    );
}

#[test]
fn a_device_has_keys_of_its_own_and_of_the_right_length() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let ben = world.newcomer(3, Role::Member);
    let mut keys = anna.with_device(40).keys();
    let mut add = |device| {
        let account = anna.account();
        world.by(&anna, Change::DeviceAdded { account, device })
    };
    keys.signature_key = ben.keys().signature_key;
    assert_eq!(add(keys.clone()), Err(EntryError::Exists("device")));
    let mut keys = anna.with_device(40).keys();
    keys.box_key = ben.keys().box_key;
    assert_eq!(add(keys.clone()), Err(EntryError::Exists("device")));
    keys.box_key = vec![1; 1215].into();
    assert_eq!(add(keys), Err(EntryError::OutOfBounds("box key")));
}

#[test]
fn activity_is_known_at_every_earlier_length() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let joined = world.roster.position().length;
    world.by(&anna, revoked(&anna)).unwrap();
    let view = world.roster.view();
    let active = |length| view.device_at(&anna.device(), length).is_some();
    assert!(!active(joined - 1));
    assert!(active(joined));
    assert!(!active(joined + 1));
    assert!(!active(u64::MAX));
    assert!(!active(0));
}

#[test]
fn removal_ends_the_activity_of_every_device() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let second = anna.with_device(40);
    world.by(&anna, added(&second)).unwrap();
    let before = world.roster.position().length;
    world.by_founder(removed(&anna, false)).unwrap();
    let view = world.roster.view();
    for device in [anna.device(), second.device()] {
        assert!(view.device_at(&device, before).is_some());
        assert!(view.device_at(&device, before + 1).is_none());
    }
}

#[test]
fn a_rotated_key_replaces_the_old_one() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let next = SigningKey::from_bytes(&[70; 32]);
    let rotate = |new_key| Change::AccountKeyRotated {
        account: anna.account(),
        new_key,
    };
    world
        .append(rotate(public(&next)), &[anna.as_account()])
        .unwrap();
    let account = world.roster.view().account(&anna.account()).unwrap();
    assert_eq!((account.key, account.key_changes), (public(&next), 1));
    let old = world.append(rotate(PublicKey([5; 32])), &[anna.as_account()]);
    assert!(matches!(old, Err(EntryError::Signature(_))));
    let name = anna.as_account().0;
    let used = [anna.public(), public(&next), world.founder.public()];
    for key in used {
        assert_eq!(
            world.append(rotate(key), &[(name, &next)]),
            Err(EntryError::Exists("account key"))
        );
    }
    assert_eq!(
        world.append(rotate(PublicKey([5; 32])), &[(name, &next)]),
        Ok(())
    );
}
