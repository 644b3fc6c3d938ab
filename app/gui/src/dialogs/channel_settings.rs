//! What a channel is: its name, topic and kind, who reads what came before them, where it stands in the list.

use dialtone_engine::snapshot::{Channel, Community};
use dialtone_engine::{ChannelId, CommunityCommand, PeopleCommand};
use dialtone_words::say;
use egui::{ScrollArea, Ui};

use super::channel_rules::{self, RulesForm};
use super::{DialogAction, foot, heading};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Look, segmented, text};

/// The longest name and heading, in characters.
const LONGEST_NAME: usize = 64;
/// The longest topic, in characters.
const LONGEST_TOPIC: usize = 256;

/// What is chosen and typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSettingsForm {
    name: String,
    topic: String,
    voice: bool,
    from_joining: bool,
    category: String,
    rules: RulesForm,
    lifetime_s: u32,
}

impl ChannelSettingsForm {
    /// As the channel is.
    pub fn of(channel: &Channel) -> Self {
        Self {
            name: channel.name.clone().unwrap_or_default(),
            topic: channel.topic.clone(),
            voice: channel.voice,
            from_joining: channel.from_joining,
            category: channel.category.clone(),
            rules: RulesForm::of(channel),
            lifetime_s: channel.lifetime_s,
        }
    }

    /// What makes of `channel` what is chosen.
    fn wishes(&self, channel: &Channel) -> Vec<CommunityCommand> {
        let now = Self::of(channel);
        let (name, topic) = (self.name.trim(), self.topic.trim());
        let mut wishes = Vec::new();
        if (name, topic, self.voice) != (&now.name, &now.topic, now.voice) {
            wishes.push(CommunityCommand::People(PeopleCommand::SetChannel {
                channel: channel.id,
                name: name.to_owned(),
                topic: topic.to_owned(),
                voice: self.voice,
            }));
        }
        if self.from_joining != now.from_joining {
            wishes.push(CommunityCommand::SetHistory {
                channel: channel.id,
                from_joining: self.from_joining,
            });
        }
        if self.category.trim() != now.category {
            wishes.push(CommunityCommand::People(PeopleCommand::PlaceChannel {
                channel: channel.id,
                category: self.category.trim().to_owned(),
                before: None,
            }));
        }
        if channel.private.is_none() {
            wishes.extend(self.rules.wishes(channel));
        }
        if self.lifetime_s != now.lifetime_s {
            wishes.push(CommunityCommand::SetLifetime {
                channel: channel.id,
                seconds: self.lifetime_s,
            });
        }
        wishes
    }
}

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    id: ChannelId,
    form: &mut ChannelSettingsForm,
    community: &Community,
) -> Option<DialogAction> {
    let channel = community.channels.iter().find(|one| one.id == id);
    let Some(channel) = channel else {
        heading(
            ui,
            say!("people-channel-settings"),
            say!("people-channel-gone"),
        );
        return super::close(ui);
    };
    if is_direct(channel) {
        heading(ui, say!("vanish-setting"), say!("vanish-hint"));
        channel_rules::lifetime(ui, &mut form.lifetime_s);
        return buttons(ui, true, form, channel);
    }
    let is_open = channel.private.is_none();
    let words = if is_open {
        say!("people-channel-open-words")
    } else {
        say!("people-channel-private-words")
    };
    heading(ui, say!("people-channel-settings"), words);
    // As high as the window lets it be, with the buttons always in sight.
    let most = (ui.ctx().content_rect().height() - 250.0).max(160.0);
    ScrollArea::vertical()
        .max_height(most)
        .auto_shrink([false, true])
        .show(ui, |ui| fields(ui, is_open, form));
    let name = form.name.trim();
    let ready = !name.is_empty() && !name.chars().any(char::is_control);
    buttons(ui, ready, form, channel)
}

fn fields(ui: &mut Ui, is_open: bool, form: &mut ChannelSettingsForm) {
    Field::new(say!("people-name"), &mut form.name)
        .limit(LONGEST_NAME)
        .focus_first()
        .show(ui);
    ui.add_space(4.0);
    Field::new(say!("people-topic"), &mut form.topic)
        .hint(say!("people-topic-hint"))
        .limit(LONGEST_TOPIC)
        .show(ui);
    if is_open {
        ui.add_space(4.0);
        Field::new(say!("people-list-heading"), &mut form.category)
            .hint(say!("people-list-heading-none"))
            .limit(LONGEST_NAME)
            .show(ui);
    }
    ui.add_space(8.0);
    let options = [
        (false, say!("dialog-text-first")),
        (true, say!("dialog-voice-first")),
    ];
    if let Some(picked) = segmented(ui, say!("dialog-kind"), form.voice, &options) {
        form.voice = picked;
    }
    ui.add_space(8.0);
    let color = palette(ui).text_2;
    text::label(ui, say!("people-newcomers"), Type::SecondaryStrong, color);
    let options = [
        (false, say!("people-newcomers-all")),
        (true, say!("people-newcomers-joining")),
    ];
    if let Some(picked) = segmented(ui, say!("people-newcomers"), form.from_joining, &options) {
        form.from_joining = picked;
    }
    let hint = say!("people-newcomers-hint");
    text::label(ui, hint, Type::Hint, palette(ui).text_3);
    if is_open {
        channel_rules::show(ui, &mut form.rules);
    }
    channel_rules::show_lifetime(ui, &mut form.lifetime_s);
}

/// Its name and who is in it never change.
fn is_direct(channel: &Channel) -> bool {
    let private = channel.private.as_ref();
    private.is_some_and(|private| private.direct)
}

fn buttons(
    ui: &mut Ui,
    ready: bool,
    form: &ChannelSettingsForm,
    channel: &Channel,
) -> Option<DialogAction> {
    foot(ui, |ui| {
        let save = Button::new(say!("meter-save"))
            .look(Look::Primary)
            .enabled(ready);
        if ui.add(save).clicked() {
            return Some(DialogAction::Wishes(form.wishes(channel)));
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn only_what_was_changed_is_wished() {
        let channel = demo::harbour().communities[0].channels[0].clone();
        let mut form = ChannelSettingsForm::of(&channel);
        assert_eq!(form.wishes(&channel), []);
        form.topic = " Boats alone ".to_owned();
        form.from_joining = true;
        form.category = "Boats".to_owned();
        let wishes = form.wishes(&channel);
        assert!(matches!(
            &wishes[..],
            [
                CommunityCommand::People(PeopleCommand::SetChannel { topic, .. }),
                CommunityCommand::SetHistory { from_joining: true, .. },
                CommunityCommand::People(PeopleCommand::PlaceChannel { category, .. })
            ] if topic == "Boats alone" && category == "Boats"
        ));
    }
}
