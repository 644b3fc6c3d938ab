//! Sealed files on this computer, each under the hash of what is sealed: those that wait to be sent, and those that were fetched.
//!
//! What was fetched can be fetched again, so the oldest go when there is too much.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dialtone_crypto::file::sealed_size;
use dialtone_protocol::Hash;
use dialtone_protocol::content::Attachment;
use sha2::{Digest as _, Sha256};

use crate::disk::private_folder;

/// What fetched files may take, in bytes.
const MOST: u64 = 2 * 1024 * 1024 * 1024;

/// What was written to so recently stays, whatever it takes.
const FRESH: Duration = Duration::from_hours(1);

/// A community's sealed files.
#[derive(Debug, Clone)]
pub(crate) struct FileCache {
    folder: PathBuf,
}

impl FileCache {
    /// In a folder, which is made when it is needed.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where a sealed file is.
    pub(crate) fn path(&self, hash: &Hash) -> PathBuf {
        self.folder.join(hash.to_string())
    }

    /// Where one that is being fetched is: it goes on there.
    pub(crate) fn part(&self, hash: &Hash) -> PathBuf {
        self.folder.join(format!("{hash}.part"))
    }

    /// Whether a file is here.
    pub(crate) fn has(&self, attachment: &Attachment) -> bool {
        let found = std::fs::metadata(self.path(&attachment.hash));
        found.is_ok_and(|found| found.len() == sealed_size(attachment.size))
    }

    /// Makes the folder, which its owner alone opens.
    ///
    /// # Errors
    /// From the system.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        private_folder(&self.folder)
    }

    /// A place for a file that is being sealed.
    pub(crate) fn fresh(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:016x}.new"))
    }

    /// Takes a part in that has come to its end. False: it is not what was sent, and is gone.
    ///
    /// # Errors
    /// From the system.
    pub(crate) fn complete(&self, hash: &Hash) -> io::Result<bool> {
        let part = self.part(hash);
        let mut file = match std::fs::File::open(&part) {
            // It was taken in already.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.path(hash).try_exists();
            }
            file => file?,
        };
        let mut hashed = Sha256::new();
        io::copy(&mut file, &mut hashed)?;
        if Hash(hashed.finalize().into()) != *hash {
            std::fs::remove_file(&part)?;
            return Ok(false);
        }
        std::fs::rename(part, self.path(hash))?;
        Ok(true)
    }

    /// Takes a file away.
    pub(crate) fn remove(&self, hash: &Hash) {
        for path in [self.path(hash), self.part(hash)] {
            if let Err(error) = std::fs::remove_file(path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!("a sealed file could not be removed: {error}");
            }
        }
    }

    /// Takes the oldest away where there is too much, and what was being sealed when the program stopped. `keep`: they wait to be sent.
    pub(crate) fn trim(&self, keep: &BTreeSet<Hash>) {
        self.trim_to(MOST, keep);
    }

    fn trim_to(&self, most: u64, keep: &BTreeSet<Hash>) {
        let keep: BTreeSet<PathBuf> = keep.iter().map(|hash| self.path(hash)).collect();
        let mut found: Vec<(SystemTime, u64, PathBuf)> = self
            .all()
            .filter(|path| !keep.contains(path))
            .filter_map(|path| {
                let about = std::fs::metadata(&path).ok()?;
                Some((about.modified().ok()?, about.len(), path))
            })
            .collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        let mut total = 0_u64;
        let now = SystemTime::now();
        for (changed, length, path) in found {
            total = total.saturating_add(length);
            // What somebody is about to use is left alone.
            let age = now.duration_since(changed).unwrap_or_default();
            if total > most && age > FRESH {
                remove_quietly(&path);
            }
        }
    }

    /// What a program that was killed left half sealed.
    pub(crate) fn clean(&self) {
        for path in self.all() {
            if path.extension().is_some_and(|ending| ending == "new") {
                remove_quietly(&path);
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = PathBuf> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path()))
    }
}

fn remove_quietly(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!("a sealed file could not be removed: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &tempfile::TempDir) -> FileCache {
        let cache = FileCache::new(folder.path().join("files"));
        cache.prepare().unwrap();
        cache
    }

    fn put(cache: &FileCache, number: u8, age_s: u64) -> Hash {
        let hash = Hash([number; 32]);
        let file = std::fs::File::create(cache.path(&hash)).unwrap();
        file.set_len(100).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age_s))
            .unwrap();
        hash
    }

    #[test]
    fn the_oldest_go_first_and_what_waits_to_be_sent_stays() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        let [old, older, new] = [
            put(&cache, 1, 7_000),
            put(&cache, 2, 8_000),
            put(&cache, 3, 10),
        ];
        let waits = put(&cache, 4, 9_000);
        cache.trim_to(200, &[waits].into());
        assert!(cache.path(&new).exists() && cache.path(&old).exists());
        assert!(!cache.path(&older).exists());
        assert!(cache.path(&waits).exists());
        // One that comes is no old one, however long it is.
        let comes = cache.part(&Hash([9; 32]));
        std::fs::write(&comes, [0; 1_000]).unwrap();
        cache.trim_to(200, &[waits].into());
        assert!(comes.exists() && cache.path(&new).exists());
    }

    #[test]
    fn what_was_left_half_sealed_goes() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        let whole = put(&cache, 1, 0);
        std::fs::write(cache.fresh(7), b"half").unwrap();
        std::fs::write(cache.part(&Hash([2; 32])), b"comes").unwrap();
        cache.clean();
        assert!(!cache.fresh(7).exists());
        assert!(cache.path(&whole).exists() && cache.part(&Hash([2; 32])).exists());
    }

    #[test]
    fn a_part_that_is_another_file_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder);
        let hash = Hash::of(b"right");
        std::fs::write(cache.part(&hash), b"wrong").unwrap();
        assert!(!cache.complete(&hash).unwrap());
        assert!(!cache.part(&hash).exists() && !cache.path(&hash).exists());
        std::fs::write(cache.part(&hash), b"right").unwrap();
        assert!(cache.complete(&hash).unwrap());
        assert_eq!(std::fs::read(cache.path(&hash)).unwrap(), b"right");
    }
}
