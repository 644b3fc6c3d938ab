//! The server's clock is set forward and back by hours: nobody is signed out before their time, and what is written keeps its order.

use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{ErrorCode, EventPage};

use crate::auth::log_in;
use crate::common::{HOUR_MS, PASSWORD, Person, Socket, TestServer, on_both_stores};

const JUMPS: [i64; 6] = [5 * HOUR_MS, -5 * HOUR_MS, 0, 26 * HOUR_MS, -26 * HOUR_MS, 0];

async fn sessions_live_and_order_is_by_place(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let channel = anna.directory();
    let (mut old, _) = Socket::connect(&bernd.api).await;
    for (before, ahead) in (0..).zip(JUMPS) {
        server.clock.set_ahead(ahead);
        assert_eq!(anna.api.get("/channels").await.status, 200, "{ahead}");
        // Over the socket that has been there all the time, and over one that is new.
        let frame = bernd.send_frame(channel, "still in");
        let answer = old.ask(&frame).await;
        let ServerFrame::Stored { sequence, .. } = answer else {
            panic!("{ahead}: {answer:?}")
        };
        assert_eq!(sequence, before * 2 + 1);
        let (mut new, _) = Socket::connect(&anna.api).await;
        let frame = anna.send_frame(channel, "and again");
        let answer = new.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
        assert!(log_in(&server.api(), "anna", PASSWORD).await.is_some());
    }
    let path = format!("/channels/{channel}/events?after=0");
    let page: EventPage = anna.api.get(&path).await.read();
    let places: Vec<_> = page.events.iter().map(|event| event.sequence).collect();
    assert_eq!(places, (1..=12).collect::<Vec<_>>());
    let times: Vec<_> = page.events.iter().map(|event| event.time_ms).collect();
    assert!(!times.is_sorted(), "the clock was set back: {times:?}");
    // What was missed comes in the same order.
    let (mut late, _) = Socket::connect(&anna.api).await;
    late.send(&anna.resume(&[(channel, 0)])).await;
    for place in 1..=12 {
        let next = late.wait_for(|frame| match frame {
            ServerFrame::Event { sequence, .. } => Some(*sequence),
            _ => None,
        });
        assert_eq!(next.await, place);
    }
}

async fn a_session_ends_by_the_clock_and_not_by_a_jump_that_is_taken_back(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    server.clock.set_ahead(31 * 24 * HOUR_MS);
    let over = anna.api.get("/channels").await;
    assert_eq!(over.code(), ErrorCode::NotSignedIn);
    server.clock.set_ahead(0);
    assert_eq!(anna.api.get("/channels").await.status, 200);
}

on_both_stores! {
    sessions_live_and_order_is_by_place,
    a_session_ends_by_the_clock_and_not_by_a_jump_that_is_taken_back,
}
