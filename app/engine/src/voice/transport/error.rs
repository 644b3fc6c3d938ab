//! What can go wrong in a direct call, and what to do about it.

use dialtone_protocol::DeviceId;
use dialtone_protocol::direct::SignalError;

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
