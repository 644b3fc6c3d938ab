//! Every frame that there is, badly made: it is refused in words, or the connection ends; the server serves on, and so do the others.

use dialtone_protocol::frame::{
    ClientFrame, Cursor, FRAME_LIMIT, GroupCursor, LIST_LIMIT, RefusalCode, ServerFrame,
    write_frame,
};
use dialtone_protocol::{ApprovalId, CallId, ChannelId, DeviceId, GroupId};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Person, Socket, TestServer};

/// Of nobody here.
const CHANNEL: ChannelId = ChannelId([9; 16]);
const DEVICE: DeviceId = DeviceId([9; 32]);
const CALL: CallId = CallId([9; 16]);

fn nonsense() -> Vec<u8> {
    vec![0x9f; 300]
}

/// Each frame of a client with what is not, or is somebody else's, and how it may be refused; none: it is not answered.
fn foreign() -> Vec<(ClientFrame, Option<&'static [RefusalCode]>)> {
    use RefusalCode::{Malformed, NotAllowed, TooMany, Unavailable, Unknown};
    let send = |keep_s, mark| ClientFrame::Send {
        channel: CHANNEL,
        event: nonsense().into(),
        mark,
        keep_s,
    };
    vec![
        (send(None, None), Some(&[Malformed])),
        (send(Some(0), Some(true)), Some(&[Malformed])),
        (send(Some(u32::MAX), None), Some(&[Malformed])),
        (
            ClientFrame::Signal {
                signal: nonsense().into(),
            },
            Some(&[Malformed]),
        ),
        (
            ClientFrame::RequestKeys {
                request: nonsense().into(),
            },
            Some(&[Malformed]),
        ),
        (
            ClientFrame::Grant {
                to: DEVICE,
                grant: nonsense().into(),
            },
            Some(&[Malformed, Unknown]),
        ),
        (
            ClientFrame::JoinCall { channel: CHANNEL },
            Some(&[Unknown, NotAllowed]),
        ),
        (
            ClientFrame::Approval {
                id: ApprovalId([9; 16]),
                message: nonsense().into(),
            },
            Some(&[Unknown, Malformed]),
        ),
        (
            ClientFrame::RelayOffer {
                call: CALL,
                sdp: "v=0".to_owned(),
            },
            Some(&[NotAllowed]),
        ),
        (
            ClientFrame::RelayOffer {
                call: CALL,
                sdp: "a".repeat(100_000),
            },
            Some(&[NotAllowed, Malformed]),
        ),
        (
            ClientFrame::RelayPins {
                call: CALL,
                devices: vec![DEVICE; 1000],
            },
            Some(&[TooMany, NotAllowed]),
        ),
        (
            ClientFrame::AskTurn,
            Some(&[Unavailable, Unknown, NotAllowed]),
        ),
        (
            ClientFrame::GrantsTaken {
                ids: vec![u64::MAX],
            },
            None,
        ),
        (ClientFrame::LeaveCall { call: CALL }, None),
        (ClientFrame::RelayLeave { call: CALL }, None),
        (ClientFrame::Away { away: true }, None),
    ]
}

/// What comes back to a frame that is asked: for these, done or a refusal.
async fn ask(socket: &mut Socket, frame: &ClientFrame, may_be: Option<&[RefusalCode]>) {
    match (socket.ask(frame).await, may_be) {
        (ServerFrame::Refused { code, message, .. }, may_be) => {
            let expected = may_be.is_none_or(|codes| codes.contains(&code));
            assert!(expected, "{frame:?}: {code:?} {message}");
            assert!(!message.is_empty());
        }
        // A server without TURN servers says so by an empty list.
        (ServerFrame::Done, None) | (ServerFrame::TurnServers(_), _) => {}
        (other, _) => panic!("{frame:?}: {other:?}"),
    }
}

/// Bytes that are no frame, or none that may be.
fn bytes() -> Vec<(&'static str, Vec<u8>)> {
    let whole = write_frame(7, &ClientFrame::JoinCall { channel: CHANNEL });
    let mut trailing = whole.clone();
    trailing.push(0);
    let mut deep = vec![0x81; 100_000];
    deep.push(0);
    let too_many = ClientFrame::Resume {
        roster_length: 0,
        channels: vec![
            Cursor {
                channel: CHANNEL,
                after: 0
            };
            LIST_LIMIT + 1
        ],
        groups: Vec::new(),
    };
    vec![
        ("nothing", Vec::new()),
        ("one byte", vec![0]),
        ("cut off", whole[..whole.len() - 1].to_vec()),
        ("more than one", trailing),
        ("deep", deep),
        // A list, a text and a byte string of 2^63 bytes.
        (
            "a long list",
            [
                0x83, 7, 5, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ]
            .to_vec(),
        ),
        (
            "a long text",
            [
                0x83, 7, 5, 0x81, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ]
            .to_vec(),
        ),
        (
            "long bytes",
            [
                0x83, 7, 5, 0x81, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ]
            .to_vec(),
        ),
        ("an endless list", [0x9f; 50].to_vec()),
        ("another type", [0x83, 7, 5, 0x81, 0x18, 0x18].to_vec()),
        ("too many cursors", write_frame(0, &too_many)),
        ("large", vec![0xff; FRAME_LIMIT]),
    ]
}

async fn serves_on(person: &mut Person, socket: &mut Socket) {
    let channel = person.directory();
    let frame = person.send_frame(channel, "still here");
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
}

#[tokio::test]
async fn a_frame_about_what_is_not_or_is_anothers_is_refused_once_and_again() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    for (frame, may_be) in foreign() {
        ask(&mut socket, &frame, may_be).await;
        ask(&mut socket, &frame, may_be).await;
    }
    // What is resumed from somewhere that is not is served from where it is.
    socket
        .send(&ClientFrame::Resume {
            roster_length: u64::MAX,
            channels: vec![Cursor {
                channel: CHANNEL,
                after: u64::MAX,
            }],
            groups: vec![GroupCursor {
                group: GroupId([9; 17]),
                epoch: u64::MAX,
            }],
        })
        .await;
    socket
        .wait_for(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(()))
        .await;
    serves_on(&mut anna, &mut socket).await;
}

#[tokio::test]
async fn bytes_that_are_no_frame_are_told_and_too_many_end_the_connection() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    for (what, bytes) in bytes() {
        socket.send_raw(Message::Binary(bytes.into())).await;
        let told = socket.next().await;
        assert!(
            matches!(told, ServerFrame::Error { .. }),
            "{what}: {told:?}"
        );
    }
    socket.send_raw(Message::Text("hello".into())).await;
    assert!(matches!(socket.next().await, ServerFrame::Error { .. }));
    serves_on(&mut anna, &mut socket).await;
    for _ in 0..20 {
        socket.send_raw(Message::Binary(vec![0].into())).await;
    }
    assert_eq!(socket.close_code().await, Some(4002));
    // Larger than any frame: not read at all.
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let large = vec![0; FRAME_LIMIT + 1];
    socket.send_raw(Message::Binary(large.into())).await;
    socket.close_code().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    serves_on(&mut anna, &mut socket).await;
}

#[tokio::test]
async fn a_message_that_is_sent_again_and_again_is_stored_once() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let channel = anna.directory();
    let frame = anna.send_frame(channel, "once");
    let first = socket.ask(&frame).await;
    for _ in 0..5 {
        assert_eq!(socket.ask(&frame).await, first);
    }
    let (mut socket, _) = Socket::connect(&anna.api).await;
    assert_eq!(socket.ask(&frame).await, first, "over another connection");
    let path = format!("/channels/{channel}/events?after=0");
    let page: dialtone_protocol::http::EventPage = anna.api.get(&path).await.read();
    assert_eq!(page.events.len(), 1);
}

/// Many times what the server holds of their answers, and more than it reads at once.
#[tokio::test]
async fn whoever_pings_without_end_is_answered_each_time_as_long_as_they_read() {
    const PINGS: u32 = 2_500;
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    let socket = anna.api.websocket("/ws").await.unwrap();
    let (mut out, mut back) = socket.split();
    let said = |number: u32| number.to_be_bytes().repeat(30);
    let asking = async {
        for number in 0..PINGS {
            let ping = Message::Ping(said(number).into());
            out.send(ping).await.unwrap();
        }
    };
    let answers = async {
        let mut next = 0;
        while next < PINGS {
            let message = back.next().await.unwrap().unwrap();
            if let Message::Pong(bytes) = message {
                assert_eq!(bytes, said(next), "{next}");
                next += 1;
            }
        }
    };
    let both = async { tokio::join!(asking, answers) };
    timeout(std::time::Duration::from_secs(30), both)
        .await
        .unwrap();
}
