//! What admins set for a channel: what comes in from whom may not write, how a pause holds one's own messages back, and who is heard.

use std::sync::Arc;

use dialtone_crypto::{SenderChain, entries};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::frame::RefusalCode;
use dialtone_protocol::roster::{ChannelSetting, Who};
use dialtone_protocol::{ClientEventId, Hash};

use super::calls::{join, run};
use super::scene::Scene;
use crate::chat::records::Verdict;
use crate::clock;
use crate::session::view;

/// Anna sets it, and Mikael is shown that.
fn anna_sets(scene: &mut Scene, setting: ChannelSetting) {
    let (anna, roster) = (&scene.anna.device, &scene.roster);
    let entry = entries::set_channel(anna, roster, scene.channel, setting).unwrap();
    scene.append(entry);
    scene.show_roster();
}

fn text(text: &str) -> EventBody {
    EventBody::Text {
        text: text.into(),
        reply_to: None,
    }
}

/// What the window says under the field, and until when one waits.
fn held_up(scene: &Scene) -> (Option<String>, Option<u64>) {
    let community = view::community(&scene.session.state);
    let mut channels = community.channels.iter();
    let here = channels.find(|channel| channel.id == scene.channel);
    let here = here.unwrap();
    (here.held_up.clone(), here.paused_until_ms)
}

#[test]
fn a_message_of_whoever_may_not_write_is_not_taken_in_and_a_reaction_is() {
    let mut scene = Scene::new();
    let before = scene.roster.position();
    anna_sets(&mut scene, ChannelSetting::Writing(Who::Admins));
    let now = scene.roster.position();
    let announced = scene.anna_writes("an announcement", now);
    scene.frame(announced).unwrap();
    let device = Arc::clone(&scene.mikael.device);
    let id = |number| ClientEventId([number; 16]);
    // The member list of before is named in vain.
    let (sly, chain) = scene.event(&device, SenderChain::START, id(1), text("me, too"), before);
    scene.frame(sly).unwrap();
    let Verdict::Refused { reason, .. } = scene.verdict(2) else {
        panic!("it was taken in")
    };
    assert!(reason.contains("may not write"), "{reason}");
    let reaction = EventBody::Reaction {
        target: Hash([7; 32]),
        emoji: "👍".into(),
        set: true,
    };
    let (frame, _) = scene.event(&device, chain, id(2), reaction, now);
    scene.frame(frame).unwrap();
    assert!(matches!(scene.verdict(3), Verdict::Opened(_)));
    assert_eq!(scene.alarm(), None);
}

#[test]
fn a_pause_holds_back_the_next_message_and_lets_reactions_pass() {
    let mut scene = Scene::new();
    anna_sets(&mut scene, ChannelSetting::Pause(30));
    let channel = scene.channel;
    let began = clock::now_ms();
    scene.session.enqueue(channel, text("first")).unwrap();
    let first = scene.sent_at(began).remove(0);
    let stored = scene.stored(first);
    scene.frame(stored).unwrap();
    scene.session.enqueue(channel, text("second")).unwrap();
    assert!(scene.sent_at(began + 20_000).is_empty(), "it rests");
    let (words, until) = held_up(&scene);
    assert!(words.unwrap().contains("a pause between messages"));
    let until = until.unwrap();
    assert!((began + 30_000..clock::now_ms() + 30_001).contains(&until));
    let reaction = EventBody::Reaction {
        target: Hash([7; 32]),
        emoji: "👍".into(),
        set: true,
    };
    scene.session.enqueue(channel, reaction).unwrap();
    let passed = scene.sent_at(began + 20_000);
    assert_eq!(passed.len(), 1, "a reaction overtakes it");
    let stored = scene.stored(passed[0].clone());
    scene.frame(stored).unwrap();
    assert_eq!(scene.sent_at(until).len(), 1, "nothing is lost");
}

#[test]
fn a_message_that_the_server_holds_up_waits_as_long_as_it_says_and_is_sealed_anew() {
    let mut scene = Scene::new();
    anna_sets(&mut scene, ChannelSetting::Pause(30));
    let channel = scene.channel;
    scene.session.enqueue(channel, text("too soon")).unwrap();
    let first = scene.sent().remove(0);
    let order = scene.session.state.channel(channel).in_flight.unwrap();
    let refused = (RefusalCode::SlowMode, Some(12));
    scene
        .session
        .event_refused(channel, order, refused, "no")
        .unwrap();
    let now = clock::now_ms();
    assert!(scene.sent_at(now + 11_000).is_empty());
    let later = scene.sent_at(now + 12_001);
    assert_eq!(later.len(), 1);
    assert_ne!(later[0], first, "sealed anew");
    let stored = scene.stored(later[0].clone());
    scene.frame(stored).unwrap();
    assert!(!scene.waits());
    assert!(matches!(scene.verdict(1), Verdict::Opened(_)));
}

#[test]
fn where_admins_speak_one_listens_in_that_channels_call_alone() {
    let mut scene = Scene::new();
    run(async {
        join(&mut scene).await;
        let is_silenced = |scene: &Scene| {
            let call = scene.session.state.call.as_ref().unwrap();
            let allowed = call.sound.as_ref().unwrap().keys.is_allowed();
            assert_ne!(allowed, call.switches.silenced);
            call.switches.silenced
        };
        assert!(!is_silenced(&scene));
        anna_sets(&mut scene, ChannelSetting::Speaking(Who::Admins));
        assert!(is_silenced(&scene));
        anna_sets(&mut scene, ChannelSetting::Speaking(Who::Everyone));
        assert!(!is_silenced(&scene));
        scene.session.leave_call().await;
    });
}
