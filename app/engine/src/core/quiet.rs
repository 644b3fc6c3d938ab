//! Not being disturbed: while it lasts nothing sounds in a call either, and it ends by itself.

use std::time::Duration;

use super::Core;
use crate::Command;
use crate::clock::Clock;
use crate::settings::{AudioSettings, DoNotDisturb};

/// How often it is looked whether its time is over.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Core {
    /// Carries out what changes the settings and, but for short sounds, nothing else here.
    pub(super) fn change_settings(&mut self, command: Command) {
        let settings = &mut self.settings;
        match command {
            Command::SetLook(look) => settings.look = look,
            Command::SetNotifications(wish) => settings.notifications = wish,
            Command::SetNotifyLevel(community, channel, level) => {
                settings.notifications.choose(&community, &channel, level);
            }
            Command::SetDoNotDisturb(wish) => settings.notifications.do_not_disturb = wish,
            Command::SetDesktop(desktop) => settings.desktop = desktop,
            Command::SetShortcuts(wish) => settings.shortcuts = wish,
            _ => return,
        }
        self.apply_audio();
        self.save_settings();
    }

    /// Lets the sound be as the settings say now.
    pub(super) fn apply_audio(&self) {
        let quiet = self.settings.notifications.do_not_disturb;
        let now_ms = Clock::system().now_ms();
        let audio = as_heard(&self.settings.audio, quiet.is_on(now_ms));
        self.audio.apply(audio);
    }

    /// Ends what was to last until a moment that is over; whether it did.
    pub(super) fn end_quiet(&mut self, now_ms: u64) -> bool {
        let quiet = self.settings.notifications.do_not_disturb;
        let over = matches!(quiet, DoNotDisturb::Until(_)) && !quiet.is_on(now_ms);
        if over {
            self.settings.notifications.do_not_disturb = DoNotDisturb::Off;
            self.apply_audio();
            self.save_settings();
        }
        over
    }
}

/// The sound's settings, without the short sounds where nothing is to disturb.
fn as_heard(audio: &AudioSettings, quiet: bool) -> AudioSettings {
    AudioSettings {
        call_sounds: audio.call_sounds && !quiet,
        push_to_talk_sounds: audio.push_to_talk_sounds && !quiet,
        ..audio.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_takes_the_short_sounds_alone() {
        let audio = AudioSettings::default();
        assert_eq!(as_heard(&audio, false), audio);
        let quiet = as_heard(&audio, true);
        assert!(!quiet.call_sounds && !quiet.push_to_talk_sounds);
        assert_eq!(quiet.output_percent, audio.output_percent);
    }
}
