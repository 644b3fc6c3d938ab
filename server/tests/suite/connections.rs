//! What ends a connection: a session that ends, a server that stops or is full, a database that cannot be read.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use dialtone_protocol::Hash;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::ErrorCode;
use dialtone_store::{Store, TokenHash, UnixMillis};

use crate::common::{Person, Socket, TestServer, on_both_stores};

fn token(person: &Person) -> TokenHash {
    TokenHash(Hash::of(&person.api.token.unwrap().0).0)
}

#[tokio::test]
async fn sockets_take_places_and_one_place_stays_for_requests() {
    let server = TestServer::start_with_places(2).await;
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (first, _) = Socket::connect(&anna.api).await;
    let refused = bernd.api.upgrade().await;
    assert_eq!(
        (refused.status, refused.code()),
        (503, ErrorCode::Unavailable)
    );
    let message = refused.error().message;
    assert!(message.contains("no room"), "{message}");
    assert_eq!(bernd.api.get("/health").await.status, 200);
    drop(first);
    // The server hears of it in its own time.
    while Socket::try_connect(&bernd.api).await.is_none() {}
}

async fn a_server_that_stops_says_so_to_every_socket_before_it_ends(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let (code, ()) = tokio::join!(a.close_code(), server.stop());
    assert_eq!(code, Some(1001));
    assert_eq!(b.close_code().await, Some(1001));
}

async fn a_session_that_runs_out_ends_its_socket(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let store = server.store().await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let soon = UnixMillis(i64::try_from(now.as_millis()).unwrap() + 1500);
    set_end(&store, &anna, soon).await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    assert_eq!(socket.close_code().await, Some(4001));
    store.close().await;
}

async fn set_end(store: &Arc<dyn Store>, person: &Person, end: UnixMillis) {
    let mut tx = store.begin().await.unwrap();
    assert!(tx.sessions().extend(&token(person), end).await.unwrap());
    tx.commit().await.unwrap();
}

async fn a_session_that_is_ended_while_its_socket_opens_ends_the_socket(server: TestServer) {
    let faults = Arc::clone(&server.faults);
    let anna = Person::found(&server, "anna").await;
    // The first read is the request's; the second comes once the connection is known.
    faults.revoke_before_read(2, token(&anna)).await;
    let mut socket = Socket::try_connect(&anna.api).await.expect("an upgrade");
    assert_eq!(socket.close_code().await, Some(4001));
}

async fn who_catches_up_while_the_database_is_gone_is_told_to_come_back(server: TestServer) {
    let faults = Arc::clone(&server.faults);
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "one");
    assert!(matches!(
        socket.ask(&frame).await,
        ServerFrame::Stored { .. }
    ));
    faults.refuse_reads(true);
    socket.send(&anna.resume(&[(channel, 0)])).await;
    assert_eq!(socket.close_code().await, Some(1013));
    faults.refuse_reads(false);
    let (mut again, _) = Socket::connect(&anna.api).await;
    again.send(&anna.resume(&[(channel, 0)])).await;
    again
        .wait_for(|frame| matches!(frame, ServerFrame::Event { sequence: 1, .. }).then_some(()))
        .await;
}

on_both_stores! {
    a_server_that_stops_says_so_to_every_socket_before_it_ends,
    a_session_that_runs_out_ends_its_socket,
    a_session_that_is_ended_while_its_socket_opens_ends_the_socket,
    who_catches_up_while_the_database_is_gone_is_told_to_come_back,
}
