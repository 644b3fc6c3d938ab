//! Identifiers: fixed-size opaque bytes, each with a type of its own.
//!
//! On the wire in CBOR an id is a byte string of exactly its length; in JSON and in links it is unpadded base64url.
//! Hashes are SHA-256.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// An id could not be read from its text form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind}: expected {expected} bytes in base64url")]
pub struct ParseIdError {
    kind: &'static str,
    expected: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The raw bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// From a slice of exactly [`Self::LEN`] bytes.
            ///
            /// # Errors
            /// When the length differs.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, ParseIdError> {
                <[u8; $len]>::try_from(bytes)
                    .map(Self)
                    .map_err(|_| ParseIdError { kind: stringify!($name), expected: $len })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}(", stringify!($name))?;
                for byte in &self.0[..4] {
                    write!(f, "{byte:02x}")?;
                }
                f.write_str("…)")
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let wrong = ParseIdError { kind: stringify!($name), expected: $len };
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong.clone())?;
                Self::from_slice(&bytes)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "described")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::described::id($len, stringify!($name))
            }
        }

        #[cfg(feature = "described")]
        impl utoipa::ToSchema for $name {}

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let position = d.position();
                Self::from_slice(d.bytes()?)
                    .map_err(|e| minicbor::decode::Error::message(e.to_string()).at(position))
            }
        }
    };
}

id!(
    /// One server's people: the hash of the roster's first entry.
    CommunityId, 32
);
id!(
    /// A person: the hash of the account's first public key. It stays when the key rotates.
    AccountId, 32
);
id!(
    /// One installation of one person: the hash of its device key.
    DeviceId, 32
);
id!(
    /// A channel, drawn at random by its creator.
    ChannelId, 16
);
id!(
    /// An invite, drawn at random by its issuer.
    InviteId, 16
);
id!(
    /// A new device's request to be approved, drawn at random by the server.
    ApprovalId, 16
);
id!(
    /// An MLS group: a version byte (the suite), then 16 random bytes.
    GroupId, 17
);
id!(
    /// One call in one channel, drawn by the server when the first device joins.
    CallId, 16
);
id!(
    /// One device's stay in one call, drawn at random by the device at every join and restart.
    StreamId, 16
);
id!(
    /// Drawn by the client for one event, so that sending it again is recognised.
    ClientEventId, 16
);
id!(
    /// A sealed file that the server keeps, drawn at random by who sends it.
    BlobId, 16
);
id!(
    /// Names the key that an event is sealed with, without telling it.
    KeyId, 16
);
id!(
    /// A SHA-256 hash of signed or sealed bytes.
    Hash, 32
);
id!(
    /// An Ed25519 public key (RFC 8032).
    PublicKey, 32
);
id!(
    /// An Ed25519 signature (RFC 8032).
    Signature, 64
);

impl Hash {
    /// The hash before the first entry of a log or chain.
    pub const ZERO: Self = Self([0; 32]);

    /// `SHA-256(bytes)`
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// `SHA-256(self || next)`: one step of a hash chain.
    #[must_use]
    pub fn chain(&self, next: &Self) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(next.0);
        Self(hasher.finalize().into())
    }
}

impl CommunityId {
    /// Stands for "no community" in what is signed before one exists: the founding entry and the server's identity.
    pub const NONE: Self = Self([0; 32]);

    /// The id of the community that `first_entry` (the travelled bytes of the founding entry) founds.
    pub fn of_founding(first_entry: &[u8]) -> Self {
        Self(Hash::of(first_entry).0)
    }

    /// The channel that carries the community's sealed names and profiles:
    /// the first 16 bytes of `SHA-256("dialtone/v1/directory" || community id)`.
    pub fn directory(&self) -> ChannelId {
        let mut hasher = Sha256::new();
        hasher.update(b"dialtone/v1/directory");
        hasher.update(self.0);
        let digest: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        ChannelId(id)
    }
}

impl AccountId {
    /// The id of the account whose first key is `key`.
    pub fn of(key: &PublicKey) -> Self {
        Self(Hash::of(&key.0).0)
    }
}

impl DeviceId {
    /// `device id = SHA-256(device key)`
    pub fn of(key: &PublicKey) -> Self {
        Self(Hash::of(&key.0).0)
    }
}

impl GroupId {
    /// Version byte of the suite `MLS_256_XWING_CHACHA20POLY1305_SHA256_Ed25519`
    /// with X-Wing as openmls 0.9 implements it (draft-connolly-cfrg-xwing-kem-06).
    pub const XWING_DRAFT_06: u8 = 1;

    /// A new id of the current suite from 16 random bytes.
    pub fn new(random: [u8; 16]) -> Self {
        let mut id = [0; 17];
        id[0] = Self::XWING_DRAFT_06;
        id[1..].copy_from_slice(&random);
        Self(id)
    }

    /// Its suite is one that this version knows.
    pub fn is_known(&self) -> bool {
        self.0[0] == Self::XWING_DRAFT_06
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_other_lengths() {
        let id = ChannelId([7; 16]);
        assert_eq!(id.to_string().parse::<ChannelId>().unwrap(), id);
        assert!("AAAA".parse::<ChannelId>().is_err());
        assert!("!".parse::<ChannelId>().is_err());
    }

    #[test]
    fn cbor_form_refuses_other_lengths() {
        let bytes = minicbor::to_vec(ChannelId([7; 16])).unwrap();
        assert_eq!(
            minicbor::decode::<ChannelId>(&bytes).unwrap(),
            ChannelId([7; 16])
        );
        assert!(minicbor::decode::<InviteId>(&minicbor::to_vec(Hash::ZERO).unwrap()).is_err());
    }

    #[test]
    fn debug_does_not_print_whole_ids() {
        assert_eq!(
            format!("{:?}", ChannelId([0xab; 16])),
            "ChannelId(abababab…)"
        );
    }
}
