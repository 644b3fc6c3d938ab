//! Channels: closed ones, and history page by page.

use dialtone_crypto::entries;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::{ChannelHeads, ErrorCode, EventPage};

use crate::common::{Person, Socket, TestServer, on_both_stores};

async fn page(person: &Person, channel: &str, query: &str) -> Vec<u64> {
    let path = format!("/channels/{channel}/events?{query}");
    let page: EventPage = person.api.get(&path).await.read();
    page.events.iter().map(|event| event.sequence).collect()
}

async fn a_closed_channel_takes_nothing_more_and_its_history_stays(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "one");
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    let closed = entries::close_channel(&anna.device, &anna.roster, channel).unwrap();
    assert_eq!(anna.publish(closed).await.status, 200);
    let late = anna.send_frame(channel, "two");
    assert_eq!(socket.refusal(&late).await, RefusalCode::Unknown);
    let join = ClientFrame::JoinCall { channel };
    assert_eq!(socket.refusal(&join).await, RefusalCode::Unknown);
    let heads: ChannelHeads = anna.api.get("/channels").await.read();
    assert_eq!(heads.channels.len(), 1, "the directory");
    assert_eq!(page(&anna, &channel.to_string(), "after=0").await, [1]);
}

async fn history_is_read_back_page_by_page(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    for number in 1..=12 {
        let frame = anna.send_frame(channel, &format!("text {number}"));
        let answer = socket.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    }
    let id = channel.to_string();
    assert_eq!(page(&anna, &id, "limit=5").await, [8, 9, 10, 11, 12]);
    assert_eq!(page(&anna, &id, "before=8&limit=5").await, [3, 4, 5, 6, 7]);
    assert_eq!(page(&anna, &id, "before=3&limit=5").await, [1, 2]);
    assert!(page(&anna, &id, "before=1&limit=5").await.is_empty());
    assert_eq!(page(&anna, &id, "after=3&before=6").await, [4, 5]);
    let strange = format!("/channels/{id}/events?before=yesterday");
    assert_eq!(anna.api.get(&strange).await.code(), ErrorCode::Malformed);
}

on_both_stores! {
    a_closed_channel_takes_nothing_more_and_its_history_stays,
    history_is_read_back_page_by_page,
}
