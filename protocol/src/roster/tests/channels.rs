//! Channels and the resets of groups.

use super::super::{Change, EntryError, GroupReset, HistoryPolicy, Role, Roster};
use crate::testing::{World, channel, group, role_of, sign};
use crate::{ChannelId, CommunityId, GroupId, Hash};

fn reset(from: GroupId, to: GroupId) -> Change {
    Change::GroupReset {
        group: from,
        new_group: to,
    }
}

#[test]
fn a_channel_is_made_changed_and_closed_once() {
    let mut world = World::new();
    let id = ChannelId([1; 16]);
    world.by_founder(channel(1, group(0))).unwrap();
    assert_eq!(
        world.by_founder(channel(1, group(0))),
        Err(EntryError::Exists("channel"))
    );
    let history = HistoryPolicy::FromJoining;
    world
        .by_founder(Change::ChannelPolicy { id, history })
        .unwrap();
    assert_eq!(world.roster.view().channels()[&id].history, history);
    world.by_founder(Change::ChannelClosed { id }).unwrap();
    assert!(world.roster.view().channels()[&id].closed);
    let gone = Err(EntryError::Unknown("channel"));
    assert_eq!(world.by_founder(Change::ChannelClosed { id }), gone);
    assert_eq!(
        world.by_founder(Change::ChannelPolicy { id, history }),
        gone
    );
    assert_eq!(
        world.by_founder(channel(1, group(0))),
        Err(EntryError::Exists("channel"))
    );
}

#[test]
fn the_directory_cannot_be_taken_as_a_channel() {
    let mut world = World::new();
    let member = world.newcomer(2, Role::Member);
    let change = Change::ChannelCreated {
        id: world.roster.community().directory(),
        group: group(8),
        history: HistoryPolicy::All,
    };
    assert_eq!(
        world.by(&member, change),
        Err(EntryError::Exists("channel"))
    );
}

#[test]
fn who_made_a_private_channel_closes_it_and_nobody_else_of_their_rank() {
    let mut world = World::new();
    let (anna, ben) = (
        world.newcomer(2, Role::Member),
        world.newcomer(3, Role::Member),
    );
    let id = ChannelId([1; 16]);
    world.by(&anna, channel(1, group(8))).unwrap();
    let closed = Change::ChannelClosed { id };
    let refused = Err(EntryError::NotAllowed);
    assert_eq!(world.by(&ben, closed.clone()), refused);
    let history = HistoryPolicy::FromJoining;
    let policy = Change::ChannelPolicy { id, history };
    assert_eq!(world.by(&anna, policy), refused);
    world.by(&anna, closed).unwrap();
    assert!(world.roster.view().channels()[&id].closed);
    // An admin made this one, and is none any more: it is everybody's.
    let admin = world.newcomer(4, Role::Admin);
    let id = ChannelId([2; 16]);
    world.by(&admin, channel(2, group(0))).unwrap();
    world.by_founder(role_of(&admin, Role::Member)).unwrap();
    assert_eq!(world.by(&admin, Change::ChannelClosed { id }), refused);
}

#[test]
fn a_private_group_has_one_channel() {
    let mut world = World::new();
    let member = world.newcomer(2, Role::Member);
    world.by(&member, channel(1, group(8))).unwrap();
    assert_eq!(
        world.by_founder(channel(2, group(8))),
        Err(EntryError::Exists("group"))
    );
}

#[test]
fn a_group_of_an_unknown_suite_ends_the_log() {
    let mut newer = group(7);
    newer.0[0] += 1;
    let mut world = World::new();
    let lobby = world.roster.view().lobby();
    for change in [channel(1, newer), reset(lobby, newer)] {
        let refused = world.by_founder(change);
        assert!(matches!(refused, Err(EntryError::Format(_))), "{refused:?}");
    }
    let founder = world.founder.clone();
    let mut founding = World::founding(&founder);
    if let Change::Founded { lobby, .. } = &mut founding {
        *lobby = newer;
    }
    let bytes = sign(
        &CommunityId::NONE,
        Hash::ZERO,
        founding,
        &[founder.as_account()],
    );
    assert!(matches!(Roster::found(bytes), Err(EntryError::Format(_))));
}

#[test]
fn a_reset_moves_the_lobby_and_its_channels() {
    let mut world = World::new();
    world.by_founder(channel(1, group(0))).unwrap();
    world.by_founder(reset(group(0), group(1))).unwrap();
    world.by_founder(reset(group(1), group(2))).unwrap();
    let view = world.roster.view();
    assert_eq!(view.lobby(), group(2));
    assert_eq!(view.current_group(group(0)), group(2));
    let of_channel = view.channels()[&ChannelId([1; 16])].group;
    assert_eq!(view.current_group(of_channel), group(2));
}

#[test]
fn a_reset_never_leads_back() {
    let mut world = World::new();
    let used = Err(EntryError::Exists("group"));
    assert_eq!(world.by_founder(reset(group(0), group(0))), used);
    world.by_founder(reset(group(0), group(1))).unwrap();
    assert_eq!(world.by_founder(reset(group(1), group(0))), used);
    assert_eq!(world.by_founder(reset(group(1), group(1))), used);
    let over = Err(EntryError::Unknown("group"));
    assert_eq!(world.by_founder(reset(group(0), group(3))), over);
    assert_eq!(world.by_founder(reset(group(7), group(3))), over);
}

#[test]
fn a_private_group_is_replaced_by_a_new_one_as_often_as_it_takes() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    world.by(&anna, channel(1, group(8))).unwrap();
    let at = world.roster.position().length;
    world.by(&anna, reset(group(8), group(9))).unwrap();
    // Who may stands in the group itself.
    world.by_founder(reset(group(9), group(10))).unwrap();
    let view = world.roster.view();
    let first = GroupReset {
        new_group: group(9),
        by: anna.account(),
        at,
    };
    assert_eq!(view.replaced_by(&group(9)), Some((group(8), first)));
    assert_eq!(view.replaced_by(&group(8)), None);
    assert_eq!(view.current_group(group(8)), group(10));
    for id in [8, 9, 10] {
        let channel = view.private_channel(&group(id)).map(|(id, _)| *id);
        assert_eq!(channel, Some(ChannelId([1; 16])), "{id}");
    }
    assert_eq!(view.lobby(), group(0));
    let used = Err(EntryError::Exists("group"));
    assert_eq!(world.by(&anna, channel(2, group(9))), used);
    assert_eq!(world.by(&anna, channel(2, group(10))), used);
    assert_eq!(world.by(&anna, reset(group(10), group(9))), used);
    assert_eq!(world.by(&anna, reset(group(10), group(10))), used);
    let over = Err(EntryError::Unknown("group"));
    assert_eq!(world.by(&anna, reset(group(8), group(11))), over);
    let id = ChannelId([1; 16]);
    world.by(&anna, Change::ChannelClosed { id }).unwrap();
    assert_eq!(world.by(&anna, reset(group(10), group(11))), over);
}

#[test]
fn the_lobby_is_not_handed_to_a_private_group() {
    let mut world = World::new();
    let member = world.newcomer(2, Role::Member);
    world.by(&member, channel(1, group(8))).unwrap();
    assert_eq!(
        world.by_founder(reset(group(0), group(8))),
        Err(EntryError::Exists("group"))
    );
}

#[test]
fn a_member_makes_no_lobby_channel_by_an_earlier_lobby_id() {
    let mut world = World::new();
    let member = world.newcomer(2, Role::Member);
    world.by_founder(reset(group(0), group(1))).unwrap();
    assert_eq!(
        world.by(&member, channel(1, group(0))),
        Err(EntryError::NotAllowed)
    );
    assert_eq!(
        world.by(&member, channel(1, group(1))),
        Err(EntryError::NotAllowed)
    );
    assert_eq!(world.by_founder(channel(1, group(0))), Ok(()));
}
