//! Another password for one's account in a community.

use dialtone_engine::{CommunityId, Secret};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Look, text};

/// The fewest characters.
const SHORTEST: usize = 8;

/// What is typed; wiped when the dialog closes.
#[derive(Default)]
pub struct PasswordForm {
    old: String,
    new: String,
    again: String,
}

impl Drop for PasswordForm {
    fn drop(&mut self) {
        for typed in [&mut self.old, &mut self.new, &mut self.again] {
            drop(Secret::new(std::mem::take(typed)));
        }
    }
}

/// What is typed is nobody else's business.
impl std::fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordForm(…)")
    }
}

/// Shows the dialog.
pub(super) fn show(
    ui: &mut Ui,
    community: CommunityId,
    (name, form): (&str, &mut PasswordForm),
) -> Option<DialogAction> {
    let title = say!("people-password-title", name = name);
    heading(ui, &title, say!("people-password-words"));
    Field::new(say!("people-password-old"), &mut form.old)
        .password()
        .focus_first()
        .show(ui);
    ui.add_space(4.0);
    Field::new(say!("people-password-new"), &mut form.new)
        .password()
        .show(ui);
    ui.add_space(4.0);
    let differs = !form.again.is_empty() && form.again != form.new;
    let problem = differs.then_some(say!("people-password-differs"));
    Field::new(say!("people-password-again"), &mut form.again)
        .password()
        .problem(problem)
        .show(ui);
    let long = form.new.chars().count() >= SHORTEST;
    let words = say!("people-password-hint");
    text::label(ui, words, Type::Hint, palette(ui).text_3);
    foot(ui, |ui| {
        let ready = long && form.again == form.new && !form.old.is_empty();
        let change = Button::new(say!("people-change"))
            .look(Look::Primary)
            .enabled(ready);
        if ui.add(change).clicked() {
            return Some(DialogAction::ChangePassword {
                community,
                old: Secret::new(form.old.as_str()),
                new: Secret::new(form.new.as_str()),
            });
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}
