//! What can go wrong in a direct call, and what to do about it.

use dialtone_protocol::DeviceId;

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
    /// The session description is longer than [`super::MAX_SDP`].
    #[error("the session description is too long ({0} bytes); it was dropped")]
    DescriptionTooLong(usize),
    /// The session description cannot be parsed.
    #[error("the session description is malformed; it was dropped: {0}")]
    Description(String),
    /// The candidate is longer than [`super::MAX_CANDIDATE`], or not text of one line.
    #[error("the network candidate is malformed; it was dropped")]
    Candidate,
    /// More candidates than a peer may have.
    #[error("the peer named more than {0} network candidates; the rest were dropped")]
    TooManyCandidates(usize),
}

/// A direct call could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// A STUN or TURN address in the settings cannot be used.
    #[error("the call server address cannot be used ({reason}); correct it in the settings: {url}")]
    IceServer {
        /// As it was written in the settings.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Only relayed connections are wanted, but there is no relay.
    #[error("calls are set to use relays only, but no TURN server is set; add one in the settings")]
    NoRelay,
    /// A call has room for [`super::MAX_PEERS`] others.
    #[error("a direct call has room for {0} others; use a relayed call")]
    Full(usize),
    /// A device does not call itself.
    #[error("a device cannot call itself: {0}")]
    OwnDevice(DeviceId),
    /// The signal was refused.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The peer has more unhandled signals than it may have.
    #[error("too many signals at once; one was dropped, from {0}")]
    Busy(DeviceId),
    /// There is no asynchronous runtime to run the call on.
    #[error("the call was started outside the network threads; this is a bug in Dialtone")]
    NoRuntime,
    /// The peer showed another certificate than its sealed signal names.
    #[error(
        "the peer's certificate is not the one that its signal names; the connection was closed"
    )]
    Fingerprint,
    /// The WebRTC engine refused something.
    #[error("the connection could not be set up while {doing}; it will be tried again: {reason}")]
    Engine {
        /// Which step it was.
        doing: &'static str,
        /// What the engine said.
        reason: String,
    },
}

impl TransportError {
    /// Wraps what the WebRTC engine said while `doing` something.
    pub(super) fn engine(doing: &'static str) -> impl FnOnce(webrtc::error::Error) -> Self {
        move |error| Self::Engine {
            doing,
            reason: error.to_string(),
        }
    }
}
