#![no_main]
//! Packets between a client and the relay, and what devices in a call say to each other: what is read means the same when it is
//! written again, and is within its bounds.
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::relay::{DownHeader, MAX_RELAYED, SILENCE, UpHeader};
use dialtone_protocol::resend::{MOST_ASKED, read_asks, read_feedback};
use dialtone_protocol::sealed::SIGNAL_LIMIT;
use dialtone_protocol::strict;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((header, sealed)) = UpHeader::read(bytes) {
        assert!(header.level <= SILENCE && (1..=MAX_RELAYED).contains(&sealed.len()));
        assert_eq!([&header.bytes()[..], sealed].concat(), bytes);
    }
    if let Some((header, sealed)) = DownHeader::read(bytes) {
        assert!((1..=MAX_RELAYED).contains(&sealed.len()));
        assert_eq!([&header.bytes()[..], sealed].concat(), bytes);
    }
    for numbers in [read_asks(bytes), read_feedback(bytes)].into_iter().flatten() {
        assert!((1..=MOST_ASKED).contains(&numbers.len()));
    }
    if let Ok(content) = strict::decode::<SignalContent>(bytes, SIGNAL_LIMIT) {
        assert_eq!(strict::encode(&content), bytes);
    }
});
