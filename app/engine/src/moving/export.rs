//! A profile into one file.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use dialtone_crypto::keystore::Work;
use dialtone_crypto::parcel;

use super::entries::{Entry, belongs, write_end, write_entry, write_total};
use super::{MoveError, Progress, SHORTEST_PASSPHRASE, disk};
use crate::command::Secret;
use crate::disk::private_file;
use crate::profile::Profile;

/// What went along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// So much is read at a time.
const PIECE: usize = 256 * 1024;

/// Writes the profile into `to`, sealed under `passphrase`, and marks it as moved. Nobody may have it open. Sealed files of messages
/// go along if that is wished: those that wait to be sent, and those that were fetched, which can be fetched again. Slow on purpose.
///
/// # Errors
/// [`MoveError`]; then the profile is as it was, and there is no file.
pub fn export(
    profile: &Profile,
    to: &Path,
    passphrase: &Secret,
    with_files: bool,
    work: Work,
    progress: Progress<'_>,
) -> Result<Exported, MoveError> {
    if passphrase.expose().chars().count() < SHORTEST_PASSPHRASE {
        return Err(MoveError::ShortPassphrase);
    }
    if !profile.keystore().exists() {
        return Err(MoveError::Empty);
    }
    if profile.is_moved() {
        return Err(MoveError::Moved);
    }
    let list = list(profile.folder(), with_files)?;
    let begun = with_ending(to, ".part");
    let written = write(
        profile.folder(),
        &begun,
        &list,
        (passphrase, work),
        progress,
    );
    let done = written.and_then(|bytes| {
        fs::rename(&begun, to).map_err(disk(to))?;
        Ok(Exported {
            files: list.len(),
            bytes,
        })
    });
    if done.is_err() {
        // A part of it is of no use to anybody.
        let _ = fs::remove_file(&begun);
        return done;
    }
    if let Err(error) = profile.mark_moved() {
        // Two of them must not come to be.
        let _ = fs::remove_file(to);
        return Err(disk(profile.folder())(error));
    }
    done
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// What goes along, in an order that is always the same.
fn list(folder: &Path, with_files: bool) -> Result<Vec<Entry>, MoveError> {
    let mut all = Vec::new();
    collect(folder, "", &mut all)?;
    all.retain(|entry| with_files || !entry.name.contains(".files/"));
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

fn collect(folder: &Path, before: &str, all: &mut Vec<Entry>) -> Result<(), MoveError> {
    for found in fs::read_dir(folder).map_err(disk(folder))? {
        let found = found.map_err(disk(folder))?;
        let kind = found.file_type().map_err(disk(folder))?;
        let Ok(name) = found.file_name().into_string() else {
            continue;
        };
        let name = format!("{before}{name}");
        if kind.is_dir() {
            // Three names deep is what there is.
            if before.matches('/').count() < 2 {
                collect(&found.path(), &format!("{name}/"), all)?;
            }
        } else if kind.is_file() && belongs(&name) {
            let size = found.metadata().map_err(disk(folder))?.len();
            all.push(Entry { name, size });
        }
    }
    Ok(())
}

/// Writes all of it; how many bytes the files have.
fn write(
    folder: &Path,
    to: &Path,
    list: &[Entry],
    (passphrase, work): (&Secret, Work),
    progress: Progress<'_>,
) -> Result<u64, MoveError> {
    let mut options = private_file();
    let file = options.write(true).truncate(true).open(to);
    let out = BufWriter::new(file.map_err(disk(to))?);
    let mut out = parcel::seal(out, &passphrase.expose().into(), work)?;
    let total = list.iter().map(|entry| entry.size).sum();
    write_total(&mut out, total).map_err(disk(to))?;
    let mut done = 0;
    for entry in list {
        write_entry(&mut out, entry).map_err(disk(to))?;
        let path = folder.join(&entry.name);
        copy(&path, entry.size, &mut out, &mut |piece| {
            done += piece;
            progress(done, total).is_continue()
        })?;
    }
    write_end(&mut out).map_err(disk(to))?;
    let sealed = out.finish().map_err(disk(to))?;
    let file = sealed
        .into_inner()
        .map_err(|error| disk(to)(error.into_error()))?;
    file.sync_all().map_err(disk(to))?;
    Ok(total)
}

/// Copies exactly `size` bytes of the file.
fn copy(
    path: &Path,
    size: u64,
    out: &mut impl Write,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), MoveError> {
    let mut file = File::open(path).map_err(disk(path))?;
    let mut left = size;
    let mut piece = vec![0; PIECE];
    while left > 0 {
        let most = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = file.read(&mut piece[..most]).map_err(disk(path))?;
        if read == 0 {
            // It became shorter while it was copied: somebody has it open.
            let shorter = std::io::ErrorKind::UnexpectedEof;
            return Err(disk(path)(shorter.into()));
        }
        out.write_all(&piece[..read]).map_err(disk(path))?;
        left -= read as u64;
        if !goes_on(read as u64) {
            return Err(MoveError::Stopped);
        }
    }
    Ok(())
}
