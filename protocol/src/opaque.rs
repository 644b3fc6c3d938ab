//! The OPAQUE suite (RFC 9807) that clients and the server share: ristretto255, SHA-512, 3DH, Argon2id.

use argon2::{Algorithm, Argon2, Params, Version};
use opaque_ke::CipherSuite;

/// The suite.
pub struct Suite;

impl CipherSuite for Suite {
    type OprfCs = opaque_ke::Ristretto255;
    type KeyExchange = opaque_ke::TripleDh<opaque_ke::Ristretto255, sha2::Sha512>;
    type Ksf = Argon2<'static>;
}

/// Argon2id with 64 MiB, t = 3, p = 1 (RFC 9106).
pub fn stretching() -> Argon2<'static> {
    let params = Params::new(64 * 1024, 3, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
