//! The rule for usernames, for whoever asks for one.

use dialtone_protocol::username::{LONGEST, SHORTEST, Username};

use crate::core::sentence;

/// The shortest and the longest username, in characters.
pub const USERNAME_LENGTH: std::ops::RangeInclusive<usize> = SHORTEST..=LONGEST;

/// Whether a username can be registered, by the protocol's own rule. What surrounds it is not part of it: trim before.
///
/// # Errors
/// What is wrong with it and how a name looks, as a sentence.
pub fn check_username(typed: &str) -> Result<(), String> {
    match Username::parse(typed) {
        Ok(_) => Ok(()),
        Err(error) => Err(sentence(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_the_protocols_and_is_told_in_a_sentence() {
        assert_eq!(check_username("anna"), Ok(()));
        assert_eq!(check_username("Åsa-Lena"), Ok(()));
        for (name, words) in [
            ("a", "2 to 32"),
            ("", "2 to 32"),
            ("an na", "no spaces"),
            (" anna", "no spaces"),
        ] {
            let told = check_username(name).unwrap_err();
            assert!(
                told.contains(words) && told.ends_with('.'),
                "{name}: {told}"
            );
        }
        assert!(check_username(&"a".repeat(*USERNAME_LENGTH.end())).is_ok());
        assert!(check_username(&"a".repeat(USERNAME_LENGTH.end() + 1)).is_err());
    }
}
