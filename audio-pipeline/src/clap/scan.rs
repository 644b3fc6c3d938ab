//! Looks into files of plugins, each in a process of its own.
//!
//! ```text
//! file -> child: PROGRAM ARGUMENTS... FILE -> its output, within bounds of time and size -> plugins, or what went wrong
//! ```

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::{FoundPlugin, PluginError, ScannedFile, reply};

/// How long a file may take. Some plugins look for their licence or build tables when they start.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most that is read of a child's answer, in bytes.
const MOST_OUTPUT: u64 = 16 * 1024 * 1024;
/// So many files at once.
const AT_ONCE: usize = 4;
/// How often it is looked whether a child that has said everything is gone.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Looks into files of plugins by starting a program for each, and remembers those that did well until they change.
#[derive(Debug)]
pub struct Scanner {
    program: PathBuf,
    arguments: Vec<OsString>,
    patience: Duration,
    known: Mutex<BTreeMap<PathBuf, Known>>,
}

#[derive(Clone, Debug)]
struct Known {
    stamp: Stamp,
    plugins: Vec<FoundPlugin>,
}

/// By which it is seen that a file has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Scanner {
    /// A scanner that starts `program` with these arguments and the file behind them. The program is to call
    /// [`super::tell_of`] with that file and its standard output.
    #[must_use]
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self {
            program,
            arguments,
            patience: PATIENCE,
            known: Mutex::default(),
        }
    }

    /// The same with this much time for a file, and for a plugin that is loaded afterwards; 15 s without.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Looks into these files, a few at once, and gives what came of each, in their order. Takes as long as they do, at most
    /// the patience for every four.
    pub fn scan(&self, files: &[PathBuf]) -> Vec<ScannedFile> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = files.get(index) else {
                    return done;
                };
                done.push((index, self.scan_file(file)));
            }
        };
        let mut outcomes = std::thread::scope(|scope| {
            let others: Vec<_> = (1..AT_ONCE.min(files.len()))
                .map(|_| scope.spawn(work))
                .collect();
            let mut outcomes = work();
            for other in others {
                outcomes.extend(other.join().unwrap_or_default());
            }
            outcomes
        });
        outcomes.sort_by_key(|(index, _)| *index);
        let listed = outcomes.into_iter().map(|(index, outcome)| {
            let file = files[index].clone();
            let (plugins, error) = match outcome {
                Ok(plugins) => (plugins, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            ScannedFile {
                file,
                plugins,
                error,
            }
        });
        listed.collect()
    }

    /// Looks into one file, unless it did well before and has not changed since.
    ///
    /// # Errors
    /// [`PluginError`]; it crashed, hung, flooded, is no plugin, or is not there.
    pub fn scan_file(&self, file: &Path) -> Result<Vec<FoundPlugin>, PluginError> {
        let missing = |_| PluginError::Missing {
            file: file.to_owned(),
        };
        // By its own name, in which the child looks for it whatever its folder.
        let file = file.canonicalize().map_err(missing)?;
        let stamp = Stamp::of(&file);
        if let Some(known) = self.known().get(&file)
            && known.stamp == stamp
        {
            return Ok(known.plugins.clone());
        }
        let plugins = self.look(&file)?;
        let known = Known {
            stamp,
            plugins: plugins.clone(),
        };
        self.known().insert(file, known);
        Ok(plugins)
    }

    /// How much time a file has.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// The file that has the plugin of this id, among those looked into so far.
    pub fn file_of(&self, id: &str) -> Option<PathBuf> {
        let known = self.known();
        let mut having = known
            .iter()
            .filter(|(_, known)| known.plugins.iter().any(|plugin| plugin.id == id));
        having.next().map(|(file, _)| file.clone())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, file: &Path) -> Result<Vec<FoundPlugin>, PluginError> {
        let started = Command::new(&self.program)
            .args(&self.arguments)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let child = started.map_err(|error| PluginError::NoChild {
            reason: error.to_string(),
        })?;
        let mut child = Looking(child);
        let deadline = Instant::now() + self.patience;
        let output = child.read(deadline).map_err(|error| self.name(error))?;
        let status = child.wait(deadline).map_err(|error| self.name(error))?;
        if !status.success() {
            let how = how(status);
            return Err(PluginError::Crashed { how });
        }
        reply::read(&output)
    }

    fn name(&self, outcome: Unfinished) -> PluginError {
        match outcome {
            Unfinished::Late => PluginError::Hung {
                seconds: self.patience.as_secs(),
            },
            Unfinished::Flooded => PluginError::Flooded,
        }
    }
}

impl Stamp {
    fn of(file: &Path) -> Self {
        let about = std::fs::metadata(file).ok();
        Self {
            modified: about.as_ref().and_then(|about| about.modified().ok()),
            bytes: about.map_or(0, |about| about.len()),
        }
    }
}

/// Why a child was not let go on.
#[derive(Clone, Copy)]
enum Unfinished {
    Late,
    Flooded,
}

/// A child that does not outlive this.
struct Looking(Child);

impl Looking {
    /// All that it writes. On a thread of its own, because a hanging child keeps its end open.
    fn read(&mut self, deadline: Instant) -> Result<Vec<u8>, Unfinished> {
        let Some(pipe) = self.0.stdout.take() else {
            return Ok(Vec::new());
        };
        let (said, all) = sync_channel(1);
        let read = move || {
            let mut output = Vec::new();
            // A broken pipe is an end as well.
            let _ = pipe.take(MOST_OUTPUT + 1).read_to_end(&mut output);
            let _ = said.try_send(output);
        };
        let thread = std::thread::Builder::new().name("dialtone-scan".to_owned());
        if thread.spawn(read).is_err() {
            return Err(Unfinished::Late);
        }
        match all.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(output) if output.len() as u64 > MOST_OUTPUT => Err(Unfinished::Flooded),
            Ok(output) => Ok(output),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                Err(Unfinished::Late)
            }
        }
    }

    /// How it ended.
    fn wait(&mut self, deadline: Instant) -> Result<ExitStatus, Unfinished> {
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(LOOK_EVERY),
                Ok(None) | Err(_) => return Err(Unfinished::Late),
            }
        }
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    match status.code() {
        Some(code) => format!("code {code}"),
        None => "without a code".to_owned(),
    }
}
