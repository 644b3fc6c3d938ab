//! Client-side secrets of Dialtone: keys, groups, sealing and opening. No network, no window, no clock; the keystore's
//! [`save`](keystore::save) and [`load`](keystore::load) are the only files.
//!
//! ```text
//! keys                  account and device keys
//! entries, invite       signed roster entries; invites, links and packs
//! password              OPAQUE
//! keystore, rows        the age file; sealing the rows of the local database
//! recovery              the recovery key, and the two files that open with it
//! approval              another device of the account, by a code that two people compare
//! group                 MLS groups: create, join, commit, check -> an epoch's secrets
//! ring                  an epoch's secret + channel -> the channel's key
//! message               content -> sealed event -> checked in its stream -> verified event
//! safety                words that two members compare
//! signal                sealed signalling and typing
//! history               grants of keys and requests for them
//! file                  sealed files, in chunks
//! media                 sealed voice frames (SFrame, RFC 9605)
//! ```
//!
//! Only `primitives` calls cryptographic libraries (and `group`, `password`, `keystore` and `media` the one library that each is
//! about). Time is an argument, and randomness too, except inside openmls, HPKE and age, which draw from the system.
#![forbid(unsafe_code)]

pub mod approval;
pub mod entries;
pub mod file;
#[cfg(test)]
mod forgeries;
pub mod group;
mod history;
pub mod invite;
pub mod keyring;
mod keys;
pub mod keystore;
mod labels;
pub mod media;
mod message;
#[cfg(test)]
mod official;
pub mod parcel;
mod password;
mod primitives;
pub mod recovery;
mod ring;
pub mod rows;
pub mod safety;
#[cfg(test)]
mod scene;
mod signal;
#[cfg(test)]
mod vectors;

pub use history::{
    GrantError, VerifiedGrant, VerifiedKeyRequest, entitled, open_grant, read_key_request,
    seal_grant, sign_key_request,
};
pub use keys::{AccountKey, DeviceKey, DeviceSecrets};
pub use media::{
    MediaError, MediaOpener, MediaSealer, Proof, VoiceProof, VoiceSigner, WhisperKey,
    WhisperRefused, WhisperScope,
};
pub use message::{
    Blame, Checked, EventDraft, OpenError, Outcome, Refused, SealError, SealedOut, SenderChain,
    StreamChecker, StreamError, VerifiedEvent, open_event, seal_event,
};
pub use password::{
    ExportKey, Login, PASSWORD_WORDS, PasswordError, Registration, generate_password,
    is_generated_password, normal_password,
};
pub use primitives::CryptoError;
pub use rand_core::{CryptoRngCore, OsRng};
pub use ring::{ChannelKey, KeyFound, KeyRing, RingError};
pub use rows::RowChange;
pub use signal::{SignalDraft, SignalError, SignalOpener, VerifiedSignal, seal_signal};
pub use zeroize::Zeroizing;
