//! Taking the profile to another computer: what that means, and what seals the file.

use dialtone_engine::moving::SHORTEST_PASSPHRASE;
use dialtone_engine::{MoveCommand, Secret};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading};
use crate::theme::palette;
use crate::widgets::{Button, Field, Icon, Look, callout, switch};

/// What is typed and chosen; wiped when the dialog closes.
pub struct MoveForm {
    passphrase: String,
    again: String,
    with_files: bool,
}

impl Default for MoveForm {
    fn default() -> Self {
        Self {
            passphrase: String::new(),
            again: String::new(),
            with_files: true,
        }
    }
}

impl Drop for MoveForm {
    fn drop(&mut self) {
        for typed in [&mut self.passphrase, &mut self.again] {
            drop(Secret::new(std::mem::take(typed)));
        }
    }
}

/// What is typed is nobody else's business.
impl std::fmt::Debug for MoveForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MoveForm(…)")
    }
}

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, form: &mut MoveForm) -> Option<DialogAction> {
    heading(ui, say!("move-title"), say!("move-words"));
    let colors = palette(ui);
    let warning = say!("move-closes");
    callout(ui, Icon::Warning, warning, colors.text, colors.attention_bg);
    ui.add_space(8.0);
    let short = form.passphrase.chars().count() < SHORTEST_PASSPHRASE;
    let problem = (short && !form.passphrase.is_empty()).then_some(say!("move-short"));
    Field::new(say!("move-passphrase"), &mut form.passphrase)
        .password()
        .problem(problem)
        .focus_first()
        .show(ui);
    ui.add_space(4.0);
    let differs = !form.again.is_empty() && form.again != form.passphrase;
    Field::new(say!("move-passphrase-again"), &mut form.again)
        .password()
        .problem(differs.then_some(say!("move-differs")))
        .show(ui);
    ui.add_space(8.0);
    let (words, hint) = (say!("move-with-files"), say!("move-with-files-hint"));
    if switch(ui, form.with_files, words, hint) {
        form.with_files = !form.with_files;
    }
    foot(ui, |ui| {
        let ready = !short && form.again == form.passphrase;
        let go = Button::new(say!("move-begin"));
        if ui.add(go.look(Look::Primary).enabled(ready)).clicked() {
            return Some(DialogAction::Move(MoveCommand::Export {
                to: None,
                passphrase: Secret::new(form.passphrase.as_str()),
                with_files: form.with_files,
            }));
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}
