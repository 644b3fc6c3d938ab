//! The server's identity: a long-lived key that links pin, and its statement on the TLS key in use.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::signing::{self, BadSignature, Purpose};
use crate::strict::{self, StrictError};
use crate::{CommunityId, Hash, PublicKey, Signature};

/// What the identity key signs (purpose `server-identity`, no community).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct IdentityStatement {
    /// 1
    #[n(0)]
    pub version: u8,
    /// SHA-256 of the TLS certificate's `SubjectPublicKeyInfo` (RFC 5280, DER); `None` behind a proxy that ends TLS.
    #[n(1)]
    pub tls_key: Option<Hash>,
    /// Seconds since 1970 after which the statement does not hold any more.
    #[n(2)]
    pub not_after_s: u64,
    /// What the client sent, so that the answer is fresh.
    #[n(3)]
    pub nonce: Option<Hash>,
}

/// A statement as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SignedIdentity {
    /// CBOR of [`IdentityStatement`].
    #[n(0)]
    pub body: ByteVec,
    /// By the identity key.
    #[n(1)]
    pub signature: Signature,
}

/// Why a server is not the one that a link names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Not a statement.
    #[error("the server's statement cannot be read: {0}")]
    Format(#[from] StrictError),
    /// Another key signed it.
    #[error("the server does not hold the key that the link names")]
    Signature(#[from] BadSignature),
    /// It speaks of another TLS key than the connection's.
    #[error("the connection does not end at the server that the link names")]
    OtherTlsKey,
    /// It is an answer to this question, and has run out all the same: one of the clocks is wrong.
    #[error(
        "the server's statement has run out by this computer's clock: check the date and time here; if they are right, the \
         server's are wrong"
    )]
    Expired,
    /// It answers another question.
    #[error("the server's statement is not fresh")]
    Nonce,
}

/// Checks a statement against the pinned key and the connection.
///
/// A statement without [`tls_key`](IdentityStatement::tls_key) proves only that the server's key answered now, not that this
/// connection ends at it: then the connection's certificate must have passed the ordinary check for the host as well.
///
/// # Errors
/// [`IdentityError`]: the connection must not be used.
pub fn check_identity(
    bytes: &[u8],
    pin: &PublicKey,
    connection_tls_key: &Hash,
    nonce: &Hash,
    now_s: u64,
) -> Result<IdentityStatement, IdentityError> {
    let signed: SignedIdentity = strict::decode(bytes, 1024)?;
    signing::verify(
        pin,
        Purpose::ServerIdentity,
        &CommunityId::NONE,
        &signed.body,
        &signed.signature,
    )?;
    let statement: IdentityStatement = strict::decode(&signed.body, 512)?;
    if statement.version != 1 {
        let version = format!("version {}", statement.version);
        return Err(StrictError::Malformed(version).into());
    }
    if statement.nonce != Some(*nonce) {
        return Err(IdentityError::Nonce);
    }
    if statement.not_after_s < now_s {
        return Err(IdentityError::Expired);
    }
    match statement.tls_key {
        Some(key) if key != *connection_tls_key => Err(IdentityError::OtherTlsKey),
        _ => Ok(statement),
    }
}

/// Whether a statement says that a proxy ends TLS, whoever signed it: for a client that does not know the key yet.
///
/// # Errors
/// When it is no statement.
pub fn says_proxied(bytes: &[u8]) -> Result<bool, StrictError> {
    let signed: SignedIdentity = strict::decode(bytes, 1024)?;
    let statement: IdentityStatement = strict::decode(&signed.body, 512)?;
    Ok(statement.tls_key.is_none())
}

/// What a device signs (purpose `session`) to open a session.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SessionProof {
    /// 1
    #[n(0)]
    pub version: u8,
    /// What the server sent.
    #[n(1)]
    pub nonce: Hash,
    /// The server that is meant: nobody else can use the signature.
    #[n(2)]
    pub server_key: PublicKey,
    /// SHA-256 of the connection's `SubjectPublicKeyInfo`; `None` behind a proxy.
    #[n(3)]
    pub tls_key: Option<Hash>,
}
