//! Objects as files in the data folder: `blobs/ab/abcd…` by their names' first two digits, and while they are written `blobs/drafts/abcd…`.
//!
//! A draft is synced before it gets its name, and the folder after that: what is said to be stored survives a loss of power.

use std::fs::{self, File};
use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use dialtone_store::ObjectId;
use futures_util::{Stream, stream};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::task::spawn_blocking;

use super::error::{OpenShelfError, ShelfError};
use super::name;

/// In the data folder.
const FOLDER: &str = "blobs";
/// In that one: what is being written.
const DRAFTS: &str = "drafts";
/// In that one: what is written and removed to see whether it can be; its name is no object's.
const CHECK: &str = "check";
/// Bytes that are read at once.
const CHUNK: usize = 128 * 1024;

/// Where the file of an object is in a data folder.
pub(crate) fn object_path(data_dir: &Path, object: ObjectId) -> PathBuf {
    path_in(&data_dir.join(FOLDER), object)
}

fn path_in(folder: &Path, object: ObjectId) -> PathBuf {
    let name = name(object);
    folder.join(&name[..2]).join(name)
}

/// Objects as files.
pub(crate) struct Disk {
    folder: PathBuf,
}

impl Disk {
    pub(super) fn open(data_dir: &Path) -> Result<Self, OpenShelfError> {
        let folder = data_dir.join(FOLDER);
        let opened = || -> io::Result<()> {
            make_folder(&folder)?;
            make_folder(&folder.join(DRAFTS))?;
            sync(data_dir)
        };
        match opened() {
            Ok(()) => Ok(Self { folder }),
            Err(error) => Err(OpenShelfError::Folder {
                error,
                path: folder,
            }),
        }
    }

    pub(super) fn drafts(&self) -> Result<Vec<ObjectId>, OpenShelfError> {
        let folder = self.folder.join(DRAFTS);
        let listed = || -> io::Result<Vec<ObjectId>> {
            let mut drafts = Vec::new();
            for entry in fs::read_dir(&folder)? {
                let mut object = [0; 16];
                let name = entry?.file_name();
                // What has another name was put there by somebody else.
                if hex::decode_to_slice(name.as_encoded_bytes(), &mut object).is_ok() {
                    drafts.push(ObjectId(object));
                }
            }
            Ok(drafts)
        };
        listed().map_err(|error| OpenShelfError::Folder {
            error,
            path: folder.clone(),
        })
    }

    pub(super) fn remove_draft(&self, object: ObjectId) -> Result<(), OpenShelfError> {
        let path = self.draft(object);
        fs::remove_file(&path).map_err(|error| OpenShelfError::Folder { error, path })
    }

    /// Writes and removes a small file.
    pub(super) async fn check(&self) -> Result<(), ShelfError> {
        let path = self.folder.join(DRAFTS).join(CHECK);
        tokio::fs::write(&path, b"dialtone").await?;
        tokio::fs::remove_file(&path).await?;
        Ok(())
    }

    fn draft(&self, object: ObjectId) -> PathBuf {
        self.folder.join(DRAFTS).join(name(object))
    }

    fn path(&self, object: ObjectId) -> PathBuf {
        path_in(&self.folder, object)
    }

    pub(super) async fn check_space(&self, size: u64) -> Result<(), ShelfError> {
        let folder = self.folder.clone();
        let looked = spawn_blocking(move || super::space::of(&folder)).await;
        match looked {
            Ok(Some(space)) if !space.has_room(size) => Err(ShelfError::Full(format!(
                "{} bytes of the disk are free, and {} are kept so",
                space.free,
                space.kept_free()
            ))),
            // What cannot be looked at shows itself when it is written to.
            _ => Ok(()),
        }
    }

    pub(super) async fn begin(&self, object: ObjectId) -> Result<DiskDraft, ShelfError> {
        let draft = self.draft(object);
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&draft).await.map_err(cannot_write)?;
        Ok(DiskDraft {
            file: Some(file),
            draft,
            path: self.path(object),
        })
    }

    pub(super) async fn read(
        &self,
        object: ObjectId,
        size: u64,
        from: u64,
    ) -> Result<impl Stream<Item = Result<Bytes, ShelfError>> + use<>, ShelfError> {
        let mut file = tokio::fs::File::open(self.path(object)).await?;
        if file.metadata().await?.len() != size {
            return Err(ShelfError::Missing);
        }
        file.seek(SeekFrom::Start(from)).await?;
        Ok(stream::try_unfold(file, |mut file| async move {
            let mut bytes = BytesMut::with_capacity(CHUNK);
            let read = file.read_buf(&mut bytes).await?;
            Ok((read > 0).then(|| (bytes.freeze(), file)))
        }))
    }

    pub(super) async fn length(&self, object: ObjectId) -> Result<Option<u64>, ShelfError> {
        match tokio::fs::metadata(self.path(object)).await {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn list(&self) -> Result<(Vec<ObjectId>, Vec<String>), ShelfError> {
        let folder = self.folder.clone();
        match spawn_blocking(move || list(&folder)).await {
            Ok(listed) => Ok(listed?),
            Err(error) => Err(ShelfError::Failed(error.to_string())),
        }
    }

    pub(super) async fn delete(&self, object: ObjectId) -> Result<(), ShelfError> {
        let path = self.path(object);
        blocking(move || match fs::remove_file(&path) {
            Ok(()) => sync_parent(&path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }
}

/// A file without its name. Dropped, it is removed.
pub(crate) struct DiskDraft {
    /// Until it is finished.
    file: Option<tokio::fs::File>,
    draft: PathBuf,
    path: PathBuf,
}

impl DiskDraft {
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), ShelfError> {
        let file = self.file.as_mut().ok_or(ShelfError::Missing)?;
        file.write_all(bytes).await.map_err(cannot_write)
    }

    pub(super) async fn finish(mut self) -> Result<(), ShelfError> {
        let file = self.file.as_mut().ok_or(ShelfError::Missing)?;
        file.flush().await.map_err(cannot_write)?;
        file.sync_all().await.map_err(cannot_write)?;
        let (draft, path) = (self.draft.clone(), self.path.clone());
        blocking(move || {
            if let Some(folder) = path.parent()
                && !folder.is_dir()
            {
                make_folder(folder)?;
                sync_parent(folder)?;
            }
            fs::rename(&draft, &path)?;
            sync_parent(&path)
        })
        .await?;
        self.file = None;
        Ok(())
    }
}

impl Drop for DiskDraft {
    fn drop(&mut self) {
        if self.file.take().is_none() {
            return;
        }
        match fs::remove_file(&self.draft) {
            Ok(()) => {}
            // It has its name already, and what came after that failed.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(%error, "what has not come whole is removed at the next start");
            }
        }
    }
}

fn list(folder: &Path) -> io::Result<(Vec<ObjectId>, Vec<String>)> {
    let (mut objects, mut others) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == DRAFTS {
            continue;
        }
        let inside = match fs::read_dir(entry.path()) {
            Ok(inside) => inside,
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                others.push(entry.path().display().to_string());
                continue;
            }
            Err(error) => return Err(error),
        };
        for file in inside {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            match name.and_then(super::object) {
                Some(object) => objects.push(object),
                None => others.push(path.display().to_string()),
            }
        }
    }
    Ok((objects, others))
}

/// A folder that is not there while something is written is no missing object.
fn cannot_write(error: io::Error) -> ShelfError {
    match ShelfError::from(error) {
        ShelfError::Missing => {
            ShelfError::Failed("the folder for files is gone from the data folder".to_owned())
        }
        other => other,
    }
}

async fn blocking(
    work: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> Result<(), ShelfError> {
    match spawn_blocking(work).await {
        Ok(done) => done.map_err(cannot_write),
        Err(error) => Err(ShelfError::Failed(error.to_string())),
    }
}

/// A folder that its owner alone reads; it may be there.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes names in a folder survive a loss of power. Only Unix has, and needs, a way to ask for that.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync)
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    const OBJECT: ObjectId = ObjectId([0xab; 16]);

    fn open() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, disk)
    }

    fn count(disk: &Disk) -> usize {
        fs::read_dir(disk.folder.join(DRAFTS)).unwrap().count()
    }

    async fn put(disk: &Disk, bytes: &[u8]) {
        let mut draft = disk.begin(OBJECT).await.unwrap();
        draft.write(bytes).await.unwrap();
        draft.finish().await.unwrap();
    }

    async fn read(disk: &Disk, size: u64, from: u64) -> Result<Vec<u8>, ShelfError> {
        let stream = disk.read(OBJECT, size, from).await?;
        let chunks: Vec<Bytes> = stream.try_collect().await?;
        Ok(chunks.concat())
    }

    #[tokio::test]
    async fn an_object_has_its_name_once_it_is_whole_and_its_owner_alone_reads_it() {
        let (_folder, disk) = open();
        let content = vec![7; 3 * CHUNK + 5];
        let mut draft = disk.begin(OBJECT).await.unwrap();
        draft.write(&content).await.unwrap();
        assert!(matches!(
            read(&disk, content.len() as u64, 0).await,
            Err(ShelfError::Missing)
        ));
        draft.finish().await.unwrap();
        assert_eq!(count(&disk), 0);
        let size = content.len() as u64;
        assert_eq!(read(&disk, size, 0).await.unwrap(), content);
        assert_eq!(read(&disk, size, size - 2).await.unwrap(), [7, 7]);
        let path = disk.path(OBJECT);
        assert!(path.starts_with(disk.folder.join("ab")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
            assert_eq!(mode(&disk.folder), 0o700);
        }
        disk.delete(OBJECT).await.unwrap();
        disk.delete(OBJECT).await.unwrap();
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_dropped_draft_leaves_nothing_and_one_of_a_server_that_died_is_found() {
        let (folder, disk) = open();
        let mut draft = disk.begin(OBJECT).await.unwrap();
        draft.write(b"half").await.unwrap();
        assert_eq!(count(&disk), 1);
        drop(draft);
        assert_eq!(count(&disk), 0);
        let left = disk.draft(OBJECT);
        fs::write(&left, b"half").unwrap();
        fs::write(left.with_file_name("note"), b"not ours").unwrap();
        let again = Disk::open(folder.path()).unwrap();
        assert_eq!(again.drafts().unwrap(), [OBJECT]);
        again.remove_draft(OBJECT).unwrap();
        assert_eq!(again.drafts().unwrap(), []);
        assert_eq!(count(&again), 1, "the note stays");
    }

    #[tokio::test]
    async fn an_object_that_is_not_as_long_as_it_was_is_not_given() {
        let (_folder, disk) = open();
        put(&disk, b"content").await;
        fs::write(disk.path(OBJECT), b"conte").unwrap();
        let cut = read(&disk, 7, 0).await;
        assert!(matches!(cut, Err(ShelfError::Missing)), "{cut:?}");
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_told() {
        let (_folder, disk) = open();
        fs::remove_dir_all(&disk.folder).unwrap();
        let gone = disk.begin(OBJECT).await.map(|_| ());
        assert!(matches!(gone, Err(ShelfError::Failed(_))), "{gone:?}");
    }
}
