//! Sealed files: each under a key of its own, in chunks, so that one of any size takes the memory of one chunk.
//!
//! ```text
//! padded = content || zeros, as long as Padmé says, at least 4 KiB
//! sealed = STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015; 32-bit counter) of XChaCha20-Poly1305 over chunks of 64 KiB of `padded`,
//!          nonce prefix 19 zero bytes: the key is used for this file alone
//! ```
//!
//! The key, the size and the hash of the sealed file travel in a sealed event. The hash is there because whoever knows the key, its sender,
//! could else make another file that opens under it.

use std::io::{self, ErrorKind, Read, Write};

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit as _;
use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use dialtone_protocol::Hash;
use rand_core::CryptoRngCore;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::primitives::{self, Secret};

/// Bytes of a chunk, before it is sealed.
const CHUNK: usize = 64 * 1024;
/// What sealing adds to each.
const TAG: usize = 16;
/// No file is shorter, padded.
const LEAST: u64 = 4 * 1024;

type Prefix = Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>;

/// The key of one file.
#[derive(Clone)]
pub struct FileKey(Secret);

impl FileKey {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRngCore) -> Self {
        Self(Zeroizing::new(primitives::random(rng)))
    }

    /// The one that a sealed event names.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// For the sealed event.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

/// Why a sealed file is not what it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It was changed, cut short, or is another one.
    #[error("the file is not the one that was sent")]
    NotIntact,
    /// It could not be read or written.
    #[error("the file could not be read or written: {0}")]
    Io(#[from] io::Error),
}

/// How long content of `size` bytes is with its padding: Padmé (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford 2019), at most 12 % more, and at
/// least 4 KiB.
pub fn padded_size(size: u64) -> u64 {
    let size = size.max(LEAST);
    let exponent = size.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent - kept)) - 1;
    size.saturating_add(mask) & !mask
}

/// How long content of `size` bytes is when it is sealed.
pub fn sealed_size(size: u64) -> u64 {
    let padded = padded_size(size);
    let chunks = padded.div_ceil(CHUNK as u64);
    padded.saturating_add(chunks.saturating_mul(TAG as u64))
}

/// Gives the sealed bytes of content as they are read.
pub struct SealedReader<R> {
    content: R,
    /// Of the content, then of its padding.
    left: (u64, u64),
    /// None once the last chunk was sealed.
    sealing: Option<EncryptorBE32<XChaCha20Poly1305>>,
    chunk: Zeroizing<Vec<u8>>,
    given: usize,
    hash: Sha256,
}

impl<R: Read> SealedReader<R> {
    /// Of content that has exactly `size` bytes.
    pub fn new(key: &FileKey, size: u64, content: R) -> Self {
        Self {
            content,
            left: (size, padded_size(size).saturating_sub(size)),
            sealing: Some(EncryptorBE32::from_aead(key.cipher(), &Prefix::default())),
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)),
            given: 0,
            hash: Sha256::new(),
        }
    }

    /// SHA-256 of the sealed file, once all of it was read.
    pub fn hash(&self) -> Option<Hash> {
        let done = self.sealing.is_none() && self.given == self.chunk.len();
        done.then(|| Hash(self.hash.clone().finalize().into()))
    }

    /// Seals what is next. `false`: there is no more.
    fn seal_next(&mut self) -> io::Result<bool> {
        let Some(mut sealing) = self.sealing.take() else {
            return Ok(false);
        };
        let (content, padding) = self.left;
        let from_content = usize::try_from(content).unwrap_or(CHUNK).min(CHUNK);
        let room = CHUNK - from_content;
        let from_padding = usize::try_from(padding).unwrap_or(room).min(room);
        self.chunk.clear();
        self.chunk.resize(from_content + from_padding, 0);
        self.content.read_exact(&mut self.chunk[..from_content])?;
        self.left = (content - from_content as u64, padding - from_padding as u64);
        let chunk: &mut Vec<u8> = &mut self.chunk;
        let sealed = if self.left == (0, 0) {
            if self.content.read(&mut [0])? > 0 {
                return Err(io::Error::new(ErrorKind::InvalidData, "it has grown"));
            }
            sealing.encrypt_last_in_place(b"", chunk)
        } else {
            let sealed = sealing.encrypt_next_in_place(b"", chunk);
            self.sealing = Some(sealing);
            sealed
        };
        sealed.map_err(|_| io::Error::other("the cryptographic library failed to seal"))?;
        self.hash.update(&*self.chunk);
        self.given = 0;
        Ok(true)
    }
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len() && !self.seal_next()? {
            return Ok(0);
        }
        let rest = self.chunk.get(self.given..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

/// Opens a sealed file of `size` bytes of content whose hash is `hash`, chunk by chunk. What was written to `out` is to be kept only if this
/// succeeds.
///
/// # Errors
/// [`FileError`]
pub fn open_file(
    key: &FileKey,
    size: u64,
    hash: &Hash,
    mut sealed: impl Read,
    mut out: impl Write,
) -> Result<(), FileError> {
    let mut opening = Some(DecryptorBE32::from_aead(key.cipher(), &Prefix::default()));
    let (mut left, mut sealed_left) = (size, sealed_size(size));
    let mut hashed = Sha256::new();
    let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK + TAG));
    while let Some(mut stream) = opening.take() {
        let length = usize::try_from(sealed_left).unwrap_or(usize::MAX);
        chunk.clear();
        chunk.resize(length.min(CHUNK + TAG), 0);
        sealed.read_exact(&mut chunk).map_err(cut_short)?;
        sealed_left -= chunk.len() as u64;
        hashed.update(&*chunk);
        let bytes: &mut Vec<u8> = &mut chunk;
        let opened = if sealed_left == 0 {
            stream.decrypt_last_in_place(b"", bytes)
        } else {
            let opened = stream.decrypt_next_in_place(b"", bytes);
            opening = Some(stream);
            opened
        };
        opened.map_err(|_| FileError::NotIntact)?;
        let content = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        out.write_all(&chunk[..content])?;
        left -= content as u64;
    }
    let is_whole = left == 0 && sealed.read(&mut [0])? == 0;
    if is_whole && Hash(hashed.finalize().into()) == *hash {
        Ok(out.flush()?)
    } else {
        Err(FileError::NotIntact)
    }
}

fn cut_short(error: io::Error) -> FileError {
    match error.kind() {
        ErrorKind::UnexpectedEof => FileError::NotIntact,
        _ => FileError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    fn sealed(key: &FileKey, content: &[u8]) -> (Vec<u8>, Hash) {
        let mut reader = SealedReader::new(key, content.len() as u64, content);
        let mut sealed = Vec::new();
        reader.read_to_end(&mut sealed).unwrap();
        (sealed, reader.hash().unwrap())
    }

    fn opened(key: &FileKey, size: usize, hash: &Hash, sealed: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let done = open_file(key, size as u64, hash, sealed, &mut out);
        done.is_ok().then_some(out)
    }

    #[test]
    fn files_of_all_sizes_around_a_chunk_open_as_they_were() {
        let key = FileKey::generate(&mut OsRng);
        for size in [
            0,
            1,
            4_095,
            4_097,
            CHUNK - 1,
            CHUNK,
            CHUNK + 1,
            3 * CHUNK,
            200_001,
        ] {
            let content: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let (sealed, hash) = sealed(&key, &content);
            assert_eq!(sealed.len() as u64, sealed_size(size as u64));
            assert_eq!(opened(&key, size, &hash, &sealed), Some(content));
        }
    }

    #[test]
    fn what_was_changed_cut_short_or_reordered_does_not_open() {
        let key = FileKey::generate(&mut OsRng);
        let content = vec![7; 3 * CHUNK];
        let (right, hash) = sealed(&key, &content);
        let refused = |bytes: &[u8]| opened(&key, content.len(), &hash, bytes).is_none();
        for at in [0, CHUNK, CHUNK + TAG, right.len() - 1] {
            let mut changed = right.clone();
            changed[at] ^= 1;
            assert!(refused(&changed), "byte {at}");
        }
        assert!(refused(&right[..right.len() - 1]));
        assert!(refused(&right[..CHUNK + TAG]));
        assert!(refused(&[&right[..], &[0]].concat()));
        let (first, rest) = right.split_at(CHUNK + TAG);
        let (second, third) = rest.split_at(CHUNK + TAG);
        assert!(refused(&[second, first, third].concat()));
        let other = FileKey::generate(&mut OsRng);
        assert_eq!(opened(&other, content.len(), &hash, &right), None);
    }

    #[test]
    fn another_file_under_the_same_key_is_told_by_its_hash() {
        let key = FileKey::from_bytes(&[9; 32]);
        let (_, hash) = sealed(&key, b"shown to one");
        let (other, _) = sealed(&key, b"and to other");
        assert_eq!(opened(&key, 12, &hash, &other), None);
    }

    #[test]
    fn content_that_is_not_as_long_as_was_said_is_not_sealed() {
        let key = FileKey::generate(&mut OsRng);
        for said in [11, 13] {
            let mut reader = SealedReader::new(&key, said, &b"twelve bytes"[..]);
            assert!(reader.read_to_end(&mut Vec::new()).is_err(), "{said}");
            assert_eq!(reader.hash(), None);
        }
    }

    /// The paper's rule: no more than 12 %, and few lengths for many sizes.
    #[test]
    fn padded_sizes_are_few_and_not_much_longer() {
        assert_eq!(padded_size(0), 4_096);
        assert_eq!(padded_size(4_096), 4_096);
        assert_eq!(padded_size(1_000_000), 1_015_808);
        assert_eq!(padded_size(1_015_808), 1_015_808);
        let mut lengths = std::collections::BTreeSet::new();
        for size in (4_096..1_000_000).step_by(997) {
            let padded = padded_size(size);
            assert!(
                padded >= size && padded as f64 <= size as f64 * 1.12,
                "{size}"
            );
            lengths.insert(padded);
        }
        assert!(lengths.len() < 180, "{}", lengths.len());
    }
}
