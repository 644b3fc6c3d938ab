//! Messages: gapless, once, durable, in the epoch that is current.

use std::collections::BTreeMap;

use dialtone_protocol::Hash;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::{ChannelHeads, ErrorCode, EventPage};

use crate::common::{Person, Socket, TestServer, on_both_stores};

fn stored(frame: ServerFrame) -> (u64, Hash) {
    match frame {
        ServerFrame::Stored {
            sequence, stream, ..
        } => (sequence, stream),
        other => panic!("not stored: {other:?}"),
    }
}

async fn messages_get_a_gapless_sequence_that_everybody_sees(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    a.send(&anna.resume(&[(channel, 0)])).await;
    b.send(&bernd.resume(&[(channel, 0)])).await;
    let mut hash = Hash::ZERO;
    for number in 1..=20_u64 {
        let (socket, person) = if number % 2 == 0 {
            (&mut a, &mut anna)
        } else {
            (&mut b, &mut bernd)
        };
        let frame = person.send_frame(channel, &format!("text {number}"));
        let ClientFrame::Send { event, .. } = &frame else {
            unreachable!()
        };
        hash = hash.chain(&Hash::of(event));
        let (sequence, stream) = stored(socket.ask(&frame).await);
        assert_eq!((sequence, stream), (number, hash));
    }
    let page: EventPage = anna
        .api
        .get(&format!("/channels/{channel}/events?after=0&limit=200"))
        .await
        .read();
    let sequences: Vec<_> = page.events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=20).collect::<Vec<_>>());
    assert_eq!((page.head.sequence, page.head.stream), (20, hash));
    let heads: ChannelHeads = bernd.api.get("/channels").await.read();
    assert_eq!(heads.channels.len(), 2, "the channel and the directory");
}

async fn the_same_bytes_are_stored_once_and_others_under_their_place_clash(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let start = anna.chain;
    let first = anna.send_frame(channel, "one");
    let answer = stored(socket.ask(&first).await);
    assert_eq!(stored(socket.ask(&first).await), answer);
    let (other, _) = anna.seal_at(channel, "other", start);
    let clash = ClientFrame::Send {
        channel,
        event: other.into(),
        mark: None,
        keep_s: None,
    };
    assert_eq!(socket.refusal(&clash).await, RefusalCode::Clash);
    anna.chain.sequence += 5;
    let ahead = anna.send_frame(channel, "too far");
    assert_eq!(socket.refusal(&ahead).await, RefusalCode::OutOfOrder);
}

/// Sends everything before it reads an answer; what became of each, in their order.
async fn in_one_go(socket: &mut Socket, frames: &[ClientFrame]) -> Vec<ServerFrame> {
    let mut asked = Vec::new();
    for frame in frames {
        asked.push(socket.send(frame).await);
    }
    let mut answers = BTreeMap::new();
    while answers.len() < asked.len() {
        let (request, answer) = socket.next_framed().await.expect("an answer");
        if asked.contains(&request) {
            answers.insert(request, answer);
        }
    }
    answers.into_values().collect()
}

async fn what_is_sent_in_one_go_is_stored_in_its_order(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let mut frames: Vec<_> = (0..40)
        .map(|number| anna.send_frame(channel, &format!("text {number}")))
        .collect();
    let mut hash = Hash::ZERO;
    for (answer, sequence) in in_one_go(&mut socket, &frames).await.into_iter().zip(1..) {
        let ClientFrame::Send { event, .. } = &frames[sequence as usize - 1] else {
            unreachable!()
        };
        hash = hash.chain(&Hash::of(event));
        assert_eq!(stored(answer), (sequence, hash));
    }
    // Some of it again, as after an answer that was lost, and one more behind it.
    frames.push(anna.send_frame(channel, "next"));
    let again = in_one_go(&mut socket, &frames[35..]).await;
    let places: Vec<_> = again.into_iter().map(|answer| stored(answer).0).collect();
    assert_eq!(places, [36, 37, 38, 39, 40, 41]);
    // What goes on from something that is not stored is not stored, either.
    anna.chain.sequence += 1;
    let torn = [
        anna.send_frame(channel, "behind a gap"),
        anna.send_frame(channel, "behind that"),
    ];
    for answer in in_one_go(&mut socket, &torn).await {
        let ServerFrame::Refused { code, .. } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(code, RefusalCode::OutOfOrder);
    }
    server.stop().await;
}

async fn an_event_of_an_epoch_that_is_over_is_refused_for_ever(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let start = anna.chain;
    let stale = anna.send_frame(channel, "late");
    assert_eq!(anna.rotate().await.status, 200);
    let (mut socket, _) = Socket::connect(&anna.api).await;
    assert_eq!(socket.refusal(&stale).await, RefusalCode::StaleEpoch);
    // Sealed anew, under the same sequence.
    anna.chain = start;
    let anew = anna.send_frame(channel, "late");
    assert_eq!(stored(socket.ask(&anew).await).0, 1);
    assert_eq!(socket.refusal(&stale).await, RefusalCode::StaleEpoch);
}

async fn a_stored_event_is_acknowledged_again_even_when_its_epoch_is_over(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "in time");
    let answer = stored(socket.ask(&frame).await);
    assert_eq!(anna.rotate().await.status, 200);
    assert_eq!(stored(socket.ask(&frame).await), answer);
}

async fn what_names_another_device_place_or_channel_is_refused(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let mut bernd = anna.bring(&server, "bernd").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let foreign = bernd.send_frame(channel, "as bernd");
    assert_eq!(socket.refusal(&foreign).await, RefusalCode::NotAllowed);
    let elsewhere = ClientFrame::Send {
        channel: anna.directory(),
        event: anna.seal(channel, "moved").into(),
        mark: None,
        keep_s: None,
    };
    assert_eq!(socket.refusal(&elsewhere).await, RefusalCode::Malformed);
    let nowhere = ClientFrame::Send {
        channel: dialtone_protocol::ChannelId([9; 16]),
        event: anna.seal(channel, "lost").into(),
        mark: None,
        keep_s: None,
    };
    assert_eq!(socket.refusal(&nowhere).await, RefusalCode::Unknown);
    let noise = ClientFrame::Send {
        channel,
        event: vec![1, 2, 3].into(),
        mark: None,
        keep_s: None,
    };
    assert_eq!(socket.refusal(&noise).await, RefusalCode::Malformed);
    let path = "/channels/CQkJCQkJCQkJCQkJCQkJCQ/events";
    assert_eq!(anna.api.get(path).await.code(), ErrorCode::NotFound);
}

on_both_stores! {
    messages_get_a_gapless_sequence_that_everybody_sees,
    the_same_bytes_are_stored_once_and_others_under_their_place_clash,
    what_is_sent_in_one_go_is_stored_in_its_order,
    an_event_of_an_epoch_that_is_over_is_refused_for_ever,
    a_stored_event_is_acknowledged_again_even_when_its_epoch_is_over,
    what_names_another_device_place_or_channel_is_refused,
}
