//! Where the bytes of files are: a folder, or a bucket. Both keep *objects*, which are named by the server, written once and never changed.
//!
//! ```text
//! begin -> Draft: write, write, .. -> finish       all of it is on the disk, or in the bucket, under the object's name
//!                                  -> abandon      nothing of it is there
//! read -> Reading: next, next, ..
//! ```

mod bucket;
mod disk;
mod error;
mod space;

use std::time::Duration;

use bytes::Bytes;
use dialtone_store::ObjectId;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};

use self::bucket::{Bucket, BucketDraft};
pub(crate) use self::disk::object_path;
use self::disk::{Disk, DiskDraft};
pub use self::error::OpenShelfError;
pub(crate) use self::error::ShelfError;
use crate::config::{Settings, ShelfSetting};

/// Where the bytes of files are.
pub(crate) enum Shelf {
    Disk(Disk),
    Bucket(Bucket),
}

/// An object that is being written.
pub(crate) enum Draft {
    Disk(DiskDraft),
    Bucket(BucketDraft),
}

/// An object that is being read.
pub(crate) struct Reading(BoxStream<'static, Result<Bytes, ShelfError>>);

impl Shelf {
    /// Opens it, and sees that it can be written to.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, OpenShelfError> {
        match &settings.blobs.shelf {
            ShelfSetting::Folder => Disk::open(&settings.data_dir).map(Self::Disk),
            ShelfSetting::Bucket(bucket) => Bucket::open(bucket).await.map(Self::Bucket),
        }
    }

    /// The drafts that an earlier run of this server left behind. In a bucket they cannot be seen.
    pub(super) fn drafts(&self) -> Result<Vec<ObjectId>, OpenShelfError> {
        match self {
            Self::Disk(disk) => disk.drafts(),
            Self::Bucket(_) => Ok(Vec::new()),
        }
    }

    /// Removes such a draft.
    pub(super) fn remove_draft(&self, object: ObjectId) -> Result<(), OpenShelfError> {
        match self {
            Self::Disk(disk) => disk.remove_draft(object),
            Self::Bucket(_) => Ok(()),
        }
    }

    /// Sees that it takes and deletes what is written to it.
    pub(super) async fn check(&self) -> Result<(), ShelfError> {
        match self {
            Self::Disk(disk) => disk.check().await,
            Self::Bucket(bucket) => bucket.check().await,
        }
    }

    /// How long what was seen then holds: asking a bucket costs its owner something.
    pub(super) fn fresh(&self) -> Duration {
        match self {
            Self::Disk(_) => Duration::from_secs(1),
            Self::Bucket(_) => Duration::from_mins(1),
        }
    }

    /// Whether a file of `size` bytes leaves room for the database on the same disk. A bucket says so itself.
    pub(crate) async fn check_space(&self, size: u64) -> Result<(), ShelfError> {
        match self {
            Self::Disk(disk) => disk.check_space(size).await,
            Self::Bucket(_) => Ok(()),
        }
    }

    /// Begins an object of `size` bytes.
    pub(crate) async fn begin(&self, object: ObjectId, size: u64) -> Result<Draft, ShelfError> {
        match self {
            Self::Disk(disk) => disk.begin(object).await.map(Draft::Disk),
            Self::Bucket(bucket) => bucket.begin(object, size).await.map(Draft::Bucket),
        }
    }

    /// Reads an object of `size` bytes from `from` on.
    pub(crate) async fn read(
        &self,
        object: ObjectId,
        size: u64,
        from: u64,
    ) -> Result<Reading, ShelfError> {
        match self {
            Self::Disk(disk) => disk.read(object, size, from).await.map(Reading::of),
            Self::Bucket(bucket) => bucket.read(object, size, from).await.map(Reading::of),
        }
    }

    /// How long the object is; `None` when it is not there.
    pub(crate) async fn length(&self, object: ObjectId) -> Result<Option<u64>, ShelfError> {
        match self {
            Self::Disk(disk) => disk.length(object).await,
            Self::Bucket(bucket) => bucket.length(object).await,
        }
    }

    /// Every object that is there, and the names of what is none of ours.
    pub(crate) async fn list(&self) -> Result<(Vec<ObjectId>, Vec<String>), ShelfError> {
        match self {
            Self::Disk(disk) => disk.list().await,
            Self::Bucket(bucket) => bucket.list().await,
        }
    }

    /// Deletes an object. One that is not there is deleted already.
    pub(crate) async fn delete(&self, object: ObjectId) -> Result<(), ShelfError> {
        match self {
            Self::Disk(disk) => disk.delete(object).await,
            Self::Bucket(bucket) => bucket.delete(object).await,
        }
    }
}

impl Draft {
    /// Adds bytes.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), ShelfError> {
        match self {
            Self::Disk(draft) => draft.write(&bytes).await,
            Self::Bucket(draft) => draft.write(&bytes).await,
        }
    }

    /// Makes it the object. On an error nothing of it is there.
    pub(crate) async fn finish(self) -> Result<(), ShelfError> {
        match self {
            Self::Disk(draft) => draft.finish().await,
            Self::Bucket(draft) => draft.finish().await,
        }
    }

    /// Removes what was written.
    pub(crate) async fn abandon(self) {
        match self {
            // By being dropped.
            Self::Disk(_) => {}
            Self::Bucket(draft) => draft.abandon().await,
        }
    }
}

impl Reading {
    pub(super) fn of(
        stream: impl Stream<Item = Result<Bytes, ShelfError>> + Send + 'static,
    ) -> Self {
        Self(stream.boxed())
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ShelfError> {
        self.0.next().await.transpose()
    }
}

/// The object of this name, if it is one's.
fn object(name: &str) -> Option<ObjectId> {
    let mut object = [0; 16];
    let lower = name.bytes().all(|byte| !byte.is_ascii_uppercase());
    (lower && hex::decode_to_slice(name, &mut object).is_ok()).then_some(ObjectId(object))
}

/// An object's name: 32 hexadecimal digits, which every file system tells apart.
fn name(object: ObjectId) -> String {
    hex::encode(object.0)
}
