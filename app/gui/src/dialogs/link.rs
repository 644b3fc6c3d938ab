//! Join another community: by a link, or with an account that one has.

use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, heading};
use crate::screens::welcome;
use crate::widgets::text_button;

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, link: &mut String) -> Option<DialogAction> {
    heading(ui, say!("panel-join-another"), say!("dialog-paste-link"));
    let action = welcome::form(ui, link).map(DialogAction::Inspect);
    ui.add_space(6.0);
    let mut other = None;
    ui.vertical_centered(|ui| {
        if text_button(ui, say!("join-other-device")).clicked() {
            other = Some(DialogAction::ComeBack { by_device: true });
        }
        if text_button(ui, say!("join-have-key")).clicked() {
            other = Some(DialogAction::ComeBack { by_device: false });
        }
    });
    action.or(other)
}
