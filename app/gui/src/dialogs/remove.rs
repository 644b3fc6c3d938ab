//! Removing a member: whether they may come back, and why they go.

use dialtone_engine::{AccountId, PeopleCommand};
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
    let title = format!("Remove {name}?");
    let words = "They are out at once, and the keys change: what is said from then on cannot be read by them. What they have read \
                 stays with them. Their invites stop working.";
    heading(ui, &title, words);
    Field::new("Why (they and all members read it)", &mut form.reason)
        .hint("You need not give a reason")
        .limit(LONGEST)
        .show(ui);
    ui.add_space(6.0);
    let hint = "This account's key may never join again. It does not keep a person out who gets another invite and makes another account.";
    if switch(ui, form.ban, "Ban this account", hint) {
        form.ban = !form.ban;
    }
    foot(ui, |ui| {
        let remove = ui.add(Button::new("Remove").look(Look::Danger));
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
        let cancel = ui.add(Button::new("Cancel"));
        takes_keyboard(ui, &cancel);
        cancel.clicked().then_some(DialogAction::Close)
    })
}
