//! Tokens: what somebody shows for a right, and what is held against it. Neither has `==`: how long a comparison takes must not tell
//! how much of a guess is right.
//!
//! ```text
//! of a session, an invite, a proved password, a nonce -> looked for under its hash
//! the operator's, the metrics'                        -> its hash and that of the one that is set, in constant time
//! ```

use dialtone_protocol::Hash;
use dialtone_store::TokenHash;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::bus::Tag;

/// As somebody showed it, or as it is given to them.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Shown(Hash);

impl Shown {
    /// As it stands in a header.
    pub(crate) fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// `SHA-256(token)`, under which it is kept: whoever guesses does not choose what that is compared with.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Hash::of(&self.0.0).0)
    }

    /// In whose memory it is, if it is in any.
    pub(crate) fn whose(&self) -> Tag {
        Tag::of(&self.0)
    }
}

impl From<Hash> for Shown {
    fn from(token: Hash) -> Self {
        Self(token)
    }
}

/// The one that is set: only its hash.
pub(crate) struct Expected([u8; 32]);

impl Expected {
    pub(crate) fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Whether it is this one; takes the same time for any.
    pub(crate) fn is(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        shown.ct_eq(&self.0).into()
    }

    /// What it adds to a hash over several secrets.
    pub(crate) fn part(&self, of: &mut Sha256) {
        of.update(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::ops::Deref;

    use static_assertions::assert_not_impl_any;

    use super::*;
    use crate::Secrets;

    // Were one of them comparable, it would be so byte by byte, and this would not compile.
    assert_not_impl_any!(Shown: PartialEq, PartialEq<Hash>, PartialOrd, std::hash::Hash, Deref, AsRef<[u8]>, fmt::Debug, fmt::Display);
    assert_not_impl_any!(Expected: PartialEq, PartialEq<[u8]>, PartialOrd, std::hash::Hash, Deref, AsRef<[u8]>, fmt::Debug, Clone);
    assert_not_impl_any!(Secrets: PartialEq, PartialOrd, std::hash::Hash, Deref, fmt::Display, Clone);

    #[test]
    fn another_token_than_the_one_that_is_set_is_refused() {
        let expected = Expected::new("the north wind");
        assert!(expected.is(b"the north wind"));
        for other in ["", "the north win", "the north wind ", "The north wind"] {
            assert!(!expected.is(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_shown_token_is_kept_under_its_hash() {
        let token = Hash([7; 32]);
        let shown = Shown::read(&token.to_string()).unwrap();
        assert_eq!(shown.hash().0, Hash::of(&token.0).0);
        assert!(Shown::read("no token").is_none());
    }
}
