//! Coming, going, coming back, and the founder's role.

use ed25519_dalek::SigningKey;

use super::super::{Change, EntryError, JoinedBy, Role};
use crate::testing::{Person, World, public, removed, role_of};

#[test]
fn the_founders_role_is_passed_on_not_shared() {
    let mut world = World::new();
    let first = world.founder.clone();
    let heir = world.newcomer(2, Role::Member);
    world.by_founder(role_of(&heir, Role::Founder)).unwrap();
    assert_eq!(world.role(&heir), Role::Founder);
    assert_eq!(world.role(&first), Role::Admin);
    let again = world.by(&first, role_of(&first, Role::Founder));
    assert_eq!(again, Err(EntryError::NotAllowed));
    // The new founder outranks the old one.
    assert_eq!(world.by(&heir, removed(&first, false)), Ok(()));
}

#[test]
fn the_role_cannot_be_passed_to_somebody_who_is_gone() {
    let mut world = World::new();
    let gone = world.newcomer(2, Role::Member);
    world.by_founder(removed(&gone, false)).unwrap();
    assert_eq!(
        world.by_founder(role_of(&gone, Role::Founder)),
        Err(EntryError::Unknown("account"))
    );
    assert_eq!(
        world.by_founder(removed(&gone, false)),
        Err(EntryError::Unknown("account"))
    );
}

#[test]
fn earlier_roles_are_known_at_earlier_lengths() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let before = world.roster.position().length;
    world.by_founder(role_of(&anna, Role::Admin)).unwrap();
    let account = world.roster.view().account(&anna.account()).unwrap();
    assert_eq!(account.role_at(before), Some(Role::Member));
    assert_eq!(account.role_at(before + 1), Some(Role::Admin));
    assert_eq!(account.role_at(account.joined_at), None);
}

#[test]
fn who_is_removed_has_no_active_device_and_can_sign_nothing() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Admin);
    world.by_founder(removed(&anna, false)).unwrap();
    assert!(!world.is_member(&anna));
    assert_eq!(world.roster.view().rank_of(&anna.device()), None);
    assert_eq!(
        world.invite(&anna, 9, 1, Role::Member),
        Err(EntryError::NotActive)
    );
    let added = Change::DeviceAdded {
        account: anna.account(),
        device: anna.with_device(50).keys(),
    };
    assert_eq!(
        world.append(added, &[anna.as_account()]),
        Err(EntryError::NotActive)
    );
    let rotated = Change::AccountKeyRotated {
        account: anna.account(),
        new_key: public(&SigningKey::from_bytes(&[70; 32])),
    };
    assert_eq!(
        world.append(rotated, &[anna.as_account()]),
        Err(EntryError::NotActive)
    );
}

#[test]
fn who_was_removed_comes_back_by_invite_with_a_new_device_and_no_rank() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Admin);
    world.by_founder(removed(&anna, false)).unwrap();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 5, Role::Member).unwrap();
    assert_eq!(
        world.join(9, &anna),
        Err(EntryError::Exists("device")),
        "the old device stays revoked"
    );
    let back = anna.with_device(50);
    world.join(9, &back).unwrap();
    assert!(world.is_member(&anna));
    assert_eq!(world.role(&anna), Role::Member);
    assert_eq!(world.roster.view().rank_of(&anna.device()), None);
    assert_eq!(
        world.roster.view().rank_of(&back.device()),
        Some(Role::Member)
    );
    assert_eq!(
        world.join(9, &anna.with_device(51)),
        Err(EntryError::Exists("account"))
    );
}

#[test]
fn who_was_banned_does_not_come_back_by_any_of_its_keys() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let mut rotated = anna.with_device(51);
    for seed in [70, 71] {
        let next = SigningKey::from_bytes(&[seed; 32]);
        let change = Change::AccountKeyRotated {
            account: anna.account(),
            new_key: public(&next),
        };
        let signer = (anna.as_account().0, &rotated.account_key.clone());
        world.append(change, &[signer]).unwrap();
        rotated.account_key = next;
    }
    world.by_founder(removed(&anna, true)).unwrap();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 5, Role::Member).unwrap();
    for seed in [2, 70, 71] {
        let mut person = Person::new(52);
        person.account_key = SigningKey::from_bytes(&[seed; 32]);
        assert_eq!(world.join(9, &person), Err(EntryError::Banned), "{seed}");
        let knock = Change::Admitted {
            knock: world.knock(&person).into(),
        };
        assert_eq!(world.by_founder(knock), Err(EntryError::Banned), "{seed}");
    }
    let other = world.newcomer(6, Role::Member);
    let taken = Change::AccountKeyRotated {
        account: other.account(),
        new_key: anna.public(),
    };
    assert_eq!(
        world.append(taken, &[other.as_account()]),
        Err(EntryError::Exists("account key"))
    );
}

#[test]
fn a_former_key_does_not_bring_the_account_back() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let change = Change::AccountKeyRotated {
        account: anna.account(),
        new_key: public(&SigningKey::from_bytes(&[70; 32])),
    };
    world.append(change, &[anna.as_account()]).unwrap();
    world.by_founder(removed(&anna, false)).unwrap();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 5, Role::Member).unwrap();
    assert_eq!(
        world.join(9, &anna.with_device(50)),
        Err(EntryError::Exists("account"))
    );
}

#[test]
fn an_admission_lets_in_whoever_knocked_as_a_member() {
    let mut world = World::new();
    let knocker = Person::new(30);
    let knock = world.knock(&knocker);
    world
        .by_founder(Change::Admitted {
            knock: knock.clone().into(),
        })
        .unwrap();
    let account = world.roster.view().account(&knocker.account()).unwrap();
    let by = world.founder.account();
    assert_eq!(account.joined_by, JoinedBy::Admission { by });
    assert_eq!(account.role(), Role::Member);
    assert_eq!(
        world.by_founder(Change::Admitted {
            knock: knock.into()
        }),
        Err(EntryError::Exists("device"))
    );
}

#[test]
fn a_knock_of_another_community_or_key_is_refused() {
    let mut world = World::new();
    let knocker = Person::new(30);
    let mut knock = world.knock(&knocker);
    let last = knock.len() - 1;
    knock[last] ^= 1;
    let forged = world.by_founder(Change::Admitted {
        knock: knock.into(),
    });
    assert!(matches!(forged, Err(EntryError::Format(_))), "{forged:?}");
}
