//! Make or rename a channel.

use dialtone_engine::ChannelId;
use egui::{Key, Ui};

use super::{DialogAction, foot, heading};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Look, segmented, text};

/// What is typed.
#[derive(Debug, Default)]
pub struct ChannelForm {
    /// The name.
    pub name: String,
    /// Listed under *Voice*.
    pub voice: bool,
}

const LONGEST: usize = 64;

/// Shows the dialog for a new channel.
pub(super) fn show_create(ui: &mut Ui, form: &mut ChannelForm) -> Option<DialogAction> {
    heading(
        ui,
        "New channel",
        "All members can read and write in it. The server does not see its name.",
    );
    let entered = name_field(ui, form);
    ui.add_space(10.0);
    let options = [(false, "Text first"), (true, "Voice first")];
    if let Some(picked) = segmented(ui, "Kind", form.voice, &options) {
        form.voice = picked;
    }
    let color = palette(ui).text_3;
    let words = "Every channel can hold a call; voice-first ones are listed apart.";
    text::label(ui, words, Type::Hint, color);
    let done = buttons(ui, "Create", form, entered)?;
    Some(match done {
        Done::Cancelled => DialogAction::Close,
        Done::Named(name) => DialogAction::Create {
            name,
            voice: form.voice,
        },
    })
}

/// Shows the dialog for another name.
pub(super) fn show_rename(
    ui: &mut Ui,
    channel: ChannelId,
    form: &mut ChannelForm,
) -> Option<DialogAction> {
    heading(ui, "Rename channel", "");
    let entered = name_field(ui, form);
    let done = buttons(ui, "Rename", form, entered)?;
    Some(match done {
        Done::Cancelled => DialogAction::Close,
        Done::Named(name) => DialogAction::Rename(channel, name),
    })
}

fn name_field(ui: &mut Ui, form: &mut ChannelForm) -> bool {
    let field = Field::new("Channel name", &mut form.name)
        .hint("race-planning")
        .limit(LONGEST)
        .focus_first()
        .show(ui);
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

enum Done {
    Cancelled,
    Named(String),
}

fn buttons(ui: &mut Ui, verb: &str, form: &ChannelForm, entered: bool) -> Option<Done> {
    let name = form.name.trim();
    let ready = !name.is_empty() && !name.chars().any(char::is_control);
    foot(ui, |ui| {
        let done = Button::new(verb).look(Look::Primary).enabled(ready);
        if ui.add(done).clicked() || entered && ready {
            return Some(Done::Named(name.to_owned()));
        }
        ui.add(Button::new("Cancel"))
            .clicked()
            .then_some(Done::Cancelled)
    })
}
