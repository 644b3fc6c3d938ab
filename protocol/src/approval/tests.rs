use ed25519_dalek::Signer as _;

use super::*;
use crate::roster::{EntryError, Role};
use crate::signing::signing_input;
use crate::testing::{Person, World, removed};

fn reveal_of(person: &Person) -> ApprovalReveal {
    ApprovalReveal {
        version: APPROVAL_VERSION,
        device: person.keys(),
        random: Hash([9; 32]),
    }
}

fn challenge(world: &World, approver: &Person) -> ApprovalChallenge {
    ApprovalChallenge {
        version: APPROVAL_VERSION,
        nonce: Hash([8; 32]),
        community: world.roster.community(),
        account: approver.account(),
        approver: approver.device(),
        roster: world.roster.position(),
        server_key: *world.roster.view().server_key(),
    }
}

fn added(account: &Person, device: &Person) -> Change {
    Change::DeviceAdded {
        account: account.account(),
        device: device.keys(),
    }
}

#[test]
fn a_reveal_that_was_not_committed_to_is_refused() {
    let anna = Person::new(2);
    let reveal = strict::encode(&reveal_of(&anna));
    let committed = commitment(&reveal);
    assert_eq!(
        ApprovalReveal::read(&reveal, &committed),
        Ok(reveal_of(&anna))
    );
    let mut other = reveal_of(&anna);
    other.random = Hash([7; 32]);
    for other in [
        strict::encode(&other),
        strict::encode(&reveal_of(&Person::new(3))),
        [&reveal[..], &[0]].concat(),
        Vec::new(),
    ] {
        let refused = ApprovalReveal::read(&other, &committed);
        assert_eq!(refused, Err(ApprovalError::Commitment));
    }
    // A commitment is no transcript, nor the plain hash.
    assert_ne!(committed, Hash::of(&reveal));
}

#[test]
fn what_is_committed_to_must_be_a_reveal_of_this_version() {
    let read = |reveal: &ApprovalReveal| {
        let bytes = strict::encode(reveal);
        ApprovalReveal::read(&bytes, &commitment(&bytes))
    };
    let mut reveal = reveal_of(&Person::new(2));
    reveal.version = APPROVAL_VERSION + 1;
    assert!(matches!(read(&reveal), Err(ApprovalError::Format(_))));
    reveal.version = APPROVAL_VERSION;
    reveal.device.box_key = vec![1; BOX_KEY_BYTES - 1].into();
    assert!(matches!(read(&reveal), Err(ApprovalError::Format(_))));
    let ask = |version, name: &str| {
        let (commitment, name) = (Hash::ZERO, name.to_owned());
        let ask = ApprovalAsk {
            version,
            commitment,
            name,
        };
        ApprovalAsk::read(&strict::encode(&ask)).is_ok()
    };
    assert!(ask(APPROVAL_VERSION, "Mac"));
    assert!(!ask(APPROVAL_VERSION + 1, "Mac"));
    assert!(!ask(APPROVAL_VERSION, "two\nlines"));
    let world = World::new();
    let mut newer = challenge(&world, &world.founder);
    newer.version += 1;
    assert!(ApprovalChallenge::read(&strict::encode(&newer)).is_err());
}

#[test]
fn the_code_covers_every_byte_that_was_said() {
    let hash = transcript(b"ask", b"challenge", b"reveal");
    let changed = [
        transcript(b"asks", b"challenge", b"reveal"),
        transcript(b"ask", b"challengf", b"reveal"),
        transcript(b"ask", b"challenge", b"revea"),
        // Where one part ends and the next begins counts.
        transcript(b"askc", b"hallenge", b"reveal"),
        transcript(b"ask", b"challenger", b"eveal"),
        transcript(b"challenge", b"ask", b"reveal"),
    ];
    assert!(changed.iter().all(|other| *other != hash));
}

#[test]
fn each_value_of_a_challenge_is_in_the_transcript() {
    let world = World::new();
    let real = challenge(&world, &world.founder);
    let hash =
        |challenge: &ApprovalChallenge| transcript(b"ask", &strict::encode(challenge), b"reveal");
    let lies: [&dyn Fn(&mut ApprovalChallenge); 7] = [
        &|lie| lie.nonce = Hash([1; 32]),
        &|lie| lie.community = CommunityId([1; 32]),
        &|lie| lie.account = AccountId([1; 32]),
        &|lie| lie.approver = DeviceId([1; 32]),
        &|lie| lie.roster.length += 1,
        &|lie| lie.roster.head = Hash([1; 32]),
        &|lie| lie.server_key = PublicKey([1; 32]),
    ];
    for lie in lies {
        let mut told = real.clone();
        lie(&mut told);
        assert_ne!(hash(&told), hash(&real), "{told:?}");
    }
}

#[test]
fn a_code_has_six_digits() {
    assert_eq!(code(&Hash::ZERO), "000000");
    let mut hash = Hash::ZERO;
    hash.0[7] = 42;
    assert_eq!(code(&hash), "000042");
    assert_eq!(code(&Hash([0xff; 32])), "551615");
}

#[test]
fn only_the_revealed_device_confirms_and_only_this_transcript() {
    let anna = Person::new(2);
    let (home, hash) = (CommunityId([1; 32]), Hash([2; 32]));
    let sign = |purpose, community: &CommunityId, hash: &Hash| {
        let input = signing_input(purpose, community, &hash.0);
        Signature(anna.device_key.sign(&input).to_bytes())
    };
    let reveal = reveal_of(&anna);
    let right = sign(Purpose::ApprovalConfirm, &home, &hash);
    assert_eq!(reveal.check_confirmation(&home, &hash, &right), Ok(()));
    for wrong in [
        sign(Purpose::ApprovalWelcome, &home, &hash),
        sign(Purpose::ApprovalConfirm, &CommunityId::NONE, &hash),
        sign(Purpose::ApprovalConfirm, &home, &Hash([3; 32])),
    ] {
        let refused = reveal.check_confirmation(&home, &hash, &wrong);
        assert_eq!(refused, Err(ApprovalError::Confirmation));
    }
    let stranger = reveal_of(&Person::new(3));
    let refused = stranger.check_confirmation(&home, &hash, &right);
    assert_eq!(refused, Err(ApprovalError::Confirmation));
}

#[test]
fn a_device_is_added_as_the_approver_said_or_not_believed() -> Result<(), EntryError> {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let challenge = challenge(&world, &anna);
    let new = anna.with_device(40);
    let check = |challenge: &ApprovalChallenge, world: &World| {
        challenge.check_added(&world.roster, &new.keys())
    };
    assert_eq!(check(&challenge, &world), Err(ApprovalError::NotAdded));
    let before = world.clone();
    world.by(&anna, added(&anna, &new))?;
    assert_eq!(check(&challenge, &world), Ok(()));
    // The account's key may add devices too, but not here; nor may another device of the account.
    let mut other = before.clone();
    other.append(added(&anna, &new), &[anna.as_account()])?;
    assert_eq!(
        check(&challenge, &other),
        Err(ApprovalError::AddedOtherwise)
    );
    let mut stranger = before.clone();
    let mikael = stranger.newcomer(3, Role::Member);
    stranger.by(&mikael, added(&mikael, &new))?;
    assert_eq!(
        check(&challenge, &stranger),
        Err(ApprovalError::AddedOtherwise)
    );
    let mut keys = new.keys();
    keys.box_key = vec![1; BOX_KEY_BYTES].into();
    assert_eq!(
        challenge.check_added(&world.roster, &keys),
        Err(ApprovalError::AddedOtherwise)
    );
    // A list that is shorter than the approver's, or a fork of it.
    let mut longer = challenge.clone();
    longer.roster.length += 5;
    assert_eq!(check(&longer, &world), Err(ApprovalError::OtherRoster));
    let mut fork = challenge.clone();
    fork.roster.head = Hash([1; 32]);
    assert_eq!(check(&fork, &world), Err(ApprovalError::OtherRoster));
    let mut elsewhere = challenge.clone();
    elsewhere.community = CommunityId([1; 32]);
    assert_eq!(
        check(&elsewhere, &world),
        Err(ApprovalError::OtherCommunity)
    );
    let mut server = challenge.clone();
    server.server_key = PublicKey([1; 32]);
    assert_eq!(check(&server, &world), Err(ApprovalError::OtherServer));
    // Who is out again is not in.
    world.by_founder(removed(&anna, false))?;
    assert_eq!(check(&challenge, &world), Err(ApprovalError::NotAdded));
    Ok(())
}
