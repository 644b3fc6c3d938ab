//! What is stored is handed out and answered, though the database's answer to the commit is lost, the client that asked is
//! gone, or the writer met a bug.

use std::sync::Arc;

use dialtone_crypto::{AccountKey, DeviceKey, OsRng, entries, invite};
use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{
    Bytes, ErrorCode, RegisterEntry, Registered, RosterAppend, RosterPage,
};
use dialtone_protocol::roster::{HistoryPolicy, Roster};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::common::{Faults, Person, Registration, Socket, TestServer, on_both_stores};

/// Anna and Bernd; Bernd listens to the directory from here on.
async fn two(server: TestServer) -> (TestServer, Arc<Faults>, Person, Socket) {
    let faults = Arc::clone(&server.faults);
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut listener, _) = Socket::connect(&bernd.api).await;
    listener.send(&bernd.resume(&[(anna.directory(), 0)])).await;
    listener
        .wait_for(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(()))
        .await;
    (server, faults, anna, listener)
}

async fn hears_event(listener: &mut Socket, channel: ChannelId, sequence: u64) {
    listener
        .wait_for(|frame| match frame {
            ServerFrame::Event {
                channel: place,
                sequence: number,
                ..
            } => (*place == channel && *number == sequence).then_some(()),
            _ => None,
        })
        .await;
}

async fn an_event_whose_commit_got_no_answer_is_acknowledged_and_handed_out_once(
    server: TestServer,
) {
    let (_server, faults, mut anna, mut listener) = two(server).await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    faults.lose_answers(1);
    let frame = anna.send_frame(channel, "one");
    let answer = socket.ask(&frame).await;
    assert!(
        matches!(answer, ServerFrame::Stored { sequence: 1, .. }),
        "{answer:?}"
    );
    hears_event(&mut listener, channel, 1).await;
    let frame = anna.send_frame(channel, "two");
    socket.ask(&frame).await;
    let next = listener
        .wait_for(|frame| match frame {
            ServerFrame::Event { sequence, .. } => Some(*sequence),
            _ => None,
        })
        .await;
    assert_eq!(next, 2, "the first one came twice");
}

async fn an_entry_whose_commit_got_no_answer_is_taken_and_told(server: TestServer) {
    let (_server, faults, mut anna, mut listener) = two(server).await;
    faults.lose_answers(1);
    anna.create_channel().await;
    let told = anna.roster.position().length - 1;
    listener
        .wait_for(|frame| match frame {
            ServerFrame::RosterEntry { index, .. } => (*index == told).then_some(()),
            _ => None,
        })
        .await;
}

async fn a_commit_of_a_group_whose_commit_got_no_answer_is_taken_and_told(server: TestServer) {
    let (_server, faults, mut anna, mut listener) = two(server).await;
    faults.lose_answers(1);
    assert_eq!(anna.rotate().await.status, 200);
    listener
        .wait_for(|frame| matches!(frame, ServerFrame::Commit { epoch: 1, .. }).then_some(()))
        .await;
    assert_eq!(anna.rotate().await.status, 200);
}

async fn an_entry_is_told_though_the_client_that_sent_it_is_gone(server: TestServer) {
    let (_server, faults, mut anna, mut listener) = two(server).await;
    anna.fetch_roster().await;
    let (_, entry) = entries::create_channel(
        &anna.device,
        &anna.roster,
        anna.roster.view().lobby(),
        HistoryPolicy::All,
        &mut OsRng,
    )
    .unwrap();
    let told = anna.roster.position().length;
    let body = serde_json::to_vec(&RosterAppend {
        entry: Bytes(entry),
    })
    .unwrap();
    faults.hold_next_answer();
    let mut stream = TcpStream::connect(anna.api.address).await.unwrap();
    let head = format!(
        "POST /roster HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        body.len(),
        anna.api.token.unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    faults.answer_is_held().await;
    drop(stream);
    // Requests that come after let the server hear that the connection is gone.
    for _ in 0..20 {
        assert_eq!(anna.api.get("/channels").await.status, 200);
    }
    faults.release_answer();
    listener
        .wait_for(|frame| match frame {
            ServerFrame::RosterEntry { index, .. } => (*index == told).then_some(()),
            _ => None,
        })
        .await;
}

async fn storing_goes_on_after_a_panic(server: TestServer) {
    let (_server, faults, mut anna, mut listener) = two(server).await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "one");
    faults.panic_once();
    let first = socket.ask(&frame).await;
    assert!(matches!(first, ServerFrame::Refused { .. }), "{first:?}");
    let again = socket.ask(&frame).await;
    assert!(matches!(again, ServerFrame::Stored { .. }), "{again:?}");
    hears_event(&mut listener, channel, 1).await;
}

async fn who_registers_again_with_the_same_bytes_is_answered_as_the_first_time(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let api = server.api();
    let header = format!("X-Invite-Token: {}\r\n", link.data.token);
    let page: RosterPage = api.send("GET", "/roster", &header, &[]).await.read();
    let entries = page.entries.into_iter().map(|entry| entry.0);
    let (roster, _) = Roster::replay(entries).unwrap();
    let (account, device) = (
        AccountKey::generate(&mut OsRng),
        DeviceKey::generate(&mut OsRng).unwrap(),
    );
    let entry = invite::join(&link, &roster, &account, &device).unwrap();
    let entry = RegisterEntry::Roster(Bytes(entry));
    let mut registration = Registration::start(&api, link.data.token, "bernd", entry)
        .await
        .unwrap();
    let first: Registered = registration.finish(&api).await.read();
    let second: Registered = registration.finish(&api).await.read();
    assert_eq!(
        (first.account, first.device),
        (second.account, second.device)
    );
    // It is an answer, not another registration.
    anna.fetch_roster().await;
    assert_eq!(anna.roster.view().accounts().len(), 2);
    registration.finish.username = "carla".into();
    assert_eq!(
        registration.finish(&api).await.code(),
        ErrorCode::InviteUsed
    );
}

async fn who_knocks_again_with_the_same_bytes_is_answered_as_the_first_time(server: TestServer) {
    let faults = Arc::clone(&server.faults);
    let anna = Person::found(&server, "anna").await;
    let link = server.link().await;
    let account = AccountKey::generate(&mut OsRng);
    let device = DeviceKey::generate(&mut OsRng).unwrap();
    let knock = entries::knock(&anna.roster.community(), &account, &device);
    let entry = RegisterEntry::Knock(Bytes(knock));
    let api = server.api();
    let registration = Registration::start(&api, link.data.token, "carla", entry)
        .await
        .unwrap();
    faults.lose_answers(1);
    let first: Registered = registration.finish(&api).await.read();
    let second: Registered = registration.finish(&api).await.read();
    assert_eq!(first.device, device.id());
    assert_eq!(second.device, device.id());
}

on_both_stores! {
    an_event_whose_commit_got_no_answer_is_acknowledged_and_handed_out_once,
    an_entry_whose_commit_got_no_answer_is_taken_and_told,
    a_commit_of_a_group_whose_commit_got_no_answer_is_taken_and_told,
    an_entry_is_told_though_the_client_that_sent_it_is_gone,
    storing_goes_on_after_a_panic,
    who_registers_again_with_the_same_bytes_is_answered_as_the_first_time,
    who_knocks_again_with_the_same_bytes_is_answered_as_the_first_time,
}
