//! Sealed files: whose they are, how long, and which object holds their bytes. The bytes themselves are kept elsewhere.
//!
//! ```text
//! reserve -> the bytes come in, to an object of this upload -> keep            stored: the object stays as long as the file
//!                                                           -> release         broken off, or left behind by a server that died
//!            delete, or another upload of the same file ----> leftovers        no file needs the object: it is deleted, then forgotten
//! ```
//!
//! An object is named before its first byte is written, and until it is deleted it is named here: by its file, or among the leftovers.
//! So no crash loses sight of bytes, and bytes that a file names are never deleted. A file's room is free as soon as its row is gone.

use std::fmt;

use async_trait::async_trait;
use dialtone_protocol::{AccountId, BlobId, Hash};

use crate::{StoreError, UnixMillis};

/// The bytes that one upload brought, drawn by the server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub [u8; 16]);

impl fmt::Debug for ObjectId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(to, "ObjectId({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// A file that is about to come.
#[derive(Debug, Clone, Copy)]
pub struct NewBlob {
    /// Drawn by the client.
    pub blob: BlobId,
    /// Who stores it.
    pub account: AccountId,
    /// Its length in bytes, above 0.
    pub size: u64,
    /// Where its bytes will be. Unique.
    pub object: ObjectId,
    /// When it need be kept no longer.
    pub expires: Option<UnixMillis>,
}

/// How many bytes there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For all files of the account.
    pub account: u64,
    /// For all files of everybody; [`u64::MAX`]: as many as there are.
    pub total: u64,
}

/// A file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// Drawn by the client.
    pub blob: BlobId,
    /// Who stored it.
    pub account: AccountId,
    /// Its length in bytes.
    pub size: u64,
    /// Where its bytes are.
    pub object: ObjectId,
    /// All its bytes are there.
    pub stored: bool,
    /// When it was reserved, or stored.
    pub changed: UnixMillis,
    /// When it need be kept no longer.
    pub expires: Option<UnixMillis>,
    /// SHA-256 of its bytes; `None` while they come in, and for a file of a time when it was not kept.
    pub hash: Option<Hash>,
}

/// What became of reserving room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservedBlob {
    /// There is room, and it is taken. An earlier upload of the same file by the same account that is not at its end lost it.
    Reserved,
    /// The account has stored this file, of this length.
    Stored,
    /// The id is taken: by another account, or by a file of another length.
    Taken,
    /// The account's files take `used` bytes; with this one it would be more than they may.
    Full {
        /// In bytes, without the file itself.
        used: u64,
    },
    /// All files of everybody take `used` bytes; with this one it would be more than the server keeps.
    ServerFull {
        /// In bytes, without the file itself.
        used: u64,
    },
    /// There is no such account.
    NoAccount,
}

/// Files by id and by account.
#[async_trait]
pub trait BlobStore: Send {
    /// Takes room for a file, if all files of the account, and all of everybody, have at most as many bytes with it as there is `room` for.
    /// However many ask at once, there is never more. The same again is answered alike.
    async fn reserve(
        &mut self,
        new: &NewBlob,
        room: Room,
        now: UnixMillis,
    ) -> Result<ReservedBlob, StoreError>;

    /// All bytes of the object are there, and this is their SHA-256: its file is stored. `false` when no file has this object (it was deleted meanwhile, or sent anew);
    /// then the object is among the leftovers.
    async fn keep(
        &mut self,
        object: &ObjectId,
        hash: &Hash,
        now: UnixMillis,
    ) -> Result<bool, StoreError>;

    /// The file with this id, stored or not.
    async fn find(&mut self, blob: &BlobId) -> Result<Option<Blob>, StoreError>;

    /// Gives the room back of a file that is not stored yet; the object is among the leftovers. `false` when there is no such file.
    async fn release(&mut self, object: &ObjectId, now: UnixMillis) -> Result<bool, StoreError>;

    /// Deletes a file, stored or not; its object is among the leftovers. `false` when there is none.
    async fn delete(&mut self, blob: &BlobId, now: UnixMillis) -> Result<bool, StoreError>;

    /// The file whose bytes are in this object, stored or not.
    async fn by_object(&mut self, object: &ObjectId) -> Result<Option<Blob>, StoreError>;

    /// Stored files that need be kept no longer at `now`, the oldest of them first, at most `limit`.
    async fn expired(&mut self, now: UnixMillis, limit: u32) -> Result<Vec<Blob>, StoreError>;

    /// How many bytes the files of everybody take, those that are on their way among them.
    async fn total(&mut self) -> Result<u64, StoreError>;

    /// How many bytes the account's files take, those that are on their way among them.
    async fn used(&mut self, account: &AccountId) -> Result<u64, StoreError>;

    /// Files that were reserved before `before` and are not stored, oldest first, at most `limit`.
    async fn pending(&mut self, before: UnixMillis, limit: u32) -> Result<Vec<Blob>, StoreError>;

    /// Objects that no file needs, oldest first, at most `limit`.
    async fn leftovers(&mut self, limit: u32) -> Result<Vec<ObjectId>, StoreError>;

    /// The object is deleted; `false` when it was not among the leftovers.
    async fn forget(&mut self, object: &ObjectId) -> Result<bool, StoreError>;
}
