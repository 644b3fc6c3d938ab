//! The file: a tar archive that has its name once it is whole, and every part of which has a hash.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::BackupError;
use super::manifest::{FORMAT, HEAD, Head, LONGEST, MANIFEST, Manifest, Part};
use crate::random;

/// Bytes that are read or written at once.
const CHUNK: usize = 256 * 1024;
/// Pieces that are read before somebody takes them.
const AHEAD: usize = 4;
/// The longest name of a part.
const LONGEST_NAME: usize = 100;

/// Reads, and hashes what it read.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
        }
    }

    fn hex(self) -> String {
        hex::encode(self.hash.finalize())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

/// An archive that is being written under another name. Dropped before its end, it is removed.
pub(super) struct Writer {
    tar: Option<tar::Builder<BufWriter<File>>>,
    draft: PathBuf,
    path: PathBuf,
    taken_s: u64,
    parts: Vec<Part>,
}

impl Writer {
    /// Begins one that is going to be `path`, which its owner alone reads.
    pub(super) fn begin(path: &Path, taken_s: u64) -> Result<Self, BackupError> {
        if path.symlink_metadata().is_ok() {
            return Err(BackupError::Exists {
                path: path.to_owned(),
            });
        }
        let unique = URL_SAFE_NO_PAD.encode(random::bytes::<6>());
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{unique}.unfinished"));
        let draft = PathBuf::from(draft);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&draft)
            .map_err(BackupError::file("the backup cannot be made", &draft))?;
        Ok(Self {
            tar: Some(tar::Builder::new(BufWriter::with_capacity(CHUNK, file))),
            draft,
            path: path.to_owned(),
            taken_s,
            parts: Vec::new(),
        })
    }

    fn wrong(&self) -> impl FnOnce(io::Error) -> BackupError + use<> {
        BackupError::file("the backup cannot be written", self.draft.clone())
    }

    /// Adds a part of exactly `size` bytes.
    pub(super) fn add(
        &mut self,
        name: &str,
        size: u64,
        content: impl Read,
    ) -> Result<(), BackupError> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.taken_s);
        let mut content = Hashing::new(content.take(size));
        let wrong = self.wrong();
        let Some(tar) = &mut self.tar else {
            return Err(wrong(io::ErrorKind::BrokenPipe.into()));
        };
        let added = tar.append_data(&mut header, name, &mut content);
        let whole = added.and_then(|()| match content.inner.limit() {
            0 => Ok(()),
            _ => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{name} became shorter while it was copied"),
            )),
        });
        whole.map_err(wrong)?;
        self.parts.push(Part {
            name: name.to_owned(),
            size,
            sha256: content.hex(),
        });
        Ok(())
    }

    /// Adds a part that is in memory.
    pub(super) fn add_bytes(&mut self, name: &str, content: &[u8]) -> Result<(), BackupError> {
        self.add(name, content.len() as u64, content)
    }

    /// Adds the manifest, sees that all is on the disk, and gives it its name.
    pub(super) fn finish(mut self, mut manifest: Manifest) -> Result<(), BackupError> {
        manifest.format = FORMAT;
        manifest.parts = std::mem::take(&mut self.parts);
        let bytes = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| self.wrong()(io::Error::other(error)))?;
        self.add_bytes(MANIFEST, &bytes)?;
        let wrong = self.wrong();
        let Some(tar) = self.tar.take() else {
            return Err(wrong(io::ErrorKind::BrokenPipe.into()));
        };
        let written = tar.into_inner().and_then(|mut file| {
            file.flush()?;
            file.get_ref().sync_all()
        });
        let named = written.and_then(|()| {
            if self.path.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(&self.draft, &self.path)?;
            sync_parent(&self.path)
        });
        if named.is_err() {
            remove(&self.draft);
        }
        named.map_err(wrong)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.tar.take().is_some() {
            remove(&self.draft);
        }
    }
}

fn remove(draft: &Path) {
    if let Err(error) = fs::remove_file(draft) {
        tracing::warn!(%error, path = %draft.display(), "the unfinished backup cannot be removed");
    }
}

/// Makes a name survive a loss of power. Only Unix has, and needs, a way to ask for that.
fn sync_parent(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// An archive whose every hash was compared.
pub(super) struct Verified {
    file: File,
    path: PathBuf,
    pub(super) head: Head,
    pub(super) manifest: Manifest,
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Verified").field(&self.path).finish()
    }
}

/// Reads all of an archive, and compares it with what it says about itself.
pub(super) fn verify(path: &Path) -> Result<Verified, BackupError> {
    let mut file =
        File::open(path).map_err(BackupError::file("the backup cannot be read", path))?;
    let mut seen: Vec<Part> = Vec::new();
    let (mut head, mut manifest) = (None, None);
    read_parts(&mut file, path, &mut |name, size, content| {
        if manifest.is_some() {
            return Err(BackupError::Damaged {
                part: format!("{name}, behind the manifest,"),
            });
        }
        let mut content = Hashing::new(content);
        match (name, seen.is_empty()) {
            (HEAD, true) => head = Some(read_head(&mut content, size)?),
            (_, true) => {
                return Err(BackupError::Foreign(format!("it begins with {name}")));
            }
            (MANIFEST, false) => {
                manifest = Some(read_json::<Manifest>(&mut content, size, name)?);
                return Ok(());
            }
            _ => {}
        }
        io::copy(&mut content, &mut io::sink()).map_err(|_| BackupError::Damaged {
            part: name.to_owned(),
        })?;
        seen.push(Part {
            name: name.to_owned(),
            size,
            sha256: content.hex(),
        });
        Ok(())
    })?;
    let head = head.ok_or_else(|| BackupError::Foreign("it is empty".to_owned()))?;
    let manifest = manifest.ok_or(BackupError::CutShort)?;
    let differs = seen
        .iter()
        .zip(&manifest.parts)
        .find(|(seen, said)| seen != said)
        .map(|(seen, _)| seen.name.clone());
    if let Some(part) = differs {
        return Err(BackupError::Damaged { part });
    }
    if seen.len() != manifest.parts.len() {
        return Err(BackupError::Damaged {
            part: "the list of its parts".to_owned(),
        });
    }
    Ok(Verified {
        file,
        path: path.to_owned(),
        head,
        manifest,
    })
}

/// A piece of an archive that is read once more.
pub(super) enum Piece {
    /// A part begins.
    Begin {
        /// Its name.
        name: String,
        /// Its length.
        size: u64,
    },
    /// Some of its bytes.
    Bytes(Bytes),
    /// It is at its end.
    End,
}

impl Verified {
    /// Reads its parts once more, in order, on a thread of its own, which waits where nobody takes the pieces.
    pub(super) fn stream(mut self) -> mpsc::Receiver<Result<Piece, BackupError>> {
        let (sender, receiver) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || {
            let read = read_parts(&mut self.file, &self.path, &mut |name, size, content| {
                send_part(&sender, name, size, content)
            });
            if let Err(error) = read {
                // Nobody waits for it: then nobody is to be told.
                let _: Result<(), _> = sender.blocking_send(Err(error));
            }
        });
        receiver
    }
}

fn send_part(
    to: &mpsc::Sender<Result<Piece, BackupError>>,
    name: &str,
    size: u64,
    content: &mut dyn Read,
) -> Result<(), BackupError> {
    let damaged = |_| BackupError::Damaged {
        part: name.to_owned(),
    };
    let gone = |_| BackupError::CutShort;
    let begin = Piece::Begin {
        name: name.to_owned(),
        size,
    };
    to.blocking_send(Ok(begin)).map_err(gone)?;
    loop {
        let mut bytes = Vec::with_capacity(CHUNK);
        let limit = CHUNK as u64;
        content
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(damaged)?;
        if bytes.is_empty() {
            return to.blocking_send(Ok(Piece::End)).map_err(gone);
        }
        to.blocking_send(Ok(Piece::Bytes(bytes.into())))
            .map_err(gone)?;
    }
}

/// Told each part: its name, its length, its content.
type PartReader<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), BackupError> + 'a;

fn read_parts(file: &mut File, path: &Path, part: &mut PartReader<'_>) -> Result<(), BackupError> {
    file.rewind()
        .map_err(BackupError::file("the backup cannot be read", path))?;
    let mut tar = tar::Archive::new(BufReader::with_capacity(CHUNK, file));
    let foreign = |error: io::Error| BackupError::Foreign(error.to_string());
    let mut before: Option<String> = None;
    for entry in tar.entries().map_err(foreign)? {
        let mut entry = entry.map_err(|error| match &before {
            // It began as a backup.
            Some(before) => BackupError::Damaged {
                part: format!("what comes after {before}"),
            },
            None => foreign(error),
        })?;
        let name = entry.path_bytes().into_owned();
        let size = entry.size();
        let plain = entry.header().entry_type().is_file() && name.len() <= LONGEST_NAME;
        let name = String::from_utf8(name).ok().filter(|_| plain);
        let Some(name) = name else {
            return Err(BackupError::Foreign("a part has a strange name".to_owned()));
        };
        part(&name, size, &mut entry)?;
        before = Some(name);
    }
    Ok(())
}

fn read_head(content: &mut impl Read, size: u64) -> Result<Head, BackupError> {
    /// What every version of the format has.
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
    }
    let bytes = read_bytes(content, size, HEAD)?;
    let foreign = |error: serde_json::Error| BackupError::Foreign(error.to_string());
    let Version { format } = serde_json::from_slice(&bytes).map_err(foreign)?;
    if format > FORMAT {
        return Err(BackupError::Newer {
            found: format,
            known: FORMAT,
        });
    }
    serde_json::from_slice(&bytes).map_err(foreign)
}

fn read_json<T: serde::de::DeserializeOwned>(
    content: &mut impl Read,
    size: u64,
    name: &str,
) -> Result<T, BackupError> {
    let bytes = read_bytes(content, size, name)?;
    serde_json::from_slice(&bytes).map_err(|_| BackupError::Damaged {
        part: name.to_owned(),
    })
}

/// A whole part that is read into memory: never longer than [`LONGEST`].
fn read_bytes(content: &mut impl Read, size: u64, name: &str) -> Result<Vec<u8>, BackupError> {
    let damaged = || BackupError::Damaged {
        part: name.to_owned(),
    };
    if size > LONGEST {
        return Err(damaged());
    }
    let mut bytes = Vec::new();
    content
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|_| damaged())?;
    if bytes.len() as u64 != size {
        return Err(damaged());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head {
            format: FORMAT,
            schema: 1,
            taken_ms: 0,
            server: "test".to_owned(),
            database: "sqlite".to_owned(),
            secrets: true,
            bucket: None,
            tables: Vec::new(),
        }
    }

    fn write(path: &Path, head: &Head) {
        let mut writer = Writer::begin(path, 0).unwrap();
        let head = serde_json::to_vec(head).unwrap();
        writer.add_bytes(HEAD, &head).unwrap();
        writer.add_bytes("folder/key", b"first content").unwrap();
        writer.add_bytes("files/a", &vec![7; 70_000]).unwrap();
        writer.finish(Manifest::default()).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let listed = fs::read_dir(folder).unwrap();
        let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[tokio::test]
    async fn an_archive_is_read_back_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        write(&path, &head());
        let verified = verify(&path).unwrap();
        assert_eq!(verified.head, head());
        let mut pieces = verified.stream();
        let mut found: Vec<(String, usize)> = Vec::new();
        while let Some(piece) = pieces.recv().await {
            match piece.unwrap() {
                Piece::Begin { name, .. } => found.push((name, 0)),
                Piece::Bytes(bytes) => found.last_mut().unwrap().1 += bytes.len(),
                Piece::End => {}
            }
        }
        assert_eq!(found[1], ("folder/key".to_owned(), 13));
        assert_eq!(found[2], ("files/a".to_owned(), 70_000));
        assert!(matches!(
            Writer::begin(&path, 0).err(),
            Some(BackupError::Exists { .. })
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn one_that_does_not_come_to_its_end_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        let mut writer = Writer::begin(&path, 0).unwrap();
        writer.add_bytes(HEAD, b"{}").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        let short = writer.add("files/a", 10, &b"short"[..]).unwrap_err();
        assert!(short.to_string().contains("shorter"), "{short}");
        drop(writer);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        write(&path, &head());
        let whole = fs::read(&path).unwrap();
        let mut missed = 0;
        for at in (0..whole.len()).step_by(97) {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            fs::write(&path, changed).unwrap();
            // Fields of tar's own that nothing here asks for, and its padding, may differ.
            missed += usize::from(verify(&path).is_ok());
        }
        assert!(missed < 60, "{missed} changes passed");
        let content = whole
            .windows(13)
            .position(|found| found == b"first content");
        let mut changed = whole.clone();
        changed[content.unwrap()] = b'F';
        fs::write(&path, changed).unwrap();
        let damaged = verify(&path).unwrap_err().to_string();
        assert!(damaged.contains("folder/key"), "{damaged}");
    }

    #[test]
    fn one_that_is_cut_short_or_newer_or_something_else_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        write(&path, &head());
        let whole = fs::read(&path).unwrap();
        for length in [0, 100, 512, 3000, 70_000] {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(verify(&path).is_err(), "{length}");
        }
        // At the border of a part nothing else shows it.
        let manifest = whole
            .windows(MANIFEST.len())
            .rposition(|found| found == MANIFEST.as_bytes());
        fs::write(&path, &whole[..manifest.unwrap()]).unwrap();
        assert!(matches!(verify(&path), Err(BackupError::CutShort)));
        fs::write(&path, vec![b'x'; 4096]).unwrap();
        assert!(matches!(verify(&path), Err(BackupError::Foreign(_))));
        fs::remove_file(&path).unwrap();
        let newer = Head {
            format: FORMAT + 1,
            ..head()
        };
        write(&path, &newer);
        assert!(matches!(verify(&path), Err(BackupError::Newer { .. })));
    }
}
