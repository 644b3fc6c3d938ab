//! The keys in a group's tree: who commits seals to each of them, so one that is none stops everybody.
//!
//! ```text
//! X-Wing public key = ML-KEM-768 public key (1184 bytes) || X25519 public key (32 bytes)
//! ML-KEM-768 public key = 768 coefficients of 12 bits, each below 3329 (FIPS 203, section 7.2) || 32 bytes
//! ```

use super::CommitError;

/// Length of a public key of the suite in bytes.
pub const GROUP_KEY_BYTES: usize = 1216;
/// Length of the encoded coefficients in bytes.
const COEFFICIENT_BYTES: usize = 1152;
/// What every coefficient is below.
const MODULUS: u16 = 3329;

/// Checks one public key of a group: the one of a leaf, of a parent, or the one in `external_pub`.
///
/// # Errors
/// [`CommitError::BadKey`]
pub fn check_key(key: &[u8]) -> Result<(), CommitError> {
    if key.len() != GROUP_KEY_BYTES {
        return Err(CommitError::BadKey);
    }
    let reduced = key[..COEFFICIENT_BYTES].chunks_exact(3).all(|three| {
        let [a, b, c] = [three[0], three[1], three[2]].map(u16::from);
        (a | (b & 0x0f) << 8) < MODULUS && (b >> 4 | c << 4) < MODULUS
    });
    if reduced {
        Ok(())
    } else {
        Err(CommitError::BadKey)
    }
}

/// Checks every key in a tree, given as the content of MLS's `ratchet_tree` extension (RFC 9420, section 12.4.3.3).
///
/// # Errors
/// [`CommitError::BadKey`], also when it is no tree.
pub fn check_tree_keys(tree: &[u8]) -> Result<(), CommitError> {
    let mut outer = Reader(tree);
    let mut nodes = Reader(outer.vector()?);
    if !outer.0.is_empty() {
        return Err(CommitError::BadKey);
    }
    while !nodes.0.is_empty() {
        match nodes.take(1)? {
            [0] => {}
            [1] => check_node(&mut nodes)?,
            _ => return Err(CommitError::BadKey),
        }
    }
    Ok(())
}

/// Reads one node and checks its key, which comes first in both kinds.
fn check_node(nodes: &mut Reader<'_>) -> Result<(), CommitError> {
    let kind = nodes.take(1)?;
    check_key(nodes.vector()?)?;
    match kind {
        // Signature key, credential, capabilities, source, extensions, signature.
        [1] => {
            nodes.vector()?;
            if nodes.take(2)? != [0, 1] {
                return Err(CommitError::BadKey);
            }
            for _ in 0..6 {
                nodes.vector()?;
            }
            match nodes.take(1)? {
                [1] => nodes.take(16).map(drop)?,
                [2] => {}
                [3] => nodes.vector().map(drop)?,
                _ => return Err(CommitError::BadKey),
            }
        }
        // Parent hash, unmerged leaves.
        [2] => {}
        _ => return Err(CommitError::BadKey),
    }
    nodes.vector()?;
    nodes.vector().map(drop)
}

/// Reads the presentation language of MLS.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], CommitError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CommitError::BadKey)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A vector with a length of 1, 2 or 4 bytes before it, as its first two bits say.
    fn vector(&mut self) -> Result<&'a [u8], CommitError> {
        let first = *self.0.first().ok_or(CommitError::BadKey)?;
        let bytes = match first >> 6 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return Err(CommitError::BadKey),
        };
        let mut length = usize::from(first & 0x3f);
        for byte in &self.take(bytes)?[1..] {
            length = length << 8 | usize::from(*byte);
        }
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_another_length_or_with_a_coefficient_too_great_is_refused() {
        assert_eq!(check_key(&[0; GROUP_KEY_BYTES]), Ok(()));
        for length in [0, 1, 32, 1183, 1184, 1215, 1217] {
            assert_eq!(check_key(&vec![0; length]), Err(CommitError::BadKey));
        }
        let with = |at: usize, bytes: [u8; 3]| {
            let mut key = [0; GROUP_KEY_BYTES];
            key[at..at + 3].copy_from_slice(&bytes);
            check_key(&key)
        };
        // 3328 and 3329, first and second of a pair, first and last pair.
        for at in [0, 1149] {
            assert_eq!(with(at, [0x00, 0x0d, 0]), Ok(()));
            assert_eq!(with(at, [0x01, 0x0d, 0]), Err(CommitError::BadKey));
            assert_eq!(with(at, [0, 0x00, 0xd0]), Ok(()));
            assert_eq!(with(at, [0, 0x10, 0xd0]), Err(CommitError::BadKey));
        }
        assert_eq!(with(1152, [0xff; 3]), Ok(()));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        assert_eq!(check_tree_keys(&[0]), Ok(()));
        for bytes in [&[][..], &[1], &[2, 1, 1], &[1, 2], &[0, 0], &[0xc0]] {
            assert_eq!(check_tree_keys(bytes), Err(CommitError::BadKey));
        }
    }
}
