//! Make a channel.

use dialtone_engine::snapshot::{Community, Member, Role};
use dialtone_words::say;
use egui::{Key, Ui};

use super::people::{self, PeopleForm};
use super::{DialogAction, foot, heading};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Look, group_label, segmented, text};

/// What is typed.
#[derive(Debug, Default)]
pub struct ChannelForm {
    /// The name.
    pub name: String,
    /// Listed under *Voice*.
    pub voice: bool,
    /// For those who are chosen; else for everybody.
    pub private: bool,
    /// Who is chosen.
    pub people: PeopleForm,
}

const LONGEST: usize = 64;

/// Shows the dialog for a new channel.
pub(super) fn show_create(
    ui: &mut Ui,
    form: &mut ChannelForm,
    community: &Community,
) -> Option<DialogAction> {
    let may_open = community.me.role >= Role::Admin;
    form.private |= !may_open;
    let words = if form.private {
        say!("dialog-private-words")
    } else {
        say!("dialog-open-words")
    };
    heading(ui, say!("dialog-new-channel"), words);
    if may_open {
        let options = [
            (false, say!("dialog-everybody")),
            (true, say!("dialog-private")),
        ];
        if let Some(picked) = segmented(ui, say!("dialog-who-reads"), form.private, &options) {
            form.private = picked;
        }
        ui.add_space(10.0);
    }
    let entered = name_field(ui, form);
    ui.add_space(10.0);
    let options = [
        (false, say!("dialog-text-first")),
        (true, say!("dialog-voice-first")),
    ];
    if let Some(picked) = segmented(ui, say!("dialog-kind"), form.voice, &options) {
        form.voice = picked;
    }
    let color = palette(ui).text_3;
    let words = say!("dialog-voice-first-words");
    text::label(ui, words, Type::Hint, color);
    if form.private {
        who(ui, form, community);
    }
    let done = buttons(ui, form, entered)?;
    Some(match done {
        Done::Cancelled => DialogAction::Close,
        Done::Named(name) if form.private => DialogAction::CreatePrivate {
            name,
            voice: form.voice,
            accounts: form.people.chosen.iter().copied().collect(),
        },
        Done::Named(name) => DialogAction::Create {
            name,
            voice: form.voice,
        },
    })
}

fn who(ui: &mut Ui, form: &mut ChannelForm, community: &Community) {
    let me = community.me.account;
    let is_other = |member: &&Member| member.account != me;
    let others: Vec<&Member> = community.members.iter().filter(is_other).collect();
    ui.add_space(10.0);
    group_label(ui, say!("dialog-people"));
    ui.add_space(4.0);
    if others.is_empty() {
        let color = palette(ui).text_3;
        let words = say!("dialog-nobody-yet");
        text::label(ui, words, Type::Secondary, color);
    }
    people::pick(ui, &others, &mut form.people);
}

fn name_field(ui: &mut Ui, form: &mut ChannelForm) -> bool {
    let field = Field::new(say!("dialog-channel-name"), &mut form.name)
        .hint(say!("dialog-channel-example"))
        .limit(LONGEST)
        .focus_first()
        .show(ui);
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

enum Done {
    Cancelled,
    Named(String),
}

fn buttons(ui: &mut Ui, form: &ChannelForm, entered: bool) -> Option<Done> {
    let name = form.name.trim();
    let ready = !name.is_empty() && !name.chars().any(char::is_control);
    foot(ui, |ui| {
        let done = Button::new(say!("dialog-create"))
            .look(Look::Primary)
            .enabled(ready);
        if ui.add(done).clicked() || entered && ready {
            return Some(Done::Named(name.to_owned()));
        }
        ui.add(Button::new(say!("say-cancel")))
            .clicked()
            .then_some(Done::Cancelled)
    })
}
