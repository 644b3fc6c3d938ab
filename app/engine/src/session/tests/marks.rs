//! What is done to messages, in a session: in a profile of an earlier version, and before the message can be opened.

use std::sync::Arc;

use dialtone_crypto::{SenderChain, seal_grant};
use dialtone_protocol::content::EventBody;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::{ClientEventId, Hash};

use super::super::load::META_MARKED;
use super::scene::Scene;
use crate::chat::records::Verdict;
use crate::local::Table;
use crate::snapshot::ItemBody;

impl Scene {
    fn shown(&mut self) -> Vec<ItemBody> {
        let channel = self.channel;
        let lines = self.session.state.channel(channel).lines.values();
        lines.map(|line| line.body.clone()).collect()
    }

    /// Anna does something, as the next of the stream.
    fn anna_does(&mut self, body: EventBody, chain: SenderChain) -> SenderChain {
        let (anna, position) = (Arc::clone(&self.anna.device), self.roster.position());
        let id = ClientEventId(crate::clock::random());
        let (frame, chain) = self.event(&anna, chain, id, body, position);
        self.frame(frame).unwrap();
        chain
    }
}

fn hash_in(frame: &ServerFrame) -> Hash {
    let ServerFrame::Event { event, .. } = frame else {
        panic!("an event");
    };
    Hash::of(event)
}

#[test]
fn a_profile_of_an_earlier_version_knows_what_was_done() {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let first = scene.anna_writes("Wind from the nroth", position);
    let target = hash_in(&first);
    scene.frame(first).unwrap();
    let text = "Wind from the north".to_owned();
    let chain = scene.anna.chain;
    scene.anna_does(EventBody::Edit { target, text }, chain);
    let transaction = |scene: &mut Scene| {
        let database = &mut scene.session.database;
        let rows = [Table::Place, Table::Act].map(|table| database.all(table, &[]).unwrap());
        assert!(rows.iter().all(|rows| !rows.is_empty()));
        let transaction = database.begin().unwrap();
        for (table, rows) in [Table::Place, Table::Act].into_iter().zip(rows) {
            for (key, _) in rows {
                transaction.delete(table, &key).unwrap();
            }
        }
        transaction.delete(Table::Meta, META_MARKED).unwrap();
        transaction.commit().unwrap();
    };
    transaction(&mut scene);
    scene.restart();
    let channel = scene.channel;
    scene.session.open_channel(channel).unwrap();
    assert_eq!(
        scene.shown(),
        [ItemBody::Text("Wind from the north".into())]
    );
}

#[test]
fn what_was_taken_back_before_it_could_be_opened_is_never_kept() {
    let mut scene = Scene::new();
    let group = scene.group.id();
    let key = scene.keys.sealing_key(group, 0, scene.channel).unwrap();
    let position = scene.roster.position();
    let (frame, chain) = scene.event_under(&key, position, "before you came");
    let target = hash_in(&frame);
    scene.frame(frame).unwrap();
    assert!(matches!(scene.verdict(1), Verdict::Waiting { .. }));
    scene.anna_does(EventBody::Delete { target }, chain);
    let keys = scene.keys.all_for(group, scene.channel);
    let keys = keys.into_iter().filter(|key| key.epoch == 0).collect();
    let to = scene.mikael.device.id();
    let grant = seal_grant(&scene.anna.device, &scene.roster, to, keys).unwrap();
    scene
        .frame(ServerFrame::Grant {
            id: 1,
            grant: grant.into(),
        })
        .unwrap();
    let Verdict::Opened(content) = scene.verdict(1) else {
        panic!("it was opened");
    };
    let empty = EventBody::Text {
        text: String::new(),
        reply_to: None,
    };
    assert_eq!(content.body, empty);
    let waiting = scene.session.database.all(Table::Waiting, &[]).unwrap();
    assert!(waiting.is_empty());
    let channel = scene.channel;
    scene.session.open_channel(channel).unwrap();
    assert_eq!(scene.shown(), [ItemBody::Deleted { by: None }]);
}

#[test]
fn what_waits_for_its_key_is_known_after_a_restart() {
    let mut scene = Scene::new();
    let key = scene
        .keys
        .sealing_key(scene.group.id(), 0, scene.channel)
        .unwrap();
    let position = scene.roster.position();
    let (frame, _) = scene.event_under(&key, position, "before you came");
    scene.frame(frame).unwrap();
    let before = scene.session.wanted_keys();
    assert_eq!(before.len(), 1);
    scene.restart();
    assert_eq!(scene.session.wanted_keys(), before);
}

#[test]
fn an_act_that_the_server_refuses_is_told_and_leaves_nothing() {
    let mut scene = Scene::new();
    let position = scene.roster.position();
    let frame = scene.anna_writes("hello", position);
    let target = hash_in(&frame);
    scene.frame(frame).unwrap();
    let channel = scene.channel;
    scene.session.open_channel(channel).unwrap();
    let reaction = EventBody::Reaction {
        target,
        emoji: "⚓".into(),
        set: true,
    };
    scene.session.enqueue(channel, reaction).unwrap();
    scene.session.refresh_marked(channel, &target).unwrap();
    let reactions = |scene: &mut Scene| {
        let lines = scene.session.state.channel(channel).lines.values();
        lines
            .map(|line| line.marks.reactions.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(reactions(&mut scene), [1]);
    let outbox = &scene.session.state.channel(channel).outbox;
    let id = outbox.values().next().unwrap().client_id;
    scene
        .session
        .fail_item(channel, id, "You may not write here.")
        .unwrap();
    assert_eq!(reactions(&mut scene), [0]);
    assert!(scene.session.state.channel(channel).outbox.is_empty());
    assert!(scene.session.state.words[0].contains("You may not write here."));
}
