//! Backups: taken while people write, put back into either database, and refused where they would damage something.

use std::path::{Path, PathBuf};

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::EventPage;
use dialtone_server::backup::{BackupError, Taken, Wanted, restore, take};
use dialtone_server::check::{Depth, check};
use dialtone_server::config::{Database as DatabaseSetting, Settings, ShelfSetting};
use dialtone_server::{Clock as _, SystemClock, make_link};
use tempfile::TempDir;

use crate::blobs::{content, path, put};
use crate::common::{Answer, Bucket, Database, Person, Socket, TestServer, on_both_stores};

pub(crate) const QUIET: &(dyn Fn(&str) + Send + Sync) = &|_| {};

pub(crate) async fn backup(settings: &Settings, to: &Path) -> Taken {
    let wanted = Wanted {
        to: to.to_owned(),
        secrets: true,
    };
    let taken = take(settings, &wanted, SystemClock.now(), QUIET);
    Box::pin(taken).await.unwrap()
}

/// The settings of a server that was never started, with the database in `folder` or at `url`.
pub(crate) fn elsewhere(like: &Settings, folder: &Path, url: Option<String>) -> Settings {
    Settings {
        data_dir: folder.to_owned(),
        database: match url {
            None => DatabaseSetting::Sqlite(folder.join("dialtone.db")),
            Some(url) => DatabaseSetting::Postgres(url),
        },
        ..like.clone()
    }
}

async fn events(person: &Person, channel: ChannelId) -> Vec<Vec<u8>> {
    let page = format!("/channels/{channel}/events?limit=200");
    let page: EventPage = person.api.get(&page).await.read();
    page.events.into_iter().map(|event| event.event.0).collect()
}

async fn say(person: &mut Person, socket: &mut Socket, channel: ChannelId, text: &str) {
    let frame = person.send_frame(channel, text);
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
}

async fn sound(settings: &Settings) {
    let found = Box::pin(check(settings, Depth::Deep, QUIET)).await.unwrap();
    assert!(found.is_empty(), "{found:?}");
}

/// Everybody goes on where the backup was put back: same sessions, same identity, same messages, same files.
async fn a_backup_goes_into_either_database(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    for number in 0..5 {
        say(&mut anna, &mut socket, channel, &number.to_string()).await;
    }
    let file = content(70_000);
    assert_eq!(put(&anna.api, 1, &file).await.status, 204);
    let written = events(&bernd, channel).await;
    let folder = TempDir::new().unwrap();
    let settings = server.settings();
    let taken = backup(&settings, folder.path()).await;
    assert_eq!((taken.files, taken.deleted, taken.missing), (1, 0, 0));
    assert_eq!(taken.file_bytes, 70_000);
    drop(socket);
    server.stop().await;
    let mut urls = vec![None];
    let database = Database::create().await;
    urls.extend(database.as_ref().map(|database| Some(database.url())));
    for url in urls {
        let home = TempDir::new().unwrap();
        let there = elsewhere(&settings, home.path(), url);
        let restored = Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
        assert!(restored.found.is_empty(), "{:?}", restored.found);
        assert_eq!((restored.rows, restored.files), (taken.rows, 1));
        let again = TestServer::start_on_restored(home, there.clone()).await;
        assert!(again.founding.is_none());
        let (mut bernd_there, mut anna_there) = (bernd.api.clone(), anna.api.clone());
        bernd_there.address = again.address;
        anna_there.address = again.address;
        let fetched = bernd_there.get(&path(1)).await;
        assert!(fetched.body == file, "other bytes");
        let chain = anna.chain;
        anna.api = anna_there;
        assert_eq!(events(&anna, channel).await, written);
        let (mut socket, _) = Socket::connect(&anna.api).await;
        say(&mut anna, &mut socket, channel, "on").await;
        anna.chain = chain;
        sound(&there).await;
        drop(socket);
        again.stop().await;
    }
    if let Some(database) = database {
        database.drop().await;
    }
}

/// What is written and sent while a backup is taken is in it whole, or not at all.
async fn a_backup_is_of_one_moment_while_people_write(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let folder = TempDir::new().unwrap();
    let settings = server.settings();
    for number in 0..20 {
        say(&mut anna, &mut socket, channel, &number.to_string()).await;
    }
    let writing = async {
        for number in 0..200 {
            say(&mut anna, &mut socket, channel, &number.to_string()).await;
            if number % 20 == 0 {
                let n = u8::try_from(number / 20).unwrap();
                assert_eq!(put(&anna.api, n, &content(9000)).await.status, 204);
            }
            if number % 40 == 30 {
                let n = u8::try_from(number / 40).unwrap();
                let gone = anna.api.delete(&path(n)).await;
                assert_eq!(gone.status, 204);
            }
        }
    };
    let taking = async {
        let mut taken = Vec::new();
        for number in 0..4 {
            let to = folder.path().join(number.to_string());
            taken.push(backup(&settings, &to).await);
        }
        taken
    };
    let ((), taken) = tokio::join!(writing, taking);
    for taken in taken {
        assert_eq!(taken.missing, 0);
        let home = TempDir::new().unwrap();
        let there = elsewhere(&settings, home.path(), None);
        let restored = Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
        assert!(restored.found.is_empty(), "{:?}", restored.found);
        sound(&there).await;
    }
    sound(&settings).await;
    server.stop().await;
}

on_both_stores!(
    a_backup_goes_into_either_database,
    a_backup_is_of_one_moment_while_people_write,
);

async fn taken_of_little(folder: &Path) -> (Settings, PathBuf) {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    assert_eq!(put(&anna.api, 1, &content(9000)).await.status, 204);
    let settings = server.settings();
    let taken = backup(&settings, &folder.join("one")).await;
    server.stop().await;
    (settings, taken.path)
}

#[tokio::test]
async fn nothing_is_overwritten_and_what_was_cut_short_is_not_started() {
    let folder = TempDir::new().unwrap();
    let (settings, archive) = taken_of_little(folder.path()).await;
    let refused = |settings: Settings, path: PathBuf| async move {
        Box::pin(restore(&settings, &path, QUIET))
            .await
            .unwrap_err()
    };
    // A database, a key or files that are there.
    for (name, content) in [
        ("dialtone.db", "x"),
        ("identity-key", "x"),
        ("blobs/aa/bb", "x"),
    ] {
        let home = TempDir::new().unwrap();
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        let there = elsewhere(&settings, home.path(), None);
        let error = refused(there, archive.clone()).await;
        assert!(matches!(error, BackupError::NotEmpty { .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }
    // Settings may be there, and stay.
    let home = TempDir::new().unwrap();
    let toml = home.path().join("server.toml");
    std::fs::write(&toml, "max-connections = 7\n").unwrap();
    let there = elsewhere(&settings, home.path(), None);
    Box::pin(restore(&there, &archive, QUIET)).await.unwrap();
    assert!(std::fs::read_to_string(&toml).unwrap().contains('7'));
    // A changed byte is noticed before anything is there.
    let mut bytes = std::fs::read(&archive).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    let damaged = folder.path().join("damaged");
    std::fs::write(&damaged, &bytes).unwrap();
    let home = TempDir::new().unwrap();
    let there = elsewhere(&settings, home.path(), None);
    let error = refused(there.clone(), damaged).await;
    assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    // What a restore left behind that was killed.
    std::fs::write(home.path().join("restoring"), "").unwrap();
    let error = refused(there.clone(), archive).await;
    assert!(matches!(error, BackupError::HalfRestored { .. }), "{error}");
    let started = dialtone_server::Server::start(&there).await.err().unwrap();
    assert!(started.to_string().contains("restore again"), "{started}");
}

#[tokio::test]
async fn a_backup_without_keys_needs_them_beside_it() {
    let folder = TempDir::new().unwrap();
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    let settings = server.settings();
    let wanted = Wanted {
        to: folder.path().join("one"),
        secrets: false,
    };
    let taken = take(&settings, &wanted, SystemClock.now(), QUIET);
    let taken = Box::pin(taken).await.unwrap();
    let bytes = std::fs::read(&taken.path).unwrap();
    let key = std::fs::read(settings.data_dir.join("identity-key")).unwrap();
    let within = |part: &[u8]| bytes.windows(part.len()).any(|found| found == part);
    assert!(!within(&key));
    let home = TempDir::new().unwrap();
    let there = elsewhere(&settings, home.path(), None);
    let restored = Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
    assert!(restored.without_secrets);
    // Said, since nobody could go on with it.
    assert!(
        restored
            .found
            .iter()
            .any(|one| one.what.contains("identity key"))
    );
    let home = TempDir::new().unwrap();
    for name in ["identity-key", "opaque-setup", "username-pepper"] {
        std::fs::copy(settings.data_dir.join(name), home.path().join(name)).unwrap();
    }
    server.stop().await;
    let there = elsewhere(&settings, home.path(), None);
    let restored = Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
    assert!(restored.found.is_empty(), "{:?}", restored.found);
    let again = TestServer::start_on_restored(home, there).await;
    let mut api = anna.api.clone();
    api.address = again.address;
    let answer: Answer = api.get("/blobs").await;
    assert_eq!(answer.status, 200);
    again.stop().await;
}

/// The same keys elsewhere are the same server: an old link opens under the new address, and new links name that.
#[tokio::test]
async fn a_server_moves_to_another_address() {
    let server = TestServer::start_with_tls().await;
    let settings = server.settings();
    let old = make_link(&settings, 1, 3600).await.unwrap();
    let key = server.state.tls_key();
    assert!(key.is_some());
    let folder = TempDir::new().unwrap();
    let taken = backup(&settings, folder.path()).await;
    server.stop().await;
    let home = TempDir::new().unwrap();
    let mut there = elsewhere(&settings, home.path(), None);
    there.public_addr = Some("new.example.org:9999".to_owned());
    Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
    // What a client pins: the identity key of its link, and the TLS key that this key vouches for.
    let again = TestServer::start_on_restored(home, there.clone()).await;
    assert_eq!(again.state.tls_key(), key);
    let new = make_link(&there, 1, 3600).await.unwrap();
    assert_eq!(new.data.server_key, old.data.server_key);
    assert_eq!(new.server, "new.example.org:9999");
    again.stop().await;
}

/// A member's link, made before the move, lets somebody in after it.
#[tokio::test]
async fn a_link_of_before_opens_after_the_move() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let folder = TempDir::new().unwrap();
    let settings = server.settings();
    let taken = backup(&settings, folder.path()).await;
    server.stop().await;
    let home = TempDir::new().unwrap();
    let there = elsewhere(&settings, home.path(), None);
    Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
    let again = TestServer::start_on_restored(home, there).await;
    let bernd = Person::join(&again, &link, "bernd").await;
    anna.api.address = again.address;
    anna.fetch_roster().await;
    assert_eq!(anna.roster.position(), bernd.roster.position());
    again.stop().await;
}

/// Files that are in a bucket are not copied: the backup names it, and a restore without one is refused.
#[tokio::test]
async fn files_in_a_bucket_stay_there() {
    let bucket = Bucket::start().await;
    let shelf = bucket.shelf();
    let server = TestServer::start_set(|settings| settings.blobs.shelf = shelf).await;
    let anna = Person::found(&server, "anna").await;
    assert_eq!(put(&anna.api, 1, &content(9000)).await.status, 204);
    let folder = TempDir::new().unwrap();
    let settings = server.settings();
    let taken = backup(&settings, &folder.path().join("one")).await;
    assert_eq!(taken.bucket.as_deref(), Some("s3://files/of/dialtone"));
    assert_eq!(taken.files, 0);
    server.stop().await;
    let home = TempDir::new().unwrap();
    let mut there = elsewhere(&settings, home.path(), None);
    there.blobs.shelf = ShelfSetting::Folder;
    let error = Box::pin(restore(&there, &taken.path, QUIET))
        .await
        .unwrap_err();
    assert!(matches!(error, BackupError::OtherShelf { .. }), "{error}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    let there = elsewhere(&settings, home.path(), None);
    let restored = Box::pin(restore(&there, &taken.path, QUIET)).await.unwrap();
    assert!(restored.found.is_empty(), "{:?}", restored.found);
    // What is in the bucket is looked at as well.
    let object = bucket.contents().remove(0);
    std::fs::remove_file(object).unwrap();
    let found = Box::pin(check(&there, Depth::Quick, QUIET)).await.unwrap();
    assert!(
        found.len() == 1 && found[0].what.contains("is missing"),
        "{found:?}"
    );
}
