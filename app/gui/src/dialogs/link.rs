//! Paste a link to join another community.

use egui::Ui;

use super::{DialogAction, heading};
use crate::screens::welcome;

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, link: &mut String) -> Option<DialogAction> {
    heading(
        ui,
        "Join another community",
        "Paste the link that somebody sent you.",
    );
    welcome::form(ui, link).map(DialogAction::Inspect)
}
