//! Who may change a private group, and whose devices may be in it.

use super::*;
use crate::ChannelId;
use crate::roster::HistoryPolicy;
use crate::strict::StrictError;

const CHANNEL: ChannelId = ChannelId([7; 16]);

fn group(kind: PrivateKind, accounts: &[&Person], admins: &[&Person]) -> PrivateGroup {
    let ids = |people: &[&Person]| people.iter().map(|person| person.account()).collect();
    PrivateGroup {
        kind,
        channel: CHANNEL,
        history: HistoryPolicy::All,
        accounts: ids(accounts),
        admins: ids(admins),
    }
}

impl Scene {
    /// The founder and Anna are in a private channel, whose admin Anna is.
    fn channel(&self) -> PrivateGroup {
        group(
            PrivateKind::Channel,
            &[&self.founder, &self.anna],
            &[&self.anna],
        )
    }

    /// A member commits and makes `after` of the group.
    fn change(&self, by: &Person, before: &PrivateGroup, after: &PrivateGroup) -> CommitFacts {
        CommitFacts {
            committer: Committer::Member(leaf(by)),
            path: Some(leaf(by)),
            private_before: Some(before.clone()),
            private_after: Some(after.clone()),
            ..self.member_commit()
        }
    }

    /// One that joins from outside.
    fn join(&self, who: &Person, group: &PrivateGroup) -> CommitFacts {
        CommitFacts {
            path: Some(leaf(who)),
            private_before: Some(group.clone()),
            private_after: Some(group.clone()),
            ..self.external_commit()
        }
    }
}

#[test]
fn only_who_belongs_to_a_private_group_joins_it() {
    let scene = scene();
    let channel = scene.channel();
    let refused = Err(CommitError::LeafNotInRoster);
    assert_eq!(scene.check(&scene.join(&scene.ben, &channel)), refused);
    let mut adds = scene.change(&scene.anna, &channel, &channel);
    assert_eq!(scene.check(&adds), Ok(()));
    adds.added.push(leaf(&scene.ben));
    assert_eq!(scene.check(&adds), refused);
    let people = [&scene.founder, &scene.anna, &scene.ben];
    let with_ben = group(PrivateKind::Channel, &people, &[&scene.anna]);
    assert_eq!(scene.check(&scene.join(&scene.ben, &with_ben)), Ok(()));
    // A device that joins changes nothing else.
    let mut joins = scene.join(&scene.ben, &channel);
    joins.private_after = Some(with_ben);
    assert_eq!(scene.check(&joins), Err(CommitError::Shape));
}

#[test]
fn admins_of_a_private_group_change_it() {
    let scene = scene();
    let before = scene.channel();
    let people = [&scene.founder, &scene.anna, &scene.ben];
    let after = group(PrivateKind::Channel, &people, &[&scene.anna, &scene.ben]);
    let mut adds = scene.change(&scene.anna, &before, &after);
    adds.added.push(leaf(&scene.ben));
    assert_eq!(scene.check(&adds), Ok(()));
    // The founder is no admin there.
    let adds = scene.change(&scene.founder, &before, &after);
    assert_eq!(scene.check(&adds), Err(CommitError::MayNotChangeGroup));
    let mut closed = before.clone();
    closed.history = HistoryPolicy::FromJoining;
    let policy = scene.change(&scene.founder, &before, &closed);
    assert_eq!(scene.check(&policy), Err(CommitError::MayNotChangeGroup));
    let policy = scene.change(&scene.anna, &before, &closed);
    assert_eq!(scene.check(&policy), Ok(()));
}

#[test]
fn without_an_active_admin_anybody_in_it_changes_a_private_group() {
    let mut scene = scene();
    let before = scene.channel();
    let after = group(PrivateKind::Channel, &[&scene.founder], &[&scene.founder]);
    let leaves = removed(&scene.anna, false);
    scene.world.by_founder(leaves).unwrap();
    let mut takes_over = scene.change(&scene.founder, &before, &after);
    takes_over.removed.push(leaf(&scene.anna));
    assert_eq!(scene.check(&takes_over), Ok(()));
}

#[test]
fn accounts_that_are_not_active_are_not_put_into_a_private_group() {
    let mut scene = scene();
    let before = scene.channel();
    let people = [&scene.founder, &scene.anna, &scene.ben];
    let after = group(PrivateKind::Channel, &people, &[&scene.anna]);
    assert_eq!(
        scene.check(&scene.change(&scene.anna, &before, &after)),
        Ok(())
    );
    let leaves = removed(&scene.ben, false);
    scene.world.by_founder(leaves).unwrap();
    let facts = scene.change(&scene.anna, &before, &after);
    assert_eq!(scene.check(&facts), Err(CommitError::LeafNotInRoster));
}

#[test]
fn who_is_taken_out_of_a_private_group_is_removed_by_the_same_commit() {
    let scene = scene();
    let before = scene.channel();
    let after = before.without(&scene.founder.account());
    let mut takes_out = scene.change(&scene.anna, &before, &after);
    assert_eq!(scene.check(&takes_out), Err(CommitError::WrongRemovals));
    takes_out.removed.push(leaf(&scene.founder));
    assert_eq!(scene.check(&takes_out), Ok(()));
    takes_out.removed.push(leaf(&scene.anna));
    assert_eq!(scene.check(&takes_out), Err(CommitError::WrongRemovals));
}

#[test]
fn who_leaves_a_private_group_says_so_and_is_removed_by_the_next_commit() {
    let scene = scene();
    let before = scene.channel();
    let after = before.without(&scene.founder.account());
    assert_eq!(
        scene.check(&scene.change(&scene.founder, &before, &after)),
        Ok(())
    );
    // It does nothing else there any more.
    let stays = scene.change(&scene.founder, &after, &after);
    assert_eq!(scene.check(&stays), Err(CommitError::LeafNotInRoster));
    let back = scene.change(&scene.founder, &after, &before);
    assert_eq!(scene.check(&back), Err(CommitError::LeafNotInRoster));
    let mut next = scene.change(&scene.anna, &after, &after);
    assert_eq!(scene.check(&next), Err(CommitError::WrongRemovals));
    next.removed.push(leaf(&scene.founder));
    assert_eq!(scene.check(&next), Ok(()));
    // Nobody leaves for another.
    let other = before.without(&scene.anna.account());
    let facts = scene.change(&scene.founder, &before, &other);
    assert_eq!(scene.check(&facts), Err(CommitError::MayNotChangeGroup));
}

#[test]
fn a_direct_conversation_never_changes() {
    let mut scene = scene();
    let people = [&scene.founder, &scene.anna];
    let before = group(PrivateKind::Direct, &people, &[]);
    let same = scene.change(&scene.anna, &before, &before);
    assert_eq!(scene.check(&same), Ok(()));
    let with_ben = group(
        PrivateKind::Direct,
        &[&scene.founder, &scene.anna, &scene.ben],
        &[],
    );
    let alone = before.without(&scene.anna.account());
    for after in [&with_ben, &alone] {
        let facts = scene.change(&scene.anna, &before, after);
        assert_eq!(scene.check(&facts), Err(CommitError::MayNotChangeGroup));
    }
    // Who is removed from the community is out of it nevertheless.
    let leaves = removed(&scene.anna, false);
    scene.world.by_founder(leaves).unwrap();
    let mut cleans = scene.change(&scene.founder, &before, &before);
    assert_eq!(scene.check(&cleans), Err(CommitError::WrongRemovals));
    cleans.removed.push(leaf(&scene.anna));
    assert_eq!(scene.check(&cleans), Ok(()));
}

#[test]
fn a_group_stays_what_it_is() {
    let scene = scene();
    let before = scene.channel();
    let wrong = Err(CommitError::WrongContext);
    let mut other = before.clone();
    other.channel = ChannelId([8; 16]);
    assert_eq!(
        scene.check(&scene.change(&scene.anna, &before, &other)),
        wrong
    );
    let direct = group(PrivateKind::Direct, &[&scene.founder, &scene.anna], &[]);
    assert_eq!(
        scene.check(&scene.change(&scene.anna, &before, &direct)),
        wrong
    );
    let mut opens = scene.change(&scene.anna, &before, &before);
    opens.private_after = None;
    assert_eq!(scene.check(&opens), wrong);
    let mut closes = scene.member_commit();
    closes.private_after = Some(before);
    assert_eq!(scene.check(&closes), wrong);
}

#[test]
fn a_context_has_nothing_or_exactly_this() {
    let scene = scene();
    let channel = scene.channel();
    let content = channel.to_bytes();
    let read = |head: &[u8], tail: &[u8]| {
        let length = u16::try_from(content.len()).unwrap() | 0x4000;
        let inner = [head, &[0xf0, 0xd1], &length.to_be_bytes(), &content, tail].concat();
        let length = u16::try_from(inner.len()).unwrap() | 0x4000;
        PrivateGroup::of_context(&[&length.to_be_bytes(), &inner[..]].concat())
    };
    let required = [0, 3, 5, 2, 0xf0, 0xd1, 0, 0];
    assert_eq!(read(&required, &[]), Ok(Some(channel)));
    assert_eq!(PrivateGroup::of_context(&[0]), Ok(None));
    let wrong = Err(CommitError::WrongContext);
    assert_eq!(read(&[], &[]), wrong);
    assert_eq!(read(&required, &[0xf0, 0xd3, 0]), wrong);
    assert_eq!(read(&[0, 3, 5, 2, 0xf0, 0xd2, 0, 0], &[]), wrong);
    for bytes in [&[][..], &[1], &[2, 0, 3], &[0, 0]] {
        assert_eq!(PrivateGroup::of_context(bytes), wrong);
    }
}

#[test]
fn what_is_no_private_group_is_not_read() {
    let scene = scene();
    let both = [&scene.founder, &scene.anna];
    let reads = |group: &PrivateGroup| PrivateGroup::read(&group.to_bytes());
    let good = [
        scene.channel(),
        group(PrivateKind::Channel, &[&scene.anna], &[]),
        group(PrivateKind::Direct, &both, &[]),
    ];
    for group in good {
        assert_eq!(reads(&group).as_ref(), Ok(&group));
    }
    let bad = [
        group(PrivateKind::Channel, &[], &[]),
        group(PrivateKind::Channel, &[&scene.anna], &[&scene.ben]),
        group(PrivateKind::Direct, &[&scene.anna], &[]),
        group(PrivateKind::Direct, &both, &[&scene.anna]),
    ];
    for group in bad {
        assert!(matches!(reads(&group), Err(StrictError::Malformed(_))));
    }
    let mut many = scene.channel();
    let more = (0..1_000_u32).map(|number| AccountId(crate::Hash::of(&number.to_be_bytes()).0));
    many.accounts.extend(more);
    assert!(reads(&many).is_err());
    // Named twice, or not in order.
    let channel = scene.channel();
    let (first, second) = (
        channel.accounts.first().unwrap(),
        channel.accounts.last().unwrap(),
    );
    let bytes = channel.to_bytes();
    let swap = |from: &AccountId, to: &AccountId| {
        let at = bytes.windows(32).position(|part| part == from.0).unwrap();
        let mut bytes = bytes.clone();
        bytes[at..at + 32].copy_from_slice(&to.0);
        PrivateGroup::read(&bytes)
    };
    assert_eq!(swap(first, second), Err(StrictError::NotCanonical));
}
