//! Hashes that stand for what the server must not keep.

use std::fmt;

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [a, b, c, d, ..] = self.0;
                write!(f, "{}({a:02x}{b:02x}{c:02x}{d:02x}…)", stringify!($name))
            }
        }
    };
}

hash!(
    /// `HMAC-SHA-256(pepper, case-folded name)`: the only form in which a username is stored.
    UsernameHash
);
hash!(
    /// SHA-256 of a bearer token: of a session, or of an invite's link.
    TokenHash
);
