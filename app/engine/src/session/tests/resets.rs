//! Private groups that were started again: by whom, for whom, and what is known of those before.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use dialtone_crypto::entries;
use dialtone_crypto::group::Group;
use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::roster::{Change, HistoryPolicy};
use dialtone_protocol::{AccountId, ChannelId, GroupId};

use super::scene::{Scene, wait};
use crate::chat::directory::ChannelInfo;
use crate::session::private::PrivateChange;
use crate::session::run::Ended;
use crate::session::state::Job;

static GROUP: LazyLock<GroupId> = LazyLock::new(|| GroupId::new([7; 16]));
static NEW: LazyLock<GroupId> = LazyLock::new(|| GroupId::new([8; 16]));
static NEWER: LazyLock<GroupId> = LazyLock::new(|| GroupId::new([9; 16]));
const CHANNEL: ChannelId = ChannelId([7; 16]);

/// Mikael is in a private channel with Anna, and one of the two may change it.
fn scene(admin: impl Fn(&Scene) -> AccountId) -> Scene {
    scene_of(PrivateKind::Channel, |scene| [admin(scene)].into())
}

/// Mikael is in a private group with Anna.
fn scene_of(kind: PrivateKind, admins: impl Fn(&Scene) -> BTreeSet<AccountId>) -> Scene {
    let mut scene = Scene::new();
    let created = Change::ChannelCreated {
        id: CHANNEL,
        group: *GROUP,
        history: HistoryPolicy::All,
    };
    by_mikael(&mut scene, created);
    let nature = PrivateGroup {
        kind,
        channel: CHANNEL,
        history: HistoryPolicy::All,
        accounts: [anna(&scene), mikael(&scene)].into(),
        admins: admins(&scene),
    };
    made(&mut scene, *GROUP, &nature);
    scene.catch_up();
    scene
}

fn anna(scene: &Scene) -> AccountId {
    scene.anna.account.account()
}

fn mikael(scene: &Scene) -> AccountId {
    scene.mikael.account.account()
}

fn nature(scene: &Scene) -> PrivateGroup {
    scene.session.state.nature_of(&CHANNEL).unwrap().clone()
}

/// A group of one's own making, as if it were entered.
fn made(scene: &mut Scene, id: GroupId, nature: &PrivateGroup) {
    let group = group_of(scene, id, nature);
    scene.session.entered(group.0, group.1).unwrap();
}

fn group_of(
    scene: &Scene,
    id: GroupId,
    nature: &PrivateGroup,
) -> (Group, dialtone_crypto::group::EpochSecret) {
    let (device, account) = (&scene.mikael.device, mikael(scene));
    let made = Group::create_private(id, device, account, &scene.roster, nature);
    let (group, _, secret) = made.unwrap();
    (group, secret)
}

fn by_mikael(scene: &mut Scene, change: Change) {
    let device = Arc::clone(&scene.mikael.device);
    let entry = entries::sign_change(&device, &scene.roster, change).unwrap();
    scene.append(entry);
    scene.show_roster();
}

fn by_anna(scene: &mut Scene, change: Change) {
    let device = Arc::clone(&scene.anna.device);
    let entry = entries::sign_change(&device, &scene.roster, change).unwrap();
    scene.append(entry);
    scene.show_roster();
}

fn reset(group: GroupId, new_group: GroupId) -> Change {
    Change::GroupReset { group, new_group }
}

fn problem(scene: &Scene, id: GroupId) -> Option<String> {
    scene.session.state.groups.get(&id)?.problem.clone()
}

fn name(scene: &mut Scene) {
    let info = ChannelInfo {
        name: "attic".into(),
        topic: String::new(),
        voice: false,
    };
    let names = &mut scene.session.state.directory.channels;
    names.insert(CHANNEL, info);
}

/// Tries to enter, without a network: whether it gets as far as asking for the group.
fn asks_for(scene: &mut Scene, id: GroupId) -> bool {
    match wait(scene.session.job(Job::EnterGroup(id))) {
        Ok(()) => false,
        Err(Ended::Net(_)) => true,
        Err(ended) => panic!("{ended}"),
    }
}

#[test]
fn who_may_not_starts_no_private_group_again_even_if_the_server_takes_it() {
    let mut scene = scene(mikael);
    by_anna(&mut scene, reset(*GROUP, *NEW));
    assert!(!asks_for(&mut scene, *NEW));
    assert!(problem(&scene, *NEW).unwrap().contains("who may not"));
    // Nor after another that is right, nor in another life.
    by_mikael(&mut scene, reset(*NEW, *NEWER));
    scene.restart();
    scene.catch_up();
    assert!(!asks_for(&mut scene, *NEWER));
    assert!(problem(&scene, *NEWER).unwrap().contains("who may not"));
    assert!(nature(&scene).accounts.contains(&anna(&scene)));
}

#[test]
fn a_private_group_is_followed_to_where_its_admin_started_it_again() {
    let mut scene = scene(anna);
    by_anna(&mut scene, reset(*GROUP, *NEW));
    assert!(scene.wants(&Job::FindGroups));
    assert!(asks_for(&mut scene, *NEW));
    // Until it is there, the channel is whose it was, and nothing is sealed.
    assert!(nature(&scene).accounts.contains(&anna(&scene)));
    scene.session.compare_groups(&[*NEW].into()).unwrap();
    assert!(scene.session.state.held(&GROUP).is_some());
    assert_eq!(problem(&scene, *NEW), None);
    // Nothing older than what it knew of the old one is believed of the new one.
    let left_at = scene.session.state.held(&GROUP).unwrap().position().length;
    let roster = scene.session.state.roster.clone().unwrap();
    assert!(scene.session.known_since(&NEW, &roster) >= left_at);
    let known = nature(&scene);
    made(&mut scene, *NEW, &known);
    assert!(scene.session.state.held(&GROUP).is_none());
    assert!(!scene.session.state.groups.contains_key(&GROUP));
    scene.restart();
    assert!(!scene.session.state.groups.contains_key(&GROUP));
    let held = scene.session.state.held(&NEW).unwrap();
    assert!(held.may_read(&anna(&scene), &GROUP, 0));
    assert_eq!(nature(&scene), known);
}

#[test]
fn whom_the_server_says_is_out_of_a_group_that_was_started_again_leaves_it_all() {
    let mut scene = scene(anna);
    name(&mut scene);
    by_anna(&mut scene, reset(*GROUP, *NEW));
    let lobby = scene.lobby();
    scene.session.compare_groups(&[lobby].into()).unwrap();
    assert!(scene.session.state.held(&GROUP).is_none());
    assert!(scene.session.state.nature_of(&CHANNEL).is_none());
    assert!(scene.session.state.words[0].contains("any more"));
    scene.restart();
    assert!(scene.session.state.nature_of(&CHANNEL).is_none());
}

#[test]
fn a_direct_conversation_is_never_with_other_people_after_a_reset() {
    let mut scene = scene_of(PrivateKind::Direct, |_| BTreeSet::new());
    let talk = nature(&scene);
    by_anna(&mut scene, reset(*GROUP, *NEW));
    let mut other = talk.clone();
    other.accounts.insert(AccountId([3; 32]));
    assert!(!scene.session.is_known_kind(*NEW, Some(&other)));
    assert!(problem(&scene, *NEW).unwrap().contains("other people"));
    let channel = PrivateGroup {
        kind: PrivateKind::Channel,
        ..talk.clone()
    };
    assert!(!scene.session.is_known_kind(*NEW, Some(&channel)));
    assert!(scene.session.is_known_kind(*NEW, Some(&talk)));
}

#[test]
fn who_came_into_a_private_channel_while_one_was_away_is_said() {
    let mut scene = scene(anna);
    let mut now = nature(&scene);
    let stranger = AccountId([3; 32]);
    now.accounts.insert(stranger);
    scene.session.leave_group(*GROUP).unwrap();
    scene.session.tell_who_came(*GROUP, Some(&now));
    let person = scene.session.state.directory.person(&stranger);
    assert!(scene.session.state.words.is_empty(), "it has no name yet");
    name(&mut scene);
    scene.session.tell_who_came(*GROUP, Some(&now));
    assert!(scene.session.state.words[0].contains(&person));
}

#[test]
fn what_one_wants_changed_outlives_a_restart_and_a_reset() {
    let mut scene = scene(mikael);
    let change = PrivateChange::History(HistoryPolicy::FromJoining);
    let wanted = scene
        .session
        .set_private_history(CHANNEL, HistoryPolicy::FromJoining);
    wait(wanted).unwrap();
    scene.restart();
    scene.catch_up();
    let next = |scene: &Scene, id| {
        let part = scene.session.state.groups.get(id)?;
        part.changes.front().cloned()
    };
    assert_eq!(next(&scene, &GROUP), Some(change.clone()));
    by_mikael(&mut scene, reset(*GROUP, *NEW));
    let known = nature(&scene);
    made(&mut scene, *NEW, &known);
    assert_eq!(next(&scene, &NEW), Some(change.clone()));
    scene.restart();
    assert_eq!(next(&scene, &NEW), Some(change));
    // Out of it, nothing is to be changed any more.
    scene.session.drop_group(*NEW).unwrap();
    scene.restart();
    assert_eq!(next(&scene, &NEW), None);
}

#[test]
fn one_that_is_not_there_is_asked_for_later_by_who_may_not_make_it() {
    let mut scene = scene(anna);
    by_anna(&mut scene, reset(*GROUP, *NEW));
    scene.refuse_all(ErrorCode::NotFound);
    // It asks which channels it still sees, and the server does not say.
    let ended = wait(scene.session.job(Job::EnterGroup(*NEW))).unwrap_err();
    assert!(matches!(ended, Ended::Net(_)), "{ended}");
    assert!(scene.session.state.held(&GROUP).is_some());
    assert!(scene.session.state.nature_of(&CHANNEL).is_some());
}
