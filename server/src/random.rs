//! Random bytes for tokens, nonces and ids.

use dialtone_protocol::Hash;
use rand::RngCore as _;

/// So many bytes from the operating system's seeded generator.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A token or a nonce.
pub(crate) fn hash() -> Hash {
    Hash(bytes())
}
