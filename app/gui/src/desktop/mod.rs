//! What happens beside the window: notifications, tray, the desktop's look, idleness, links, autostart.
//!
//! ```text
//! engine's events ─► companion's own thread ─► policy: told of it? ─► words ─► notifications, tray
//! desktop's events ─► engine's commands, or a wish that the window carries out when it is drawn next
//! ```
//!
//! None of it waits for the window, so that one is told while it is hidden.

mod companion;
mod keyring;
mod policy;
mod read;
mod view;
mod words;

pub(crate) use companion::{Companion, Wish, is_to_be_told};
pub use keyring::system_keyring;
pub(crate) use read::Seen;
pub use view::{DesktopView, DesktopWish, QuietFor};
pub(crate) use view::{MORNING, end_of, quiet_words};

use std::path::PathBuf;

use dialtone_desktop::{Bus, Places};

/// Which desktop the window belongs to.
#[derive(Debug, Clone, Default)]
pub struct DesktopOptions {
    /// The message bus.
    pub bus: Bus,
    /// The X server that knows whether somebody is there, if there is one.
    pub display: Option<String>,
    /// Where the desktop keeps what it knows of programs.
    pub places: Option<Places>,
    /// Where the window's place is kept.
    pub window_file: Option<PathBuf>,
}
