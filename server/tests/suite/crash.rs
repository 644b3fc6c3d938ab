//! The server is killed while clients send: what it acknowledged is there once, in order, after it comes back.

use dialtone_protocol::frame::{ClientFrame, ServerFrame};
use dialtone_protocol::http::EventPage;

use crate::common::{Database, Person, Process, Socket};

#[tokio::test]
async fn acknowledged_messages_survive_kill_9_on_sqlite() {
    kill_again_and_again("").await;
}

#[tokio::test]
async fn acknowledged_messages_survive_kill_9_on_postgres() {
    let Some(database) = Database::create().await else {
        return;
    };
    kill_again_and_again(&database.url()).await;
    database.drop().await;
}

/// What was acknowledged is there, and what was not is sent again.
async fn kill_again_and_again(database: &str) {
    let folder = tempfile::TempDir::new().unwrap();
    let mut process = Process::start(folder.path(), database);
    let link = process.founding.clone().unwrap();
    let mut anna = Person::found_by(process.api.clone(), &link, "anna").await;
    let channel = anna.directory();
    let mut acknowledged: Vec<(u64, Vec<u8>)> = Vec::new();
    for round in 0..3 {
        let (mut socket, _) = Socket::connect(&anna.api).await;
        for number in 0..40 {
            let event = anna.seal(channel, &format!("{round}/{number}"));
            let frame = ClientFrame::Send {
                channel,
                event: event.clone().into(),
                mark: None,
                keep_s: None,
            };
            let ServerFrame::Stored { sequence, .. } = socket.ask(&frame).await else {
                panic!("not stored")
            };
            acknowledged.push((sequence, event));
        }
        // One more is on its way when the server dies: nobody knows whether it was stored.
        let event = anna.seal(channel, "unknown");
        let frame = ClientFrame::Send {
            channel,
            event: event.clone().into(),
            mark: None,
            keep_s: None,
        };
        socket.send(&frame).await;
        process.kill();
        process = Process::start(folder.path(), database);
        assert!(process.founding.is_none(), "it was founded already");
        anna.api.address = process.api.address;
        let (mut socket, _) = Socket::connect(&anna.api).await;
        let ServerFrame::Stored { sequence, .. } = socket.ask(&frame).await else {
            panic!("not stored")
        };
        acknowledged.push((sequence, event));
    }
    let path = format!("/channels/{channel}/events?after=0&limit=200");
    let page: EventPage = anna.api.get(&path).await.read();
    let stored: Vec<_> = page
        .events
        .into_iter()
        .map(|event| (event.sequence, event.event.0))
        .collect();
    assert_eq!(stored, acknowledged);
    let sequences: Vec<_> = stored.iter().map(|(sequence, _)| *sequence).collect();
    assert_eq!(sequences, (1..=123).collect::<Vec<_>>());
}
