//! Another password for one's account in a community.

use dialtone_engine::{CommunityId, Secret};
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
    let title = format!("Change your password in {name}");
    heading(
        ui,
        &title,
        "It proves to the server who you are. If it is also the one that opens the keys on this computer, that is changed, too. Your other devices \
         keep the password that they have for their own keys.",
    );
    Field::new("Password until now", &mut form.old)
        .password()
        .focus_first()
        .show(ui);
    ui.add_space(4.0);
    Field::new("New password", &mut form.new)
        .password()
        .show(ui);
    ui.add_space(4.0);
    let differs = !form.again.is_empty() && form.again != form.new;
    let problem = differs.then_some("This is not the same as above.");
    Field::new("New password again", &mut form.again)
        .password()
        .problem(problem)
        .show(ui);
    let long = form.new.chars().count() >= SHORTEST;
    let words = "At least eight characters. Nobody can reset it, not even the server.";
    text::label(ui, words, Type::Hint, palette(ui).text_3);
    foot(ui, |ui| {
        let ready = long && form.again == form.new && !form.old.is_empty();
        let change = Button::new("Change").look(Look::Primary).enabled(ready);
        if ui.add(change).clicked() {
            return Some(DialogAction::ChangePassword {
                community,
                old: Secret::new(form.old.as_str()),
                new: Secret::new(form.new.as_str()),
            });
        }
        let cancel = ui.add(Button::new("Cancel"));
        cancel.clicked().then_some(DialogAction::Close)
    })
}
