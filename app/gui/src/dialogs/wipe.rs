//! Deleting everything that is kept on this computer: asked for with a word to type.

use dialtone_engine::{confirms_wipe, wipe_confirmation};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading};
use crate::widgets::{Button, Field, Look};

/// Shows the question.
pub(super) fn show(ui: &mut Ui, typed: &mut String) -> Option<DialogAction> {
    heading(ui, say!("people-wipe-title"), say!("people-wipe-words"));
    let label = say!("people-wipe-type", words = wipe_confirmation());
    Field::new(&label, typed).limit(40).focus_first().show(ui);
    foot(ui, |ui| {
        let ready = confirms_wipe(typed);
        let wipe = Button::new(say!("people-wipe"))
            .look(Look::Danger)
            .enabled(ready);
        if ui.add(wipe).clicked() {
            return Some(DialogAction::Wipe(typed.clone()));
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}
