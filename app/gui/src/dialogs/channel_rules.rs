//! Who writes and speaks in a channel of everybody's, and how fast: what is chosen, and the part of the dialog where it is.

use dialtone_engine::snapshot::{Channel, ChannelRules, ChannelSetting, Who, span};
use dialtone_engine::{ChannelId, CommunityCommand};
use dialtone_words::say;
use egui::Ui;

use crate::theme::{Type, palette};
use crate::widgets::{Choice, segmented, select, text};

/// Pauses that one may choose, in seconds.
const PAUSES: [u32; 9] = [0, 5, 10, 30, 60, 300, 900, 3600, 21_600];

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RulesForm(ChannelRules);

impl RulesForm {
    /// As the channel is.
    pub(super) fn of(channel: &Channel) -> Self {
        Self(channel.rules)
    }

    /// What makes of `channel` what is chosen.
    pub(super) fn wishes(&self, channel: &Channel) -> Vec<CommunityCommand> {
        let (now, then) = (channel.rules, self.0);
        let mut wishes = Vec::new();
        let mut wish = |setting| wishes.push(wish(channel.id, setting));
        if then.writing != now.writing {
            wish(ChannelSetting::Writing(then.writing));
        }
        if then.speaking != now.speaking {
            wish(ChannelSetting::Speaking(then.speaking));
        }
        if then.pause_s != now.pause_s {
            wish(ChannelSetting::Pause(then.pause_s));
        }
        wishes
    }
}

fn wish(channel: ChannelId, setting: ChannelSetting) -> CommunityCommand {
    CommunityCommand::SetChannelRule { channel, setting }
}

/// Shows what there is to choose.
pub(super) fn show(ui: &mut Ui, form: &mut RulesForm) {
    let rules = &mut form.0;
    ui.add_space(8.0);
    who(
        ui,
        say!("rules-writing"),
        say!("rules-writing-hint"),
        &mut rules.writing,
    );
    ui.add_space(8.0);
    who(
        ui,
        say!("rules-speaking"),
        say!("rules-speaking-hint"),
        &mut rules.speaking,
    );
    ui.add_space(8.0);
    let name = say!("rules-pause");
    let pauses = choices(&PAUSES, rules.pause_s, say!("rules-pause-none"));
    let color = palette(ui).text_2;
    text::label(ui, name, Type::SecondaryStrong, color);
    if let Some(picked) = select(ui, name, &rules.pause_s, &pauses) {
        rules.pause_s = picked;
    }
    let color = palette(ui).text_3;
    text::label(ui, say!("rules-pause-hint"), Type::Hint, color);
}

/// What there is to choose for how long messages stay, in seconds.
const LIFETIMES: [u32; 5] = [0, 3600, 86_400, 7 * 86_400, 28 * 86_400];

/// How long messages stay, in a channel's settings.
pub(super) fn show_lifetime(ui: &mut Ui, seconds: &mut u32) {
    ui.add_space(8.0);
    let color = palette(ui).text_2;
    let name = say!("vanish-setting");
    text::label(ui, name, Type::SecondaryStrong, color);
    lifetime(ui, seconds);
    let color = palette(ui).text_3;
    text::label(ui, say!("vanish-hint"), Type::Hint, color);
}

/// The choice alone: a conversation has no other setting.
pub(super) fn lifetime(ui: &mut Ui, seconds: &mut u32) {
    let choices = choices(&LIFETIMES, *seconds, say!("vanish-for-good"));
    if let Some(picked) = select(ui, say!("vanish-setting"), &*seconds, &choices) {
        *seconds = picked;
    }
}

fn who(ui: &mut Ui, name: &str, hint: &str, now: &mut Who) {
    let color = palette(ui).text_2;
    text::label(ui, name, Type::SecondaryStrong, color);
    let options = [
        (Who::Everyone, say!("rules-everyone")),
        (Who::Admins, say!("rules-admins")),
    ];
    if let Some(picked) = segmented(ui, name, *now, &options) {
        *now = picked;
    }
    let color = palette(ui).text_3;
    text::label(ui, hint, Type::Hint, color);
}

/// The spans to choose from, one among them that another client may have set.
fn choices(offered: &[u32], now: u32, none: &str) -> Vec<Choice<u32>> {
    let mut all = offered.to_vec();
    if !all.contains(&now) {
        all.push(now);
        all.sort_unstable();
    }
    let choice = |seconds: u32| Choice {
        value: seconds,
        words: match seconds {
            0 => none.to_owned(),
            _ => span(seconds),
        },
    };
    all.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn each_change_is_one_wish_and_what_stays_is_none() {
        let channel = demo::harbour().communities[0].channels[0].clone();
        let mut form = RulesForm::of(&channel);
        assert_eq!(form.wishes(&channel), []);
        form.0.writing = Who::Admins;
        form.0.pause_s = 30;
        let wanted = [
            wish(channel.id, ChannelSetting::Writing(Who::Admins)),
            wish(channel.id, ChannelSetting::Pause(30)),
        ];
        assert_eq!(form.wishes(&channel), wanted);
    }

    #[test]
    fn a_pause_of_another_client_is_among_the_choices() {
        let all = choices(&PAUSES, 45, "None");
        let words: Vec<_> = all.into_iter().map(|one| one.words).collect();
        assert_eq!(
            words[..5],
            [
                "None",
                "5 seconds",
                "10 seconds",
                "30 seconds",
                "45 seconds"
            ]
        );
        assert_eq!(choices(&PAUSES, 0, "None").len(), PAUSES.len());
        let words = choices(&LIFETIMES, 0, "For good");
        assert_eq!(words[4].words, "4 weeks");
    }
}
