//! Sealed files of the cache, opened: into memory for a picture, or where the user wants them.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use dialtone_crypto::file::{FileError, FileKey, open_file};
use dialtone_protocol::content::Attachment;
use dialtone_words::say;
use zeroize::Zeroizing;

use super::FileCache;

/// The longest part of a name before its ending, in bytes, where a number comes behind it.
const LONGEST_STEM: usize = 200;

/// Why a file is not given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GiveError {
    /// The sealed file does not open: it is not what its sender named, or was changed on this computer.
    #[error("{}", say!("error-file-unopened"))]
    NotIntact,
    /// It cannot be read or written.
    #[error("{0}")]
    Disk(#[from] io::Error),
}

impl From<FileError> for GiveError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io(error) => Self::Disk(error),
            _ => Self::NotIntact,
        }
    }
}

/// A file's content, in memory: for small ones.
///
/// # Errors
/// [`GiveError`]
pub(crate) fn content(
    attachment: &Attachment,
    cache: &FileCache,
) -> Result<Zeroizing<Vec<u8>>, GiveError> {
    let mut bytes = Zeroizing::new(Vec::new());
    open(attachment, cache, &mut *bytes)?;
    Ok(bytes)
}

/// Writes a file's content to `to`, which is another file's before or not at all: only a whole and right one takes its place.
///
/// # Errors
/// [`GiveError`]
pub(crate) fn save(attachment: &Attachment, cache: &FileCache, to: &Path) -> Result<(), GiveError> {
    let (beside, file) = beside(to)?;
    let written = write(attachment, cache, file);
    if let Err(error) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(error);
    }
    std::fs::rename(&beside, to)?;
    Ok(())
}

/// A new file beside `to`, where no other is in its way.
fn beside(to: &Path) -> io::Result<(PathBuf, File)> {
    let folder = to.parent().unwrap_or(Path::new(""));
    for number in 0..1_000_u32 {
        let path = folder.join(format!("dialtone-{number}.part"));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write(attachment: &Attachment, cache: &FileCache, to: File) -> Result<(), GiveError> {
    let mut out = BufWriter::new(to);
    open(attachment, cache, &mut out)?;
    out.flush()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(file.sync_all()?)
}

fn open(attachment: &Attachment, cache: &FileCache, out: impl io::Write) -> Result<(), GiveError> {
    let sealed = BufReader::with_capacity(64 * 1024, File::open(cache.path(&attachment.hash))?);
    let key = FileKey::from_bytes(&attachment.key);
    Ok(open_file(
        &key,
        attachment.size,
        &attachment.hash,
        sealed,
        out,
    )?)
}

/// A path in `folder` for a file called `name` that no file had yet, and an empty one now: `name (1).txt`, where it must be.
///
/// # Errors
/// From the system.
pub(crate) fn free_name(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let path = Path::new(name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path
        .extension()
        .map(|ending| format!(".{}", ending.to_string_lossy()))
        .unwrap_or_default();
    // There must be room for the number.
    let mut end = stem.len().min(LONGEST_STEM);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let others = (1..10_000_u32).map(|number| format!("{} ({number}){ending}", &stem[..end]));
    for name in std::iter::once(name.to_owned()).chain(others) {
        let path = folder.join(name);
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|_| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
