//! What the window shows of the desktop's services, and what it wishes of them.

use std::path::PathBuf;

use dialtone_desktop::{Availability, Kept};
use dialtone_engine::settings::DoNotDisturb;

use crate::time::Clock;
use dialtone_words::say;

/// What is known of the services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesktopView {
    /// Notifications.
    pub notifications: Availability,
    /// The tray.
    pub tray: Availability,
    /// Whether somebody is there.
    pub idle: Availability,
    /// Links and autostart.
    pub kept: Kept,
    /// Nobody has touched the computer for a while.
    pub away: bool,
    /// One does not want to be disturbed: that, in words.
    pub quiet: Option<String>,
}

/// For how long one does not want to be disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietFor {
    /// No more.
    Off,
    /// An hour.
    Hour,
    /// Until tomorrow morning.
    Tomorrow,
    /// Until one says otherwise.
    Always,
}

/// What the window wishes of the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesktopWish {
    /// Open links with this program, or no more.
    Links(bool),
    /// Start with the desktop, or no more.
    Autostart(bool),
    /// Not to be disturbed.
    Quiet(QuietFor),
    /// Show where a file is.
    ShowFile(PathBuf),
}

/// When the morning begins.
pub(crate) const MORNING: i8 = 8;
const HOUR_MS: u64 = 3_600_000;

/// What it means now.
pub(crate) fn end_of(quiet: QuietFor, clock: &Clock) -> DoNotDisturb {
    match quiet {
        QuietFor::Off => DoNotDisturb::Off,
        QuietFor::Hour => DoNotDisturb::Until(clock.now_ms + HOUR_MS),
        QuietFor::Tomorrow => clock
            .tomorrow_at(MORNING)
            .map_or(DoNotDisturb::On, DoNotDisturb::Until),
        QuietFor::Always => DoNotDisturb::On,
    }
}

/// That one does not want to be disturbed, in words.
pub(crate) fn quiet_words(quiet: DoNotDisturb, clock: &Clock) -> Option<String> {
    match quiet.at(clock.now_ms) {
        DoNotDisturb::Off => None,
        DoNotDisturb::On => Some(say!("desk-do-not-disturb").to_owned()),
        DoNotDisturb::Until(end_ms) => Some(say!("desk-quiet-until", time = clock.time(end_ms))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn it_lasts_as_long_as_was_chosen_and_says_so() {
        let clock = demo::clock();
        for (quiet, words) in [
            (QuietFor::Off, None),
            (QuietFor::Always, Some("Do not disturb".to_owned())),
            (
                QuietFor::Hour,
                Some(format!(
                    "Quiet until {}",
                    clock.time(clock.now_ms + HOUR_MS)
                )),
            ),
            (QuietFor::Tomorrow, Some("Quiet until 08:00".to_owned())),
        ] {
            assert_eq!(quiet_words(end_of(quiet, &clock), &clock), words);
        }
        let over = DoNotDisturb::Until(clock.now_ms);
        assert_eq!(quiet_words(over, &clock), None);
    }
}
