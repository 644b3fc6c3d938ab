//! Messages that vanish: the server is told how long it keeps each, and gives what is left of it.

use dialtone_protocol::Hash;
use dialtone_protocol::content::LONGEST_LIFETIME_S;
use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::EventPage;
use dialtone_protocol::sealed::{EventHeader, SealedEvent};
use dialtone_store::UnixMillis;

use crate::common::{Person, Socket, TestServer, on_both_stores};

/// The same event, to be kept for so long.
fn kept(frame: &ClientFrame, seconds: u32) -> ClientFrame {
    let ClientFrame::Send { channel, event, .. } = frame.clone() else {
        unreachable!()
    };
    ClientFrame::Send {
        channel,
        event,
        mark: None,
        keep_s: Some(seconds),
    }
}

async fn what_is_erased_keeps_its_place_and_is_handed_out_as_gone(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let lasting = anna.send_frame(channel, "for good");
    let frame = anna.send_frame(channel, "for an hour");
    for frame in [lasting, kept(&frame, 3600)] {
        let answer = socket.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    }
    let ClientFrame::Send { event: bytes, .. } = &frame else {
        unreachable!()
    };
    let store = server.store().await;
    let mut tx = store.begin().await.unwrap();
    let found = tx.messages().expired(UnixMillis(i64::MAX), 10).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 1, "one was to be kept for a time");
    assert_eq!((found[0].sequence, &found[0].sealed), (2, &bytes.to_vec()));
    let (sealed, _) = SealedEvent::read(bytes).unwrap();
    let erased = tx.messages().erase(&channel, 2, &sealed.header).await;
    erased.unwrap();
    tx.commit().await.unwrap();

    socket.send(&anna.resume(&[(channel, 0)])).await;
    let (hash, header) = socket
        .wait_for(|frame| match frame {
            ServerFrame::Gone { event, header, .. } => Some((*event, header.clone())),
            _ => None,
        })
        .await;
    assert_eq!(hash, Hash::of(bytes));
    assert_eq!(EventHeader::read(&header).unwrap().device_sequence, 2);
    let path = format!("/channels/{channel}/events?after=0");
    let page: EventPage = anna.api.get(&path).await.read();
    let gone: Vec<_> = page.events.iter().map(|event| event.gone).collect();
    assert_eq!(gone, [false, true]);
    // The next event of the device goes on from it, and the same again is known.
    let next = anna.send_frame(channel, "later");
    let answer = socket.ask(&next).await;
    assert!(matches!(answer, ServerFrame::Stored { sequence: 3, .. }));
    let again = socket.ask(&frame).await;
    assert!(matches!(again, ServerFrame::Stored { sequence: 2, .. }));
}

async fn a_time_out_of_bounds_is_refused(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "for how long");
    for seconds in [0, LONGEST_LIFETIME_S + 1, u32::MAX] {
        let refused = socket.refusal(&kept(&frame, seconds)).await;
        assert_eq!(refused, RefusalCode::Malformed);
    }
}

on_both_stores! {
    what_is_erased_keeps_its_place_and_is_handed_out_as_gone,
    a_time_out_of_bounds_is_refused,
}
