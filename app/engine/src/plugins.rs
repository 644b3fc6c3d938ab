//! Plugins of other makers for voice: found on this computer, and looked into by this program itself in another process.
//!
//! ```text
//! folders -> files -> this program with COMMAND and the file, once a file -> FoundPlugin, or what is wrong with it
//! ```
//!
//! What can break in this, and what cannot, stands in [`dialtone_audio::clap`].

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use dialtone_audio::Registry;
use dialtone_audio::clap::{Scanner, plugin_files, search_folders};

pub use dialtone_audio::clap::{FoundParam, FoundPlugin, PluginError, ScannedFile, tell_of};

/// The program's hidden command that looks into one file, whose path follows, and calls [`tell_of`].
pub const COMMAND: &str = "look-into-plugin";

/// How long the end of the program waits for plugins to be destroyed.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// One for the program: a file that did well is not looked into again until it changes.
static SCANNER: LazyLock<Arc<Scanner>> = LazyLock::new(|| {
    // Without a path it cannot be started, which the error of each file then says.
    let program = std::env::current_exe().unwrap_or_default();
    Arc::new(Scanner::new(program, vec![COMMAND.into()]))
});

/// Looks into the plugins in these folders (the standard ones when there are none) and files. Takes its time: not for a task
/// of the engine.
pub fn list(places: &[PathBuf]) -> Vec<ScannedFile> {
    let (mut files, mut folders): (Vec<PathBuf>, Vec<PathBuf>) =
        places.iter().cloned().partition(|place| !place.is_dir());
    if places.is_empty() {
        folders = search_folders(|name| std::env::var_os(name));
    }
    files.extend(plugin_files(&folders));
    SCANNER.scan(&files)
}

/// The stages that a chain may name: those of the program, and plugins.
pub(crate) fn registry() -> Registry {
    let mut registry = Registry::standard();
    // The name is free in the standard registry.
    let _ = dialtone_audio::clap::register(&mut registry, Arc::clone(&SCANNER));
    registry
}

/// Waits a little for plugins whose calls are over to be destroyed. For the end of the program, which would otherwise pull
/// their files away under them.
pub fn settle() {
    let _ = dialtone_audio::clap::settle(LAST_WAIT);
}
