#![no_main]
//! What another device says of a direct connection: what is read means the same when it is written again and is within its bounds, and
//! the WebRTC library, which reads descriptions and candidates next, does not fail on them.
use dialtone_protocol::direct::{MAX_CANDIDATE, MAX_SDP, Signal, SignalBody};
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use rtc::ice::candidate::unmarshal_candidate;
use rtc::peer_connection::sdp::RTCSessionDescription;

/// Bytes of a signal, or the text of a description or a candidate within one.
#[derive(Debug)]
enum Said<'a> {
    Bytes(&'a [u8]),
    Description(&'a str),
    Candidate(&'a str),
}

impl<'a> Arbitrary<'a> for Said<'a> {
    fn arbitrary(from: &mut Unstructured<'a>) -> Result<Self> {
        let kind: u8 = from.arbitrary()?;
        let rest = from.bytes(from.len())?;
        let text = || {
            std::str::from_utf8(rest).map_err(|_| libfuzzer_sys::arbitrary::Error::IncorrectFormat)
        };
        Ok(match kind % 3 {
            0 => Self::Bytes(rest),
            1 => Self::Description(text()?),
            _ => Self::Candidate(text()?),
        })
    }
}

libfuzzer_sys::fuzz_target!(|said: Said<'_>| {
    match said {
        Said::Bytes(bytes) => {
            let Ok(signal) = Signal::decode(bytes) else {
                return;
            };
            let again = signal.encode().expect("what was read is within its bounds");
            assert_eq!(Signal::decode(&again).as_ref(), Ok(&signal));
            match &signal.body {
                SignalBody::Offer { sdp } | SignalBody::Answer { sdp } => describe(sdp),
                SignalBody::Candidate { candidate } => name(candidate),
                SignalBody::Please { .. } | SignalBody::Bye => {}
            }
        }
        Said::Description(sdp) => describe(sdp),
        Said::Candidate(candidate) => name(candidate),
    }
});

fn describe(sdp: &str) {
    if sdp.len() <= MAX_SDP {
        let _ = RTCSessionDescription::offer(sdp.to_owned());
        let _ = RTCSessionDescription::answer(sdp.to_owned());
    }
}

fn name(candidate: &str) {
    if candidate.len() <= MAX_CANDIDATE && !candidate.contains(char::is_control) {
        let _ = unmarshal_candidate(candidate.strip_prefix("candidate:").unwrap_or(candidate));
    }
}
