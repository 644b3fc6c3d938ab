//! A community that has something in every table, made as clients make it: nothing is wrong with it, and a backup has all of it.
//!
//! ```text
//! DIALTONE_FREEZE=FILE cargo test -p dialtone-server --test suite every_table     writes its SQLite database to FILE
//! tools/freeze_schema.py --every-table FILE                                      and that freezes it, for schemas.rs
//! ```

use std::collections::BTreeMap;

use dialtone_crypto::recovery::{RecoveryKey, seal_account};
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries, invite};
use dialtone_protocol::content::LONGEST_LIFETIME_S;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::group_rules::PrivateKind;
use dialtone_protocol::http::{
    Bytes, HistoryPut, KEEP_HEADER, PASSWORD_COPY_BYTES, RegisterEntry, Registered, SessionOpened,
};
use dialtone_protocol::sealed::SealedEvent;
use dialtone_protocol::{BlobId, ChannelId};
use dialtone_server::backup::restore;
use dialtone_server::check::{Depth, check};
use dialtone_server::config::Database as DatabaseSetting;
use dialtone_server::{Clock as _, SystemClock};
use dialtone_store::tables::TABLES;
use tempfile::TempDir;

use crate::backup::{QUIET, backup, elsewhere};
use crate::blobs::{path, put};
use crate::check::execute;
use crate::common::{
    Person, Registration, Socket, TestServer, on_both_stores, open_session, open_store, register,
};
use crate::keys::grant_frame;
use crate::private_groups::Scene;
use crate::schemas;

/// How many rows each table has.
pub(crate) async fn counts(database: &DatabaseSetting) -> BTreeMap<&'static str, u64> {
    let store = open_store(database).await;
    let mut tx = store.read().await.unwrap();
    let mut counts = BTreeMap::new();
    for table in TABLES {
        counts.insert(table.name, tx.tables().count(table).await.unwrap());
    }
    drop(tx);
    store.close().await;
    counts
}

/// Tables without a row.
pub(crate) fn empty(counts: &BTreeMap<&'static str, u64>) -> Vec<&'static str> {
    let without = counts.iter().filter(|(_, rows)| **rows == 0);
    without.map(|(name, _)| *name).collect()
}

/// Anna founded. Bernd has a private channel, into which Carla was put while she is away; Dora has a recovery key, and Emil knocks.
async fn lived_in(server: TestServer) -> TestServer {
    let mut scene = Scene::new(server).await;
    scene.anna.fetch_commits().await;
    let (mut socket, _) = Socket::connect(&scene.anna.api).await;
    let frame = grant_frame(&scene.anna, scene.bernd.device.id());
    assert_eq!(socket.ask(&frame).await, ServerFrame::Done);
    let (channel, vanished) = write(&mut scene.anna, &mut socket).await;
    let closed = scene.anna.create_channel().await;
    let entry = entries::close_channel(&scene.anna.device, &scene.anna.roster, closed).unwrap();
    assert_eq!(scene.anna.publish(entry).await.status, 200);
    lost_device(&scene.server, &mut scene.anna).await;
    // Nobody has used it yet, and it carries keys for whoever does.
    let (address, pack) = (scene.server.link().await.server, Bytes(vec![7; 200]));
    let anna = &mut scene.anna;
    anna.invite_to(address, 3, u64::MAX / 2000, Some(pack))
        .await;
    files(&scene.anna).await;
    dora(&scene.server, &mut scene.anna).await;
    emil(&scene.server, &scene.anna).await;
    scene.make(PrivateKind::Channel, &[]).await;
    let (_, package) = scene.package().await;
    assert_eq!(scene.add_carla(package).await.status, 200);
    // What the server itself does in its own time: it erases a message, and lets a file go whose bytes it cannot delete yet.
    let store = scene.server.store().await;
    let mut tx = store.begin().await.unwrap();
    let (sealed, _) = SealedEvent::read(&vanished).unwrap();
    let erased = tx.messages().erase(&channel, 1, &sealed.header).await;
    erased.unwrap();
    let now = SystemClock.now();
    assert!(tx.blobs().delete(&BlobId([2; 16]), now).await.unwrap());
    // And what its operator set.
    let kept = tx.channels().set_retention(&closed, Some(365)).await;
    assert!(kept.unwrap());
    tx.commit().await.unwrap();
    store.close().await;
    scene.server
}

/// Messages that stay and that vanish, and one that the server says it will never have. Gives the first.
async fn write(anna: &mut Person, socket: &mut Socket) -> (ChannelId, Vec<u8>) {
    let channel = anna.create_channel().await;
    let start = anna.chain;
    let late = anna.send_frame(channel, "late");
    assert_eq!(anna.rotate().await.status, 200);
    assert_eq!(socket.refusal(&late).await, RefusalCode::StaleEpoch);
    anna.chain = start;
    let vanished = anna.seal(channel, "gone");
    let events = [
        (vanished.clone(), Some(LONGEST_LIFETIME_S)),
        (
            anna.seal(channel, "for four weeks"),
            Some(LONGEST_LIFETIME_S),
        ),
        (anna.seal(channel, "for good"), None),
    ];
    for (event, keep_s) in events {
        let frame = ClientFrame::Send {
            channel,
            event: event.into(),
            mark: None,
            keep_s,
        };
        let answer = socket.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    }
    (channel, vanished)
}

/// One that was signed in, and was thrown out.
async fn lost_device(server: &TestServer, anna: &mut Person) {
    anna.fetch_roster().await;
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let added = entries::add_device(&anna.device, &anna.roster, device.public_keys());
    assert_eq!(anna.publish(added.unwrap()).await.status, 200);
    let community = anna.roster.community();
    let link = server.link().await;
    let opened = open_session(&anna.api, &device, &community, &link).await;
    assert_eq!(opened.status, 200, "{opened:?}");
    let revoked = entries::revoke_device(&anna.device, &anna.roster, device.id());
    assert_eq!(anna.publish(revoked.unwrap()).await.status, 200);
}

/// Of zeros, so that their bytes need not be frozen.
async fn files(anna: &Person) {
    for number in [1, 2] {
        assert_eq!(put(&anna.api, number, &[0; 5000]).await.status, 204);
    }
    let header = format!("{KEEP_HEADER}: {LONGEST_LIFETIME_S}\r\n");
    let kept = anna.api.send("PUT", &path(3), &header, &[0; 4096]).await;
    assert_eq!(kept.status, 204, "{kept:?}");
}

/// Joins with all that an account may have, and never comes into the lobby.
async fn dora(server: &TestServer, anna: &mut Person) {
    let link = anna.invite(server, 1, u64::MAX / 2000).await;
    let (community, mut api) = (anna.roster.community(), server.api());
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let entry = invite::join(&link, &anna.roster, &account, &device).unwrap();
    let entry = RegisterEntry::Roster(Bytes(entry));
    let key = RecoveryKey::generate(&mut OsRng);
    let file = seal_account(&key, community, account.account(), &account).unwrap();
    let registration = Registration::start(&api, link.data.token, "dora", entry).await;
    let registration = registration.unwrap().with_recovery(file);
    let registration = registration.with_password_copy(vec![7; PASSWORD_COPY_BYTES]);
    assert_eq!(registration.finish(&api).await.status, 200);
    let opened: SessionOpened = open_session(&api, &device, &community, &link).await.read();
    api.token = Some(opened.token);
    let history = HistoryPut {
        counter: 1,
        file: Bytes(b"history".to_vec()),
    };
    let answer = api.put("/recovery/history", &history).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    anna.fetch_roster().await;
}

/// Waits to be let in.
async fn emil(server: &TestServer, anna: &Person) {
    let link = server.link().await;
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let knock = entries::knock(&anna.roster.community(), &account, &device);
    let entry = RegisterEntry::Knock(Bytes(knock));
    let api = server.api();
    let _: Registered = register(&api, link.data.token, "emil", entry).await.read();
}

async fn nothing_is_wrong_with_it_and_a_backup_has_all_of_it(server: TestServer) {
    let server = Box::pin(lived_in(server)).await;
    let settings = server.settings();
    let had = counts(&settings.database).await;
    assert_eq!(empty(&had), [""; 0], "{had:?}");
    assert!(had["mls_groups"] > 1);
    let found = Box::pin(check(&settings, Depth::Deep, QUIET)).await;
    assert_eq!(found.unwrap(), []);
    let folder = TempDir::new().unwrap();
    let taken = backup(&settings, folder.path()).await;
    let home = TempDir::new().unwrap();
    let there = elsewhere(&settings, home.path(), None);
    let restored = Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
    assert!(restored.found.is_empty(), "{:?}", restored.found);
    assert_eq!(counts(&there.database).await, had);
    server.stop().await;
}

on_both_stores!(nothing_is_wrong_with_it_and_a_backup_has_all_of_it);

/// Under the keys of all that is frozen.
#[tokio::test]
async fn it_is_written_down_where_that_is_asked_for() {
    let Ok(file) = std::env::var("DIALTONE_FREEZE") else {
        return;
    };
    let like = schemas::settings().await;
    let (home, settings) = schemas::home(&like, None);
    let server = TestServer::start_on_restored(home, settings.clone()).await;
    let server = Box::pin(lived_in(server)).await;
    execute(&settings, false, &format!("VACUUM INTO '{file}'")).await;
    server.stop().await;
}
