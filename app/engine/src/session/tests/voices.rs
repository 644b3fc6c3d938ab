//! Muted for everybody, heard before others: what entries of the member list do to one's call, whatever the server does.

use dialtone_crypto::entries;
use dialtone_protocol::roster::VoiceStanding;
use dialtone_protocol::{AccountId, StreamId};

use super::calls::{join, run};
use super::scene::{Person, Scene};
use crate::session::state::{Append, Job};
use crate::voice::CallPart;

/// Anna says how somebody is heard, and Mikael is shown it.
fn anna_says(scene: &mut Scene, account: AccountId, standing: VoiceStanding) {
    let (anna, roster) = (&scene.anna.device, &scene.roster);
    let entry = entries::change_voice_standing(anna, roster, account, standing).unwrap();
    scene.append(entry);
    scene.show_roster();
}

fn call(scene: &Scene) -> &CallPart {
    scene.session.state.call.as_ref().unwrap()
}

fn seals(scene: &Scene) -> bool {
    call(scene).sound.as_ref().unwrap().keys.is_allowed()
}

fn told(scene: &mut Scene) -> Vec<String> {
    std::mem::take(&mut scene.session.state.words)
}

#[test]
fn nothing_is_sealed_while_an_admin_has_muted_one_whatever_one_does() {
    let mut scene = Scene::new();
    let me = scene.mikael.account.account();
    run(async {
        join(&mut scene).await;
        assert!(seals(&scene) && !call(&scene).switches.is_silent());
        anna_says(&mut scene, me, VoiceStanding::Muted);
        assert!(!seals(&scene) && call(&scene).switches.is_silent());
        let words = told(&mut scene);
        assert_eq!(words.len(), 1, "{words:?}");
        assert!(words[0].contains("has muted you for everyone"), "{words:?}");
        scene.session.set_muted(true);
        scene.session.set_muted(false);
        scene.session.mind_voice_gate();
        assert!(!seals(&scene) && call(&scene).switches.is_silent());
        assert!(call(&scene).paused_since.is_none(), "it is no fault");
        // Nor in another stay, nor in another call.
        let again = call(&scene).stream;
        scene.session.leave_call().await;
        join(&mut scene).await;
        assert_ne!(call(&scene).stream, again);
        assert!(!seals(&scene) && call(&scene).switches.is_silent());
        anna_says(&mut scene, me, VoiceStanding::Ordinary);
        assert!(seals(&scene) && !call(&scene).switches.is_silent());
        assert!(told(&mut scene)[0].contains("lets you speak again"));
        scene.session.leave_call().await;
    });
}

#[test]
fn whoever_was_muted_by_themselves_is_so_when_the_admin_lifts_theirs() {
    let mut scene = Scene::new();
    let me = scene.mikael.account.account();
    run(async {
        join(&mut scene).await;
        scene.session.set_muted(true);
        anna_says(&mut scene, me, VoiceStanding::Muted);
        anna_says(&mut scene, me, VoiceStanding::Ordinary);
        let switches = call(&scene).switches;
        assert!(switches.muted && !switches.silenced);
        scene.session.leave_call().await;
    });
}

#[test]
fn nothing_is_opened_of_whom_an_admin_muted_from_the_first_packet_of_a_stay() {
    let mut scene = Scene::new();
    let otto = Person::new();
    let (account, device) = (otto.account.account(), otto.device.id());
    let knock = entries::knock(&scene.roster.community(), &otto.account, &otto.device);
    let entry = entries::admit(&scene.anna.device, &scene.roster, &knock).unwrap();
    scene.append(entry);
    scene.show_roster();
    let silences = |scene: &Scene| {
        let media = call(scene).media.as_ref().unwrap();
        media.openers.silences(&device)
    };
    run(async {
        join(&mut scene).await;
        scene.session.other_began(device, StreamId([7; 16]));
        assert!(!silences(&scene));
        anna_says(&mut scene, account, VoiceStanding::Muted);
        assert!(silences(&scene));
        assert!(seals(&scene), "one's own voice goes on");
        scene.session.leave_call().await;
        join(&mut scene).await;
        assert!(silences(&scene), "in the next call from the beginning");
        anna_says(&mut scene, account, VoiceStanding::Priority);
        assert!(
            !silences(&scene)
                && call(&scene)
                    .standings
                    .has_priority(&call(&scene).channel(), &device)
        );
        scene.session.leave_call().await;
        assert!(told(&mut scene).is_empty(), "that is no news for others");
    });
}

#[test]
fn what_came_and_went_while_one_was_away_is_no_news_and_what_lasts_is_told_once() {
    let mut scene = Scene::new();
    let me = scene.mikael.account.account();
    scene.restart();
    anna_says(&mut scene, me, VoiceStanding::Muted);
    anna_says(&mut scene, me, VoiceStanding::Ordinary);
    scene.catch_up();
    assert!(told(&mut scene).is_empty());
    scene.restart();
    anna_says(&mut scene, me, VoiceStanding::Muted);
    assert!(told(&mut scene).is_empty(), "not before all is here");
    scene.catch_up();
    assert_eq!(told(&mut scene).len(), 1);
    scene.restart();
    scene.catch_up();
    assert!(told(&mut scene).is_empty());
}

#[test]
fn only_what_the_rules_allow_is_signed_and_else_the_reason_is_told() {
    let mut scene = Scene::new();
    let (me, anna) = (scene.mikael.account.account(), scene.anna.account.account());
    run(async {
        for (whom, standing, words) in [
            (anna, VoiceStanding::Muted, "higher rank"),
            (me, VoiceStanding::Priority, "higher rank"),
            (me, VoiceStanding::Muted, "microphone"),
        ] {
            scene.notices.lock().clear();
            let done = scene.session.set_voice_standing(whom, standing).await;
            done.unwrap();
            let notices = scene.notices.lock().clone();
            assert!(notices.concat().contains(words), "{notices:?}");
        }
        anna_says(&mut scene, me, VoiceStanding::Muted);
        scene.notices.lock().clear();
        let lifted = scene
            .session
            .set_voice_standing(me, VoiceStanding::Ordinary);
        lifted.await.unwrap();
        assert!(scene.notices.lock().concat().contains("cannot lift"));
        let appends = |job: &Job| matches!(job, Job::Append(Append::Change(_)));
        assert!(!scene.session.state.jobs.iter().any(appends));
    });
}
