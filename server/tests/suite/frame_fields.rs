//! A frame's fields: too few, too many, one twice, one too long, for every kind of frame.
//!
//! Fields have places and no names. What stands behind the last one that is known is passed over, since a client of a later version may
//! say more; a field that is there twice moves the others to where they are not read.

use std::collections::BTreeMap;

use dialtone_protocol::approval::APPROVAL_LIMIT;
use dialtone_protocol::frame::{
    ClientFrame, FrameKind as _, GroupCursor, RefusalCode, ServerFrame, write_frame,
};
use dialtone_protocol::sealed::{EVENT_LIMIT, GRANT_LIMIT, SIGNAL_LIMIT};
use dialtone_protocol::{ApprovalId, GroupId};
use minicbor::Decoder;
use minicbor::bytes::ByteVec;
use tokio_tungstenite::tungstenite::Message;

use crate::bad_frames::{CHANNEL, DEVICE, KIND, foreign, kind};
use crate::common::{Person, Socket, TestServer};

/// The kind that has fields which may lack.
const SEND: u32 = 1;

/// One frame of each kind, none of which changes anything.
fn each_kind() -> BTreeMap<u32, ClientFrame> {
    let mut all = BTreeMap::new();
    let resume = ClientFrame::Resume {
        roster_length: 0,
        channels: Vec::new(),
        groups: vec![GroupCursor {
            group: GroupId([9; 17]),
            epoch: 0,
        }],
    };
    let foreign = foreign().into_iter().map(|(frame, _)| frame);
    for frame in foreign.chain([resume]) {
        all.entry(kind(&frame)).or_insert(frame);
    }
    assert!(all.keys().copied().eq(0..ClientFrame::KINDS));
    all
}

/// A frame in its parts.
struct Parts {
    head: Vec<u8>,
    fields: Vec<Vec<u8>>,
}

impl Parts {
    fn of(request: u32, frame: &ClientFrame) -> Self {
        let whole = write_frame(request, frame);
        let (head, rest) = whole.split_at(KIND + 1);
        let mut decoder = Decoder::new(rest);
        let count = decoder.array().unwrap().unwrap();
        let fields = (0..count).map(|_| {
            let from = decoder.position();
            decoder.skip().unwrap();
            rest[from..decoder.position()].to_vec()
        });
        Self {
            fields: fields.collect(),
            head: head.to_vec(),
        }
    }

    /// With these fields instead, in a list.
    fn with(&self, fields: &[Vec<u8>]) -> Vec<u8> {
        let count = 0x80 + u8::try_from(fields.len()).unwrap();
        [&self.head[..], &[count], &fields.concat()].concat()
    }

    /// Its fields by their numbers in a map, the first of them twice.
    fn as_map(&self) -> Vec<u8> {
        let numbered = self.fields.iter().zip(0_u8..);
        let mut pairs: Vec<_> = numbered
            .map(|(field, number)| [&[number][..], field].concat())
            .collect();
        pairs.extend(pairs.first().cloned());
        let count = 0xa0 + u8::try_from(pairs.len()).unwrap();
        [&self.head[..], &[count], &pairs.concat()].concat()
    }
}

/// What is said to a frame, in short.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// It is none.
    NoFrame,
    Refused(RefusalCode),
    Otherwise(std::mem::Discriminant<ServerFrame>),
}

async fn said(socket: &mut Socket, request: u32, bytes: Vec<u8>) -> Said {
    assert!(socket.send_raw(Message::Binary(bytes.into())).await);
    loop {
        match socket.next_framed().await.expect("an answer") {
            (_, ServerFrame::Error { message }) => {
                assert!(!message.is_empty());
                return Said::NoFrame;
            }
            (to, ServerFrame::Refused { code, .. }) if to == request => return Said::Refused(code),
            (to, frame) if to == request => {
                return Said::Otherwise(std::mem::discriminant(&frame));
            }
            // What answers to where one stands bears no number.
            (_, frame @ ServerFrame::CaughtUp) => {
                return Said::Otherwise(std::mem::discriminant(&frame));
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn fields_that_lack_or_are_too_many_or_twice_are_told_for_every_kind() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    for (kind, frame) in each_kind() {
        let (mut socket, _) = Socket::connect(&anna.api).await;
        let parts = Parts::of(7, &frame);
        let whole = said(&mut socket, 7, parts.with(&parts.fields)).await;
        assert_ne!(whole, Said::NoFrame, "{frame:?}");
        let none = said(&mut socket, 7, parts.with(&[])).await;
        let map = said(&mut socket, 7, parts.as_map()).await;
        // What has no fields has none to be missed, and nothing of it is read.
        let expected = if parts.fields.is_empty() {
            &whole
        } else {
            &Said::NoFrame
        };
        assert_eq!((&none, &map), (expected, expected), "{frame:?}");

        let mut fields = parts.fields.clone();
        if kind == SEND {
            // Its last two may lack; here they do by saying so.
            fields.resize(4, vec![0xf6]);
        }
        fields.extend([vec![0x63, b'n', b'e', b'w'], vec![0x81, 0x01], vec![0xf6]]);
        let extra = said(&mut socket, 7, parts.with(&fields)).await;
        assert_eq!(extra, whole, "{frame:?}: fields of a later version");

        let Some(first) = parts.fields.first() else {
            continue;
        };
        let fields = [std::slice::from_ref(first), &parts.fields].concat();
        let twice = said(&mut socket, 7, parts.with(&fields)).await;
        let moved = [Said::NoFrame, Said::Refused(RefusalCode::Malformed)];
        if parts.fields.len() == 1 {
            assert_eq!(twice, whole, "{frame:?}: the second is one too many");
        } else {
            assert!(moved.contains(&twice), "{frame:?}: {twice:?}");
        }
    }
}

/// A frame whose longest part is of a length.
struct Long {
    /// What says that it is too long.
    words: &'static str,
    limit: usize,
    frame: fn(usize) -> ClientFrame,
}

fn long(words: &'static str, limit: usize, frame: fn(usize) -> ClientFrame) -> Long {
    Long {
        words,
        limit,
        frame,
    }
}

fn nonsense(length: usize) -> ByteVec {
    vec![0x9f; length].into()
}

fn bounded() -> [Long; 6] {
    [
        long("too long", EVENT_LIMIT, |length| ClientFrame::Send {
            channel: CHANNEL,
            event: nonsense(length),
            mark: None,
            keep_s: None,
        }),
        long("more than", SIGNAL_LIMIT, |length| ClientFrame::Signal {
            signal: nonsense(length),
        }),
        long("more than", 128 * 1024, |length| ClientFrame::RequestKeys {
            request: nonsense(length),
        }),
        long("more than", GRANT_LIMIT, |length| ClientFrame::Grant {
            to: DEVICE,
            grant: nonsense(length),
        }),
        long("more than", APPROVAL_LIMIT, |length| {
            ClientFrame::Approval {
                id: ApprovalId([9; 16]),
                message: nonsense(length),
            }
        }),
        long("too many", 1000, |length| ClientFrame::GrantsTaken {
            ids: vec![u64::MAX; length],
        }),
    ]
}

#[tokio::test]
async fn a_field_that_is_longer_than_it_may_be_is_refused_for_that() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    for Long {
        words,
        limit,
        frame,
    } in bounded()
    {
        for (length, long) in [(limit, false), (limit + 1, true), (limit * 3 / 2, true)] {
            let answer = socket.ask(&frame(length)).await;
            let told = match &answer {
                ServerFrame::Refused { code, message, .. } => {
                    assert_eq!(*code, RefusalCode::Malformed, "{message}");
                    message.contains(words)
                }
                ServerFrame::Done => false,
                other => panic!("{other:?}"),
            };
            assert_eq!(told, long, "{length} of {limit}: {answer:?}");
        }
    }
}
