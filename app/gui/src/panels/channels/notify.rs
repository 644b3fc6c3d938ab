//! Of what one is told in one channel: a part of its menu.

use dialtone_engine::settings::{NotificationSettings, NotifyLevel};
use dialtone_engine::snapshot::Channel;
use dialtone_engine::{ChannelId, CommunityId};
use dialtone_words::say;
use egui::Ui;

use super::ChannelsAction;
use crate::widgets::{Icon, Row, group_label};

/// What counts in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    channel: ChannelId,
    /// What was chosen for it alone.
    chosen: Option<NotifyLevel>,
    /// What counts where nothing was.
    usual: NotifyLevel,
}

impl Told {
    /// By the settings.
    pub fn of(settings: &NotificationSettings, community: CommunityId, channel: &Channel) -> Self {
        let private = channel.private.as_ref();
        let direct = private.is_some_and(|private| private.direct);
        Self {
            channel: channel.id,
            chosen: settings.chosen_of(&community, &channel.id),
            usual: if direct {
                settings.direct
            } else {
                settings.channels
            },
        }
    }

    /// One wants to hear nothing of it, and of it alone.
    pub(super) fn is_muted(self) -> bool {
        self.chosen == Some(NotifyLevel::None)
    }
}

/// The entries of the menu.
pub fn notify_menu(ui: &mut Ui, told: Told) -> Option<ChannelsAction> {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        group_label(ui, say!("desk-tell-me-of"));
    });
    ui.add_space(2.0);
    let usual = match told.usual {
        NotifyLevel::All => "all",
        NotifyLevel::Mentions => "mentions",
        NotifyLevel::None => "none",
    };
    let usual = say!("desk-as-settings", level = usual);
    let entries = [
        (None, usual.as_str()),
        (Some(NotifyLevel::All), words(NotifyLevel::All)),
        (Some(NotifyLevel::Mentions), words(NotifyLevel::Mentions)),
        (Some(NotifyLevel::None), words(NotifyLevel::None)),
    ];
    let mut action = None;
    for (level, words) in entries {
        let on = told.chosen == level;
        let icon = match level {
            _ if on => Icon::Check,
            Some(NotifyLevel::None) => Icon::BellOff,
            _ => Icon::Bell,
        };
        if Row::new(words).icon(icon).selected(on).show(ui).clicked() {
            action = Some(ChannelsAction::Notify(told.channel, level));
            ui.close();
        }
    }
    action
}

fn words(level: NotifyLevel) -> &'static str {
    match level {
        NotifyLevel::All => say!("desk-every-message"),
        NotifyLevel::Mentions => say!("desk-mentions"),
        NotifyLevel::None => say!("desk-nothing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn what_is_usual_depends_on_who_reads_it() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let mut settings = NotificationSettings::default();
        let told = |settings: &NotificationSettings, name: &str| {
            let mut channels = community.channels.iter();
            let found = channels.find(|one| one.name.as_deref() == Some(name));
            Told::of(settings, community.id, found.unwrap())
        };
        assert_eq!(told(&settings, "general").usual, NotifyLevel::Mentions);
        assert_eq!(told(&settings, "Mikael").usual, NotifyLevel::All);
        let id = told(&settings, "general").channel;
        settings.choose(&community.id, &id, Some(NotifyLevel::None));
        assert!(told(&settings, "general").is_muted());
        assert!(!told(&settings, "Mikael").is_muted());
    }
}
