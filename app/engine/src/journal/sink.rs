//! Where lines go: one log for the process, from the moment on at which its profile is known.

use std::fs::remove_file;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::rotating::{BOUNDS, Rotating};
use super::scrub;
use crate::disk::private_file;

/// The log's folder in the profile.
pub(crate) const FOLDER: &str = "log";

static SINK: Mutex<Option<Sink>> = Mutex::new(None);

struct Sink {
    folder: PathBuf,
    log: Rotating,
}

/// What is known of the last run once this one has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// A part of it broke, and it did not come to its end.
    pub ended_badly: bool,
}

/// Writes what is logged into `profile` from now on, and remembers that the program runs.
///
/// # Errors
/// When the log's folder or file cannot be made.
pub fn begin(profile: &Path) -> io::Result<Begun> {
    let folder = profile.join(FOLDER);
    let log = Rotating::open(&folder, BOUNDS)?;
    let broke = broken(&folder);
    let ended_badly = broke.exists();
    if ended_badly {
        remove_file(broke)?;
    }
    if let Ok(mut sink) = SINK.lock() {
        *sink = Some(Sink { folder, log });
    }
    Ok(Begun { ended_badly })
}

/// The program comes to its end as it should: whatever broke on the way was survived.
pub fn end() {
    if let Ok(mut sink) = SINK.lock()
        && let Some(sink) = sink.take()
    {
        // If it stays, the next start says once too often that something broke.
        let _ = remove_file(broken(&sink.folder));
    }
}

fn broken(folder: &Path) -> PathBuf {
    folder.join("broke")
}

/// Writes nothing any more into the log of this profile, which is about to be deleted.
pub(crate) fn leave(profile: &Path) {
    if let Ok(mut sink) = SINK.lock() {
        let own = profile.join(FOLDER);
        sink.take_if(|sink| sink.folder == own);
    }
}

/// Notes what broke; if the program does not come to its end any more, the next start says so.
pub(super) fn note_broken(text: &str) {
    // The thread that panics may hold it: then nothing is written, rather than nothing going on.
    let Ok(mut sink) = SINK.try_lock() else {
        return;
    };
    if let Some(sink) = sink.as_mut() {
        let _ = sink.log.add(&scrub(text));
        let _ = private_file().append(true).open(broken(&sink.folder));
    }
}

/// Takes lines for the log, each scrubbed; where there is no log yet they are dropped.
#[derive(Debug, Clone, Copy)]
pub struct Writer;

/// One of these for each line, as `tracing_subscriber` wants it.
#[must_use]
pub fn writer() -> Writer {
    Writer
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Ok(mut sink) = SINK.lock()
            && let Some(sink) = sink.as_mut()
        {
            let text = String::from_utf8_lossy(bytes);
            // A full disk must not stop the program, and there is nowhere to say it.
            let _ = sink.log.add(&scrub(&text));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
