//! Who writes in a channel, and how fast: what the server refuses.

use dialtone_crypto::entries;
use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::roster::{ChannelSetting, Who};

use crate::common::{Person, Socket, TestServer, on_both_stores};

async fn set(anna: &mut Person, channel: ChannelId, setting: ChannelSetting) {
    let entry = entries::set_channel(&anna.device, &anna.roster, channel, setting).unwrap();
    assert_eq!(anna.publish(entry).await.status, 200);
}

/// The same event, said to be something done to a message.
fn marked(frame: ClientFrame) -> ClientFrame {
    let ClientFrame::Send { channel, event, .. } = frame else {
        unreachable!()
    };
    ClientFrame::Send {
        channel,
        event,
        mark: Some(true),
        keep_s: None,
    }
}

fn is_stored(answer: &ServerFrame) -> bool {
    matches!(answer, ServerFrame::Stored { .. })
}

async fn where_admins_write_a_member_only_reacts(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    set(&mut anna, channel, ChannelSetting::Writing(Who::Admins)).await;
    bernd.fetch_roster().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let start = bernd.chain;
    let refused = bernd.send_frame(channel, "closed");
    assert_eq!(b.refusal(&refused).await, RefusalCode::NotAllowed);
    bernd.chain = start;
    let reaction = marked(bernd.send_frame(channel, "a mark"));
    assert!(is_stored(&b.ask(&reaction).await));
    let frame = anna.send_frame(channel, "an announcement");
    assert!(is_stored(&a.ask(&frame).await));
    set(&mut anna, channel, ChannelSetting::Writing(Who::Everyone)).await;
    bernd.fetch_roster().await;
    let frame = bernd.send_frame(channel, "open again");
    assert!(is_stored(&b.ask(&frame).await));
}

async fn a_pause_holds_up_members_messages_and_nothing_else(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    set(&mut anna, channel, ChannelSetting::Pause(600)).await;
    bernd.fetch_roster().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    let first = bernd.send_frame(channel, "first");
    assert!(is_stored(&b.ask(&first).await));
    assert!(is_stored(&b.ask(&first).await), "the same again");
    let before = bernd.chain;
    let second = bernd.send_frame(channel, "second");
    let ServerFrame::Refused { code, wait_s, .. } = b.ask(&second).await else {
        panic!("not refused")
    };
    assert_eq!(code, RefusalCode::SlowMode);
    assert!((1..=600).contains(&wait_s.unwrap()), "{wait_s:?}");
    // It was not stored: a mark takes its sequence.
    bernd.chain = before;
    let mark = marked(bernd.send_frame(channel, "a mark"));
    assert!(is_stored(&b.ask(&mark).await));
    for text in ["one", "two"] {
        let frame = anna.send_frame(channel, text);
        assert!(is_stored(&a.ask(&frame).await), "admins have no pause");
    }
    set(&mut anna, channel, ChannelSetting::Pause(0)).await;
    bernd.fetch_roster().await;
    let third = bernd.send_frame(channel, "third");
    assert!(is_stored(&b.ask(&third).await));
}

on_both_stores! {
    where_admins_write_a_member_only_reacts,
    a_pause_holds_up_members_messages_and_nothing_else,
}
