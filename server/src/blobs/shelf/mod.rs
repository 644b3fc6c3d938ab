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

use std::time::Duration;

use bytes::Bytes;
use dialtone_store::ObjectId;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};

use self::bucket::{Bucket, BucketDraft};
use self::disk::{Disk, DiskDraft};
pub use self::error::OpenShelfError;
pub(super) use self::error::ShelfError;
use crate::config::{Settings, ShelfSetting};

/// Where the bytes of files are.
pub(super) enum Shelf {
    Disk(Disk),
    Bucket(Bucket),
}

/// An object that is being written.
pub(super) enum Draft {
    Disk(DiskDraft),
    Bucket(BucketDraft),
}

/// An object that is being read.
pub(super) struct Reading(BoxStream<'static, Result<Bytes, ShelfError>>);

impl Shelf {
    /// Opens it, and sees that it can be written to.
    pub(super) async fn open(settings: &Settings) -> Result<Self, OpenShelfError> {
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

    /// Begins an object of `size` bytes.
    pub(super) async fn begin(&self, object: ObjectId, size: u64) -> Result<Draft, ShelfError> {
        match self {
            Self::Disk(disk) => disk.begin(object).await.map(Draft::Disk),
            Self::Bucket(bucket) => bucket.begin(object, size).await.map(Draft::Bucket),
        }
    }

    /// Reads an object of `size` bytes from `from` on.
    pub(super) async fn read(
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

    /// Deletes an object. One that is not there is deleted already.
    pub(super) async fn delete(&self, object: ObjectId) -> Result<(), ShelfError> {
        match self {
            Self::Disk(disk) => disk.delete(object).await,
            Self::Bucket(bucket) => bucket.delete(object).await,
        }
    }
}

impl Draft {
    /// Adds bytes.
    pub(super) async fn write(&mut self, bytes: Bytes) -> Result<(), ShelfError> {
        match self {
            Self::Disk(draft) => draft.write(&bytes).await,
            Self::Bucket(draft) => draft.write(&bytes).await,
        }
    }

    /// Makes it the object. On an error nothing of it is there.
    pub(super) async fn finish(self) -> Result<(), ShelfError> {
        match self {
            Self::Disk(draft) => draft.finish().await,
            Self::Bucket(draft) => draft.finish().await,
        }
    }

    /// Removes what was written.
    pub(super) async fn abandon(self) {
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
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ShelfError> {
        self.0.next().await.transpose()
    }
}

/// An object's name: 32 hexadecimal digits, which every file system tells apart.
fn name(object: ObjectId) -> String {
    hex::encode(object.0)
}
