//! What the desktop around the window offers. It is told plain data and answers with [`DesktopEvent`]s; it knows neither the engine nor
//! what draws the window.
//!
//! ```text
//! Note, TrayState ─► handle (never waits) ─► service on a thread of its own ─► message bus, X server, files
//! DesktopEvent    ◄─ sink                  ◄─┘   a fault there: a line in the log, a pause, another try
//! ```
//!
//! ```text
//! notify       notifications, one for each conversation
//! tray         the icon beside the clock, with its menu
//! look         dark or light, contrast and motion as the desktop says
//! idle         how long nobody has touched the computer
//! integration  links that open the program, and starting with the desktop: files of the user's
//! window       where the window was
//! keyring      the system's keyring
//! reveal       where a file is, in the system's own window for files
//! service      how each of them runs, and what is known of it
//! ```

#[cfg(target_os = "linux")]
mod asking;
#[cfg(target_os = "linux")]
mod bus;
mod event;
mod files;
mod idle;
mod integration;
mod keyring;
mod look;
mod notify;
mod reveal;
mod service;
mod tray;
mod window;

pub use event::{DesktopEvent, Sink, SystemLook, Tag, TrayChoice};
pub use idle::Idle;
pub use integration::{
    Integration, Kept, Places, Registered, install_links, is_installed, set_autostart,
    starts_with_desktop, uninstall_links,
};
pub use keyring::{KeyringFault, SystemKeyring};
pub use look::LookWatch;
pub use notify::{Note, Notifications};
pub use reveal::show_file;
pub use service::Availability;
pub use tray::{Tray, TrayState};
pub use window::{WindowPlace, screen_size};

/// Which message bus the services are looked for on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Bus {
    /// That of the session.
    #[default]
    Session,
    /// One at this address.
    At(String),
}
