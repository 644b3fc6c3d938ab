//! Signatures: of whom, of what, and over which bytes.

use super::super::{Change, EntryError, Role, SignedEntry, Signer};
use crate::testing::{Person, World, channel, group, sign, sign_body};
use crate::{AccountId, CommunityId, DeviceId, Hash, strict};

#[test]
fn a_founding_is_signed_by_the_account_that_it_names() {
    let (founder, other) = (Person::new(1), Person::new(2));
    let change = World::founding(&founder);
    let found = |signers: &[_], community: &CommunityId| {
        let bytes = sign(community, Hash::ZERO, change.clone(), signers);
        super::super::Roster::found(bytes).map(|_| ())
    };
    let none = CommunityId::NONE;
    assert_eq!(found(&[founder.as_account()], &none), Ok(()));
    let wrong = Err(EntryError::WrongSigners);
    assert_eq!(found(&[other.as_account()], &none), wrong);
    assert_eq!(found(&[founder.as_device()], &none), wrong);
    assert_eq!(found(&[], &none), wrong);
    assert_eq!(
        found(&[founder.as_account(), founder.as_account()], &none),
        wrong
    );
    let forged = (founder.as_account().0, &other.account_key);
    assert!(matches!(
        found(&[forged], &none),
        Err(EntryError::Signature(_))
    ));
    assert!(matches!(
        found(&[founder.as_account()], &CommunityId([1; 32])),
        Err(EntryError::Signature(_))
    ));
}

#[test]
fn one_active_device_signs_and_nobody_besides() {
    let mut world = World::new();
    let founder = world.founder.clone();
    let member = world.newcomer(2, Role::Member);
    let mut with = |signers: &[_]| world.append(channel(1, group(0)), signers);
    let wrong = Err(EntryError::WrongSigners);
    assert_eq!(with(&[]), wrong);
    assert_eq!(with(&[founder.as_device(), member.as_device()]), wrong);
    assert_eq!(with(&[founder.as_account()]), wrong);
    let unknown = (Signer::Device(DeviceId([9; 32])), &founder.device_key);
    assert_eq!(with(&[unknown]), Err(EntryError::NotActive));
    let forged = (founder.as_device().0, &member.device_key);
    assert!(matches!(with(&[forged]), Err(EntryError::Signature(_))));
    let nobody = Signer::Account(AccountId([9; 32]));
    let rotate = Change::AccountKeyRotated {
        account: AccountId([9; 32]),
        new_key: member.public(),
    };
    assert_eq!(
        world.append(rotate, &[(nobody, &member.account_key)]),
        Err(EntryError::Unknown("account"))
    );
}

#[test]
fn a_tampered_body_is_refused() {
    let mut world = World::new();
    let bytes = world.signed(channel(1, group(0)), &[world.founder.as_device()]);
    let (mut signed, _) = SignedEntry::read(&bytes).unwrap();
    let at = signed
        .body
        .windows(16)
        .position(|window| window == [1; 16])
        .unwrap();
    signed.body[at] = 2;
    let tampered = world.roster.append(strict::encode(&signed));
    assert!(
        matches!(tampered, Err(EntryError::Signature(_))),
        "{tampered:?}"
    );
    assert!(world.roster.append(bytes).is_ok());
}

#[test]
fn an_entry_of_another_community_is_refused() {
    let mut world = World::new();
    let previous = world.roster.position().head;
    let signers = [world.founder.as_device()];
    let elsewhere = CommunityId([1; 32]);
    let bytes = sign(&elsewhere, previous, channel(1, group(0)), &signers);
    let foreign = world.roster.append(bytes);
    assert!(matches!(foreign, Err(EntryError::Signature(_))));
}

#[test]
fn a_signed_body_of_another_version_or_kind_is_unknown() {
    let mut world = World::new();
    let signers = [world.founder.as_device()];
    let community = world.roster.community();
    let bytes = world.signed(channel(1, group(0)), &signers);
    let (signed, _) = SignedEntry::read(&bytes).unwrap();
    let mut newer = signed.body.to_vec();
    assert_eq!(newer[..2], [0x83, 1]);
    newer[1] = 2;
    let mut unknown = signed.body.to_vec();
    // [version, previous (2 + 32 bytes), [kind, …
    assert_eq!(unknown[36..38], [0x82, 10]);
    unknown[37] = 23;
    for body in [newer, unknown] {
        let result = world
            .clone()
            .roster
            .append(sign_body(&community, body, &signers));
        assert!(matches!(result, Err(EntryError::Format(_))), "{result:?}");
    }
    assert!(world.roster.append(bytes).is_ok());
}

#[test]
fn bytes_that_are_written_another_way_are_refused() {
    let mut world = World::new();
    let signers = [world.founder.as_device()];
    let community = world.roster.community();
    let bytes = world.signed(channel(1, group(0)), &signers);
    let (signed, _) = SignedEntry::read(&bytes).unwrap();
    // The version as a two-byte integer: the same value, other bytes.
    let mut long = vec![0x83, 0x18, 1];
    long.extend_from_slice(&signed.body[2..]);
    let mut trailing = signed.body.to_vec();
    trailing.push(0);
    for body in [long, trailing] {
        let result = world
            .clone()
            .roster
            .append(sign_body(&community, body, &signers));
        assert!(matches!(result, Err(EntryError::Format(_))), "{result:?}");
    }
    let mut outer = bytes.clone();
    outer.push(0);
    assert!(matches!(
        world.roster.append(outer),
        Err(EntryError::Format(_))
    ));
    let huge = vec![0; super::super::ENTRY_LIMIT + 1];
    assert!(matches!(
        world.roster.append(huge),
        Err(EntryError::Format(strict::StrictError::TooLarge { .. }))
    ));
}
