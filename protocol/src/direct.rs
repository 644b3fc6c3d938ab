//! The messages by which two devices of a call agree on a direct connection.
//!
//! CBOR maps with small integer keys. A signal is plain data: its owner seals it before it leaves the device and opens
//! it before it comes here, so the sender is known and the server has seen nothing.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::StreamId;

/// The longest session description, in bytes.
pub const MAX_SDP: usize = 16 * 1024;
/// The longest candidate line, in bytes.
pub const MAX_CANDIDATE: usize = 512;
/// The longest encoded signal, in bytes.
pub const MAX_SIGNAL: usize = MAX_SDP + 256;
/// The version of signals that this code speaks.
const VERSION: u8 = 1;

/// A signal's bytes or contents are not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignalError {
    /// Longer than any signal may be.
    #[error("the signal is too long ({0} bytes); it was dropped")]
    TooLong(usize),
    /// Not the CBOR that a signal is.
    #[error("the signal is malformed; it was dropped: {0}")]
    Malformed(String),
    /// From a newer Dialtone.
    #[error(
        "the signal has version {0}, which this Dialtone does not know; update to join the call"
    )]
    Version(u8),
    /// The session description is longer than [`MAX_SDP`].
    #[error("the session description is too long ({0} bytes); it was dropped")]
    DescriptionTooLong(usize),
    /// The session description cannot be parsed, as the receiver's WebRTC says.
    #[error("the session description is malformed; it was dropped: {0}")]
    Description(String),
    /// The candidate is longer than [`MAX_CANDIDATE`], or not text of one line.
    #[error("the network candidate is malformed; it was dropped")]
    Candidate,
    /// More candidates than a receiver takes of a peer.
    #[error("the peer named more than {0} network candidates; the rest were dropped")]
    TooManyCandidates(usize),
}

/// One try at connecting two stays. Later tries are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(map)]
pub struct Attempt {
    /// Counts connections; 0 stands for "none yet".
    #[n(0)]
    pub generation: u32,
    /// Counts ICE restarts of that connection.
    #[n(1)]
    pub round: u32,
}

impl Attempt {
    /// A new connection.
    #[must_use]
    pub fn renewed(self) -> Self {
        Self {
            generation: self.generation.saturating_add(1),
            round: 0,
        }
    }

    /// An ICE restart of the same connection.
    #[must_use]
    pub fn restarted(self) -> Self {
        Self {
            round: self.round.saturating_add(1),
            ..self
        }
    }
}

/// One message between two devices of a call.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Signal {
    #[n(0)]
    version: u8,
    /// The sender's stay in the call.
    #[n(1)]
    pub from: StreamId,
    /// The receiver's stay that the sender means.
    #[n(2)]
    pub to: StreamId,
    /// The connection and ICE round that this belongs to.
    #[n(3)]
    pub attempt: Attempt,
    /// What it says.
    #[n(4)]
    pub body: SignalBody,
}

/// What a signal says.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum SignalBody {
    /// The offerer's session description (RFC 8866), with its host candidates. In a later round: an ICE restart.
    #[n(0)]
    #[cbor(map)]
    Offer {
        /// The session description.
        #[n(0)]
        sdp: String,
    },
    /// The answer to the offer of the same attempt.
    #[n(1)]
    #[cbor(map)]
    Answer {
        /// The session description.
        #[n(0)]
        sdp: String,
    },
    /// A candidate found after the description had left (RFC 8838).
    #[n(2)]
    #[cbor(map)]
    Candidate {
        /// The candidate attribute (RFC 8839 section 5.1).
        #[n(0)]
        candidate: String,
    },
    /// The answerer asks the offerer to try again.
    #[n(3)]
    #[cbor(map)]
    Please {
        /// A new connection; otherwise an ICE restart of this one.
        #[n(0)]
        fresh: bool,
    },
    /// The sender has left.
    #[n(4)]
    Bye,
}

impl Signal {
    /// A signal of the current version.
    pub fn new(from: StreamId, to: StreamId, attempt: Attempt, body: SignalBody) -> Self {
        Self {
            version: VERSION,
            from,
            to,
            attempt,
            body,
        }
    }

    /// The bytes to seal.
    ///
    /// # Errors
    /// When its parts are longer than a receiver would take.
    pub fn encode(&self) -> Result<Vec<u8>, SignalError> {
        self.check()?;
        minicbor::to_vec(self).map_err(|error| SignalError::Malformed(error.to_string()))
    }

    /// Reads opened bytes; nothing is allocated beyond their length.
    ///
    /// # Errors
    /// When they are too long, not a signal, of another version, or hold parts that are too long.
    pub fn decode(bytes: &[u8]) -> Result<Self, SignalError> {
        if bytes.len() > MAX_SIGNAL {
            return Err(SignalError::TooLong(bytes.len()));
        }
        let malformed = |error: minicbor::decode::Error| SignalError::Malformed(error.to_string());
        let version = peek_version(bytes).map_err(malformed)?;
        if version != VERSION {
            return Err(SignalError::Version(version));
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let signal: Self = decoder.decode().map_err(malformed)?;
        if decoder.position() != bytes.len() {
            return Err(SignalError::Malformed("bytes follow the signal".to_owned()));
        }
        signal.check()?;
        Ok(signal)
    }

    /// Refuses parts that are longer than they may be.
    ///
    /// # Errors
    /// [`SignalError::DescriptionTooLong`], [`SignalError::Candidate`]
    pub fn check(&self) -> Result<(), SignalError> {
        match &self.body {
            SignalBody::Offer { sdp } | SignalBody::Answer { sdp } if sdp.len() > MAX_SDP => {
                Err(SignalError::DescriptionTooLong(sdp.len()))
            }
            SignalBody::Candidate { candidate }
                if candidate.len() > MAX_CANDIDATE || candidate.contains(char::is_control) =>
            {
                Err(SignalError::Candidate)
            }
            _ => Ok(()),
        }
    }
}

/// The version is the first entry of the map, whatever else a newer signal holds.
fn peek_version(bytes: &[u8]) -> Result<u8, minicbor::decode::Error> {
    let mut decoder = minicbor::Decoder::new(bytes);
    decoder.map()?;
    if decoder.u8()? != 0 {
        return Err(minicbor::decode::Error::message("no version comes first"));
    }
    decoder.u8()
}

impl fmt::Debug for SignalBody {
    /// Leaves descriptions out: they hold addresses and ICE passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offer { sdp } => write!(f, "Offer({} bytes)", sdp.len()),
            Self::Answer { sdp } => write!(f, "Answer({} bytes)", sdp.len()),
            Self::Candidate { .. } => f.write_str("Candidate"),
            Self::Please { fresh } => write!(f, "Please {{ fresh: {fresh} }}"),
            Self::Bye => f.write_str("Bye"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(body: SignalBody) -> Signal {
        let attempt = Attempt {
            generation: 3,
            round: 1,
        };
        Signal::new(StreamId([1; 16]), StreamId([2; 16]), attempt, body)
    }

    fn offer(length: usize) -> Signal {
        signal(SignalBody::Offer {
            sdp: "v".repeat(length),
        })
    }

    #[test]
    fn every_kind_comes_back_as_it_went() {
        for body in [
            SignalBody::Offer { sdp: "v=0".into() },
            SignalBody::Answer { sdp: "v=0".into() },
            SignalBody::Candidate {
                candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host".into(),
            },
            SignalBody::Please { fresh: true },
            SignalBody::Bye,
        ] {
            let sent = signal(body);
            let bytes = sent.encode().unwrap();
            assert_eq!(Signal::decode(&bytes).unwrap(), sent);
        }
    }

    #[test]
    fn the_longest_description_passes_and_one_more_byte_does_not() {
        let longest = offer(MAX_SDP).encode().unwrap();
        assert!(longest.len() <= MAX_SIGNAL);
        assert!(Signal::decode(&longest).is_ok());

        let over = offer(MAX_SDP + 1);
        assert_eq!(
            over.encode(),
            Err(SignalError::DescriptionTooLong(MAX_SDP + 1))
        );
        let forced = minicbor::to_vec(&over).unwrap();
        assert_eq!(
            Signal::decode(&forced),
            Err(SignalError::DescriptionTooLong(MAX_SDP + 1))
        );
    }

    #[test]
    fn garbage_is_an_error_and_never_a_panic() {
        let good = offer(40).encode().unwrap();
        for cut in 0..good.len() {
            assert!(Signal::decode(&good[..cut]).is_err(), "cut at {cut}");
        }
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 0xff;
            let _ = Signal::decode(&bad);
        }
        let mut trailing = good;
        trailing.push(0);
        assert!(matches!(
            Signal::decode(&trailing),
            Err(SignalError::Malformed(_))
        ));
        assert!(matches!(
            Signal::decode(&vec![0; MAX_SIGNAL + 1]),
            Err(SignalError::TooLong(_))
        ));
    }

    #[test]
    fn another_version_is_named_even_when_the_rest_is_unknown() {
        let mut bytes = Vec::new();
        let mut encoder = minicbor::Encoder::new(&mut bytes);
        encoder.map(2).unwrap().u8(0).unwrap().u8(9).unwrap();
        encoder.u8(7).unwrap().str("news").unwrap();
        assert_eq!(Signal::decode(&bytes), Err(SignalError::Version(9)));
    }

    #[test]
    fn a_candidate_is_one_short_line() {
        for candidate in ["x".repeat(MAX_CANDIDATE + 1), "a\r\nb".to_owned()] {
            let over = signal(SignalBody::Candidate { candidate });
            assert_eq!(over.encode(), Err(SignalError::Candidate));
        }
    }

    #[test]
    fn debug_shows_no_description() {
        let shown = format!("{:?}", offer(5));
        assert!(!shown.contains("vvvvv"), "{shown}");
    }
}
