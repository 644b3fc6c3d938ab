#![no_main]
//! Bytes of a client: the same messages however they are cut, none of them too long, and an end where they are not framed as they should be.
use libfuzzer_sys::fuzz_target;

#[path = "../../src/live/websocket/frames.rs"]
mod frames;

use frames::{Frames, FramingError, Message};

const MOST: usize = 300;

fuzz_target!(|bytes: &[u8]| {
    let Some((step, bytes)) = bytes.split_first() else {
        return;
    };
    let whole = read(bytes, bytes.len().max(1));
    assert_eq!(read(bytes, usize::from(*step).max(1)), whole);
    for message in whole.0 {
        match message {
            Message::Binary(payload) => assert!(payload.len() <= MOST),
            Message::Ping(payload) => assert!(payload.len() <= 125),
            Message::Text | Message::Pong | Message::Close => {}
        }
    }
});

fn read(bytes: &[u8], step: usize) -> (Vec<Message>, Option<FramingError>) {
    let mut frames = Frames::new(MOST);
    let mut messages = Vec::new();
    for part in bytes.chunks(step) {
        frames.push(part);
        loop {
            match frames.next() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    (messages, None)
}
