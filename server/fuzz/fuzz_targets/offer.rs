#![no_main]
//! What a client offers the relay: an answer of one m-line that names nobody's address, or a refusal, also where the library breaks that reads
//! descriptions.
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Once};
use std::time::Instant;

use dialtone_protocol::frame::MAX_RELAY_SDP;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use str0m::RtcConfig;
use str0m::media::{Direction, MediaKind};

#[path = "../../src/relay/connection.rs"]
mod connection;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/relay/crypto.rs"]
mod crypto;
#[path = "../../../crypto/fuzz/fuzz_targets/edits.rs"]
mod edits;
mod faults;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/relay/outbox.rs"]
mod outbox;
#[path = "../../src/random.rs"]
mod random;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/relay/resend.rs"]
mod resend;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/relay/srtp.rs"]
mod srtp;

use connection::{Connection, Ground, OfferError};
use edits::Edits;

#[derive(Debug, Arbitrary)]
enum Given {
    /// A client's offer, with changes.
    Changed(Edits),
    /// With lines before some of its own.
    Lines(Vec<(u8, String)>),
    Text(String),
}

static BEGIN: Once = Once::new();
static GROUND: LazyLock<Ground> = LazyLock::new(|| {
    let provider = crypto::provider();
    let certificate = provider.dtls_provider.generate_certificate();
    Ground {
        certificate: certificate.expect("a certificate"),
        crypto: Arc::new(provider),
        local: SocketAddr::from(([192, 0, 2, 1], 7440)),
    }
});
/// As a client makes it.
static OFFER: LazyLock<String> = LazyLock::new(|| {
    let config = RtcConfig::new()
        .set_crypto_provider(Arc::new(crypto::provider()))
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, false);
    let mut rtc = config.build(Instant::now());
    let mut api = rtc.sdp_api();
    api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
    let (offer, _) = api.apply().expect("an offer");
    offer.to_sdp_string()
});

fuzz_target!(|given: Given| {
    BEGIN.call_once(|| faults::expect_in(&["/str0m", "/dimpl"]));
    let offer = match given {
        Given::Changed(edits) => String::from_utf8_lossy(&edits.of(OFFER.as_bytes())).into_owned(),
        Given::Lines(more) => {
            let mut lines: Vec<&str> = OFFER.lines().collect();
            for (at, line) in &more {
                lines.insert(usize::from(*at) % lines.len(), line);
            }
            lines.join("\r\n") + "\r\n"
        }
        Given::Text(text) => text,
    };
    match Connection::answer(&GROUND, Instant::now(), &offer) {
        Ok((connection, answer)) => {
            assert!(offer.len() <= MAX_RELAY_SDP);
            assert_eq!(answer.matches("\nm=").count(), 1, "{answer}");
            assert!(!answer.contains("a=candidate"), "{answer}");
            assert!(answer.contains(&connection.ufrag) && connection.addresses.is_empty());
        }
        Err(OfferError::TooLong) => assert!(offer.len() > MAX_RELAY_SDP),
        Err(error) => assert!(offer != *OFFER, "{error}"),
    }
});
