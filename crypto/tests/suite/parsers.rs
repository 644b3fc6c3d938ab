//! Whatever bytes come, nothing panics.

use std::sync::OnceLock;
use std::time::Duration;

use dialtone_crypto::group::{ExternalJoin, Group};
use dialtone_crypto::keystore::{ProfileSecrets, open_profile};
use dialtone_crypto::rows::RowKey;
use dialtone_crypto::{
    KeyRing, Login, MediaOpener, OsRng, Registration, SignalOpener, StreamChecker, invite,
    open_grant, read_key_request,
};
use dialtone_protocol::{CallId, DeviceId, StreamId};
use proptest::prelude::*;

use crate::common::World;

struct Fixture {
    world: World,
    link: dialtone_protocol::link::Link,
    event: Vec<u8>,
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let mut world = World::with(1);
        let issued = world.issue(1);
        world.append(issued.entry);
        let event = world.seal(0, &world.stream(), "text").bytes;
        Fixture {
            world,
            link: issued.link,
            event,
        }
    })
}

fn feed(bytes: &[u8]) {
    let Fixture { world, link, .. } = fixture();
    let roster = world.roster();
    let member = &world.members[1];
    let _ = world.stream().check(bytes, roster);
    let _ = open_grant(bytes, &member.device, roster);
    let _ = read_key_request(bytes, roster);
    let _ = invite::open_pack(link, bytes);
    let _ = open_profile(bytes, &"x".into());
    let _ = StreamChecker::from_bytes(bytes);
    let _ = KeyRing::load([(bytes.to_vec(), bytes.to_vec())]);
    let _ = Group::load(world.lobby(), [(bytes.to_vec(), bytes.to_vec())]);
    let _ = roster.clone().append(bytes.to_vec());
    let mut signals = SignalOpener::new(world.community(), member.device.id());
    signals.add(member.group.signal_secret().unwrap());
    let _ = signals.open(bytes, roster);
    let mut media = MediaOpener::new(DeviceId([0; 32]), StreamId([0; 16]));
    let secret = member.group.call_secret(CallId([0; 16])).unwrap();
    media.add_key(&secret, Duration::ZERO).unwrap();
    let _ = media.open(bytes, &mut Vec::new());
    let rows = RowKey::new(&ProfileSecrets::new(&mut OsRng).database_key);
    let _ = rows.open("table", b"row", bytes);
    for (info, tree) in [
        (bytes, world.server.tree().as_slice()),
        (world.server.group_info.as_slice(), bytes),
    ] {
        let (device, account) = (&member.device, member.account);
        let _ = ExternalJoin::prepare(world.lobby(), info, tree, roster, device, account, 1);
    }
}

/// 64 cases, because each feeds every parser there is; more where `PROPTEST_CASES` asks for them.
fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(64),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn garbage(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        feed(&bytes);
    }

    #[test]
    fn almost_right(index in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let Fixture { world, event, .. } = fixture();
        let info = &world.server.group_info;
        let tree = world.server.tree();
        for right in [event, info, &tree] {
            let mut bytes = right.clone();
            let at = index.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len()) + 1);
            feed(&bytes);
        }
    }

    #[test]
    fn answers_to_passwords(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (registration, _) = Registration::start(b"p", &mut OsRng).unwrap();
        let _ = registration.finish(&bytes, &mut OsRng);
        let (login, _) = Login::start(b"p", &mut OsRng).unwrap();
        prop_assert!(login.finish(&bytes, &mut OsRng).is_err());
    }
}
