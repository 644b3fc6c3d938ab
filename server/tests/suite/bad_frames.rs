//! Every frame that there is, badly made: it is refused in words, or the connection ends; the server serves on, and so do the others.

use std::collections::BTreeSet;

use dialtone_protocol::frame::{
    ClientFrame, Cursor, FRAME_LIMIT, FrameKind as _, GroupCursor, LIST_LIMIT, RefusalCode,
    ServerFrame, write_frame,
};
use dialtone_protocol::{ApprovalId, CallId, ChannelId, DeviceId, GroupId};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::common::{Person, Socket, TestServer};

/// Of nobody here.
pub(crate) const CHANNEL: ChannelId = ChannelId([9; 16]);
pub(crate) const DEVICE: DeviceId = DeviceId([9; 32]);
const CALL: CallId = CallId([9; 16]);

fn nonsense() -> Vec<u8> {
    vec![0x9f; 300]
}

/// Each frame of a client with what is not, or is somebody else's, and how it may be refused; none: it is not answered.
pub(crate) fn foreign() -> Vec<(ClientFrame, Option<&'static [RefusalCode]>)> {
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

/// 2^63, as what follows a head.
const MANY: [u8; 8] = [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// A frame of this kind with these fields, however they are.
fn with_body(kind: u8, fields: &[u8]) -> Vec<u8> {
    // A list of three, the version, the request's number, a list of the kind and its fields.
    let mut bytes = write_frame(7, &ClientFrame::JoinCall { channel: CHANNEL })[..KIND].to_vec();
    bytes.push(kind);
    bytes.extend(fields);
    bytes
}

/// Where a frame's kind stands, behind a request's number of one byte.
pub(crate) const KIND: usize = 4;

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
            with_body(5, &[&[0x81, 0x9b], &MANY[..]].concat()),
        ),
        (
            "a long text",
            with_body(9, &[&[0x82, 0x7b], &MANY[..]].concat()),
        ),
        (
            "long bytes",
            with_body(2, &[&[0x81, 0x5b], &MANY[..]].concat()),
        ),
        ("an endless list", [0x9f; 50].to_vec()),
        ("another type", with_body(5, &[0x81, 0x18, 0x18])),
        ("no fields", with_body(5, &[0x80])),
        ("another version", [0x83, 99, 7, 0x82, 6, 0x80].to_vec()),
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

pub(crate) fn kind(frame: &ClientFrame) -> u32 {
    u32::from(write_frame(7, frame)[KIND])
}

#[test]
fn no_frame_is_left_out() {
    let mut kinds: BTreeSet<_> = foreign().iter().map(|(frame, _)| kind(frame)).collect();
    // What is resumed is looked at by itself.
    kinds.insert(0);
    assert_eq!(kinds, (0..ClientFrame::KINDS).collect());
}

/// Where the request's number ends that `ill_typed` gives, so that no answer is taken for another's.
const BODY: usize = 5;

/// A frame with each of its bytes in turn made the head of something else, and cut off there.
fn ill_typed(frame: &ClientFrame) -> Vec<Vec<u8>> {
    // A number, a negative one, bytes, a text, a list, a map, nothing, a fraction, and an end of what did not begin.
    const HEADS: [u8; 9] = [0x00, 0x3b, 0x5a, 0x62, 0x84, 0xa1, 0xf6, 0xfb, 0xff];
    let whole = write_frame(9_999, frame);
    let mut all = Vec::new();
    // The rest of a long one is all the same.
    for at in BODY..whole.len().min(BODY + 24) {
        all.push(whole[..at].to_vec());
        all.extend(HEADS.iter().filter(|head| **head != whole[at]).map(|head| {
            let mut other = whole.clone();
            other[at] = *head;
            other
        }));
    }
    all
}

#[tokio::test]
async fn ill_typed_frames_leave_the_connection_to_the_others() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let mut sent = 0;
    let cases: Vec<_> = foreign()
        .into_iter()
        // One that is as large as this is looked at above.
        .filter(|(frame, _)| write_frame(7, frame).len() < 10_000)
        .flat_map(|(frame, _)| ill_typed(&frame))
        .collect();
    // Fewer than end a connection.
    for some in cases.chunks(18) {
        let (mut socket, _) = Socket::connect(&anna.api).await;
        for bytes in some {
            assert!(socket.send_raw(Message::Binary(bytes.clone().into())).await);
            sent += 1;
        }
        let frame = ClientFrame::Away { away: false };
        let answer = socket.ask(&frame).await;
        assert!(matches!(answer, ServerFrame::Done), "{answer:?}");
    }
    assert!(sent > 1_000, "{sent}");
    let (mut socket, _) = Socket::connect(&anna.api).await;
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
