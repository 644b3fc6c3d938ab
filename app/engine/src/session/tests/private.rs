//! Private groups on bad days: what is made halfway, what others closed, and whom they took out meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;

use dialtone_crypto::entries;
use dialtone_crypto::group::{ExternalJoin, Group};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::group_rules::{PrivateGroup, PrivateKind};
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::roster::{Change, HistoryPolicy};
use dialtone_protocol::{AccountId, ChannelId, GroupId};

use super::scene::{Scene, commit_frame, wait};
use crate::chat::directory::ChannelInfo;
use crate::command::PrivateCommand;
use crate::session::private::PrivateChange;
use crate::session::run::Ended;
use crate::session::state::Job;
use crate::session::view;

/// Mikael wants a private channel for these and himself, and it is in the member list.
fn planned(scene: &mut Scene, accounts: Vec<AccountId>) -> (GroupId, ChannelId) {
    let create = PrivateCommand::Create {
        name: "attic".into(),
        voice: false,
        accounts,
    };
    wanted(scene, create)
}

fn wanted(scene: &mut Scene, command: PrivateCommand) -> (GroupId, ChannelId) {
    wait(scene.session.private_command(command)).unwrap();
    let mut plans = scene.session.state.plans.iter();
    let (group, id) = plans.next().map(|(id, plan)| (*id, plan.channel)).unwrap();
    let history = HistoryPolicy::All;
    let change = Change::ChannelCreated { id, group, history };
    changed(scene, change);
    (group, id)
}

/// Mikael changes the member list.
fn changed(scene: &mut Scene, change: Change) {
    let device = Arc::clone(&scene.mikael.device);
    let entry = entries::sign_change(&device, &scene.roster, change).unwrap();
    scene.append(entry);
    scene.show_roster();
}

/// Mikael has made the group, and the server has it.
fn made(scene: &mut Scene, id: GroupId, nature: &PrivateGroup) {
    let (device, account) = (&scene.mikael.device, scene.mikael.account.account());
    let made = Group::create_private(id, device, account, &scene.roster, nature);
    let (group, _, secret) = made.unwrap();
    scene.session.entered(group, secret).unwrap();
}

/// A channel of Mikael's, who is alone in it.
fn alone(scene: &Scene, channel: ChannelId) -> PrivateGroup {
    let me = scene.mikael.account.account();
    PrivateGroup {
        kind: PrivateKind::Channel,
        channel,
        history: HistoryPolicy::All,
        accounts: [me].into(),
        admins: [me].into(),
    }
}

fn next_change(scene: &Scene, id: &GroupId) -> Option<PrivateChange> {
    let part = scene.session.state.groups.get(id)?;
    part.changes.front().cloned()
}

#[test]
fn ones_other_devices_are_told_of_a_channel_that_one_makes_for_nobody_else() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    wait(scene.session.job(Job::MakePrivate(id))).unwrap();
    assert_eq!(next_change(&scene, &id), Some(PrivateChange::Welcome));
}

#[test]
fn what_cannot_be_done_of_a_plan_is_not_tried_for_ever() {
    let mut scene = Scene::new();
    let anna = scene.anna.account.account();
    let (id, channel) = wanted(&mut scene, PrivateCommand::Message(vec![anna]));
    let nature = PrivateGroup {
        kind: PrivateKind::Direct,
        accounts: [anna, scene.mikael.account.account()].into(),
        admins: BTreeSet::new(),
        ..alone(&scene, channel)
    };
    made(&mut scene, id, &nature);
    // Nobody may change that of a direct conversation.
    let refused = PrivateChange::History(HistoryPolicy::FromJoining);
    scene
        .session
        .state
        .group_part(id)
        .changes
        .push_back(refused);
    wait(scene.session.job(Job::ChangePrivate(id))).unwrap();
    wait(scene.session.job(Job::MakePrivate(id))).unwrap();
    assert_eq!(next_change(&scene, &id), None);
    assert!(scene.session.state.plans.is_empty());
    scene.restart();
    assert!(scene.session.state.plans.is_empty());
}

#[test]
fn an_old_copys_plan_puts_nobody_back_who_was_taken_out_since() {
    let mut scene = Scene::new();
    let (anna, saga) = (scene.anna.account.account(), AccountId([3; 32]));
    let (id, channel) = planned(&mut scene, vec![anna]);
    let mut nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    scene.catch_up();
    wait(scene.session.job(Job::MakePrivate(id))).unwrap();
    let add = PrivateChange::Add([anna].into());
    assert_eq!(next_change(&scene, &id), Some(add));
    scene
        .session
        .set_changes(id, std::collections::VecDeque::clear)
        .unwrap();
    // As it was after others had come, and Anna had gone.
    nature.accounts.insert(saga);
    scene.session.state.groups.get_mut(&id).unwrap().group = None;
    made(&mut scene, id, &nature);
    scene.catch_up();
    wait(scene.session.job(Job::MakePrivate(id))).unwrap();
    assert_ne!(
        next_change(&scene, &id),
        Some(PrivateChange::Add([anna].into()))
    );
}

#[test]
fn nothing_is_made_for_a_channel_that_was_closed_before_its_group_was_there() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    changed(&mut scene, Change::ChannelClosed { id: channel });
    assert!(scene.session.state.plans.is_empty());
    // Without a network anything that asked the server would fail.
    wait(scene.session.job(Job::MakePrivate(id))).unwrap();
    wait(scene.session.job(Job::EnterGroup(id))).unwrap();
}

#[test]
fn a_group_whose_channel_was_closed_is_left_even_if_the_program_ended_just_then() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    changed(&mut scene, Change::ChannelClosed { id: channel });
    assert!(scene.session.state.held(&id).is_none());
    // The entry is on the disk, and what follows from it is not.
    made(&mut scene, id, &nature);
    scene.restart();
    assert!(scene.session.state.held(&id).is_some());
    scene.catch_up();
    assert!(scene.session.state.held(&id).is_none());
    scene.restart();
    assert!(scene.session.state.nature_of(&channel).is_none());
}

#[test]
fn who_was_taken_out_while_away_leaves_the_group() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    let info = ChannelInfo {
        name: "attic".into(),
        topic: String::new(),
        voice: false,
    };
    let names = &mut scene.session.state.directory.channels;
    names.insert(channel, info);
    scene.session.look_for_groups();
    assert!(scene.wants(&Job::FindGroups));
    scene.session.compare_groups(&[id].into()).unwrap();
    assert!(scene.session.state.held(&id).is_some());
    let lobby = scene.lobby();
    scene.session.compare_groups(&[lobby].into()).unwrap();
    assert!(scene.session.state.held(&id).is_none());
    assert!(scene.session.state.lobby().is_some());
    let mut listed = scene.session.state.open_channels();
    assert!(listed.all(|listed| listed != channel));
    assert!(scene.session.state.words[0].contains("not in attic any more"));
}

#[test]
fn a_private_group_that_the_server_shows_is_entered() {
    let mut scene = Scene::new();
    let (id, _) = planned(&mut scene, Vec::new());
    scene.session.compare_groups(&[id].into()).unwrap();
    assert!(scene.wants(&Job::EnterGroup(id)));
    // There is no network, so it gets no further than asking for it.
    let ended = wait(scene.session.job(Job::EnterGroup(id))).unwrap_err();
    assert!(matches!(ended, Ended::Net(_)), "{ended}");
}

/// What a channel is called, said by this device and come back from the server: the first of its events.
fn named(scene: &mut Scene, channel: ChannelId) -> ServerFrame {
    let info = EventBody::ChannelInfo {
        channel,
        name: "attic".into(),
        topic: String::new(),
        voice: false,
    };
    let open = std::mem::replace(&mut scene.channel, channel);
    assert!(scene.session.enqueue(channel, info).unwrap());
    let sent = scene.sent().remove(0);
    let frame = scene.stored(sent);
    scene.channel = open;
    frame
}

#[test]
fn a_name_is_kept_with_the_event_that_says_it() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    scene.catch_up();
    let frame = named(&mut scene, channel);
    scene.fail_disk_after(1);
    // Whatever else was to be written is not.
    let _ = scene.frame(frame);
    scene.restart();
    let name = scene.session.state.channel_name(&channel);
    assert_eq!(name.as_deref(), Some("attic"));
}

#[test]
fn who_is_put_in_again_asks_for_what_was_written_meanwhile() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    scene.catch_up();
    made(&mut scene, id, &nature);
    assert!(scene.session.state.caught_up);
    let lobby = scene.lobby();
    scene.session.compare_groups(&[lobby].into()).unwrap();
    made(&mut scene, id, &nature);
    assert!(!scene.session.state.caught_up);
    assert!(scene.session.state.asked.contains(&channel));
}

#[test]
fn a_commit_in_no_group_has_one_look_whether_it_is_still_ones_own() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    let change = PrivateChange::History(HistoryPolicy::FromJoining);
    scene.session.state.group_part(id).changes.push_back(change);
    scene.refuse_all(ErrorCode::NotFound);
    wait(scene.session.job(Job::ChangePrivate(id))).unwrap();
    assert!(scene.wants(&Job::FindGroups));
}

#[test]
fn groups_that_the_server_cannot_name_now_are_looked_for_again() {
    let mut scene = Scene::new();
    scene.refuse_all(ErrorCode::Unavailable);
    // The connection ends by it, and the next one looks.
    let ended = wait(scene.session.job(Job::FindGroups)).unwrap_err();
    assert!(matches!(ended, Ended::Net(_)), "{ended}");
}

#[test]
fn a_plan_outlives_the_session_that_it_was_begun_in_and_no_refusal() {
    let mut scene = Scene::new();
    let (id, _) = planned(&mut scene, Vec::new());
    scene.refuse_all(ErrorCode::NotSignedIn);
    let ended = wait(scene.session.job(Job::MakePrivate(id))).unwrap_err();
    assert!(matches!(ended, Ended::Net(_)), "{ended}");
    assert!(scene.session.state.plans.contains_key(&id));
    assert!(scene.notices.lock().is_empty());
    scene.refuse_all(ErrorCode::NotAllowed);
    wait(scene.session.job(Job::MakePrivate(id))).unwrap();
    assert!(scene.session.state.plans.is_empty());
    assert_eq!(scene.notices.lock().len(), 1);
}

#[test]
fn what_one_writes_waits_with_the_reason_why_a_private_channels_keys_cannot_be_used() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    scene.catch_up();
    scene.session.leave_group(id).unwrap();
    scene.session.state.group_part(id).problem = Some("The tree is rotten.".into());
    let info = EventBody::Text {
        text: "when it is mended".into(),
        reply_to: None,
    };
    assert!(scene.session.enqueue(channel, info).unwrap());
    let community = view::community(&scene.session.state);
    let mut shown = community.channels.iter();
    let shown = shown.find(|shown| shown.id == channel).unwrap();
    assert_eq!(shown.held_up.as_deref(), Some("The tree is rotten."));
}

#[test]
fn a_channel_is_named_again_to_a_device_that_came_in_by_itself() {
    let mut scene = Scene::new();
    let anna = scene.anna.account.account();
    let (id, channel) = planned(&mut scene, vec![anna]);
    let mut nature = alone(&scene, channel);
    nature.accounts.insert(anna);
    nature.history = HistoryPolicy::FromJoining;
    made(&mut scene, id, &nature);
    scene.catch_up();
    let frame = named(&mut scene, channel);
    scene.frame(frame).unwrap();
    let state = &scene.session.state;
    let public = state.held(&id).unwrap().public(&state.me.device).unwrap();
    let device = &scene.anna.device;
    let (info, tree) = (&public.group_info, &public.tree);
    let join = ExternalJoin::prepare(id, info, tree, &scene.roster, device, anna, 0).unwrap();
    assert!(scene.session.state.channel(channel).outbox.is_empty());
    let commit = ServerFrame::Commit {
        group: id,
        epoch: join.epoch(),
        commit: join.commit().to_vec().into(),
    };
    scene.frame(commit).unwrap();
    let waiting = &scene.session.state.channel(channel).outbox;
    let said: Vec<_> = waiting.values().map(|item| &item.content.body).collect();
    assert!(matches!(said[..], [EventBody::ChannelInfo { .. }]));
}

/// An event as the server shows it at once to who belongs to the channel, wherever they are in its stream.
fn live(scene: &mut Scene, channel: ChannelId) -> ServerFrame {
    let frame = named(scene, channel);
    let ServerFrame::Event { event, .. } = frame else {
        return frame;
    };
    ServerFrame::Event {
        channel,
        sequence: 5,
        time_ms: 1,
        event,
    }
}

#[test]
fn what_is_live_before_one_was_sent_what_one_missed_of_a_new_channel_is_no_gap() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    scene.catch_up();
    let frame = live(&mut scene, channel);
    // Caught up it is one.
    let ended = scene.frame(frame.clone()).unwrap_err();
    assert!(matches!(ended, Ended::Resync(_)), "{ended}");
    scene.session.state.asked.remove(&channel);
    made(&mut scene, id, &nature);
    scene.frame(frame).unwrap();
    // The server says that it has sent everything, and has not.
    scene.welcome();
    let ended = scene.frame(ServerFrame::CaughtUp).unwrap_err();
    assert!(matches!(ended, Ended::Resync(_)), "{ended}");
    scene.frame(ServerFrame::CaughtUp).unwrap();
    assert!(scene.session.state.caught_up);
}

#[test]
fn a_commit_that_is_live_before_those_since_the_welcome_comes_again() {
    let mut scene = Scene::new();
    let (id, channel) = planned(&mut scene, Vec::new());
    let nature = alone(&scene, channel);
    made(&mut scene, id, &nature);
    let device = Arc::clone(&scene.mikael.device);
    let roster = scene.roster.clone();
    let ahead = scene.session.state.held_mut(&id).unwrap();
    ahead.make_commit(&device, &roster).unwrap();
    ahead.confirm_commit().unwrap();
    let later = ahead.make_commit(&device, &roster).unwrap();
    let frame = commit_frame(id, &later);
    // Back to where the welcome was for.
    made(&mut scene, id, &nature);
    assert!(!scene.session.state.caught_up);
    scene.frame(frame.clone()).unwrap();
    scene.session.state.entering.clear();
    let ended = scene.frame(frame).unwrap_err();
    assert!(matches!(ended, Ended::Resync(_)), "{ended}");
}
