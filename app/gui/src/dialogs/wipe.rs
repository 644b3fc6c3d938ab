//! Deleting everything that is kept on this computer: asked for with a word to type.

use dialtone_engine::{confirms_wipe, wipe_confirmation};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading};
use crate::widgets::{Button, Field, Look};

/// What is typed.
#[derive(Debug, Default)]
pub struct WipeForm {
    typed: String,
    /// Afterwards one comes back with the recovery key.
    comes_back: bool,
}

impl WipeForm {
    /// One that leads, or does not, to where one comes back with the recovery key.
    pub(crate) fn new(comes_back: bool) -> Self {
        Self {
            typed: String::new(),
            comes_back,
        }
    }
}

/// Shows the question.
pub(super) fn show(ui: &mut Ui, form: &mut WipeForm) -> Option<DialogAction> {
    heading(ui, say!("people-wipe-title"), say!("people-wipe-words"));
    let label = say!("people-wipe-type", words = wipe_confirmation());
    let field = Field::new(&label, &mut form.typed).limit(40).focus_first();
    field.show(ui);
    foot(ui, |ui| {
        let ready = confirms_wipe(&form.typed);
        let wipe = Button::new(say!("people-wipe"))
            .look(Look::Danger)
            .enabled(ready);
        if ui.add(wipe).clicked() {
            return Some(DialogAction::Wipe {
                typed: form.typed.clone(),
                comes_back: form.comes_back,
            });
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}
