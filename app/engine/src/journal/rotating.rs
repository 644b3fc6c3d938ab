//! A log in a few files of a bounded size: the newest is `dialtone.log`, older ones are numbered, the oldest goes.

use std::fs::{File, rename};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::disk::{private_file, private_folder};

/// How many files there are at most, and how big each may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) files: usize,
    /// In bytes.
    pub(super) size: u64,
}

/// Those of the program's log.
pub(super) const BOUNDS: Bounds = Bounds {
    files: 5,
    size: 1_000_000,
};

/// The files, the newest one open.
#[derive(Debug)]
pub(super) struct Rotating {
    folder: PathBuf,
    bounds: Bounds,
    file: File,
    written: u64,
}

impl Rotating {
    /// Goes on with what is there.
    pub(super) fn open(folder: &Path, bounds: Bounds) -> io::Result<Self> {
        private_folder(folder)?;
        let file = newest(folder)?;
        let written = file.metadata()?.len();
        Ok(Self {
            folder: folder.to_owned(),
            bounds,
            file,
            written,
        })
    }

    /// Adds `text`, of which no more is kept than a file has room for.
    pub(super) fn add(&mut self, text: &str) -> io::Result<()> {
        let most = usize::try_from(self.bounds.size).unwrap_or(usize::MAX);
        let text = text.get(..text.floor_char_boundary(most)).unwrap_or(text);
        let more = text.len() as u64;
        if self.written > 0 && self.written + more > self.bounds.size {
            self.turn()?;
        }
        self.file.write_all(text.as_bytes())?;
        self.written += more;
        Ok(())
    }

    fn turn(&mut self) -> io::Result<()> {
        for number in (1..self.bounds.files).rev() {
            let from = place(&self.folder, number - 1);
            if from.exists() {
                rename(from, place(&self.folder, number))?;
            }
        }
        self.file = newest(&self.folder)?;
        self.written = 0;
        Ok(())
    }
}

fn newest(folder: &Path) -> io::Result<File> {
    private_file().append(true).open(place(folder, 0))
}

fn place(folder: &Path, number: usize) -> PathBuf {
    folder.join(match number {
        0 => "dialtone.log".to_owned(),
        number => format!("dialtone.{number}.log"),
    })
}

/// What was written last, `most` bytes of it at most, the oldest line first.
pub(super) fn tail(folder: &Path, most: usize) -> String {
    let mut parts = Vec::new();
    let mut room = most;
    for number in 0..BOUNDS.files {
        let Ok(text) = end_of(&place(folder, number), room) else {
            break;
        };
        room = room.saturating_sub(text.len());
        parts.push(text);
        if room == 0 {
            break;
        }
    }
    parts.reverse();
    parts.concat()
}

fn end_of(path: &Path, most: usize) -> io::Result<String> {
    let mut file = File::open(path)?;
    let long = file.metadata()?.len();
    let from = long.saturating_sub(most as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // A line of which only the end is there says nothing.
    Ok(match text.split_once('\n') {
        Some((_, rest)) if from > 0 => rest.to_owned(),
        _ => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Bounds = Bounds {
        files: 3,
        size: 100,
    };

    #[test]
    fn no_more_is_kept_than_the_bounds_say_and_the_newest_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), SMALL).unwrap();
        for number in 0..200 {
            log.add(&format!("line {number}\n")).unwrap();
        }
        log.add(&"x".repeat(5_000)).unwrap();
        let files: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .collect();
        assert_eq!(files.len(), 3);
        for file in &files {
            assert!(file.metadata().unwrap().len() <= SMALL.size);
        }
        drop(log);
        let mut log = Rotating::open(folder.path(), SMALL).unwrap();
        log.add("the last one\n").unwrap();
        let text = tail(folder.path(), 10_000);
        assert!(text.ends_with("the last one\n"), "{text}");
        assert!(text.contains("line 199\n") && !text.contains("line 1\n"));
        assert!(tail(folder.path(), 20).len() <= 20);
    }

    #[cfg(unix)]
    #[test]
    fn they_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("log");
        Rotating::open(&inner, SMALL).unwrap().add("a\n").unwrap();
        let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(place(&inner, 0)), 0o600);
        assert_eq!(mode(inner), 0o700);
    }
}
