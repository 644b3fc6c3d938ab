//! Whether a certificate is the one that a session description names (RFC 8122 section 5).

use sha2::{Digest as _, Sha256};

/// Whether the SHA-256 fingerprint in `sdp` is that of the DER-encoded `certificate`. Every fingerprint that is named
/// must be of it, so that a second one does no harm.
pub(super) fn matches(sdp: &str, certificate: &[u8]) -> bool {
    let digest = Sha256::digest(certificate);
    let shown: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    let shown = shown.join(":");
    let mut named = sdp
        .lines()
        .filter_map(|line| line.trim_end().strip_prefix("a=fingerprint:"))
        .peekable();
    named.peek().is_some()
        && named.all(|fingerprint| {
            fingerprint
                .split_once(' ')
                .is_some_and(|(algorithm, value)| {
                    algorithm.eq_ignore_ascii_case("sha-256")
                        && value.trim().eq_ignore_ascii_case(&shown)
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of "abc" (FIPS 180-2).
    const ABC: &str = "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:\
                       B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";

    fn sdp(algorithm: &str, value: &str) -> String {
        format!("v=0\r\na=fingerprint:{algorithm} {value}\r\nm=audio\r\n")
    }

    #[test]
    fn the_named_certificate_matches_in_either_case() {
        assert!(matches(&sdp("sha-256", ABC), b"abc"));
        assert!(matches(&sdp("SHA-256", &ABC.to_lowercase()), b"abc"));
    }

    #[test]
    fn anything_else_does_not() {
        assert!(!matches(&sdp("sha-256", ABC), b"abd"));
        assert!(!matches(&sdp("sha-1", ABC), b"abc"));
        assert!(!matches(&sdp("sha-256", &ABC[..50]), b"abc"));
        assert!(!matches("v=0\r\n", b"abc"));
        let two = sdp("sha-256", ABC) + "a=fingerprint:sha-256 00:11\r\n";
        assert!(!matches(&two, b"abc"));
    }
}
