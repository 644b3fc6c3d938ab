//! What was missed, asked for at a first connection.

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::{ClientFrame, ServerFrame};

use super::scene::Scene;
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
    scene.frame(ServerFrame::CaughtUp).unwrap();
    let second = asked(&mut scene).unwrap();
    assert!(second.contains(&channel) && second.contains(&directory));
    assert!(!scene.session.state.caught_up);
    scene.frame(ServerFrame::CaughtUp).unwrap();
    assert_eq!(asked(&mut scene), None);
    assert!(scene.session.state.caught_up);
}

#[test]
fn who_was_let_in_asks_for_what_only_members_are_shown() {
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
    show(&mut scene, admitted).unwrap();
    assert!(asked(&mut scene).is_some());
    assert_eq!(scene.session.state.connection, Connection::CatchingUp);
}
