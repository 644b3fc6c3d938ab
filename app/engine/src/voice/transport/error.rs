//! What can go wrong in a direct call, and what to do about it.

use dialtone_protocol::DeviceId;
use dialtone_protocol::direct::SignalError;
use dialtone_words::say;

/// A direct call could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// A STUN or TURN address in the settings cannot be used.
    #[error("{}", say!("reach-call-server", reason = reason, url = url))]
    IceServer {
        /// As it was written in the settings.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Only relayed connections are wanted, but there is no relay.
    #[error("{}", say!("reach-no-relay"))]
    NoRelay,
    /// A call has room for [`super::MAX_PEERS`] others.
    #[error("{}", say!("reach-full", others = *_0))]
    Full(usize),
    /// A device does not call itself.
    #[error("{}", say!("reach-own-device", device = _0.to_string()))]
    OwnDevice(DeviceId),
    /// The signal was refused.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The peer has more unhandled signals than it may have.
    #[error("{}", say!("reach-busy", device = _0.to_string()))]
    Busy(DeviceId),
    /// There is no asynchronous runtime to run the call on.
    #[error("{}", say!("reach-no-runtime"))]
    NoRuntime,
    /// The peer showed another certificate than its sealed signal names.
    #[error("{}", say!("reach-other-certificate"))]
    Fingerprint,
    /// The WebRTC engine refused something.
    #[error("{}", say!("reach-not-set-up", doing = *doing, reason = reason))]
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
