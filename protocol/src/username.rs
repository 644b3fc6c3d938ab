//! Usernames: PRECIS `UsernameCaseMapped` (RFC 8265), so that one person cannot look like another by case or width.

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation as _;

/// The shortest username, in characters.
pub const SHORTEST: usize = 2;
/// The longest username, in characters.
pub const LONGEST: usize = 32;

/// A username as it is compared: case-folded and normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

/// A name cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Too short or too long.
    #[error("a name has 2 to 32 characters")]
    Length,
    /// Characters that are not allowed.
    #[error("a name has letters, digits and marks such as - _ . but no spaces or symbols")]
    Characters,
}

impl Username {
    /// Checks and normalises what was typed.
    ///
    /// # Errors
    /// [`UsernameError`]
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        // Bounded before the tables are walked.
        if typed.len() > LONGEST * 4 {
            return Err(UsernameError::Length);
        }
        let count = typed.chars().count();
        if !(SHORTEST..=LONGEST).contains(&count) {
            return Err(UsernameError::Length);
        }
        let folded = UsernameCaseMapped::enforce(typed).map_err(|_| UsernameError::Characters)?;
        let count = folded.chars().count();
        if !(SHORTEST..=LONGEST).contains(&count) {
            return Err(UsernameError::Length);
        }
        // RFC 8264, section 7: some capitals (Cherokee's) become letters that may not be, and nobody could type such a name in its own form.
        match UsernameCaseMapped::enforce(&*folded) {
            Ok(again) if again == folded => {}
            _ => return Err(UsernameError::Characters),
        }
        Ok(Self(folded.into_owned()))
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_width_do_not_make_another_name() {
        let name = Username::parse("anna").unwrap();
        assert_eq!(Username::parse("ANNA").unwrap(), name);
        assert_eq!(Username::parse("ａｎｎａ").unwrap(), name);
    }

    #[test]
    fn a_name_can_be_typed_in_its_own_form_or_is_none() {
        // Found by the fuzz target: Cherokee's capital small letter is not allowed.
        assert_eq!(
            Username::parse("A\u{1a69}\u{13a9}"),
            Err(UsernameError::Characters)
        );
        for typed in ["Straße", "ΣΊΣΥΦΟΣ", "İris", "ＡＮＮＡ"] {
            if let Ok(name) = Username::parse(typed) {
                assert_eq!(
                    Username::parse(name.as_str()).as_ref(),
                    Ok(&name),
                    "{typed}"
                );
            }
        }
    }

    #[test]
    fn out_of_bounds_and_spaces_are_refused() {
        assert_eq!(Username::parse("a"), Err(UsernameError::Length));
        assert_eq!(Username::parse(&"a".repeat(33)), Err(UsernameError::Length));
        assert_eq!(Username::parse("an na"), Err(UsernameError::Characters));
        assert_eq!(Username::parse("a\u{0}b"), Err(UsernameError::Characters));
    }
}
