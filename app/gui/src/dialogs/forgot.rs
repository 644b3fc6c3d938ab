//! The password of the keys on this computer is lost: what is left to do.

use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, heading, takes_keyboard};
use crate::widgets::{Button, Icon, Look};

/// Shows what is left.
pub(super) fn show(ui: &mut Ui) -> Option<DialogAction> {
    heading(ui, say!("unlock-forgot"), say!("forgot-words"));
    ui.spacing_mut().item_spacing.y = 8.0;
    let back = Button::new(say!("forgot-come-back"))
        .icon(Icon::Shield)
        .height(36.0)
        .full_width();
    if ui.add(back).clicked() {
        return Some(DialogAction::AskWipe { comes_back: true });
    }
    let wipe = Button::new(say!("people-wipe-button"))
        .icon(Icon::Trash)
        .look(Look::Danger)
        .height(36.0)
        .full_width();
    if ui.add(wipe).clicked() {
        return Some(DialogAction::AskWipe { comes_back: false });
    }
    let cancel = ui.add(
        Button::new(say!("forgot-try-again"))
            .height(36.0)
            .full_width(),
    );
    takes_keyboard(ui, &cancel);
    cancel.clicked().then_some(DialogAction::Close)
}
