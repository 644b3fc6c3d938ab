//! How new a program is: a number that rises with whatever both ends must know of before one may use it.
//!
//! ```text
//! client -> its revision, with the proof that opens a session -> server: too old? refused in words
//! server -> its own with the session                          -> client: uses what both know, and says who is behind
//! server -> its own with each live connection, in a header     -> the same: a session outlives the server's program
//! ```

/// This version's. 1: `Send` says for how long it is kept, and `Gone` stands for what was erased.
pub const REVISION: u32 = 1;

/// The header in which a server says its revision when a WebSocket is opened.
pub const REVISION_HEADER: &str = "dialtone-revision";

/// The oldest that this version still talks to, on either side. What says none is 0.
pub const OLDEST_REVISION: u32 = 0;

/// Two programs, as one of them sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ages {
    /// They know the same.
    #[default]
    Same,
    /// The other one knows more.
    OtherNewer,
    /// The other one knows less.
    OtherOlder,
}

impl Ages {
    /// Of this version, and one of revision `theirs`.
    pub fn with(theirs: u32) -> Self {
        match theirs.cmp(&REVISION) {
            std::cmp::Ordering::Less => Self::OtherOlder,
            std::cmp::Ordering::Equal => Self::Same,
            std::cmp::Ordering::Greater => Self::OtherNewer,
        }
    }
}

/// Whether a program of revision `theirs` is too old for one that talks to `oldest` and later.
pub fn is_too_old(theirs: u32, oldest: u32) -> bool {
    theirs < oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_behind_follows_from_the_numbers() {
        assert_eq!(Ages::with(REVISION), Ages::Same);
        assert_eq!(Ages::with(REVISION + 1), Ages::OtherNewer);
        assert_eq!(Ages::with(0), Ages::OtherOlder);
        assert!(is_too_old(1, 2) && !is_too_old(2, 2));
        assert!(!is_too_old(0, OLDEST_REVISION), "who says none is let in");
    }
}
