//! Whether requests should be sent to this server.

use dialtone_protocol::http::ErrorCode;

use crate::common::TestServer;

#[tokio::test]
async fn a_server_that_runs_is_ready() {
    let server = TestServer::start().await;
    assert_eq!(server.api().get("/ready").await.status, 200);
    assert_eq!(server.api().get("/ready").await.status, 200);
    let drafts = server.settings().data_dir.join("blobs/drafts");
    assert_eq!(std::fs::read_dir(drafts).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_whose_database_is_gone_is_not_ready() {
    let server = TestServer::start().await;
    let path = server.settings().data_dir.join("dialtone.db");
    let aside = server.settings().data_dir.join("aside");
    std::fs::rename(&path, &aside).unwrap();
    let answer = server.api().get("/ready").await;
    assert_eq!(
        (answer.status, answer.code()),
        (503, ErrorCode::Unavailable)
    );
    std::fs::rename(&aside, &path).unwrap();
    assert_eq!(server.api().get("/ready").await.status, 200);
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_cannot_write_files_is_not_ready_and_lives() {
    let server = TestServer::start().await;
    let drafts = server.settings().data_dir.join("blobs/drafts");
    std::fs::remove_dir(&drafts).unwrap();
    // No folder: not even the machine's own administrator writes there.
    std::fs::write(&drafts, b"").unwrap();
    let answer = server.api().get("/ready").await;
    assert_eq!(answer.status, 503);
    assert!(answer.error().message.contains("files"), "{answer:?}");
    assert_eq!(server.api().get("/health").await.status, 200);
}
