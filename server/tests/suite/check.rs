//! What `check` finds: each fault is made, and named.

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::ServerFrame;
use dialtone_server::check::{Area, Depth, Found, check};
use dialtone_server::config::{Database as DatabaseSetting, Settings};
use dialtone_store::tables::{Row, Table};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::blobs::{content, kept, put};
use crate::common::{Person, Socket, TestServer, on_both_stores};

async fn found(settings: &Settings, depth: Depth) -> Vec<Found> {
    Box::pin(check(settings, depth, &|_| {})).await.unwrap()
}

/// Runs a statement beside the server; `bare`: without the database's own care for what refers to what.
pub(crate) async fn execute(settings: &Settings, bare: bool, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    match &settings.database {
        DatabaseSetting::Sqlite(path) => {
            let url = format!("sqlite://{}", path.display());
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            let pragma = if bare { "OFF" } else { "ON" };
            let pragma = AssertSqlSafe(format!("PRAGMA foreign_keys = {pragma}"));
            sqlx::query(pragma).execute(&mut connection).await.unwrap();
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        }
        DatabaseSetting::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            if bare {
                sqlx::query("SET session_replication_role = replica")
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// A server with something of everything.
async fn lived_in(server: &TestServer) -> ChannelId {
    let mut anna = Person::found(server, "anna").await;
    let _bernd = anna.bring(server, "bernd").await;
    anna.fetch_commits().await;
    assert_eq!(anna.rotate().await.status, 200);
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    for number in 0..4 {
        let frame = anna.send_frame(channel, &number.to_string());
        let answer = socket.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    }
    for n in [1, 2] {
        assert_eq!(put(&anna.api, n, &content(9000)).await.status, 204);
    }
    channel
}

async fn rows(server: &TestServer, table: &'static Table) -> Vec<Row> {
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    let rows = tx.tables().rows(table, None).await.unwrap();
    drop(tx);
    store.close().await;
    rows
}

async fn put_back(server: &TestServer, table: &'static Table, rows: Vec<Row>) {
    let store = server.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.tables().clear(table).await.unwrap();
    let columns: Vec<_> = table.columns.iter().collect();
    tx.tables().insert(table, &columns, rows).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

/// Faults of rows that nothing refers to: the table is put back after each.
const OF_LEAVES: [(&str, &str, Area, &str); 15] = [
    (
        "roster",
        "DELETE FROM roster WHERE position = 1",
        Area::Roster,
        "entry 1 is missing",
    ),
    (
        "roster",
        "UPDATE roster SET hash = (SELECT head FROM roster_head) WHERE position = 0",
        Area::Roster,
        "entry 0 is not as its hash says",
    ),
    (
        "roster",
        "UPDATE roster SET bytes = (SELECT bytes FROM roster WHERE position = 0) WHERE position = 2",
        Area::Roster,
        "entry 2 is not valid",
    ),
    (
        "roster_head",
        "UPDATE roster_head SET length = length + 1",
        Area::Roster,
        "it should end at entry",
    ),
    (
        "meta",
        "DELETE FROM meta WHERE key = 'store/community'",
        Area::Roster,
        "another community",
    ),
    (
        "invites",
        "UPDATE invites SET kind = 2, invite_id = NULL",
        Area::Entrances,
        "belongs to nothing",
    ),
    (
        "sessions",
        "UPDATE sessions SET expires_ms = created_ms + 99999999999",
        Area::Entrances,
        "lasts too long",
    ),
    (
        "mls_commits",
        "DELETE FROM mls_commits WHERE epoch = 0",
        Area::Groups,
        "the commit of epoch 0",
    ),
    (
        "mls_commits",
        "DELETE FROM mls_commits WHERE epoch = 1",
        Area::Groups,
        "its commits lead to epoch 1",
    ),
    (
        "messages",
        "DELETE FROM messages WHERE sequence = 2",
        Area::Streams,
        "event 2 is missing before it",
    ),
    (
        "messages",
        "DELETE FROM messages WHERE sequence = 4",
        Area::Streams,
        "should end at event 4",
    ),
    (
        "messages",
        "UPDATE messages SET stream_hash = event_hash WHERE sequence = 3",
        Area::Streams,
        "hash over the order",
    ),
    (
        "messages",
        "UPDATE messages SET event_hash = stream_hash WHERE sequence = 2",
        Area::Streams,
        "not as its hash says",
    ),
    (
        "messages",
        "UPDATE messages SET device_sequence = 99 WHERE sequence = 2",
        Area::Streams,
        "names another place",
    ),
    (
        "messages",
        "UPDATE messages SET sealed = event_hash WHERE sequence = 2",
        Area::Streams,
        "header cannot be read",
    ),
];

/// Faults of rows that others refer to, each with what undoes it.
const OF_PARENTS: [(&str, &str, Area, &str); 7] = [
    (
        "UPDATE accounts SET state = 0",
        "UPDATE accounts SET state = 1",
        Area::Members,
        "counts as waiting",
    ),
    (
        "UPDATE devices SET revoked_ms = 5",
        "UPDATE devices SET revoked_ms = NULL",
        Area::Members,
        "counts as removed",
    ),
    (
        "UPDATE mls_groups SET epoch = epoch + 1",
        "UPDATE mls_groups SET epoch = epoch - 1",
        Area::Groups,
        "public half in epoch",
    ),
    (
        "UPDATE mls_groups SET tree = group_info, group_info = tree",
        "UPDATE mls_groups SET tree = group_info, group_info = tree",
        Area::Groups,
        "the tree of group",
    ),
    (
        "UPDATE mls_groups SET public_state = group_info, group_info = public_state",
        "UPDATE mls_groups SET public_state = group_info, group_info = public_state",
        Area::Groups,
        "cannot be read",
    ),
    (
        "UPDATE channels SET last_sequence = last_sequence + 3",
        "UPDATE channels SET last_sequence = last_sequence - 3",
        Area::Streams,
        "should end at event 7",
    ),
    (
        "UPDATE blobs SET size = size + 1",
        "UPDATE blobs SET size = size - 1",
        Area::Files,
        "instead of 9001",
    ),
];

async fn each_fault_is_found(server: TestServer) {
    lived_in(&server).await;
    let settings = server.settings();
    let before = found(&settings, Depth::Deep).await;
    assert!(before.is_empty(), "{before:?}");
    for (table, fault, area, words) in OF_LEAVES {
        let table = Table::named(table).unwrap();
        let saved = rows(&server, table).await;
        execute(&settings, false, fault).await;
        expect(&settings, fault, area, words).await;
        put_back(&server, table, saved).await;
    }
    for (fault, undo, area, words) in OF_PARENTS {
        execute(&settings, false, fault).await;
        expect(&settings, fault, area, words).await;
        execute(&settings, false, undo).await;
    }
    files(&settings).await;
    let after = found(&settings, Depth::Deep).await;
    assert!(after.iter().all(|one| !one.is_fault), "{after:?}");
    // These end it, so they come last.
    execute(
        &settings,
        false,
        "UPDATE devices SET device_key = device_id",
    )
    .await;
    expect(&settings, "a key", Area::Members, "has another key").await;
    execute(&settings, true, "DELETE FROM devices").await;
    expect(&settings, "orphans", Area::Database, "refer to devices").await;
    expect(&settings, "no devices", Area::Members, "cannot sign in").await;
    std::fs::write(settings.data_dir.join("identity-key"), "A".repeat(43)).unwrap();
    expect(
        &settings,
        "identity",
        Area::Roster,
        "another server's identity key",
    )
    .await;
    server.stop().await;
}

async fn expect(settings: &Settings, fault: &str, area: Area, words: &str) {
    let found = found(settings, Depth::Quick).await;
    let named = found
        .iter()
        .any(|one| one.area == area && one.what.contains(words));
    assert!(named, "{fault}: {found:?}");
}

async fn files(settings: &Settings) {
    let folder = &settings.data_dir;
    let [one, other] = &kept(folder)[..] else {
        panic!("two files are expected")
    };
    let aside = folder.join("aside");
    std::fs::rename(one, &aside).unwrap();
    expect(settings, "a lost file", Area::Files, "is missing").await;
    std::fs::rename(&aside, one).unwrap();
    let bytes = std::fs::read(other).unwrap();
    std::fs::write(other, &bytes[..100]).unwrap();
    expect(
        settings,
        "a cut file",
        Area::Files,
        "has 100 bytes instead of 9000",
    )
    .await;
    // As long as before, and one bit is another.
    let mut changed = bytes.clone();
    changed[4000] ^= 1;
    std::fs::write(other, &changed).unwrap();
    let quick = found(settings, Depth::Quick).await;
    assert!(quick.is_empty(), "nobody has read it: {quick:?}");
    let deep = found(settings, Depth::Deep).await;
    let told = deep
        .iter()
        .filter(|one| one.what.contains("has other bytes"));
    assert_eq!(told.count(), 1, "{deep:?}");
    // Of files of a time when hashes were not kept it cannot be told, and nothing is wrong by that.
    execute(settings, false, "UPDATE blobs SET hash = NULL").await;
    let deep = found(settings, Depth::Deep).await;
    let [unknown] = &deep[..] else {
        panic!("{deep:?}")
    };
    assert!(
        !unknown.is_fault && unknown.what.contains("2 files"),
        "{unknown}"
    );
    std::fs::write(other, &bytes).unwrap();
    let stray = one.with_file_name("note");
    std::fs::write(&stray, b"somebody's").unwrap();
    expect(settings, "a stray", Area::Files, "none of the server's").await;
    std::fs::remove_file(stray).unwrap();
    let named = format!("nothing names the object {}", "ab".repeat(16));
    let shard = folder.join("blobs/ab");
    std::fs::create_dir_all(&shard).unwrap();
    let orphan = shard.join("ab".repeat(16));
    std::fs::write(&orphan, b"nobody's").unwrap();
    expect(settings, "an orphan", Area::Files, &named).await;
    std::fs::remove_file(orphan).unwrap();
}

on_both_stores!(each_fault_is_found);

/// A page of the file that is not what it was: it is said, whatever else there is.
#[tokio::test]
async fn a_broken_page_of_the_file_is_told() {
    let server = TestServer::start().await;
    lived_in(&server).await;
    let settings = server.settings();
    let home = tempfile::TempDir::new().unwrap();
    // The folder goes with its server.
    execute(
        &settings,
        false,
        &format!("VACUUM INTO '{}/dialtone.db'", home.path().display()),
    )
    .await;
    server.stop().await;
    let path = home.path().join("dialtone.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let broken = Settings {
        data_dir: home.path().to_owned(),
        database: DatabaseSetting::Sqlite(path),
        ..settings
    };
    let said = match Box::pin(check(&broken, Depth::Quick, &|_| {})).await {
        Ok(found) => found.iter().any(|one| one.area == Area::Database),
        Err(error) => error.to_string().contains("dialtone.db"),
    };
    assert!(said);
}
