//! A span of time in words.

use dialtone_words::say;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

/// So many seconds in the largest unit of which they are a whole number: "4 weeks", "90 minutes".
pub fn span(seconds: u32) -> String {
    let whole = |unit: u32| seconds > 0 && seconds.is_multiple_of(unit);
    match seconds {
        _ if whole(WEEK) => say!("span-weeks", count = seconds / WEEK),
        _ if whole(DAY) => say!("span-days", count = seconds / DAY),
        _ if whole(HOUR) => say!("span-hours", count = seconds / HOUR),
        _ if whole(MINUTE) => say!("span-minutes", count = seconds / MINUTE),
        _ => say!("span-seconds", count = seconds),
    }
}

/// What is left of a wait of so many seconds, rounded up: "25 seconds", "2 hours".
pub fn rest(seconds: u64) -> String {
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    let up = |unit: u32| seconds.div_ceil(unit);
    match seconds {
        0..100 => say!("span-seconds", count = seconds),
        100..6000 => say!("span-minutes", count = up(MINUTE)),
        6000..172_800 => say!("span-hours", count = up(HOUR)),
        _ => say!("span-days", count = up(DAY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        let told = [0, 1, 90, 5_400, 3_600, 86_400, 7 * 86_400, 28 * 86_400].map(span);
        let words = [
            "0 seconds",
            "1 second",
            "90 seconds",
            "90 minutes",
            "1 hour",
            "1 day",
            "1 week",
            "4 weeks",
        ];
        assert_eq!(told, words);
    }

    #[test]
    fn a_rest_is_rounded_up() {
        let told = [25, 99, 100, 3_600, 7_201, 200_000].map(rest);
        let words = [
            "25 seconds",
            "99 seconds",
            "2 minutes",
            "60 minutes",
            "3 hours",
            "3 days",
        ];
        assert_eq!(told, words);
    }
}
