#![no_main]
//! The saved keys of a device, as its database gives them: what is read has each key under its name, and what is granted of them are keys
//! that open what they are for.
use std::sync::LazyLock;

use dialtone_crypto::{KeyFound, KeyRing};
use dialtone_protocol::ChannelId;
use dialtone_protocol::sealed::{EventHeader, GrantedKey, SealedEvent};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "other targets use the rest")]
#[path = "../../tests/suite/common.rs"]
mod common;
mod edits;

use common::World;
use edits::Edits;

const MOST_ROWS: usize = 32;

#[derive(Debug, Arbitrary)]
enum Row {
    /// One of a ring, with changes.
    Changed(u8, Edits, Edits),
    Raw(Vec<u8>, Vec<u8>),
}

struct Scene {
    channel: ChannelId,
    header: EventHeader,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let mut world = World::with(2);
    world.commit(0, &[]);
    let sealed = world.seal(0, &world.stream(), "text");
    let (_, header) = SealedEvent::read(&sealed.bytes).expect("an event");
    let (lobby, channel) = (world.lobby(), world.channel);
    let keys = world.members[0].ring.all_for(lobby, channel);
    // The last one was not there in the first epochs, and has their keys from two others.
    let grantors = [0, 1].map(|index| world.members[index].device.id());
    let ring = &mut world.members[2].ring;
    for (key, grantor) in keys.iter().zip(grantors.into_iter().cycle()) {
        ring.insert_granted(Some(grantor), key);
        ring.insert_granted(
            None,
            &GrantedKey {
                epoch: 99,
                ..key.clone()
            },
        );
    }
    let rows = ring.drain_changes().into_iter();
    let rows = rows.filter_map(|row| Some((row.key, row.value?.to_vec())));
    Scene {
        channel,
        header,
        rows: rows.collect(),
    }
});

fuzz_target!(|given: Vec<Row>| {
    let scene = &*SCENE;
    let row = |row| match row {
        Row::Changed(number, key, value) => {
            let right = &scene.rows[usize::from(number) % scene.rows.len()];
            (key.of(&right.0), value.of(&right.1))
        }
        Row::Raw(key, value) => (key, value),
    };
    let Ok(mut ring) = KeyRing::load(given.into_iter().take(MOST_ROWS).map(row)) else {
        return;
    };
    // It is as it was saved.
    assert!(ring.drain_changes().is_empty());
    for key in ring.everything(|_| vec![scene.channel]) {
        assert_eq!(key.key.len(), 32);
        let id = KeyRing::id_of(&key).expect("it is a key");
        let header = EventHeader {
            group: key.group,
            epoch: key.epoch,
            channel: key.channel,
            key_id: id,
            ..scene.header.clone()
        };
        let KeyFound::Found(found) = ring.find(&header) else {
            panic!("a key that is granted opens nothing here");
        };
        assert_eq!((found.id(), found.name().epoch), (id, key.epoch));
    }
});
