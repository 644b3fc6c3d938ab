//! Safety words: what two members compare, in person or by a voice that they know.
//!
//! ```text
//! hash  = SHA-256("dialtone/v1/safety" || 0x00 || community id || length of the member list (8 bytes, big-endian) || its head
//!                 || account id || account key, of both, the lesser account id first)
//! words = its first 132 bits, 11 for each, as words of BIP-39's English list
//! ```
//!
//! They are the same for both only if both see the same keys of each other and the same member list up to the same entry: a server that
//! shows them different ones is found out.

use bip39::Language;
use dialtone_protocol::roster::RosterPosition;
use dialtone_protocol::{AccountId, CommunityId, PublicKey};
use sha2::{Digest as _, Sha256};

use crate::labels;

/// How many words there are.
pub const WORDS: usize = 12;
/// Bits in one word.
const WORD_BITS: usize = 11;

/// Somebody's account, with its key now.
pub type Party = (AccountId, PublicKey);

/// The words of two members; who asks makes no difference.
pub fn safety_words(
    community: &CommunityId,
    position: &RosterPosition,
    one: &Party,
    other: &Party,
) -> [&'static str; WORDS] {
    let (first, second) = if one.0 <= other.0 {
        (one, other)
    } else {
        (other, one)
    };
    let mut hasher = Sha256::new();
    hasher.update(labels::SAFETY);
    hasher.update([0]);
    hasher.update(community.0);
    hasher.update(position.length.to_be_bytes());
    hasher.update(position.head.0);
    for (account, key) in [first, second] {
        hasher.update(account.0);
        hasher.update(key.0);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    let list = Language::English.word_list();
    std::array::from_fn(|index| list[bits(&hash, index * WORD_BITS)])
}

/// The [`WORD_BITS`] bits from bit `at` on, the first one the highest.
fn bits(bytes: &[u8; 32], at: usize) -> usize {
    (at..at + WORD_BITS).fold(0, |value, bit| {
        value << 1 | usize::from(bytes[bit / 8] >> (7 - bit % 8) & 1)
    })
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::Hash;

    use super::*;

    const HOME: CommunityId = CommunityId([1; 32]);
    const HERE: RosterPosition = RosterPosition {
        length: 3,
        head: Hash([5; 32]),
    };
    const ADA: Party = (AccountId([2; 32]), PublicKey([3; 32]));
    const BO: Party = (AccountId([9; 32]), PublicKey([4; 32]));

    #[test]
    fn the_words_of_the_format() {
        // Computed with another program: hashlib, and the list of BIP-39.
        let words = safety_words(&HOME, &HERE, &ADA, &BO);
        assert_eq!(
            words.join(" "),
            "roast enter night rain pink foster purse figure emerge canvas online siege"
        );
        assert_eq!(words, safety_words(&HOME, &HERE, &BO, &ADA));
    }

    #[test]
    fn each_thing_that_differs_gives_other_words() {
        let words = safety_words(&HOME, &HERE, &ADA, &BO);
        let other = CommunityId([7; 32]);
        let mut longer = HERE;
        longer.length = 4;
        let mut forked = HERE;
        forked.head = Hash([6; 32]);
        let rotated = (BO.0, PublicKey([8; 32]));
        let stranger = (AccountId([8; 32]), BO.1);
        for differs in [
            safety_words(&other, &HERE, &ADA, &BO),
            safety_words(&HOME, &longer, &ADA, &BO),
            safety_words(&HOME, &forked, &ADA, &BO),
            safety_words(&HOME, &HERE, &ADA, &rotated),
            safety_words(&HOME, &HERE, &ADA, &stranger),
        ] {
            let same = words.iter().zip(differs).filter(|(a, b)| **a == *b);
            assert!(same.count() < 3, "{differs:?}");
        }
    }
}
