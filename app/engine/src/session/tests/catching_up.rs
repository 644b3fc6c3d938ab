//! What was missed, and what of it is one's own: after a first connection, and on a profile that was put back from an old copy.

use std::sync::Arc;

use dialtone_crypto::{SenderChain, seal_grant};
use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::{ChannelId, DeviceId};

use super::scene::Scene;
use crate::session::run::Ended;
use crate::snapshot::Connection;

/// The channels that what was missed is asked for, if it is asked for.
fn asked(scene: &mut Scene) -> Option<Vec<ChannelId>> {
    let mut out = scene.session.state.out.drain(..);
    out.find_map(|(frame, _)| match frame {
        ClientFrame::Resume { channels, .. } => {
            Some(channels.iter().map(|cursor| cursor.channel).collect())
        }
        _ => None,
    })
}

#[test]
fn channels_that_came_with_the_member_list_are_asked_for_too() {
    let mut scene = Scene::outside();
    let (channel, directory) = (scene.channel, scene.session.state.directory_id());
    scene.session.ask_for_missed();
    assert_eq!(asked(&mut scene), Some(vec![directory]));
    scene.show_roster();
    scene.welcome();
    scene.frame(ServerFrame::CaughtUp).unwrap();
    let second = asked(&mut scene).unwrap();
    assert!(second.contains(&channel) && second.contains(&directory));
    assert!(!scene.session.state.caught_up);
    scene.frame(ServerFrame::CaughtUp).unwrap();
    assert_eq!(asked(&mut scene), None);
    assert!(scene.session.state.caught_up);
}

#[test]
fn who_was_let_in_connects_anew_as_a_member() {
    let mut scene = Scene::outside();
    let entries = scene.roster.entries_from(0).to_vec();
    let admitted = 1;
    let show = |scene: &mut Scene, index: usize| {
        let entry = entries[index].clone();
        let index = index as u64;
        let entry = entry.into();
        scene.frame(ServerFrame::RosterEntry { index, entry })
    };
    show(&mut scene, 0).unwrap();
    scene.catch_up();
    let connection = &scene.session.state.connection;
    assert_eq!(*connection, Connection::WaitingForAdmission);
    let ended = show(&mut scene, admitted).unwrap_err();
    assert!(matches!(ended, Ended::Reconnect), "{ended}");
}

#[test]
fn who_was_let_in_after_the_welcome_begins_anew() {
    let mut scene = Scene::outside();
    scene.frame(welcome(&[])).unwrap();
    scene.session.ask_for_missed();
    scene.show_roster();
    // The channels that came are asked for first.
    scene.frame(ServerFrame::CaughtUp).unwrap();
    let ended = scene.frame(ServerFrame::CaughtUp).unwrap_err();
    assert!(matches!(ended, Ended::Resync(_)), "{ended}");
    scene.catch_up();
    assert_eq!(scene.session.state.connection, Connection::Online);
}

fn welcome(online: &[DeviceId]) -> ServerFrame {
    ServerFrame::Welcome {
        time_ms: 1,
        online: online.to_vec(),
        calls: Vec::new(),
    }
}

#[test]
fn what_may_have_been_sent_already_waits_until_its_key_tells() {
    let mut scene = Scene::new();
    let key = scene.keys.sealing_key(scene.group.id(), 0, scene.channel);
    let (key, channel, position) = (key.unwrap(), scene.channel, scene.roster.position());
    // Written before the copy was made, sent after it, in an epoch whose key the copy does not have.
    let body = dialtone_protocol::content::EventBody::Text {
        text: "once".into(),
        reply_to: None,
    };
    scene.session.enqueue(channel, body).unwrap();
    let item = scene.session.state.channel(channel).outbox[&1].clone();
    let mikael = Arc::clone(&scene.mikael.device);
    let (frame, _) = scene.sealed_content(
        &key,
        &mikael,
        SenderChain::START,
        item.client_id,
        &item.content,
        position,
    );
    scene.frame(frame).unwrap();
    assert_eq!(scene.events_sent(), 0);
    scene.restart();
    scene.catch_up();
    assert_eq!(scene.events_sent(), 0);
    assert!(scene.waits());
    let granted = scene.keys.all_for(scene.group.id(), channel);
    let (grant, to) = (&scene.anna.device, mikael.id());
    let grant = seal_grant(grant, &scene.roster, to, granted).unwrap();
    let grant = grant.into();
    scene.frame(ServerFrame::Grant { id: 1, grant }).unwrap();
    assert!(!scene.waits());
    assert_eq!(scene.events_sent(), 0);
    assert_eq!(scene.mikael_writes("another"), 1);
    assert_eq!(scene.alarm(), None);
}

#[test]
fn what_is_live_in_a_channel_that_came_with_the_member_list_is_no_gap() {
    let mut scene = Scene::outside();
    scene.session.ask_for_missed();
    scene.show_roster();
    let position = scene.roster.position();
    let ServerFrame::Event { event, .. } = scene.anna_writes("while one catches up", position)
    else {
        unreachable!()
    };
    let live = ServerFrame::Event {
        channel: scene.channel,
        sequence: 5,
        time_ms: 1,
        event,
    };
    scene.frame(live).unwrap();
    let asked = scene.channel;
    scene.frame(ServerFrame::CaughtUp).unwrap();
    assert!(scene.session.state.asked.contains(&asked));
    // What came early must be there by then.
    scene.welcome();
    let ended = scene.frame(ServerFrame::CaughtUp).unwrap_err();
    assert!(matches!(ended, Ended::Resync(_)), "{ended}");
}
