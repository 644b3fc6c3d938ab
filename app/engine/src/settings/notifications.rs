//! Of what one wants to be told, and when not.

use std::collections::BTreeMap;

use dialtone_protocol::{ChannelId, CommunityId};
use serde::{Deserialize, Serialize};

/// Which messages of a channel one is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotifyLevel {
    /// Every one.
    All,
    /// Those that name oneself.
    Mentions,
    /// None.
    None,
}

/// Whether nothing is shown and sounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoNotDisturb {
    /// One is told.
    #[default]
    Off,
    /// One is not, until that is changed.
    On,
    /// One is not before this moment: ms since 1970.
    Until(u64),
}

impl DoNotDisturb {
    /// Whether one is not to be disturbed at a moment, in ms since 1970.
    pub fn is_on(self, now_ms: u64) -> bool {
        match self {
            Self::Off => false,
            Self::On => true,
            Self::Until(end_ms) => now_ms < end_ms,
        }
    }

    /// What is left of it at a moment: [`Off`](Self::Off) once its time is over.
    #[must_use]
    pub fn at(self, now_ms: u64) -> Self {
        if self.is_on(now_ms) { self } else { Self::Off }
    }
}

/// Of what one is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct NotificationSettings {
    /// One is told at all.
    pub show: bool,
    /// What was written is shown, not only who wrote and where.
    pub show_text: bool,
    /// In conversations, where nothing else was chosen.
    pub direct: NotifyLevel,
    /// In channels, where nothing else was chosen.
    pub channels: NotifyLevel,
    /// Nothing is shown and sounded.
    pub do_not_disturb: DoNotDisturb,
    /// What was chosen for single channels and conversations, by the ids of community and channel.
    pub chosen: BTreeMap<String, NotifyLevel>,
}

impl Default for NotificationSettings {
    fn default() -> Self {
        Self {
            show: true,
            show_text: false,
            direct: NotifyLevel::All,
            channels: NotifyLevel::Mentions,
            do_not_disturb: DoNotDisturb::default(),
            chosen: BTreeMap::new(),
        }
    }
}

impl NotificationSettings {
    /// What was chosen for a channel by itself.
    pub fn chosen_of(&self, community: &CommunityId, channel: &ChannelId) -> Option<NotifyLevel> {
        self.chosen.get(&key(community, channel)).copied()
    }

    /// What counts in a channel, or in a direct conversation.
    pub fn level_of(
        &self,
        community: &CommunityId,
        channel: &ChannelId,
        direct: bool,
    ) -> NotifyLevel {
        let usual = if direct { self.direct } else { self.channels };
        self.chosen_of(community, channel).unwrap_or(usual)
    }

    /// Chooses for one channel; none: what is usual counts again.
    pub fn choose(
        &mut self,
        community: &CommunityId,
        channel: &ChannelId,
        level: Option<NotifyLevel>,
    ) {
        let key = key(community, channel);
        match level {
            Some(level) => self.chosen.insert(key, level),
            None => self.chosen.remove(&key),
        };
    }
}

fn key(community: &CommunityId, channel: &ChannelId) -> String {
    format!("{community}/{channel}")
}

/// What the program does beside its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DesktopSettings {
    /// Closing the window leaves the program in the tray, where there is one.
    pub keep_in_tray: bool,
    /// One counts as away when nobody has touched the computer for so many minutes; 0: never.
    pub away_after_min: u16,
}

impl Default for DesktopSettings {
    fn default() -> Self {
        Self {
            keep_in_tray: false,
            away_after_min: 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    const HERE: CommunityId = CommunityId([1; 32]);
    const CHANNEL: ChannelId = ChannelId([2; 16]);

    #[test]
    fn what_was_chosen_for_a_channel_comes_before_what_is_usual() {
        let mut settings = NotificationSettings::default();
        assert_eq!(settings.level_of(&HERE, &CHANNEL, true), NotifyLevel::All);
        let usual = settings.level_of(&HERE, &CHANNEL, false);
        assert_eq!(usual, NotifyLevel::Mentions);
        settings.choose(&HERE, &CHANNEL, Some(NotifyLevel::None));
        assert_eq!(settings.level_of(&HERE, &CHANNEL, true), NotifyLevel::None);
        let other = CommunityId([3; 32]);
        assert_eq!(settings.chosen_of(&other, &CHANNEL), None);
        settings.choose(&HERE, &CHANNEL, None);
        assert_eq!(settings, NotificationSettings::default());
    }

    #[test]
    fn not_being_disturbed_ends_by_itself() {
        assert!(!DoNotDisturb::Off.is_on(5) && DoNotDisturb::On.is_on(5));
        let until = DoNotDisturb::Until(10);
        assert!(until.is_on(9) && !until.is_on(10));
        assert_eq!(until.at(9), until);
        assert_eq!(until.at(10), DoNotDisturb::Off);
        assert_eq!(DoNotDisturb::On.at(u64::MAX), DoNotDisturb::On);
    }

    #[test]
    fn they_are_kept_and_older_files_are_read() {
        let mut settings = Settings::default();
        let older: Settings = toml::from_str("[look]\nzoom-percent = 130\n").unwrap();
        assert_eq!(older.notifications, NotificationSettings::default());
        assert_eq!(older.look.zoom_percent, 130);
        let notifications = &mut settings.notifications;
        notifications.choose(&HERE, &CHANNEL, Some(NotifyLevel::All));
        notifications.do_not_disturb = DoNotDisturb::Until(1_795_373_100_000);
        settings.desktop.keep_in_tray = true;
        let text = toml::to_string_pretty(&settings).unwrap();
        assert_eq!(toml::from_str::<Settings>(&text).unwrap(), settings);
    }
}
