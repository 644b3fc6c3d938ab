//! What admins set for a channel: from which entry on it holds, for whom, and what a later version's setting does.

use super::super::{
    Change, ChannelRules, ChannelSetting, EntryError, LONGEST_PAUSE_S, Role, Standings,
    VoiceStanding, Who,
};
use crate::ChannelId;
use crate::testing::{World, channel, group, voice_of};

const ID: ChannelId = ChannelId([1; 16]);

fn set(setting: ChannelSetting) -> Change {
    let (setting, value) = setting.numbers();
    raw(setting, value)
}

fn raw(setting: u32, value: u64) -> Change {
    Change::ChannelSet {
        id: ID,
        setting,
        value,
    }
}

#[test]
fn each_setting_holds_from_its_entry_on_and_leaves_the_others() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    world.by_founder(channel(1, group(0))).unwrap();
    let before = world.roster.position().length;
    let closed = ChannelSetting::Writing(Who::Admins);
    world.by_founder(set(closed)).unwrap();
    world.by_founder(set(ChannelSetting::Pause(30))).unwrap();
    let view = world.roster.view();
    let rules = ChannelRules {
        writing: Who::Admins,
        speaking: Who::Everyone,
        pause_s: 30,
        lifetime_s: 0,
    };
    assert_eq!(view.channels()[&ID].rules(), rules);
    let (anna, founder) = (anna.account(), world.founder.account());
    assert!(view.may_write_at(&anna, &ID, before));
    assert!(!view.may_write_at(&anna, &ID, before + 1));
    assert!(view.may_write_at(&founder, &ID, before + 1));
    let open = ChannelSetting::Writing(Who::Everyone);
    world.by_founder(set(open)).unwrap();
    let view = world.roster.view();
    assert!(view.may_write_at(&anna, &ID, view.length()));
    assert_eq!(view.channels()[&ID].rules().pause_s, 30);
}

#[test]
fn what_is_out_of_bounds_is_refused_and_what_is_not_known_changes_nothing() {
    let mut world = World::new();
    world.by_founder(channel(1, group(0))).unwrap();
    for (setting, value) in [
        (0, 2),
        (1, 2),
        (2, u64::from(LONGEST_PAUSE_S) + 1),
        (3, u64::MAX),
    ] {
        let refused = world.by_founder(raw(setting, value));
        assert!(matches!(refused, Err(EntryError::OutOfBounds(_))));
    }
    world.by_founder(raw(77, u64::MAX)).unwrap();
    let rules = world.roster.view().channels()[&ID].rules();
    assert_eq!(rules, ChannelRules::default());
    let next = ChannelSetting::Speaking(Who::Admins);
    world.by_founder(set(next)).unwrap();
}

#[test]
fn a_private_channel_has_none_of_them() {
    let mut world = World::new();
    let anna = world.newcomer(2, Role::Member);
    world.by(&anna, channel(1, group(8))).unwrap();
    let refused = Err(EntryError::NotAllowed);
    assert_eq!(world.by_founder(raw(2, 30)), refused);
}

#[test]
fn where_admins_speak_the_others_listen_there_alone() {
    let mut world = World::new();
    let (anna, ben) = (
        world.newcomer(2, Role::Member),
        world.newcomer(3, Role::Admin),
    );
    world.by_founder(channel(1, group(0))).unwrap();
    world
        .by_founder(voice_of(&ben, VoiceStanding::Priority))
        .unwrap();
    let closed = ChannelSetting::Speaking(Who::Admins);
    world.by_founder(set(closed)).unwrap();
    let standings = Standings::of(world.roster.view());
    let elsewhere = ChannelId([2; 16]);
    assert_eq!(standings.get(&ID, &anna.device()), VoiceStanding::Muted);
    assert_eq!(standings.muted(&ID), [anna.device()].into());
    assert!(standings.listens(&ID, &anna.device()));
    assert_eq!(
        standings.get(&elsewhere, &anna.device()),
        VoiceStanding::Ordinary
    );
    assert!(standings.has_priority(&ID, &ben.device()));
    assert!(standings.muted(&elsewhere).is_empty());
}
