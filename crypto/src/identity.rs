//! Safety fingerprints: digits that two people can compare.

use dialtone_protocol::{AccountId, CommunityId, PublicKey};
use sha2::{Digest as _, Sha256};

use crate::labels;

/// The fingerprint of an account in a community: 12 groups of 5 digits (about 199 bits), separated by spaces.
///
/// Each group is 5 bytes of `SHA-256(label || 0 || community id || account id || account key)`, and of the same with 1 instead of
/// 0, read big-endian, modulo 100,000.
pub fn fingerprint(community: &CommunityId, account: &AccountId, key: &PublicKey) -> String {
    let mut bytes = Vec::with_capacity(64);
    for round in [0u8, 1] {
        let mut hasher = Sha256::new();
        hasher.update(labels::FINGERPRINT);
        hasher.update([round]);
        hasher.update(community.0);
        hasher.update(account.0);
        hasher.update(key.0);
        bytes.extend_from_slice(&hasher.finalize()[..30]);
    }
    let groups = bytes.chunks_exact(5).map(|chunk| {
        let number = chunk
            .iter()
            .fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{:05}", number % 100_000)
    });
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_groups_that_change_with_every_input() {
        let one = fingerprint(
            &CommunityId([1; 32]),
            &AccountId([2; 32]),
            &PublicKey([3; 32]),
        );
        assert_eq!(one.split(' ').count(), 12);
        assert!(one.split(' ').all(|group| group.len() == 5));
        let others = [
            fingerprint(
                &CommunityId([9; 32]),
                &AccountId([2; 32]),
                &PublicKey([3; 32]),
            ),
            fingerprint(
                &CommunityId([1; 32]),
                &AccountId([9; 32]),
                &PublicKey([3; 32]),
            ),
            fingerprint(
                &CommunityId([1; 32]),
                &AccountId([2; 32]),
                &PublicKey([9; 32]),
            ),
        ];
        assert!(others.iter().all(|other| *other != one));
    }
}
