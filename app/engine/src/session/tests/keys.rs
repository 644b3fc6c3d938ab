//! Keys that others grant: only those that an event waits for, and only as long as they open it.

use std::sync::Arc;

use dialtone_crypto::{
    DeviceKey, OsRng, SenderChain, entries, invite, open_grant, seal_grant, sign_key_request,
};
use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::roster::HistoryPolicy;
use dialtone_protocol::sealed::{GrantedKey, WantedKey};

use super::scene::{Scene, wait};
use crate::chat::records::Verdict;
use crate::session::state::{Append, Job};

fn granted(scene: &Scene, keys: Vec<GrantedKey>) -> ServerFrame {
    let to = scene.mikael.device.id();
    let grant = seal_grant(&scene.anna.device, &scene.roster, to, keys).unwrap();
    ServerFrame::Grant {
        id: 1,
        grant: grant.into(),
    }
}

/// An event of the epoch before Mikael came: its key is Anna's to grant.
fn earlier_event(scene: &mut Scene) -> GrantedKey {
    let group = scene.group.id();
    let key = scene.keys.sealing_key(group, 0, scene.channel).unwrap();
    let position = scene.roster.position();
    let (frame, _) = scene.event_under(&key, position, "before you came");
    scene.frame(frame).unwrap();
    assert!(matches!(scene.verdict(1), Verdict::Waiting { .. }));
    let keys = scene.keys.all_for(group, scene.channel);
    keys.into_iter().find(|key| key.epoch == 0).unwrap()
}

#[test]
fn only_the_key_that_an_event_waits_for_is_kept() {
    let mut scene = Scene::new();
    let key = earlier_event(&mut scene);
    let other_channel = GrantedKey {
        channel: dialtone_protocol::ChannelId([3; 16]),
        ..key.clone()
    };
    let wrong = GrantedKey {
        key: vec![7; 32].into(),
        ..key.clone()
    };
    let frame = granted(&scene, vec![other_channel, wrong]);
    scene.frame(frame).unwrap();
    let rows = |scene: &Scene| {
        let table = crate::local::Table::Keys;
        scene.session.database.all(table, &[]).unwrap().len()
    };
    let own = rows(&scene);
    assert!(matches!(scene.verdict(1), Verdict::Waiting { .. }));
    scene.restart();
    scene.catch_up();
    let frame = granted(&scene, vec![key]);
    scene.frame(frame).unwrap();
    assert!(matches!(scene.verdict(1), Verdict::Opened(_)));
    assert_eq!(rows(&scene), own + 1);
}

#[test]
fn who_entered_the_group_anew_still_knows_for_whom_its_earlier_epochs_were() {
    let mut scene = Scene::new();
    let anna = Arc::clone(&scene.anna.device);
    let policy = HistoryPolicy::FromJoining;
    let changed = entries::set_policy(&anna, &scene.roster, scene.channel, policy);
    scene.append(changed.unwrap());
    // Of Anna's, and so of somebody who was there all the time.
    let second = DeviceKey::generate(&mut OsRng).unwrap();
    let added = entries::add_device(&anna, &scene.roster, second.public_keys());
    scene.append(added.unwrap());
    scene.show_roster();
    let wanted = WantedKey {
        group: scene.group.id(),
        epoch: scene.group.epoch(),
        channel: scene.channel,
    };
    scene.session.leave_group(scene.lobby()).unwrap();
    scene.enter();
    scene.restart();
    scene.catch_up();
    scene.session.state.out.clear();
    let request = sign_key_request(&second, &scene.roster, vec![wanted]).unwrap();
    let request = request.into();
    scene.frame(ServerFrame::KeysRequested { request }).unwrap();
    let out = scene.session.state.out.pop_front();
    let Some((ClientFrame::Grant { to, grant }, _)) = out else {
        panic!("{out:?}");
    };
    assert_eq!(to, second.id());
    let opened = open_grant(&grant, &second, &scene.roster).unwrap();
    assert_eq!(opened.keys.len(), 1);
    assert_eq!(opened.keys[0].epoch, wanted.epoch);
}

#[test]
fn an_invite_that_has_run_out_is_revoked_by_who_issued_it() {
    let mut scene = Scene::new();
    let account = scene.mikael.account.account();
    let promote = entries::change_role(
        &scene.anna.device,
        &scene.roster,
        account,
        dialtone_protocol::roster::Role::Admin,
    )
    .unwrap();
    scene.append(promote);
    let terms = invite::InviteTerms {
        server: "localhost:1".into(),
        uses: 2,
        expires_s: 1_000,
        role: dialtone_protocol::roster::Role::Member,
        community_name: String::new(),
        inviter_name: String::new(),
    };
    for device in [&scene.mikael.device.clone(), &scene.anna.device.clone()] {
        let made = invite::issue(device, &scene.roster, terms.clone(), &[], &mut OsRng).unwrap();
        scene.append(made.entry);
    }
    scene.show_roster();
    scene.session.mind_invites(999_000);
    assert!(scene.session.state.jobs.is_empty());
    scene.session.mind_invites(1_000_000);
    let jobs: Vec<_> = scene.session.state.jobs.drain(..).collect();
    let [Job::Append(Append::RevokeInvite(id))] = jobs[..] else {
        panic!("{jobs:?}");
    };
    let roster = scene.session.state.roster.clone().unwrap();
    assert_eq!(roster.view().invites()[&id].issuer, account);
    // Tried once: there is no network here.
    wait(scene.session.job(jobs[0].clone())).unwrap_err();
    scene.session.mind_invites(2_000_000);
    assert!(scene.session.state.jobs.is_empty());
}

#[test]
fn an_event_of_an_unknown_channel_leaves_nothing_behind() {
    let mut scene = Scene::new();
    let known = scene.channel;
    scene.channel = dialtone_protocol::ChannelId([5; 16]);
    let device = scene.anna.device.clone();
    let position = scene.roster.position();
    let body = dialtone_protocol::content::EventBody::Profile {
        name: "x".into(),
        picture: None,
    };
    let id = dialtone_protocol::ClientEventId([1; 16]);
    let (frame, _) = scene.event(&device, SenderChain::START, id, body, position);
    scene.frame(frame).unwrap();
    assert!(!scene.session.state.channels.contains_key(&scene.channel));
    assert_eq!(scene.alarm(), None);
    scene.channel = known;
    assert_eq!(scene.mikael_writes("goes on"), 1);
}
