#![no_main]
//! What is asked for again in a call: packets of RTP feedback and our own lists.
use dialtone_protocol::resend::{read_asks, read_feedback};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = read_asks(bytes);
    let _ = read_feedback(bytes);
});
