//! The log: what follows what, what is kept, and forks.

use super::super::{Change, EntryError, Role, Roster, RosterPosition};
use crate::testing::{Person, World, channel, group, sign};
use crate::{CommunityId, Hash};

#[test]
fn a_founding_makes_the_community() {
    let world = World::new();
    let first = &world.roster.entries_from(0)[0];
    assert_eq!(world.roster.community(), CommunityId::of_founding(first));
    let view = world.roster.view();
    assert_eq!(view.length(), 1);
    assert_eq!(world.role(&world.founder), Role::Founder);
    assert!(view.device_at(&world.founder.device(), 1).is_some());
    assert_eq!(view.lobby(), group(0));
}

#[test]
fn a_log_has_one_founding_and_it_comes_first() {
    let mut world = World::new();
    let founder = world.founder.clone();
    let again = World::founding(&Person::new(2));
    assert_eq!(world.by_founder(again.clone()), Err(EntryError::Founding));
    let late = sign(
        &CommunityId::NONE,
        Hash([1; 32]),
        again,
        &[Person::new(2).as_account()],
    );
    assert_eq!(Roster::found(late).unwrap_err(), EntryError::Founding);
    let other = sign(
        &CommunityId::NONE,
        Hash::ZERO,
        channel(1, group(0)),
        &[founder.as_device()],
    );
    assert_eq!(Roster::found(other).unwrap_err(), EntryError::Founding);
}

#[test]
fn an_entry_follows_the_last_one_exactly() {
    let mut world = World::new();
    let founder = world.founder.clone();
    let bytes = world.signed(channel(1, group(0)), &[founder.as_device()]);
    let sibling = world.signed(channel(2, group(0)), &[founder.as_device()]);
    world.roster.append(bytes.clone()).unwrap();
    for late in [bytes, sibling] {
        assert_eq!(
            world.roster.append(late),
            Err(EntryError::DoesNotFollow),
            "a replay, and one that lost the race"
        );
    }
}

#[test]
fn a_refused_entry_changes_nothing() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let before = (
        world.roster.position(),
        format!("{:?}", world.roster.view()),
    );
    assert!(world.by(&anna, channel(1, group(0))).is_err());
    assert!(world.join(2, &Person::new(3)).is_err());
    assert!(world.join(2, &anna).is_err());
    let rotate = Change::AccountKeyRotated {
        account: anna.account(),
        new_key: world.founder.public(),
    };
    assert!(world.append(rotate, &[anna.as_account()]).is_err());
    let after = (
        world.roster.position(),
        format!("{:?}", world.roster.view()),
    );
    assert_eq!(before, after);
}

#[test]
fn a_replay_keeps_what_comes_before_a_bad_entry() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    let good = world.roster.position();
    let mut entries = world.roster.entries_from(0).to_vec();
    entries.push(world.signed(channel(1, group(0)), &[anna.as_device()]));
    // What comes after it counts no more, though it would follow.
    entries.push(world.signed(channel(2, group(0)), &[world.founder.as_device()]));
    let (replayed, error) = Roster::replay(entries).unwrap();
    assert_eq!(error, Some(EntryError::NotAllowed));
    assert_eq!(replayed.position(), good);
    assert!(replayed.view().channels().is_empty());
    let (whole, none) = Roster::replay(world.roster.entries_from(0).to_vec()).unwrap();
    assert_eq!((whole.position(), none), (good, None));
    assert!(Roster::replay(Vec::new()).is_err());
}

#[test]
fn a_position_is_in_the_log_or_ahead_or_of_a_fork() {
    let mut world = World::new();
    let at_founding = world.roster.position();
    world.newcomer(2, Role::Member);
    let roster = &world.roster;
    assert_eq!(roster.contains(&RosterPosition::START), Some(true));
    assert_eq!(roster.contains(&at_founding), Some(true));
    assert_eq!(roster.contains(&roster.position()), Some(true));
    let head = roster.position().head;
    let at = |length, head| RosterPosition { length, head };
    assert_eq!(roster.contains(&at(1, head)), Some(false));
    assert_eq!(roster.contains(&at(0, head)), Some(false));
    assert_eq!(roster.contains(&at(4, head)), None);
    assert_eq!(roster.contains(&at(u64::MAX, head)), None);
}

#[test]
fn entries_are_given_from_any_place() {
    let mut world = World::new();
    world.newcomer(2, Role::Member);
    assert_eq!(world.roster.entries_from(0).len(), 3);
    assert_eq!(world.roster.entries_from(2).len(), 1);
    assert!(world.roster.entries_from(3).is_empty());
    assert!(world.roster.entries_from(u64::MAX).is_empty());
}
