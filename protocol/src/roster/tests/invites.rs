//! Invites: issued, used, used up, revoked, void.

use ed25519_dalek::SigningKey;

use super::super::{Change, EntryError, JoinedBy, Role, SignedEntry, Signer};
use crate::testing::{INVITE_KEY, Person, World, invite_of, joined, removed, role_of};
use crate::{InviteId, PublicKey, Signature, strict};

#[test]
fn an_invite_brings_in_as_many_as_it_says_with_its_role() {
    let mut world = World::new();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 2, Role::Admin).unwrap();
    let (anna, ben) = (Person::new(10), Person::new(11));
    world.join(9, &anna).unwrap();
    world.join(9, &ben).unwrap();
    assert_eq!(world.role(&ben), Role::Admin);
    let account = world.roster.view().account(&anna.account()).unwrap();
    let expected = JoinedBy::Invite {
        invite: InviteId([9; 16]),
        issuer: founder.account(),
    };
    assert_eq!(account.joined_by, expected);
    assert_eq!(world.join(9, &Person::new(12)), Err(EntryError::InviteVoid));
}

#[test]
fn an_invite_is_issued_once_and_for_a_bounded_number() {
    let mut world = World::new();
    let founder = world.founder.clone();
    for uses in [0, 10_001, u32::MAX] {
        assert_eq!(
            world.invite(&founder, 9, uses, Role::Member),
            Err(EntryError::OutOfBounds("number of uses"))
        );
    }
    world.invite(&founder, 9, 10_000, Role::Member).unwrap();
    assert_eq!(
        world.invite(&founder, 9, 1, Role::Member),
        Err(EntryError::Exists("invite"))
    );
}

#[test]
fn a_revoked_or_unknown_invite_brings_in_nobody() {
    let mut world = World::new();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 2, Role::Member).unwrap();
    let revoke = |id: u8| Change::InviteRevoked {
        id: InviteId([id; 16]),
    };
    world.by_founder(revoke(9)).unwrap();
    let anna = Person::new(10);
    assert_eq!(world.join(9, &anna), Err(EntryError::InviteVoid));
    let unknown = Err(EntryError::Unknown("invite"));
    assert_eq!(world.join(8, &anna), unknown);
    assert_eq!(world.by_founder(revoke(8)), unknown);
}

#[test]
fn removing_the_issuer_voids_its_invites() {
    let mut world = World::new();
    let admin = world.newcomer(2, Role::Admin);
    world.invite(&admin, 9, 2, Role::Member).unwrap();
    world.by_founder(removed(&admin, false)).unwrap();
    let anna = Person::new(10);
    assert_eq!(world.join(9, &anna), Err(EntryError::InviteVoid));
    // Not even when the issuer comes back as an admin.
    let founder = world.founder.clone();
    world.invite(&founder, 20, 1, Role::Admin).unwrap();
    world.join(20, &admin.with_device(50)).unwrap();
    assert_eq!(world.join(9, &anna), Err(EntryError::InviteVoid));
}

#[test]
fn removing_a_member_voids_the_invite_that_brought_it() {
    let mut world = World::new();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 5, Role::Member).unwrap();
    world.invite(&founder, 8, 5, Role::Member).unwrap();
    let anna = Person::new(10);
    world.join(9, &anna).unwrap();
    world.by_founder(removed(&anna, false)).unwrap();
    let ben = Person::new(11);
    assert_eq!(world.join(9, &ben), Err(EntryError::InviteVoid));
    assert_eq!(world.join(8, &ben), Ok(()));
}

#[test]
fn a_demoted_issuer_brings_in_nobody() {
    let mut world = World::new();
    let admin = world.newcomer(2, Role::Admin);
    world.invite(&admin, 9, 2, Role::Member).unwrap();
    world.by_founder(role_of(&admin, Role::Member)).unwrap();
    assert_eq!(world.join(9, &Person::new(10)), Err(EntryError::InviteVoid));
    // Nor does a former founder bring in admins.
    let founder = world.founder.clone();
    world.invite(&founder, 8, 2, Role::Admin).unwrap();
    world.by_founder(role_of(&admin, Role::Founder)).unwrap();
    assert_eq!(world.join(8, &Person::new(10)), Err(EntryError::InviteVoid));
}

#[test]
fn joining_takes_the_invites_key_and_the_accounts_key() {
    let mut world = World::new();
    let founder = world.founder.clone();
    world.invite(&founder, 9, 2, Role::Member).unwrap();
    let invite_key = SigningKey::from_bytes(&INVITE_KEY);
    let other = SigningKey::from_bytes(&[3; 32]);
    let (anna, ben) = (Person::new(10), Person::new(11));
    let name = Signer::Invite(InviteId([9; 16]));
    let change = joined(9, &anna);
    let mut try_with = |signers: &[_]| world.append(change.clone(), signers);
    let bad = |result| matches!(result, Err(EntryError::Signature(_)));
    assert!(bad(try_with(&[(name, &other), anna.as_account()])));
    assert!(bad(try_with(&[
        (name, &invite_key),
        (anna.as_account().0, &other)
    ])));
    let wrong = Err(EntryError::WrongSigners);
    assert_eq!(try_with(&[(name, &invite_key), ben.as_account()]), wrong);
    assert_eq!(try_with(&[anna.as_account(), (name, &invite_key)]), wrong);
    assert_eq!(try_with(&[(name, &invite_key)]), wrong);
    assert_eq!(
        try_with(&[(name, &invite_key), anna.as_account(), anna.as_account()]),
        wrong
    );
    assert_eq!(try_with(&[(name, &invite_key), anna.as_account()]), Ok(()));
}

#[test]
fn an_invite_for_nobodys_key_lets_in_nobody() {
    let mut world = World::new();
    let founder = world.founder.clone();
    let mut change = invite_of(&founder, 9, 1, Role::Member);
    if let Change::InviteIssued { key, .. } = &mut change {
        // The neutral element: every signature would verify if verification were not strict.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        *key = PublicKey(neutral);
    }
    world.by_founder(change).unwrap();
    let anna = Person::new(10);
    let name = Signer::Invite(InviteId([9; 16]));
    let invite_key = SigningKey::from_bytes(&INVITE_KEY);
    let signers = [(name, &invite_key), anna.as_account()];
    let entry = world.signed(joined(9, &anna), &signers);
    // The neutral element and zero: the signature that anybody can write.
    let (mut signed, _) = SignedEntry::read(&entry).unwrap();
    signed.signatures[0].signature = Signature([0; 64]);
    signed.signatures[0].signature.0[0] = 1;
    assert!(matches!(
        world.roster.append(strict::encode(&signed)),
        Err(EntryError::Signature(_))
    ));
}
