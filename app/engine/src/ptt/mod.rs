//! Push-to-talk and push-to-mute, anywhere on the desktop.
//!
//! ```text
//! hotkey, keys   what is held, as people write it       matcher   which of its keys are down
//! select         which backend, by choice and desktop   hold      sources, release delay, what is lost
//! backend        what each backend is:
//!   xinput         X11, raw events                      portal    Wayland, the desktop's shortcuts
//!   device_query   asking which keys are down           evdev     Linux's devices
//! service        runs one of them, tells the voice engine and the snapshot
//! view           what hears the key, in words
//! ```
//!
//! Whatever a backend hears of other keys is compared with the chosen one and forgotten: it is neither kept, nor told, nor logged.

mod backend;
#[cfg(any(target_os = "linux", target_os = "macos", windows))]
mod device_query;
#[cfg(target_os = "linux")]
mod evdev;
mod hold;
mod hotkey;
mod keys;
mod matcher;
#[cfg(target_os = "linux")]
mod portal;
mod select;
mod service;
#[cfg(test)]
mod testing;
mod view;
#[cfg(target_os = "linux")]
mod xinput;

pub use hold::LONGEST_DELAY_MS;
pub use hotkey::{Hotkey, HotkeyError, Modifier, Trigger};
pub use keys::Key;
pub use select::{BackendChoice, BackendKind, Desktop, Display, WAYLAND_FALLBACK};
pub use view::{Listening, PushState};

pub(crate) use hold::Source;
pub(crate) use select::order;
pub(crate) use service::{PushToTalk, Wish};

use backend::Backend;

/// The key of this name, in any case: for those who hear keys by themselves, as the window does.
pub fn key(name: &str) -> Option<&'static Key> {
    keys::find(name)
}

/// This system's backends.
pub(crate) fn backends(kind: BackendKind) -> Box<dyn Backend> {
    match kind {
        #[cfg(target_os = "linux")]
        BackendKind::XInput => Box::new(xinput::XInput::new(None)),
        #[cfg(target_os = "linux")]
        BackendKind::Portal => Box::new(portal::Portal::new(None)),
        #[cfg(target_os = "linux")]
        BackendKind::Evdev => Box::new(evdev::Evdev::of_this_machine()),
        #[cfg(any(target_os = "linux", target_os = "macos", windows))]
        BackendKind::DeviceQuery => Box::new(device_query::DeviceQuery),
        #[cfg(not(target_os = "linux"))]
        _ => Box::new(backend::Missing),
    }
}
