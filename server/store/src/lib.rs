//! What the Dialtone server keeps: the store's traits, their types and the conformance suite.
//!
//! ```text
//! service -> Store::begin() -> Box<dyn Transaction> -> tx.messages().append(..)  -> tx.commit()
//!                                                      tx.invites().consume(..)     (dropping it undoes all)
//!            Store::read()  -> the same object over one snapshot, which refuses to write
//! ```
//!
//! One trait a domain, one transaction object over all of them, two implementations beside this crate (`store-sqlite`,
//! `store-postgres`) that mirror it file by file and pass the same conformance suite. Everything here is opaque
//! to the server: hashes, public keys and sealed bytes. A lookup answers `Ok(None)` for what is not there; an outcome that a
//! caller must act on (a lost compare-and-swap, a used-up invite) is a typed enum; [`StoreError`] is left for trouble
//! with the database itself.

mod absences;
mod accounts;
mod blobs;
mod channels;
#[cfg(feature = "conformance")]
pub mod conformance;
mod devices;
mod error;
mod grants;
mod groups;
mod hashes;
mod invites;
mod knocks;
mod messages;
mod meta;
mod packages;
mod pages;
mod recovery;
mod roster;
mod schema;
mod sessions;
mod store;
pub mod tables;
mod time;
mod transact;
mod welcomes;

pub use absences::{Absence, AbsenceStore, RecordedAbsence};
pub use accounts::{Account, AccountState, AccountStore, CreatedAccount, NewAccount};
pub use blobs::{Blob, BlobStore, NewBlob, ObjectId, ReservedBlob, Room};
pub use channels::{Channel, ChannelStore};
pub use devices::{Device, DeviceStore, NewDevice};
pub use error::StoreError;
pub use grants::{Grant, GrantId, GrantStore, NewGrant, PutGrant};
pub use groups::{CommitOutcome, Group, GroupStore, NewCommit, NewGroup, StoredCommit};
pub use hashes::{TokenHash, UsernameHash};
pub use invites::{ConsumedInvite, Invite, InviteKind, InviteStore, NewInvite};
pub use knocks::{Knock, KnockStore};
pub use messages::{
    Appended, DeviceHead, ExpiredMessage, MAX_BATCH, MAX_PAGE, MessageStore, NewMessage,
    StoredMessage, StreamHead,
};
pub use meta::{CommunitySet, MetaStore};
pub use packages::PackageStore;
pub use pages::{MAX_PAGE_BYTES, PageSize, read_page};
pub use recovery::{Recovery, RecoveryStore};
pub use roster::{MAX_ROSTER_RANGE, RosterAppended, RosterEntry, RosterHead, RosterStore};
pub use schema::SchemaState;
pub use sessions::{NewSession, Session, SessionStore};
pub use store::{Store, Transaction};
pub use time::UnixMillis;
pub use transact::transact;
pub use welcomes::{NewWelcome, StoredWelcome, WelcomeStore};
