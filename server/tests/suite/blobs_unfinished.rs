//! Files that do not come whole: nothing of them is kept, and their room comes back, whoever broke off.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::{BlobId, Hash};
use dialtone_store::{NewBlob, ObjectId, ReservedBlob, Room, UnixMillis};
use futures_util::{StreamExt as _, stream};
use tower::ServiceExt as _;

use crate::blobs::{content, kept, path, put, room, wait_for_use};
use crate::common::{Begun, Database, Person, Process, TestServer, on_both_stores, until};

const LENGTH: usize = 100 * 1024;

/// Begins a file and waits until the server has begun to take it.
async fn begin(person: &Person, n: u8, used: usize) -> Begun {
    let mut begun = person.api.begin("PUT", &path(n), LENGTH).await;
    begun.send(&content(LENGTH / 2)).await;
    wait_for_use(&person.api, used).await;
    begun
}

async fn nothing_is_kept(folder: &Path) {
    until(async || kept(folder).is_empty()).await;
}

async fn what_breaks_off_leaves_nothing_and_gives_its_room_back(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let begun = begin(&anna, 1, LENGTH).await;
    let early = anna.api.get(&path(1)).await.error();
    assert_eq!(early.code, ErrorCode::NotFound);
    assert!(early.message.contains("never came"), "{}", early.message);
    drop(begun);
    wait_for_use(&anna.api, 0).await;
    nothing_is_kept(&server.settings().data_dir).await;
    assert_eq!(anna.api.get(&path(1)).await.code(), ErrorCode::NotFound);
    assert_eq!(put(&anna.api, 1, &content(LENGTH)).await.status, 204);
}

async fn what_is_not_as_long_as_announced_is_refused(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let router = dialtone_server::router(server.state.clone());
    for length in [LENGTH - 1, LENGTH + 1] {
        let chunks = [content(length - 10), content(10)].map(Ok::<_, std::io::Error>);
        let request = Request::put(path(1))
            .header(
                "authorization",
                format!("Bearer {}", anna.api.token.unwrap()),
            )
            .header("content-length", LENGTH)
            .body(Body::from_stream(stream::iter(chunks)));
        let refused = router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(refused.status(), 400, "{length}");
        assert_eq!(room(&anna.api).await.used, 0);
        nothing_is_kept(&server.settings().data_dir).await;
    }
    // Beyond the announced length is the next request.
    let mut begun = anna.api.begin("PUT", &path(1), LENGTH).await;
    let bytes = content(LENGTH + 7);
    begun.send(&bytes).await;
    assert_eq!(begun.answer().await.status, 204);
    assert!(anna.api.get(&path(1)).await.body == bytes[..LENGTH]);
}

async fn a_file_may_take_longer_than_other_requests_but_not_stand_still(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let router = dialtone_server::router(server.state.clone());
    for (seconds, comes, status) in [(50, true, 204), (61, false, 503)] {
        let halves = stream::iter([0, 1]).then(move |half| async move {
            if half == 1 {
                // By hand, and only while nothing else waits for the time.
                tokio::time::pause();
                tokio::time::advance(Duration::from_secs(seconds)).await;
                tokio::time::resume();
                if !comes {
                    std::future::pending::<()>().await;
                }
            }
            Ok::<_, std::io::Error>(content(LENGTH / 2))
        });
        let request = Request::put(path(seconds as u8))
            .header(
                "authorization",
                format!("Bearer {}", anna.api.token.unwrap()),
            )
            .header("content-length", LENGTH)
            .body(Body::from_stream(halves));
        let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{seconds} s");
        assert_eq!(room(&anna.api).await.used, LENGTH as u64, "the first one");
    }
}

async fn an_account_sends_four_files_at_a_time(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring_outside(&server, "bernd").await;
    let mut begun = Vec::new();
    for n in 1..=4 {
        begun.push(begin(&anna, n, usize::from(n) * LENGTH).await);
    }
    let fifth = anna.api.begin("PUT", &path(5), LENGTH).await;
    let refused = fifth.answer().await;
    assert_eq!((refused.status, refused.code()), (429, ErrorCode::TooMany));
    assert_eq!(put(&bernd.api, 6, &content(LENGTH)).await.status, 204);
    // One that comes to its end makes room, and so does one that does not.
    let mut first = begun.remove(0);
    first.send(&content(LENGTH)[LENGTH / 2..]).await;
    assert_eq!(first.answer().await.status, 204);
    let bytes = content(LENGTH);
    assert_eq!(put(&anna.api, 5, &bytes).await.status, 204);
    drop(begun);
    wait_for_use(&anna.api, 2 * LENGTH).await;
    // Their places come back a little after their room.
    let puts = (7..=10).map(async |n| {
        loop {
            let answer = put(&anna.api, n, &bytes).await;
            if answer.status != 429 {
                return answer.status;
            }
        }
    });
    assert_eq!(futures_util::future::join_all(puts).await, [204; 4]);
}

async fn who_begins_anew_does_not_wait_for_what_never_comes(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let mut first = begin(&anna, 1, LENGTH).await;
    let bytes: Vec<u8> = content(LENGTH).into_iter().rev().collect();
    assert_eq!(put(&anna.api, 1, &bytes).await.status, 204);
    assert_eq!(room(&anna.api).await.used, LENGTH as u64);
    // Then the first one comes to its end after all.
    first.send(&content(LENGTH)[LENGTH / 2..]).await;
    let late = first.answer().await;
    assert_eq!((late.status, late.code()), (409, ErrorCode::Exists));
    assert!(anna.api.get(&path(1)).await.body == bytes);
    assert_eq!(kept(&server.settings().data_dir).len(), 1);
}

async fn a_file_that_is_deleted_while_it_comes_is_not_there(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let mut begun = begin(&anna, 1, LENGTH).await;
    assert_eq!(anna.api.delete(&path(1)).await.status, 204);
    assert_eq!(room(&anna.api).await.used, 0);
    begun.send(&content(LENGTH)[LENGTH / 2..]).await;
    assert_eq!(begun.answer().await.code(), ErrorCode::Exists);
    assert_eq!(anna.api.get(&path(1)).await.code(), ErrorCode::NotFound);
    nothing_is_kept(&server.settings().data_dir).await;
}

async fn a_file_is_stored_though_the_answer_of_the_database_is_lost(server: TestServer) {
    let faults = Arc::clone(&server.faults);
    let anna = Person::found(&server, "anna").await;
    let bytes = content(LENGTH);
    // Of the reservation, and of both.
    for (n, lost) in [(1, 1), (2, 2)] {
        faults.lose_answers(lost);
        assert_eq!(put(&anna.api, n, &bytes).await.status, 204);
        assert!(anna.api.get(&path(n)).await.body == bytes);
    }
    // Of the end.
    let mut begun = begin(&anna, 3, 3 * LENGTH).await;
    faults.lose_answers(1);
    begun.send(&bytes[LENGTH / 2..]).await;
    assert_eq!(begun.answer().await.status, 204);
    faults.lose_answers(1);
    assert_eq!(anna.api.delete(&path(3)).await.status, 204);
    assert_eq!(room(&anna.api).await.used, 2 * LENGTH as u64);
}

async fn a_server_that_stops_takes_no_file_to_its_end(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let begun = begin(&anna, 1, LENGTH).await;
    let (refused, server) = tokio::join!(begun.answer(), server.restart());
    let refused = refused.error();
    assert_eq!(refused.code, ErrorCode::Unavailable);
    let words = refused.message;
    assert!(words.contains("the server stops"), "{words}");
    let mut api = server.api();
    api.token = anna.api.token;
    assert_eq!(room(&api).await.used, 0);
    nothing_is_kept(&server.settings().data_dir).await;
}

async fn room_that_nobody_uses_comes_back_after_a_day(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let store = server.store().await;
    let mut tx = store.begin().await.unwrap();
    let long_ago = UnixMillis(1_700_000_000_000);
    let all = Room {
        account: 1024 * 1024,
        total: u64::MAX,
    };
    let yesterday = NewBlob {
        blob: BlobId([1; 16]),
        account: anna.account_id(),
        size: LENGTH as u64,
        object: ObjectId([1; 16]),
        expires: None,
    };
    let reserved = tx.blobs().reserve(&yesterday, all, long_ago).await;
    assert_eq!(reserved.unwrap(), ReservedBlob::Reserved);
    // A deleted file whose bytes could not be removed.
    let deleted = NewBlob {
        blob: BlobId([2; 16]),
        object: ObjectId([0xab; 16]),
        ..yesterday
    };
    let reserved = tx.blobs().reserve(&deleted, all, long_ago).await;
    assert_eq!(reserved.unwrap(), ReservedBlob::Reserved);
    assert!(
        tx.blobs()
            .keep(&deleted.object, &Hash([8; 32]), long_ago)
            .await
            .unwrap()
    );
    assert!(tx.blobs().delete(&deleted.blob, long_ago).await.unwrap());
    tx.commit().await.unwrap();
    store.close().await;
    let folder = server.settings().data_dir.join("blobs/ab");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("ab".repeat(16)), b"content").unwrap();
    // One that has just begun stays.
    assert_eq!(put(&anna.api, 3, &content(LENGTH)).await.status, 204);
    assert_eq!(room(&anna.api).await.used, 2 * LENGTH as u64);
    let server = server.restart().await;
    let mut api = server.api();
    api.token = anna.api.token;
    wait_for_use(&api, LENGTH).await;
    until(async || std::fs::read_dir(&folder).unwrap().count() == 0).await;
    assert_eq!(kept(&server.settings().data_dir).len(), 1);
}

#[tokio::test]
async fn the_room_of_a_killed_server_comes_back_on_sqlite() {
    kill("").await;
}

#[tokio::test]
async fn the_room_of_a_killed_server_comes_back_on_postgres() {
    let Some(database) = Database::create().await else {
        return;
    };
    kill(&database.url()).await;
    database.drop().await;
}

async fn kill(database: &str) {
    let folder = tempfile::TempDir::new().unwrap();
    let mut process = Process::start(folder.path(), database);
    let link = process.founding.clone().unwrap();
    let mut anna = Person::found_by(process.api.clone(), &link, "anna").await;
    assert_eq!(put(&anna.api, 1, &content(LENGTH)).await.status, 204);
    let begun = begin(&anna, 2, 2 * LENGTH).await;
    // Reserved, and then begun.
    until(async || kept(folder.path()).len() == 2).await;
    process.kill();
    drop(begun);
    assert_eq!(kept(folder.path()).len(), 2);
    let process = Process::start(folder.path(), database);
    anna.api.address = process.api.address;
    assert_eq!(room(&anna.api).await.used, LENGTH as u64);
    assert_eq!(kept(folder.path()).len(), 1);
    assert!(anna.api.get(&path(1)).await.body == content(LENGTH));
}

on_both_stores! {
    what_breaks_off_leaves_nothing_and_gives_its_room_back,
    what_is_not_as_long_as_announced_is_refused,
    a_file_may_take_longer_than_other_requests_but_not_stand_still,
    an_account_sends_four_files_at_a_time,
    who_begins_anew_does_not_wait_for_what_never_comes,
    a_file_that_is_deleted_while_it_comes_is_not_there,
    a_file_is_stored_though_the_answer_of_the_database_is_lost,
    a_server_that_stops_takes_no_file_to_its_end,
    room_that_nobody_uses_comes_back_after_a_day,
}
