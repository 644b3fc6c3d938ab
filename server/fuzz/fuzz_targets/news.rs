#![no_main]
//! What instances of one server tell each other.
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/news.rs"]
mod news;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/random.rs"]
mod random;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/bus/tag.rs"]
mod tag;

use news::Envelope;
use tag::Tag;

fuzz_target!(|bytes: &[u8]| {
    if let Some(envelope) = Envelope::read(bytes) {
        assert_eq!(Envelope::read(&envelope.to_bytes()), Some(envelope));
    }
});
