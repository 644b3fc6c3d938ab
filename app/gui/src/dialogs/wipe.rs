//! Deleting everything that is kept on this computer: asked for with a word to type.

use dialtone_engine::WIPE_CONFIRMATION;
use egui::Ui;

use super::{DialogAction, foot, heading};
use crate::widgets::{Button, Field, Look};

/// Shows the question.
pub(super) fn show(ui: &mut Ui, typed: &mut String) -> Option<DialogAction> {
    heading(
        ui,
        "Wipe this computer?",
        "Keys, history, files and settings of all communities are deleted here. Your accounts stay on their servers: you come back by \
         another device or your recovery key, else they are lost. What you saved elsewhere stays. It cannot be taken back.",
    );
    let label = format!("Type \u{201c}{WIPE_CONFIRMATION}\u{201d} to go on");
    Field::new(&label, typed).limit(40).focus_first().show(ui);
    foot(ui, |ui| {
        let ready = typed.trim().to_lowercase() == WIPE_CONFIRMATION;
        let wipe = Button::new("Wipe").look(Look::Danger).enabled(ready);
        if ui.add(wipe).clicked() {
            return Some(DialogAction::Wipe(typed.clone()));
        }
        let cancel = ui.add(Button::new("Cancel"));
        cancel.clicked().then_some(DialogAction::Close)
    })
}
