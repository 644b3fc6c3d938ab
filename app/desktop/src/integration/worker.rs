//! The same on a thread of its own, for the window: a disk or a helper program that hangs holds nobody up.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use dialtone_words::say;
use parking_lot::Mutex;

use super::{
    Places, install_links, is_installed, set_autostart, starts_with_desktop, uninstall_links,
};
use crate::event::{DesktopEvent, Sink};
use crate::window::WindowPlace;

/// The longest that the desktop's own program may take to read the entries anew.
const PATIENCE: Duration = Duration::from_secs(5);
/// More wishes than these do not wait at a time.
const WAITING: usize = 16;

/// Whether the desktop keeps something of this program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Registered {
    /// It is being looked for.
    #[default]
    Unknown,
    /// It does.
    Yes,
    /// It does not.
    No,
    /// That cannot be said, or changed: why, in words.
    Missing(String),
}

/// What the desktop keeps of this program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// It opens links.
    pub links: Registered,
    /// It starts with the desktop.
    pub autostart: Registered,
}

enum Wish {
    Links(bool),
    Autostart(bool),
    Window(std::path::PathBuf, WindowPlace),
}

/// The files, changed by a thread of its own.
pub struct Integration {
    wishes: Option<SyncSender<Wish>>,
    kept: Arc<Mutex<Kept>>,
}

impl Integration {
    /// Looks what is there.
    pub fn start(places: Option<Places>, sink: Sink) -> Self {
        let (wishes, receiver) = sync_channel(WAITING);
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shown = Arc::clone(&kept);
        let run = move || work(places.as_ref(), &receiver, &shown, &sink);
        let started = std::thread::Builder::new()
            .name("dialtone-files".to_owned())
            .spawn(run);
        if let Err(error) = &started {
            tracing::warn!("what the desktop keeps cannot be changed: no thread: {error}");
        }
        Self {
            wishes: started.is_ok().then_some(wishes),
            kept,
        }
    }

    /// Lets links be opened with this program, or no more.
    pub fn set_links(&self, on: bool) {
        self.wish(Wish::Links(on));
    }

    /// Lets it start with the desktop, or no more.
    pub fn set_autostart(&self, on: bool) {
        self.wish(Wish::Autostart(on));
    }

    /// Keeps where the window is, in the file at `path`.
    pub fn keep_window(&self, path: &Path, place: WindowPlace) {
        self.wish(Wish::Window(path.to_owned(), place));
    }

    /// What is there.
    pub fn kept(&self) -> Kept {
        self.kept.lock().clone()
    }

    fn wish(&self, wish: Wish) {
        let taken = self.wishes.as_ref().map(|wishes| wishes.try_send(wish));
        if !matches!(taken, Some(Ok(()))) {
            tracing::warn!("the disk is busy: something about the desktop was not changed");
        }
    }
}

fn work(places: Option<&Places>, wishes: &Receiver<Wish>, kept: &Mutex<Kept>, sink: &Sink) {
    look(places, kept, sink, None);
    while let Ok(wish) = wishes.recv() {
        let changed = match (wish, places) {
            (Wish::Window(path, place), _) => {
                if let Err(error) = place.save(&path) {
                    tracing::warn!("where the window is could not be kept: {error}");
                }
                continue;
            }
            (_, None) => continue,
            (Wish::Links(true), Some(places)) => install_links(places),
            (Wish::Links(false), Some(places)) => uninstall_links(places),
            (Wish::Autostart(on), Some(places)) => set_autostart(places, on),
        };
        let fault = changed.err().map(|error| error.to_string());
        look(places, kept, sink, fault);
    }
}

fn look(places: Option<&Places>, kept: &Mutex<Kept>, sink: &Sink, fault: Option<String>) {
    let of = |found: std::io::Result<bool>| match found {
        Ok(true) => Registered::Yes,
        Ok(false) => Registered::No,
        Err(error) => Registered::Missing(error.to_string()),
    };
    let found = match places {
        None => {
            let words = Registered::Missing(say!("tray-not-here").to_owned());
            Kept {
                links: words.clone(),
                autostart: words,
            }
        }
        Some(places) => Kept {
            links: of(is_installed(places)),
            autostart: of(starts_with_desktop(places)),
        },
    };
    if let Some(fault) = fault {
        tracing::warn!("what the desktop keeps could not be changed: {fault}");
    }
    *kept.lock() = found;
    sink(DesktopEvent::Changed);
}

/// Lets the desktop read its entries anew, where it keeps a list of its own.
pub(super) fn refresh_cache(folder: &Path) {
    let started = Command::new("update-desktop-database")
        .arg("-q")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = started else {
        return;
    };
    let until = Instant::now() + PATIENCE;
    while matches!(child.try_wait(), Ok(None)) {
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
