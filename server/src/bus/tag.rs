//! Names one instance while it runs. Whatever waits in one instance's memory has a name that begins with its tag, so that every other one
//! knows whom to ask for it.

use std::fmt;

use dialtone_protocol::{ApprovalId, Hash};
use minicbor::{Decode, Encode};

use crate::random;

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct Tag(#[n(0)] u32);

impl Tag {
    /// A new one.
    pub(super) fn random() -> Self {
        Self(u32::from_be_bytes(random::bytes()))
    }

    /// Whose a token or nonce is.
    pub(crate) fn of(name: &Hash) -> Self {
        let [a, b, c, d, ..] = name.0;
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// Whose an approval is.
    pub(crate) fn of_approval(id: &ApprovalId) -> Self {
        let [a, b, c, d, ..] = id.0;
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// A token or a nonce that nobody guesses: 224 bits of it are random.
    pub(crate) fn name(self) -> Hash {
        Hash(self.begin(random::bytes()))
    }

    /// An approval's id.
    pub(crate) fn approval(self) -> ApprovalId {
        ApprovalId(self.begin(random::bytes()))
    }

    fn begin<const N: usize>(self, mut bytes: [u8; N]) -> [u8; N] {
        for (byte, own) in bytes.iter_mut().zip(self.0.to_be_bytes()) {
            *byte = own;
        }
        bytes
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_name_is_is_seen_by_it() {
        let (one, two) = (Tag(1), Tag(2));
        assert_eq!(Tag::of(&one.name()), one);
        assert_eq!(Tag::of_approval(&two.approval()), two);
        assert_ne!(one.name(), one.name());
    }
}
