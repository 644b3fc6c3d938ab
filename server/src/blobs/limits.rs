//! How long files may be, and lengths in words.

/// Bytes of a chunk, before it is sealed; what sealing adds to each; no padded file is shorter (`docs/PROTOCOL.md`, section 14).
const CHUNK: u64 = 64 * 1024;
const TAG: u64 = 16;
/// No sealed file is shorter.
pub(super) const LEAST: u64 = 4 * 1024;

/// How long content of `size` bytes is when it is padded (to Padmé's length) and sealed. Shorter content is never longer then, so that this
/// bounds the sealed file of any content up to `size`.
pub(super) fn sealed_size(size: u64) -> u64 {
    let size = size.max(LEAST);
    let exponent = size.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1 << (exponent - kept)) - 1;
    let padded = size.saturating_add(mask) & !mask;
    padded.saturating_add(padded.div_ceil(CHUNK).saturating_mul(TAG))
}

/// A length for people, rounded down: `1.9 GiB`.
pub fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut unit, mut name) = (1_u64, "bytes");
    for next in UNITS {
        if bytes / unit < 1024 {
            break;
        }
        (unit, name) = (unit * 1024, next);
    }
    let (whole, tenths) = (bytes / unit, bytes % unit * 10 / unit);
    if tenths == 0 {
        format!("{whole} {name}")
    } else {
        format!("{whole}.{tenths} {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_file_is_as_long_as_clients_make_it() {
        const GIB: u64 = 1024 * 1024 * 1024;
        for size in [0, 1, 4096, 4097, 65_536, 65_537, 1_234_567, GIB - 1, GIB] {
            let made = dialtone_crypto::file::sealed_size(size);
            assert_eq!(sealed_size(size), made, "{size}");
        }
        assert_eq!(sealed_size(GIB), GIB + 16 * 16 * 1024);
    }

    #[test]
    fn lengths_are_said_in_the_largest_unit() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (2 * 1024 * 1024 * 1024, "2 GiB"),
            (2 * 1024 * 1024 * 1024 - 1, "1.9 GiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(in_words(bytes), words);
        }
    }
}
