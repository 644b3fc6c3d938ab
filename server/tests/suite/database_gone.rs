//! The embedded database disappears under a running server.

use dialtone_protocol::frame::{RefusalCode, ServerFrame};
use dialtone_protocol::http::ErrorCode;

use crate::common::{Person, Socket, TestServer};

#[cfg(unix)]
#[tokio::test]
async fn a_deleted_database_file_is_noticed_and_nothing_is_acknowledged() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let before = anna.send_frame(channel, "before");
    let answer = socket.ask(&before).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    let path = server.settings().data_dir.join("dialtone.db");
    let aside = server.settings().data_dir.join("aside");
    std::fs::rename(&path, &aside).unwrap();
    let lost = anna.send_frame(channel, "into a file that nobody will read");
    assert_eq!(socket.refusal(&lost).await, RefusalCode::Unavailable);
    let health = server.api().get("/health").await;
    assert_eq!(
        (health.status, health.code()),
        (503, ErrorCode::Unavailable)
    );
    // Put back, it goes on.
    std::fs::rename(&aside, &path).unwrap();
    let answer = socket.ask(&lost).await;
    assert!(
        matches!(answer, ServerFrame::Stored { sequence: 2, .. }),
        "{answer:?}"
    );
    assert_eq!(server.api().get("/health").await.status, 200);
}
