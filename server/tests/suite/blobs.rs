//! Sealed files: stored and fetched as they are, within bounds, deleted by who may.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::Request;
use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries};
use dialtone_protocol::BlobId;
use dialtone_protocol::http::{BlobRoom, Bytes, ErrorCode, RegisterEntry, SessionOpened};
use futures_util::stream;
use tower::ServiceExt as _;

use crate::common::{
    Answer, Api, Person, Process, TestServer, on_both_stores, open_session, program, register,
    until,
};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// The longest sealed file where tests set nothing else.
const LARGEST: usize = 256 * KIB + 4 * 16;

/// Bytes that are nowhere the same.
pub(crate) fn content(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect()
}

pub(crate) fn path(n: u8) -> String {
    format!("/blobs/{}", BlobId([n; 16]))
}

pub(crate) async fn put(api: &Api, n: u8, bytes: &[u8]) -> Answer {
    api.send("PUT", &path(n), "", bytes).await
}

pub(crate) async fn room(api: &Api) -> BlobRoom {
    api.get("/blobs").await.read()
}

/// Waits until the account's files take so much.
pub(crate) async fn wait_for_use(api: &Api, used: usize) {
    until(async || room(api).await.used == used as u64).await;
}

/// What lies in the folder for files, drafts among it.
pub(crate) fn kept(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for shard in std::fs::read_dir(folder.join("blobs")).unwrap() {
        for entry in std::fs::read_dir(shard.unwrap().path()).unwrap() {
            found.push(entry.unwrap().path());
        }
    }
    found
}

async fn a_file_is_fetched_as_it_was_stored_also_from_the_middle(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring_outside(&server, "bernd").await;
    let bytes = content(200 * KIB + 3);
    assert_eq!(put(&anna.api, 1, &bytes).await.status, 204);
    let whole = bernd.api.get(&path(1)).await;
    assert_eq!(whole.status, 200);
    assert!(whole.body == bytes, "other bytes");
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "204803"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    for from in [0, 1, 150 * KIB, bytes.len() - 1] {
        let range = format!("Range: bytes={from}-\r\n");
        let rest = bernd.api.send("GET", &path(1), &range, &[]).await;
        assert_eq!(rest.status, 206);
        assert!(rest.body == bytes[from..], "other bytes from {from}");
        let range = format!("bytes {from}-204802/204803");
        assert_eq!(rest.header("content-range"), Some(range.as_str()));
    }
    let range = "Range: bytes=204803-\r\n";
    let beyond = bernd.api.send("GET", &path(1), range, &[]).await;
    assert_eq!((beyond.status, beyond.code()), (416, ErrorCode::Malformed));
    assert_eq!(beyond.header("content-range"), Some("bytes */204803"));
    let head = bernd.api.send("HEAD", &path(1), "", &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some("204803"));
    assert_eq!(bernd.api.get(&path(2)).await.code(), ErrorCode::NotFound);
    let wrong = bernd.api.get("/blobs/AAAA").await;
    assert_eq!(wrong.code(), ErrorCode::Malformed);
    let taken = room(&anna.api).await;
    assert_eq!(taken.used, bytes.len() as u64);
    assert_eq!((taken.quota, taken.largest), (MIB as u64, LARGEST as u64));
    assert_eq!(room(&bernd.api).await.used, 0);
}

async fn who_stores_the_same_again_is_answered_at_once_and_nobody_else(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring_outside(&server, "bernd").await;
    let bytes = content(9 * KIB);
    assert_eq!(put(&anna.api, 1, &bytes).await.status, 204);
    // Without a byte of it.
    let again = anna.api.begin("PUT", &path(1), bytes.len()).await;
    assert_eq!(again.answer().await.status, 204);
    let longer = anna.api.begin("PUT", &path(1), bytes.len() + 1).await;
    let longer = longer.answer().await;
    assert_eq!((longer.status, longer.code()), (409, ErrorCode::Exists));
    let foreign = bernd.api.begin("PUT", &path(1), bytes.len()).await;
    assert_eq!(foreign.answer().await.code(), ErrorCode::Exists);
    assert!(anna.api.get(&path(1)).await.body == bytes);
    assert_eq!(room(&anna.api).await.used, bytes.len() as u64);
    assert_eq!(room(&bernd.api).await.used, 0);
}

async fn what_is_no_file_or_too_long_is_refused_before_it_comes(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    for (length, status, code) in [
        (0, 400, ErrorCode::Malformed),
        (4 * KIB - 1, 400, ErrorCode::Malformed),
        (LARGEST + 1, 413, ErrorCode::TooLarge),
        (1 << 60, 413, ErrorCode::TooLarge),
    ] {
        let refused = anna.api.begin("PUT", &path(1), length).await;
        let refused = refused.answer().await;
        assert_eq!((refused.status, refused.code()), (status, code), "{length}");
    }
    let large = anna.api.begin("PUT", &path(1), LARGEST + 1).await;
    let words = large.answer().await.error().message;
    assert!(words.contains("256 KiB"), "{words}");
    let largest = content(LARGEST);
    assert_eq!(put(&anna.api, 1, &largest).await.status, 204);
    assert!(anna.api.get(&path(1)).await.body == largest);
    // Of a length that nobody knows.
    let request = Request::put(path(2))
        .header("authorization", bearer(&anna))
        .body(Body::from_stream(stream::iter([Ok::<_, std::io::Error>(
            "file",
        )])));
    let router = dialtone_server::router(server.state.clone());
    let refused = router.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(refused.status(), 411);
}

fn bearer(person: &Person) -> String {
    format!("Bearer {}", person.api.token.unwrap())
}

async fn files_stay_within_the_quota_however_many_come_at_once(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let bytes = content(LARGEST);
    // Four of them are a little too much.
    let puts = (1..=4).map(|n| put(&anna.api, n, &bytes));
    let answers = futures_util::future::join_all(puts).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 204)
        .collect();
    assert_eq!(refused.len(), 1, "{answers:?}");
    assert_eq!(
        (refused[0].status, refused[0].code()),
        (507, ErrorCode::NoRoom)
    );
    assert_eq!(room(&anna.api).await.used, 3 * LARGEST as u64);
    let fifth = anna.api.begin("PUT", &path(5), LARGEST).await;
    let words = fifth.answer().await.error().message;
    for said in ["768.1 KiB of 1 MiB", "(256 KiB)", "delete some"] {
        assert!(words.contains(said), "{words}");
    }
    for n in 1..=4 {
        assert_eq!(anna.api.delete(&path(n)).await.status, 204);
    }
    assert_eq!(room(&anna.api).await.used, 0);
    assert_eq!(put(&anna.api, 5, &bytes).await.status, 204);
}

async fn a_file_is_deleted_by_who_stored_it_or_an_admin(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring_outside(&server, "bernd").await;
    let carla = anna.bring_outside(&server, "carla").await;
    let bytes = content(9 * KIB);
    for n in [1, 2] {
        assert_eq!(put(&bernd.api, n, &bytes).await.status, 204);
    }
    let refused = carla.api.delete(&path(1)).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, ErrorCode::NotAllowed)
    );
    assert_eq!(carla.api.get(&path(1)).await.status, 200);
    for _ in 0..2 {
        assert_eq!(bernd.api.delete(&path(1)).await.status, 204);
    }
    assert_eq!(carla.api.get(&path(1)).await.code(), ErrorCode::NotFound);
    assert_eq!(anna.api.delete(&path(2)).await.status, 204);
    assert_eq!(bernd.api.get(&path(2)).await.code(), ErrorCode::NotFound);
    assert_eq!(room(&bernd.api).await.used, 0);
    until(async || kept(&server.settings().data_dir).is_empty()).await;
}

async fn files_are_for_members_alone_and_stay_when_one_goes(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring_outside(&server, "bernd").await;
    assert_eq!(put(&bernd.api, 1, &content(9 * KIB)).await.status, 204);
    let link = server.link().await;
    let community = anna.roster.community();
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let knock = entries::knock(&community, &account, &device);
    let entry = RegisterEntry::Knock(Bytes(knock));
    let mut waiting = server.api();
    let registered = register(&waiting, link.data.token, "dora", entry).await;
    assert_eq!(registered.status, 200);
    let opened: SessionOpened = open_session(&waiting, &device, &community, &link)
        .await
        .read();
    waiting.token = Some(opened.token);
    anna.fetch_roster().await;
    let goodbye =
        entries::remove_member(&anna.device, &anna.roster, bernd.account_id(), false).unwrap();
    assert_eq!(anna.publish(goodbye).await.status, 200);
    for (api, code) in [
        (&server.api(), ErrorCode::NotSignedIn),
        (&waiting, ErrorCode::NotAllowed),
        (&bernd.api, ErrorCode::NotSignedIn),
    ] {
        assert_eq!(api.get("/blobs").await.code(), code);
        for method in ["PUT", "GET", "DELETE"] {
            let refused = api.send(method, &path(1), "", &[7; 5000]).await;
            assert_eq!(refused.code(), code, "{method}");
        }
    }
    assert_eq!(anna.api.get(&path(1)).await.status, 200);
    assert_eq!(anna.api.delete(&path(1)).await.status, 204);
    assert_eq!(anna.api.get(&path(1)).await.status, 404);
}

async fn a_file_that_the_folder_lost_is_told(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    assert_eq!(put(&anna.api, 1, &content(9 * KIB)).await.status, 204);
    let folder = server.settings().data_dir;
    std::fs::write(&kept(&folder)[0], b"cut short").unwrap();
    let lost = anna.api.get(&path(1)).await;
    assert_eq!((lost.status, lost.code()), (404, ErrorCode::NotFound));
    let words = lost.error().message;
    assert!(words.contains("lost this file"), "{words}");
    std::fs::remove_dir_all(folder.join("blobs")).unwrap();
    let gone = put(&anna.api, 2, &content(9 * KIB)).await;
    assert_eq!((gone.status, gone.code()), (503, ErrorCode::Unavailable));
    assert_eq!(room(&anna.api).await.used, 9 * KIB as u64);
}

/// The greatest size that a process had in memory, in KiB.
#[cfg(target_os = "linux")]
fn peak(process: &Process) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_long_file_is_never_in_memory_as_a_whole() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut command = program(folder.path(), "");
    command.args(["--tls", "none", "--blob-largest-mb", "64"]);
    let process = Process::run(command);
    let link = process.founding.clone().unwrap();
    let anna = Person::found_by(process.api.clone(), &link, "anna").await;
    let before = peak(&process);
    let bytes = content(64 * MIB);
    assert_eq!(put(&anna.api, 1, &bytes).await.status, 204);
    let fetched = anna.api.get(&path(1)).await;
    assert!(fetched.body == bytes, "other bytes");
    let grown = peak(&process) - before;
    assert!(grown < 16 * KIB, "it took {grown} KiB");
}

on_both_stores! {
    a_file_is_fetched_as_it_was_stored_also_from_the_middle,
    who_stores_the_same_again_is_answered_at_once_and_nobody_else,
    what_is_no_file_or_too_long_is_refused_before_it_comes,
    files_stay_within_the_quota_however_many_come_at_once,
    a_file_is_deleted_by_who_stored_it_or_an_admin,
    files_are_for_members_alone_and_stay_when_one_goes,
    a_file_that_the_folder_lost_is_told,
}
