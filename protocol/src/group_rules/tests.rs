//! Every public rule of commits: one test each, which fails when its check is taken out.

mod private;

use super::*;
use crate::roster::{Change, Role};
use crate::testing::{Person, World, removed};

fn leaf(person: &Person) -> Leaf {
    Leaf {
        identity: LeafIdentity {
            account: person.account(),
            device: person.device(),
        },
        signature_key: person.keys().signature_key,
    }
}

struct Scene {
    world: World,
    founder: Person,
    anna: Person,
    ben: Person,
}

/// Founder and Anna are in the group; Ben is in the roster.
fn scene() -> Scene {
    let mut world = World::new();
    let founder = world.founder.clone();
    let anna = world.newcomer(2, Role::Member);
    let ben = world.newcomer(3, Role::Member);
    Scene {
        world,
        founder,
        anna,
        ben,
    }
}

impl Scene {
    /// The founder commits and changes nothing but its path.
    fn member_commit(&self) -> CommitFacts {
        let position = self.world.roster.position();
        CommitFacts {
            position,
            previous_length: position.length,
            committer: Committer::Member(leaf(&self.founder)),
            before: vec![leaf(&self.founder), leaf(&self.anna)],
            added: Vec::new(),
            removed: Vec::new(),
            path: Some(leaf(&self.founder)),
            other_proposals: false,
            private_before: None,
            private_after: None,
        }
    }

    /// Ben joins.
    fn external_commit(&self) -> CommitFacts {
        CommitFacts {
            committer: Committer::External,
            path: Some(leaf(&self.ben)),
            ..self.member_commit()
        }
    }

    fn check(&self, facts: &CommitFacts) -> Result<(), CommitError> {
        check_commit(facts, &self.world.roster)
    }
}

#[test]
fn plain_commits_are_valid() {
    let scene = scene();
    assert_eq!(scene.check(&scene.member_commit()), Ok(()));
    assert_eq!(scene.check(&scene.external_commit()), Ok(()));
    let mut adds = scene.member_commit();
    adds.added.push(leaf(&scene.ben));
    assert_eq!(scene.check(&adds), Ok(()));
}

#[test]
fn a_roster_that_is_not_here_or_another_one_is_told_apart() {
    let scene = scene();
    let mut facts = scene.member_commit();
    facts.position.length += 1;
    assert_eq!(scene.check(&facts), Err(CommitError::RosterMissing));
    facts.position.length -= 2;
    assert_eq!(scene.check(&facts), Err(CommitError::RosterForked));
}

#[test]
fn the_roster_never_goes_back() {
    let mut scene = scene();
    let older = scene.world.roster.position();
    scene.world.newcomer(4, Role::Member);
    let mut facts = scene.member_commit();
    facts.position = older;
    facts.previous_length = older.length;
    assert_eq!(scene.check(&facts), Ok(()));
    facts.previous_length += 1;
    assert_eq!(scene.check(&facts), Err(CommitError::RosterShrank));
}

#[test]
fn other_proposals_are_refused() {
    let scene = scene();
    let mut facts = scene.member_commit();
    facts.other_proposals = true;
    assert_eq!(scene.check(&facts), Err(CommitError::ProposalNotAllowed));
}

#[test]
fn a_commit_has_a_path() {
    let scene = scene();
    let mut facts = scene.member_commit();
    facts.path = None;
    assert_eq!(scene.check(&facts), Err(CommitError::Shape));
}

#[test]
fn new_leaves_are_active_devices_with_exactly_their_keys() {
    let scene = scene();
    let right = leaf(&scene.ben);
    let stranger = leaf(&Person::new(40));
    let mut other_account = right;
    other_account.identity.account = scene.anna.account();
    let mut other_device = right;
    other_device.identity.device = Person::new(40).device();
    let mut other_key = right;
    other_key.signature_key = stranger.signature_key;
    for wrong in [stranger, other_account, other_device, other_key] {
        let mut adds = scene.member_commit();
        adds.added.push(wrong);
        assert_eq!(scene.check(&adds), Err(CommitError::LeafNotInRoster));
        let mut joins = scene.external_commit();
        joins.path = Some(wrong);
        assert_eq!(scene.check(&joins), Err(CommitError::LeafNotInRoster));
    }
}

#[test]
fn a_leaf_counts_at_the_named_position_not_now() {
    let mut scene = scene();
    let before_ben_left = scene.world.roster.position();
    let ben = scene.ben.clone();
    scene.world.by_founder(removed(&ben, false)).unwrap();
    let mut facts = scene.external_commit();
    assert_eq!(scene.check(&facts), Err(CommitError::LeafNotInRoster));
    // Valid when it was made: that it keeps a removed device is for the send gate and the next commit.
    facts.position = before_ben_left;
    facts.previous_length = before_ben_left.length;
    assert_eq!(scene.check(&facts), Ok(()));
}

#[test]
fn a_member_keeps_its_own_key() {
    let scene = scene();
    let mut facts = scene.member_commit();
    facts.path = Some(leaf(&scene.ben));
    assert_eq!(scene.check(&facts), Err(CommitError::CommitterKeyChanged));
    let mut facts = scene.member_commit();
    let mut own = leaf(&scene.founder);
    own.identity.account = scene.anna.account();
    facts.committer = Committer::Member(own);
    assert_eq!(scene.check(&facts), Err(CommitError::CommitterKeyChanged));
}

#[test]
fn a_member_removes_every_inactive_leaf_and_no_other() {
    let mut scene = scene();
    let mut facts = scene.member_commit();
    facts.removed.push(leaf(&scene.anna));
    assert_eq!(
        scene.check(&facts),
        Err(CommitError::WrongRemovals),
        "an active device"
    );
    let revoked = Change::DeviceRevoked {
        device: scene.anna.device(),
    };
    scene.world.by_founder(revoked).unwrap();
    let mut facts = scene.member_commit();
    assert_eq!(
        scene.check(&facts),
        Err(CommitError::WrongRemovals),
        "a revoked device stays"
    );
    facts.removed.push(leaf(&scene.anna));
    assert_eq!(scene.check(&facts), Ok(()));
}

#[test]
fn no_device_is_in_a_group_twice() {
    let scene = scene();
    let mut added = scene.member_commit();
    added.added = vec![leaf(&scene.ben), leaf(&scene.ben)];
    assert_eq!(scene.check(&added), Err(CommitError::DuplicateLeaf));
    let mut present = scene.member_commit();
    present.added = vec![leaf(&scene.anna)];
    assert_eq!(scene.check(&present), Err(CommitError::DuplicateLeaf));
    let mut own = scene.member_commit();
    own.added = vec![leaf(&scene.founder)];
    assert_eq!(scene.check(&own), Err(CommitError::DuplicateLeaf));
    let mut joins = scene.external_commit();
    joins.path = Some(leaf(&scene.anna));
    assert_eq!(scene.check(&joins), Err(CommitError::DuplicateLeaf));
}

#[test]
fn a_joining_device_removes_only_its_own_older_leaf() {
    let scene = scene();
    let mut rejoins = scene.external_commit();
    rejoins.path = Some(leaf(&scene.anna));
    rejoins.removed = vec![leaf(&scene.anna)];
    assert_eq!(scene.check(&rejoins), Ok(()));
    let mut removes = scene.external_commit();
    removes.removed = vec![leaf(&scene.anna)];
    assert_eq!(scene.check(&removes), Err(CommitError::ExternalRemoval));
}

#[test]
fn a_joining_device_adds_nobody_else() {
    let scene = scene();
    let mut facts = scene.external_commit();
    facts.before.pop();
    facts.added.push(leaf(&scene.anna));
    assert_eq!(scene.check(&facts), Err(CommitError::Shape));
}

#[test]
fn the_authenticated_data_and_the_credential_are_read_exactly() {
    let position = scene().world.roster.position();
    let bytes = commit_aad(&position);
    assert_eq!(read_commit_aad(&bytes), Ok(position));
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(read_commit_aad(&longer).is_err());
    assert!(read_commit_aad(&bytes[..bytes.len() - 1]).is_err());
    let identity = leaf(&Person::new(1)).identity;
    assert_eq!(LeafIdentity::read(&identity.to_bytes()), Ok(identity));
    assert!(LeafIdentity::read(&bytes).is_err());
}
