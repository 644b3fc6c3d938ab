//! What a server on Postgres does while the database is gone.

use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::{ErrorCode, EventPage};

use sqlx::Connection as _;

use crate::common::{Database, Person, Process, Socket, TestServer, program};

/// The testbed's Postgres does not sync; another one may.
#[tokio::test]
async fn a_database_that_does_not_sync_is_told_in_the_log() {
    let Some(database) = Database::create().await else {
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let log = folder.path().join("log");
    let mut command = program(&folder.path().join("data"), &database.url());
    command
        .env("DIALTONE_LOG", "warn")
        .stderr(std::fs::File::create(&log).unwrap());
    let process = tokio::task::spawn_blocking(move || Process::run(command));
    drop(process.await.unwrap());
    let said = std::fs::read_to_string(log).unwrap();
    let connection = sqlx::PgConnection::connect(&database.url()).await;
    let mut connection = connection.unwrap();
    for name in ["fsync", "full_page_writes"] {
        let setting: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let warned = said.contains(&format!("set {name} = on"));
        assert_eq!(warned, setting == "off", "{said}");
    }
    connection.close().await.unwrap();
    database.drop().await;
}

#[tokio::test]
async fn two_people_write_and_a_restart_changes_nothing() {
    let Some(database) = Database::create().await else {
        return;
    };
    let server = TestServer::start_on(&database.url()).await;
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    for number in 0..10 {
        let (one, two) = (
            anna.send_frame(channel, &format!("a {number}")),
            bernd.send_frame(channel, &format!("b {number}")),
        );
        let (one, two) = tokio::join!(a.ask(&one), b.ask(&two));
        assert!(matches!(one, ServerFrame::Stored { .. }), "{one:?}");
        assert!(matches!(two, ServerFrame::Stored { .. }), "{two:?}");
    }
    drop((a, b));
    let server = server.restart().await;
    anna.api.address = server.address;
    let path = format!("/channels/{channel}/events?after=0&limit=200");
    let page: EventPage = anna.api.get(&path).await.read();
    let sequences: Vec<_> = page.events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=20).collect::<Vec<_>>());
    assert_eq!(anna.rotate().await.status, 200);
    server.stop().await;
    database.drop().await;
}

#[tokio::test]
async fn while_the_database_is_gone_nothing_is_acknowledged_and_then_it_goes_on() {
    let Some(database) = Database::create().await else {
        return;
    };
    let server = TestServer::start_on(&database.url()).await;
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let first = anna.send_frame(channel, "before");
    assert!(matches!(
        socket.ask(&first).await,
        ServerFrame::Stored { .. }
    ));
    database.reachable(false).await;
    let second = anna.send_frame(channel, "while");
    assert_eq!(socket.refusal(&second).await, RefusalCode::Unavailable);
    assert_eq!(
        server.api().get("/health").await.code(),
        ErrorCode::Unavailable
    );
    assert_eq!(
        anna.api.get("/channels").await.code(),
        ErrorCode::Unavailable
    );
    database.reachable(true).await;
    assert_eq!(server.api().get("/health").await.status, 200);
    let answer = socket.ask(&second).await;
    let ServerFrame::Stored { sequence, .. } = answer else {
        panic!("not stored: {answer:?}")
    };
    assert_eq!(sequence, 2);
    // It is not in the way that one connection was refused.
    let again: ClientFrame = second.clone();
    assert!(matches!(
        socket.ask(&again).await,
        ServerFrame::Stored { sequence: 2, .. }
    ));
    server.stop().await;
    database.drop().await;
}
