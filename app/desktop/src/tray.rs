//! The icon beside the clock: what is unread, whether one is muted, and a menu.
//!
//! ```text
//! TrayState ─► watch (the newest counts) ─► item: icon, tooltip ; menu: entries ─► the desktop's tray
//! TrayChoice ◄───────────────────────────── what was chosen
//! ```

use dialtone_words::say;
use tokio::sync::watch;

#[cfg(target_os = "linux")]
mod icon;
#[cfg(target_os = "linux")]
mod item;
#[cfg(target_os = "linux")]
mod menu;
#[cfg(target_os = "linux")]
mod watcher;

use crate::Bus;
use crate::event::Sink;
use crate::service::{Availability, Status};

/// What the tray shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrayState {
    /// Messages that one has not seen.
    pub unread: u32,
    /// One is in a call: muted, and deafened, or not.
    pub call: Option<(bool, bool)>,
    /// Nothing is shown or sounded.
    pub do_not_disturb: bool,
}

impl TrayState {
    /// What it says in words.
    pub fn words(self) -> String {
        let mut words = Vec::new();
        if self.unread > 0 {
            words.push(say!("tray-unread", count = self.unread));
        }
        let call = self.call.map(|call| match call {
            (_, true) => "deafened",
            (true, _) => "muted",
            _ => "open",
        });
        if let Some(state) = call {
            words.push(say!("tray-call", state = state));
        }
        if self.do_not_disturb {
            words.push(say!("tray-do-not-disturb").to_owned());
        }
        if words.is_empty() {
            words.push(say!("tray-nothing-new").to_owned());
        }
        words.join(", ")
    }
}

/// The tray. Nothing here waits.
pub struct Tray {
    state: watch::Sender<TrayState>,
    status: Status,
    #[cfg(target_os = "linux")]
    _life: crate::service::Life,
}

impl Tray {
    /// Begins to look for a tray.
    pub fn start(bus: Bus, sink: Sink) -> Self {
        let status = Status::new("tray", sink);
        let (state, shown) = watch::channel(TrayState::default());
        #[cfg(not(target_os = "linux"))]
        {
            let _ = (bus, shown);
            status.missing(say!("tray-system"));
            Self { state, status }
        }
        #[cfg(target_os = "linux")]
        {
            let service = watcher::Watched::new(bus, shown);
            Self {
                _life: crate::service::start(service, status.clone()),
                state,
                status,
            }
        }
    }

    /// Shows something else.
    pub fn show(&self, state: TrayState) {
        self.state.send_if_modified(|now| {
            let other = *now != state;
            *now = state;
            other
        });
    }

    /// What is known of it.
    pub fn status(&self) -> Availability {
        self.status.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tooltip_says_all_there_is() {
        for (unread, call, do_not_disturb, words) in [
            (0, None, false, "nothing new"),
            (3, None, false, "3 unread"),
            (0, Some((false, false)), false, "in a call"),
            (
                1,
                Some((true, false)),
                true,
                "1 unread, in a call, muted, do not disturb",
            ),
            (0, Some((true, true)), false, "in a call, deafened"),
        ] {
            let state = TrayState {
                unread,
                call,
                do_not_disturb,
            };
            assert_eq!(state.words(), words);
        }
    }
}
