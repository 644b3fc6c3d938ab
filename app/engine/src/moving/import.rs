//! A profile out of one file.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};

use dialtone_crypto::parcel::{self, damaged};

use super::entries::{Entry, MOST_BYTES, MOST_FILES, belongs, fits, read_entry, read_total};
use super::{MoveError, Progress, disk};
use crate::command::Secret;
use crate::disk::{private_file, private_folder};
use crate::profile::Profile;

/// So much is read at a time.
const PIECE: usize = 256 * 1024;
/// What is made of a file, until all of it was read.
const FRESH: &str = "import.new";
/// What was there before, until the new one stands.
const OLD: &str = "import.old";
/// What is put into place: the keystore last, for with it the profile is one.
const PLACES: [&str; 4] = ["communities", "chains", "settings.toml", "keystore.age"];

/// What else belongs to the keystore that was here.
const BY_KEYRING: [&str; 3] = ["keystore.ring", "keystore.copy", "keystore.next.age"];

/// Puts the profile of the file `from` in place of what is here; where there are keys already only if `replace` says that these may be lost.
/// Slow on purpose.
///
/// # Errors
/// [`MoveError`]; then the profile here is as it was.
pub fn import(
    profile: &Profile,
    from: &Path,
    passphrase: &Secret,
    replace: bool,
    progress: Progress<'_>,
) -> Result<(), MoveError> {
    if profile.keystore().exists() && !replace {
        return Err(MoveError::Occupied);
    }
    let folder = profile.folder();
    let fresh = folder.join(FRESH);
    clear(&fresh)?;
    let read = read(from, &fresh, passphrase, progress);
    let done = read.and_then(|()| {
        if !fresh.join("keystore.age").exists() {
            return Err(MoveError::Empty);
        }
        put_in_place(profile, &fresh)
    });
    let cleared = clear(&fresh);
    done.and(cleared)
}

fn clear(folder: &Path) -> Result<(), MoveError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(folder)(error)),
        _ => Ok(()),
    }
}

fn read(
    from: &Path,
    fresh: &Path,
    passphrase: &Secret,
    progress: Progress<'_>,
) -> Result<(), MoveError> {
    private_folder(fresh).map_err(disk(fresh))?;
    let file = File::open(from).map_err(disk(from))?;
    let mut input = parcel::open(BufReader::new(file), &passphrase.expose().into())?;
    let bad = |error| MoveError::Parcel(damaged(error));
    let total = read_total(&mut input).map_err(bad)?;
    if total > MOST_BYTES {
        return Err(MoveError::Strange);
    }
    let mut done = 0;
    let mut files = 0;
    while let Some(entry) = read_entry(&mut input).map_err(bad)? {
        files += 1;
        let fits = fits(done, entry.size, total);
        if !belongs(&entry.name) || files > MOST_FILES || !fits {
            return Err(MoveError::Strange);
        }
        extract(&mut input, &entry, fresh, &mut |piece| {
            done += piece;
            progress(done, total).is_continue()
        })?;
    }
    // The end says that nothing was cut off.
    let more = input.read(&mut [0]).map_err(bad)?;
    if more > 0 || done != total {
        return Err(MoveError::Strange);
    }
    Ok(())
}

fn extract(
    input: &mut impl Read,
    entry: &Entry,
    fresh: &Path,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), MoveError> {
    let path = fresh.join(&entry.name);
    if let Some(parent) = path.parent() {
        private_folder(parent).map_err(disk(parent))?;
    }
    let opened = private_file().write(true).create_new(true).open(&path);
    let mut file = opened.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => MoveError::Strange,
        _ => disk(&path)(error),
    })?;
    let mut left = entry.size;
    let mut piece = vec![0; PIECE];
    while left > 0 {
        let most = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = input.read(&mut piece[..most]);
        let read = read.map_err(|error| MoveError::Parcel(damaged(error)))?;
        if read == 0 {
            return Err(MoveError::Parcel(parcel::ParcelError::Damaged));
        }
        file.write_all(&piece[..read]).map_err(disk(&path))?;
        left -= read as u64;
        if !goes_on(read as u64) {
            return Err(MoveError::Stopped);
        }
    }
    file.sync_all().map_err(disk(&path))
}

/// Takes what is here aside, and puts the new one there; what was here goes only when that was done, and comes back where it was not.
fn put_in_place(profile: &Profile, fresh: &Path) -> Result<(), MoveError> {
    let folder = profile.folder();
    let old = folder.join(OLD);
    clear(&old)?;
    private_folder(&old).map_err(disk(&old))?;
    let mut changed: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut change = |from: PathBuf, to: PathBuf| -> Result<(), MoveError> {
        if from.exists() {
            fs::rename(&from, &to).map_err(disk(&from))?;
            changed.push((from, to));
        }
        Ok(())
    };
    // The old keystore goes first, so that there is never one with another one's communities.
    // What opened it by the system's keyring goes with it.
    let aside = PLACES.iter().rev().chain(&BY_KEYRING);
    let mut aside = aside.map(|name| (folder.join(name), old.join(name)));
    let mut into = PLACES
        .iter()
        .map(|name| (fresh.join(name), folder.join(name)));
    let done = aside
        .try_for_each(|(from, to)| change(from, to))
        .and_then(|()| into.try_for_each(|(from, to)| change(from, to)));
    if let Err(error) = done {
        for (from, to) in changed.into_iter().rev() {
            // What cannot be put back is still there, under the folder of the old one.
            let _ = fs::rename(to, from);
        }
        return Err(error);
    }
    profile.unmark_moved().map_err(disk(folder))?;
    clear(&old)
}
