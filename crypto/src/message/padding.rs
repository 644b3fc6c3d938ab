//! Padding hides how long a text is: sizes are rounded up so that at most 12 % is added and few sizes are left.
//!
//! `padded = length of the plaintext (4 bytes, big-endian) || plaintext || zeros`, of Padmé's size (Nikitin et al., 2019) of
//! what it must hold, at least 64 bytes.

use zeroize::Zeroizing;

const LENGTH: usize = 4;
const LEAST: usize = 64;

/// Pads a plaintext.
pub(crate) fn pad(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let size = padme((LENGTH + plain.len()).max(LEAST));
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(&(plain.len() as u32).to_be_bytes());
    padded.extend_from_slice(plain);
    padded.resize(size, 0);
    padded
}

/// The plaintext, if the padding is exactly what [`pad`] writes.
pub(crate) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (plain, zeros) = rest.split_at_checked(length)?;
    let right_size = padme((LENGTH + length).max(LEAST)) == padded.len();
    (right_size && zeros.iter().all(|byte| *byte == 0)).then_some(plain)
}

/// Rounds up so that only the first `log2(log2 size) + 1` bits below the highest stay.
fn padme(size: usize) -> usize {
    let exponent = size.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1usize << (exponent - kept)) - 1;
    (size + mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_few_and_the_plaintext_comes_back() {
        let sizes: std::collections::BTreeSet<usize> = (0..=4_000usize)
            .map(|length| {
                let plain = vec![7; length];
                let padded = pad(&plain);
                assert_eq!(unpad(&padded), Some(plain.as_slice()));
                assert!(padded.len() <= (length + 4).max(64) * 112 / 100 + 1);
                padded.len()
            })
            .collect();
        assert!(sizes.len() < 90, "{} sizes", sizes.len());
    }

    #[test]
    fn other_paddings_are_refused() {
        let mut padded = pad(b"hello").to_vec();
        padded[63] = 1;
        assert_eq!(unpad(&padded), None);
        let mut padded = pad(b"hello").to_vec();
        padded.push(0);
        assert_eq!(unpad(&padded), None);
        assert_eq!(unpad(&[0, 0, 0, 255, 1]), None);
        assert_eq!(unpad(b"ab"), None);
    }
}
