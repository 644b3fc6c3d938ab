//! Reads the presentation language of MLS (RFC 9420, section 2.1), as far as public keys must be found in it.

use super::CommitError;

/// Bytes that are read from the front.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), CommitError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(CommitError::BadKey)
        }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], CommitError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CommitError::BadKey)?;
        self.0 = rest;
        Ok(taken)
    }

    /// These bytes, and no others, come next.
    pub(super) fn expect(&mut self, bytes: &[u8]) -> Result<(), CommitError> {
        if self.take(bytes.len())? == bytes {
            Ok(())
        } else {
            Err(CommitError::BadKey)
        }
    }

    /// A vector with a length of 1, 2 or 4 bytes before it, as its first two bits say.
    pub(super) fn vector(&mut self) -> Result<&'a [u8], CommitError> {
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
