//! A server that sends what is no frame: the client neither falls over nor believes it, and goes on as soon as it is spoken to sensibly.

use dialtone_protocol::frame::{FRAME_LIMIT, ServerFrame};

use crate::liar::{Victim, truth};

/// Once, before the frame of Anna's next message, the client gets these bytes.
fn among_honest_frames(bytes: Vec<u8>) {
    let victim = Victim::new();
    let mut garbage = Some(bytes);
    victim.liar.frames(move |framed| {
        let mut told = Vec::new();
        if matches!(framed.frame, ServerFrame::Event { .. }) {
            told.extend(garbage.take());
        }
        told.push(truth(&framed));
        told
    });
    victim.anna.say("first");
    victim.mikael.reads("anna", "first");
    victim.mikael.say("still here");
    victim.anna.reads("mikael", "still here");
    // His own view may be shown a moment later than hers.
    victim.mikael.reads("mikael", "still here");
    assert_eq!(victim.lines(), ["before", "first", "still here"]);
    assert_eq!(victim.standing_alarm(), None);
}

#[test]
fn bytes_that_are_no_frame() {
    among_honest_frames(vec![0xff; 100]);
}

#[test]
fn nothing_at_all() {
    among_honest_frames(Vec::new());
}

#[test]
fn a_frame_that_announces_more_than_it_holds() {
    // An event whose bytes are said to be 4 GiB long.
    among_honest_frames(vec![
        0x83, 1, 0, 0x82, 1, 0x84, 0x50, 0x5a, 0xff, 0xff, 0xff, 0xff,
    ]);
}

#[test]
fn a_frame_of_a_later_version() {
    // [1, 0, [999, []]]
    among_honest_frames(vec![0x83, 1, 0, 0x82, 0x19, 0x03, 0xe7, 0x80]);
}

#[test]
fn a_frame_that_is_too_long() {
    among_honest_frames(vec![0; FRAME_LIMIT + 1]);
}
