//! Removing a member: whether they may come back, and why they go.

use dialtone_engine::{AccountId, PeopleCommand};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::widgets::{Button, Field, Look, switch};

/// The longest reason, in characters.
const LONGEST: usize = 256;

/// What is chosen and typed.
#[derive(Debug, Default)]
pub struct RemoveForm {
    /// They may not come back with the same account.
    pub ban: bool,
    /// Why.
    pub reason: String,
}

/// Shows the question whether to remove a member.
pub(super) fn show(
    ui: &mut Ui,
    account: AccountId,
    (name, form): (&str, &mut RemoveForm),
) -> Option<DialogAction> {
    let title = say!("dialog-remove-named", name = name);
    let words = say!("dialog-remove-words");
    heading(ui, &title, words);
    Field::new(say!("people-remove-why"), &mut form.reason)
        .hint(say!("people-remove-why-hint"))
        .limit(LONGEST)
        .show(ui);
    ui.add_space(6.0);
    let hint = say!("dialog-ban-hint");
    if switch(ui, form.ban, say!("dialog-ban"), hint) {
        form.ban = !form.ban;
    }
    foot(ui, |ui| {
        let remove = ui.add(Button::new(say!("dialog-remove-member")).look(Look::Danger));
        if remove.clicked() {
            let ban = form.ban;
            return Some(match form.reason.trim() {
                "" => DialogAction::RemoveMember { account, ban },
                reason => DialogAction::People(PeopleCommand::Remove {
                    account,
                    ban,
                    reason: reason.to_owned(),
                }),
            });
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        takes_keyboard(ui, &cancel);
        cancel.clicked().then_some(DialogAction::Close)
    })
}
