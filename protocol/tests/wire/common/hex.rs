//! Hexadecimal text, in lines.

/// 32 bytes a line.
pub(crate) fn write(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for line in bytes.chunks(32) {
        for byte in line {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('\n');
    }
    text
}

/// Whitespace does not count.
pub(crate) fn read(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).unwrap() as u8)
        .collect();
    assert_eq!(digits.len() % 2, 0);
    digits.chunks(2).map(|two| two[0] * 16 + two[1]).collect()
}
