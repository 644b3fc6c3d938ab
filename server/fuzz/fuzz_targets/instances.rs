#![no_main]
//! What instances of one server have for each other beside news: questions, claims to calls in the database, and all who are connected to
//! one, in pieces. What is read means the same when it is written again; pieces make a whole in their order alone.
use std::collections::HashMap;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[path = "../../src/calls/home.rs"]
mod home;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/news.rs"]
mod news;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/pieces.rs"]
mod pieces;
#[path = "../../src/instances/question.rs"]
mod question;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/random.rs"]
mod random;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/tag.rs"]
mod tag;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/token.rs"]
mod token;

/// Where the server has it.
mod bus {
    pub(crate) use super::tag::Tag;
}

use dialtone_protocol::frame::CallState;
use dialtone_protocol::{CallId, ChannelId, DeviceId, Hash};
use home::Home;
use news::{Here, Part};
use pieces::Pieces;
use question::Question;
use tag::Tag;

const MOST_PIECES: usize = 64;

#[derive(Debug, Arbitrary)]
enum Given {
    Question(Vec<u8>),
    Home(Vec<u8>),
    Pieces(Vec<Piece>),
}

#[derive(Debug, Arbitrary)]
struct Piece {
    /// Of one of four instances.
    from: u8,
    /// Number and count; none: it is a whole.
    part: Option<(u8, u32, u32)>,
    /// One that says that the number is the next one.
    follows: bool,
    online: u8,
    calls: u8,
    /// Nothing more comes of it, before that.
    forget: bool,
}

fuzz_target!(|given: Given| {
    match given {
        Given::Question(bytes) => {
            if let Ok(question) = serde_json::from_slice::<Question>(&bytes) {
                let written = serde_json::to_vec(&question).expect("it can be written");
                let again: Question = serde_json::from_slice(&written).expect("it can be read");
                assert_eq!(serde_json::to_vec(&again).ok(), Some(written));
            }
        }
        Given::Home(bytes) => {
            if let Some(home) = Home::read(&bytes) {
                assert_eq!(Home::read(&home.to_bytes()), Some(home));
            }
        }
        Given::Pieces(given) => put_together(given),
    }
});

fn put_together(given: Vec<Piece>) {
    let mut pieces = Pieces::default();
    // What has come of each, from its first piece on, without a hole.
    let mut came: HashMap<Tag, (Part, Here)> = HashMap::new();
    for (serial, piece) in (0..).zip(given.into_iter().take(MOST_PIECES)) {
        let from = Tag::of(&Hash([piece.from % 4; 32]));
        if piece.forget {
            pieces.forget(from);
            came.remove(&from);
        }
        let begun = came.remove(&from);
        let part = piece.part.map(|(telling, number, of)| Part {
            telling: u64::from(telling % 2),
            number,
            of,
        });
        let next = begun.as_ref().and_then(|(before, _)| {
            let number = before.number.checked_add(1)?;
            Some(Part { number, ..*before })
        });
        let part = if piece.follows { next.or(part) } else { part };
        let mut said = here(serial, &piece);
        said.part = part;
        let whole = pieces.put(from, said.clone());
        let Some(part) = part else {
            assert_eq!(whole, Some(said));
            continue;
        };
        let all = match begun {
            _ if part.number == 0 => Some(Here::default()),
            Some((_, all)) if next == Some(part) => Some(all),
            _ => None,
        };
        let all = all.map(|mut all| {
            all.online.extend(said.online);
            all.calls.extend(said.calls);
            all
        });
        if part.number.checked_add(1) == Some(part.of) {
            assert_eq!(whole, all);
        } else {
            assert_eq!(whole, None);
            came.extend(all.map(|all| (from, (part, all))));
        }
    }
}

fn here(serial: u8, piece: &Piece) -> Here {
    let call = |number| CallState {
        channel: ChannelId([serial; 16]),
        call: CallId([number; 16]),
        devices: Vec::new(),
    };
    Here {
        online: (0..piece.online % 4)
            .map(|number| DeviceId([number ^ serial; 32]))
            .collect(),
        calls: (0..piece.calls % 4).map(call).collect(),
        ..Here::default()
    }
}
