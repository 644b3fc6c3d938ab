//! The keys in a group's tree: who commits seals to each of them, so one that is none stops everybody.
//!
//! ```text
//! X-Wing public key = ML-KEM-768 public key (1184 bytes) || X25519 public key (32 bytes)
//! ML-KEM-768 public key = 768 coefficients of 12 bits, each below 3329 (FIPS 203, section 7.2) || 32 bytes
//! ```

use super::CommitError;
use super::reader::Reader;

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
    let mut outer = Reader::new(tree);
    let mut nodes = Reader::new(outer.vector()?);
    outer.end()?;
    while !nodes.is_empty() {
        match nodes.take(1)? {
            [0] => {}
            [1] => check_node(&mut nodes)?,
            _ => return Err(CommitError::BadKey),
        }
    }
    Ok(())
}

/// Checks every key that a commit brings: of its update path and of the leaves that it adds. In a group whose keys are checked, those are
/// the only ones of the tree after it that nobody has looked at. `commit` is an MLS message with a `PublicMessage` (RFC 9420, section 6) that
/// was verified as such.
///
/// # Errors
/// [`CommitError::BadKey`], also when it is no such message.
pub fn check_commit_keys(commit: &[u8]) -> Result<(), CommitError> {
    let mut message = Reader::new(commit);
    // Version 1.0, PublicMessage.
    message.expect(&[0, 1, 0, 1])?;
    // Group id, epoch.
    message.vector()?;
    message.take(8)?;
    match message.take(1)? {
        // A member's or an external sender's index; a newcomer has none.
        [1 | 2] => message.take(4).map(drop)?,
        [3 | 4] => {}
        _ => return Err(CommitError::BadKey),
    }
    // Authenticated data, content type.
    message.vector()?;
    message.expect(&[3])?;
    let mut proposals = Reader::new(message.vector()?);
    while !proposals.is_empty() {
        check_proposal(&mut proposals)?;
    }
    match message.take(1)? {
        [0] => Ok(()),
        [1] => check_path(&mut message),
        _ => Err(CommitError::BadKey),
    }
}

/// Checks the keys of a key package (RFC 9420, section 10): the one that its welcome is sealed to, and its leaf's.
///
/// # Errors
/// [`CommitError::BadKey`], also when it is no key package.
pub fn check_package_keys(package: &[u8]) -> Result<(), CommitError> {
    let mut reader = Reader::new(package);
    check_package(&mut reader)?;
    reader.end()
}

/// Reads a key package: version and suite, the key for its welcome, the leaf, extensions, signature.
fn check_package(reader: &mut Reader<'_>) -> Result<(), CommitError> {
    reader.take(4)?;
    check_key(reader.vector()?)?;
    check_leaf_key(reader)?;
    reader.vector()?;
    reader.vector().map(drop)
}

/// Reads one proposal of those that are allowed in a commit (RFC 9420, section 12.1), and checks the keys of an added leaf.
fn check_proposal(proposals: &mut Reader<'_>) -> Result<(), CommitError> {
    // Inline, and the high byte of its kind.
    proposals.expect(&[1, 0])?;
    match proposals.take(1)? {
        // Add.
        [1] => check_package(proposals),
        // Remove: a leaf's index.
        [3] => proposals.take(4).map(drop),
        // ExternalInit: an encapsulated key. GroupContextExtensions: extensions.
        [6 | 7] => proposals.vector().map(drop),
        _ => Err(CommitError::BadKey),
    }
}

/// Reads an update path (RFC 9420, section 7.6): the committer's new leaf, then the parents' keys, each with what is sealed to
/// others.
fn check_path(message: &mut Reader<'_>) -> Result<(), CommitError> {
    check_leaf_key(message)?;
    let mut parents = Reader::new(message.vector()?);
    while !parents.is_empty() {
        check_key(parents.vector()?)?;
        parents.vector()?;
    }
    Ok(())
}

/// Reads one node of a tree and checks its key.
fn check_node(nodes: &mut Reader<'_>) -> Result<(), CommitError> {
    match nodes.take(1)? {
        [1] => check_leaf_key(nodes),
        // Key, parent hash, unmerged leaves.
        [2] => {
            check_key(nodes.vector()?)?;
            nodes.vector()?;
            nodes.vector().map(drop)
        }
        _ => Err(CommitError::BadKey),
    }
}

/// Reads a leaf (RFC 9420, section 7.2) and checks its key.
fn check_leaf_key(reader: &mut Reader<'_>) -> Result<(), CommitError> {
    check_key(reader.vector()?)?;
    // Signature key, a basic credential's kind and identity, five lists of capabilities.
    reader.vector()?;
    reader.expect(&[0, 1])?;
    for _ in 0..6 {
        reader.vector()?;
    }
    match reader.take(1)? {
        // In a key package: not before, not after.
        [1] => reader.take(16).map(drop)?,
        // By an update.
        [2] => {}
        // By a commit: parent hash.
        [3] => reader.vector().map(drop)?,
        _ => return Err(CommitError::BadKey),
    }
    // Extensions, signature.
    reader.vector()?;
    reader.vector().map(drop)
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
    fn what_is_no_commit_is_refused() {
        let head = [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 3];
        let with = |rest: &[u8]| check_commit_keys(&[&head[..], rest].concat());
        assert_eq!(with(&[0, 0]), Ok(()));
        assert_eq!(with(&[7, 1, 0, 3, 0, 0, 0, 1, 0]), Ok(()));
        for rest in [
            // Cut off, a reference to a proposal, an Update, a path that is missing.
            &[][..],
            &[0],
            &[2, 2, 0],
            &[3, 1, 0, 2],
            &[0, 1],
            &[0, 2],
        ] {
            assert_eq!(with(rest), Err(CommitError::BadKey));
        }
        assert_eq!(check_commit_keys(&[0, 1, 0, 2]), Err(CommitError::BadKey));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        assert_eq!(check_tree_keys(&[0]), Ok(()));
        for bytes in [&[][..], &[1], &[2, 1, 1], &[1, 2], &[0, 0], &[0xc0]] {
            assert_eq!(check_tree_keys(bytes), Err(CommitError::BadKey));
        }
    }
}
