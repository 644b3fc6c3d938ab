//! The socket: resuming exactly once, slow readers, frames that are no frames.

use std::collections::BTreeSet;

use dialtone_protocol::frame::{FRAME_LIMIT, ServerFrame};
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Person, Socket, TestServer, on_both_stores};

async fn what_was_missed_comes_once_in_order_then_what_is_live(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    for number in 0..250 {
        let frame = anna.send_frame(channel, &format!("before {number}"));
        assert!(matches!(a.ask(&frame).await, ServerFrame::Stored { .. }));
    }
    // Bernd comes while Anna goes on.
    let writer = tokio::spawn(async move {
        for number in 0..150 {
            let frame = anna.send_frame(channel, &format!("meanwhile {number}"));
            assert!(matches!(a.ask(&frame).await, ServerFrame::Stored { .. }));
        }
    });
    let (mut b, _) = Socket::connect(&bernd.api).await;
    b.send(&bernd.resume(&[(channel, 10)])).await;
    let mut expected = 11;
    let mut caught_up = false;
    while expected <= 400 {
        match b.next().await {
            ServerFrame::Event { sequence, .. } => {
                assert_eq!(sequence, expected);
                expected += 1;
            }
            ServerFrame::CaughtUp => caught_up = true,
            _ => {}
        }
    }
    writer.await.unwrap();
    assert!(caught_up);
}

async fn a_reader_that_does_not_read_is_cut_and_loses_nothing(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut slow, _) = Socket::connect(&bernd.api).await;
    slow.send(&bernd.resume(&[(channel, 0)])).await;
    slow.wait_for(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(()))
        .await;
    let text = "x".repeat(15_000);
    let count = 2200;
    for _ in 0..count {
        let frame = anna.send_frame(channel, &text);
        assert!(matches!(a.ask(&frame).await, ServerFrame::Stored { .. }));
    }
    // What was on its way still arrives, in order, then the end.
    let mut last = 0;
    while let Some((_, frame)) = slow.next_framed().await {
        if let ServerFrame::Event { sequence, .. } = frame {
            assert_eq!(sequence, last + 1);
            last = sequence;
        }
    }
    assert!(last < count, "it was not cut");
    let (mut again, _) = Socket::connect(&bernd.api).await;
    again.send(&bernd.resume(&[(channel, last)])).await;
    let mut seen = BTreeSet::new();
    while seen.len() < usize::try_from(count - last).unwrap() {
        if let ServerFrame::Event { sequence, .. } = again.next().await {
            assert!(seen.insert(sequence));
        }
    }
    assert_eq!(seen, (last + 1..=count).collect());
}

async fn bad_frames_are_answered_and_too_many_end_the_connection(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    // Of a kind that is not known here: skipped.
    let unknown = vec![0x83, 1, 0, 0x82, 0x18, 99, 0x80];
    socket.send_raw(Message::Binary(unknown.into())).await;
    socket.send_raw(Message::Binary(vec![1, 2, 3].into())).await;
    assert!(matches!(socket.next().await, ServerFrame::Error { .. }));
    socket.send_raw(Message::Text("hello".into())).await;
    assert!(matches!(socket.next().await, ServerFrame::Error { .. }));
    for _ in 0..30 {
        socket.send_raw(Message::Binary(vec![0].into())).await;
    }
    assert_eq!(socket.close_code().await, Some(4002));
}

async fn an_oversized_frame_ends_the_connection_and_the_server_lives(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let huge = vec![0; FRAME_LIMIT + 1];
    socket.send_raw(Message::Binary(huge.into())).await;
    socket.close_code().await;
    assert_eq!(anna.api.get("/health").await.status, 200);
}

async fn without_a_session_there_is_no_socket(server: TestServer) {
    assert!(Socket::try_connect(&server.api()).await.is_none());
}

async fn a_device_that_connects_again_replaces_its_older_connection(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let (mut older, _) = Socket::connect(&anna.api).await;
    let (_newer, _) = Socket::connect(&anna.api).await;
    assert_eq!(older.close_code().await, Some(4003));
}

on_both_stores! {
    what_was_missed_comes_once_in_order_then_what_is_live,
    a_reader_that_does_not_read_is_cut_and_loses_nothing,
    bad_frames_are_answered_and_too_many_end_the_connection,
    an_oversized_frame_ends_the_connection_and_the_server_lives,
    without_a_session_there_is_no_socket,
    a_device_that_connects_again_replaces_its_older_connection,
}
