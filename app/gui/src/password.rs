//! How hard a password is to guess, roughly. Pure.
//!
//! Not a promise: counts letters that surprise. A server that wants to guess offline is slowed by Argon2id, not stopped.

use dialtone_words::say;

/// A rough strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Guessed at once.
    Weak,
    /// Guessed by somebody who wants to.
    Fair,
    /// Good enough.
    Good,
    /// Not guessed.
    Strong,
}

const COMMON: [&str; 14] = [
    "password", "passwort", "qwerty", "qwertz", "letmein", "welcome", "dragon", "monkey", "admin",
    "iloveyou", "abc", "dialtone", "secret", "football",
];

/// The fewest characters that are accepted.
pub const SHORTEST: usize = 8;

/// The strength of `password`, and its share of "strong" from 0 to 1.
pub fn strength(password: &str) -> (Strength, f32) {
    let bits = bits(password);
    let strength = match bits {
        bits if bits < 28.0 => Strength::Weak,
        bits if bits < 45.0 => Strength::Fair,
        bits if bits < 65.0 => Strength::Good,
        _ => Strength::Strong,
    };
    (strength, (bits / 80.0).clamp(0.0, 1.0))
}

/// What to say about it.
pub fn words(strength: Strength) -> &'static str {
    match strength {
        Strength::Weak => say!("join-weak"),
        Strength::Fair => say!("join-fair"),
        Strength::Good => say!("join-good"),
        Strength::Strong => say!("join-strong"),
    }
}

fn bits(password: &str) -> f32 {
    let lower = password.to_lowercase();
    let mut surprise = 0.0;
    let mut before: Option<char> = None;
    let mut seen: Vec<char> = Vec::new();
    for character in lower.chars().take(256) {
        let predictable = before.is_some_and(|before| {
            before == character || u32::from(character).abs_diff(u32::from(before)) == 1
        });
        surprise += match (predictable, seen.contains(&character)) {
            (true, _) => 0.25,
            (false, true) => 0.75,
            (false, false) => 1.0,
        };
        seen.push(character);
        before = Some(character);
    }
    for word in COMMON {
        if lower.contains(word) {
            surprise -= word.len() as f32 * 0.7;
        }
    }
    surprise.max(0.0) * alphabet(password).log2()
}

fn alphabet(password: &str) -> f32 {
    let any = |test: fn(char) -> bool| password.chars().any(test);
    let mut size = 0.0;
    for (there, count) in [
        (any(|c| c.is_ascii_lowercase()), 20.0),
        (any(|c| c.is_ascii_uppercase()), 16.0),
        (any(|c| c.is_ascii_digit()), 10.0),
        (any(|c| c.is_ascii() && !c.is_ascii_alphanumeric()), 16.0),
        (any(|c| !c.is_ascii()), 40.0),
    ] {
        if there {
            size += count;
        }
    }
    f32::max(size, 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_as_one_expects() {
        assert_eq!(strength("").0, Strength::Weak);
        assert_eq!(strength("aaaaaaaaaaaaaaaa").0, Strength::Weak);
        assert_eq!(strength("12345678").0, Strength::Weak);
        assert_eq!(strength("password1").0, Strength::Weak);
        assert!(strength("kestrel9").0 >= Strength::Fair);
        assert_eq!(strength("boats mooring kestrel flint").0, Strength::Strong);
        assert!(strength("boats mooring kestrel flint").1 > strength("kestrel9").1);
    }
}
