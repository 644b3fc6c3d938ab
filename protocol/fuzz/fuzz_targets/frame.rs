#![no_main]
//! Frames of both directions.
use dialtone_protocol::frame::{ClientFrame, ServerFrame, read_frame};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = read_frame::<ClientFrame>(bytes);
    let _ = read_frame::<ServerFrame>(bytes);
});
