//! Files in a bucket instead of the data folder.

use std::sync::Arc;

use dialtone_protocol::http::ErrorCode;
use dialtone_server::config::{BucketSetting, GivenSecret, Settings, ShelfSetting};
use dialtone_server::{Server, StartError};
use dialtone_store::Store;

use crate::blobs::{content, kept, path, put, room, wait_for_use};
use crate::common::{Bucket, Person, TestServer, until};

const MIB: usize = 1024 * 1024;
/// Three parts, the last one short.
const LONG: usize = 11 * MIB;
const SHORT: usize = 5000;

async fn start(bucket: &Bucket) -> TestServer {
    let shelf = bucket.shelf();
    TestServer::start_set(|settings| {
        settings.blobs.shelf = shelf;
        settings.blobs.quota = 64 * MIB as u64;
        settings.blobs.largest = 16 * MIB as u64;
    })
    .await
}

#[tokio::test]
async fn files_in_a_bucket_are_fetched_as_they_were_stored() {
    let bucket = Bucket::start().await;
    let server = start(&bucket).await;
    assert_eq!(bucket.contents().len(), 0, "what was tried at the start");
    let anna = Person::found(&server, "anna").await;
    for (n, length) in [(1, SHORT), (2, LONG), (3, 5 * MIB), (4, 5 * MIB + 1)] {
        let bytes = content(length);
        assert_eq!(put(&anna.api, n, &bytes).await.status, 204);
        assert!(anna.api.get(&path(n)).await.body == bytes, "{length}");
        for from in [0, 1, length / 2, length - 1] {
            let range = format!("Range: bytes={from}-\r\n");
            let rest = anna.api.send("GET", &path(n), &range, &[]).await;
            assert_eq!(rest.status, 206);
            assert!(rest.body == bytes[from..], "{length} from {from}");
        }
    }
    let server = server.restart().await;
    let mut api = server.api();
    api.token = anna.api.token;
    assert!(api.get(&path(2)).await.body == content(LONG));
    assert!(!server.settings().data_dir.join("blobs").exists());
    for n in 1..=4 {
        assert_eq!(api.delete(&path(n)).await.status, 204);
        assert_eq!(api.get(&path(n)).await.code(), ErrorCode::NotFound);
    }
    assert_eq!(room(&api).await.used, 0);
    until(async || bucket.contents().is_empty()).await;
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing_in_the_bucket() {
    let bucket = Bucket::start().await;
    let server = start(&bucket).await;
    let anna = Person::found(&server, "anna").await;
    for length in [SHORT, LONG] {
        let mut begun = anna.api.begin("PUT", &path(1), length).await;
        begun.send(&content(length - 1000)).await;
        wait_for_use(&anna.api, length).await;
        drop(begun);
        wait_for_use(&anna.api, 0).await;
        until(async || bucket.contents().is_empty()).await;
    }
}

#[tokio::test]
async fn a_file_is_removed_once_the_bucket_is_back() {
    let bucket = Bucket::start().await;
    let server = start(&bucket).await;
    let anna = Person::found(&server, "anna").await;
    for n in [1, 2] {
        assert_eq!(put(&anna.api, n, &content(SHORT)).await.status, 204);
    }
    let back = bucket.stop();
    let gone = put(&anna.api, 3, &content(SHORT)).await;
    assert_eq!((gone.status, gone.code()), (503, ErrorCode::Unavailable));
    let gone = anna.api.get(&path(1)).await;
    assert_eq!((gone.status, gone.code()), (503, ErrorCode::Unavailable));
    assert_eq!(anna.api.delete(&path(1)).await.status, 204);
    assert_eq!(room(&anna.api).await.used, SHORT as u64);
    let bucket = back().await;
    assert_eq!(bucket.contents().len(), 2);
    let server = server.restart().await;
    until(async || bucket.contents().len() == 1).await;
    let mut api = server.api();
    api.token = anna.api.token;
    assert!(api.get(&path(2)).await.body == content(SHORT));
}

async fn refused(settings: Settings, why: &[&str]) -> String {
    let path = settings.data_dir.join("dialtone.db");
    let store: Arc<dyn Store> = dialtone_store_sqlite::open(path).await.unwrap();
    let refused = Server::start_on(&settings, store).await.map(|_| ());
    let error = refused
        .err()
        .unwrap_or_else(|| panic!("not refused: {why:?}"));
    assert!(matches!(error, StartError::Shelf(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_bucket_that_cannot_be_used_stops_the_start_in_words() {
    let bucket = Bucket::start().await;
    let server = TestServer::start().await;
    assert!(kept(&server.settings().data_dir).is_empty());
    let right = bucket.setting();
    let cases: [(BucketSetting, &[&str]); 3] = [
        (
            BucketSetting {
                secret_key: GivenSecret::new("guessed-at-random"),
                ..right.clone()
            },
            &["SignatureDoesNotMatch", "DIALTONE_S3_SECRET_ACCESS_KEY"],
        ),
        (
            BucketSetting {
                key_id: GivenSecret::new("AKIDOTHER"),
                ..right.clone()
            },
            &["DIALTONE_S3_ACCESS_KEY_ID"],
        ),
        (
            BucketSetting {
                endpoint: Some("http://127.0.0.1:1".into()),
                ..right.clone()
            },
            &["DIALTONE_BLOB_ENDPOINT"],
        ),
    ];
    for (setting, said) in cases {
        let folder = tempfile::TempDir::new().unwrap();
        let mut settings = server.settings();
        settings.data_dir = folder.path().to_owned();
        settings.blobs.shelf = ShelfSetting::Bucket(setting);
        let words = refused(settings, said).await;
        for said in said {
            assert!(words.contains(said), "{words}");
        }
        for secret in ["guessed", "AKID", "horse", "<"] {
            assert!(!words.contains(secret), "{words}");
        }
    }
}
