//! Why a TURN server does not relay, and what to do about it.

/// A TURN server does not relay. `server` is its address as [`IceUrl`](dialtone_protocol::turn::IceUrl) writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError {
    /// Its name is not known.
    #[error("the TURN server was not found ({server}); check its name")]
    NotFound {
        /// Which.
        server: String,
    },
    /// No connection to it.
    #[error(
        "the TURN server cannot be reached ({server}): {reason}; check its address and whether it runs"
    )]
    Unreachable {
        /// Which.
        server: String,
        /// What the system said.
        reason: String,
    },
    /// It says nothing.
    #[error(
        "the TURN server does not answer ({server}); check its address, or reach it over another of udp, tcp and tls"
    )]
    NoAnswer {
        /// Which.
        server: String,
    },
    /// Its certificate does not hold.
    #[error("the TURN server's certificate is not accepted ({server}): {reason}")]
    Certificate {
        /// Which.
        server: String,
        /// What does not hold.
        reason: String,
    },
    /// It knows neither the user name nor the password, or no longer.
    #[error("the TURN server does not accept the user name or the password ({server})")]
    Credentials {
        /// Which.
        server: String,
    },
    /// It does not want to.
    #[error("the TURN server refuses to relay ({server}): {reason} ({code})")]
    Refused {
        /// Which.
        server: String,
        /// RFC 8656 section 17.
        code: u16,
        /// In its own words, shortened.
        reason: String,
    },
    /// It speaks something else.
    #[error("what answers is no TURN server ({server}); check its port")]
    NotTurn {
        /// Which.
        server: String,
    },
    /// It was connected, and is no longer.
    #[error("the connection to the TURN server has ended ({server})")]
    Ended {
        /// Which.
        server: String,
    },
    /// The file with further authorities cannot be used.
    #[error("the certificates for TURN servers cannot be used: {reason} ({path})")]
    Authorities {
        /// Which file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}
