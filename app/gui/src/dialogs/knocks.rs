//! Who knocked and waits: compare the fingerprint by voice, then let them in.

use dialtone_engine::snapshot::Knock;
use dialtone_words::say;
use egui::{Align, Layout, Ui};

use super::{DialogAction, close, heading};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Look, text};

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, knocking: &[Knock]) -> Option<DialogAction> {
    heading(ui, say!("panel-waiting-in"), say!("dialog-knocks-words"));
    let palette = palette(ui);
    let mut action = None;
    if knocking.is_empty() {
        text::label(ui, say!("dialog-nobody-waits"), Type::Body, palette.text_2);
    }
    for knock in knocking {
        ui.push_id(knock.account, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let admit = Button::new(say!("dialog-let-in"))
                        .look(Look::Primary)
                        .height(32.0);
                    let admit = ui.add(admit);
                    ui.ctx().accesskit_node_builder(admit.id, |node| {
                        node.set_description(knock.fingerprint.as_str());
                    });
                    if admit.clicked() {
                        action = Some(DialogAction::Admit(knock.account));
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        text::selectable(ui, &knock.fingerprint, Type::Code, palette.text);
                    });
                });
            });
        });
    }
    let closed = close(ui);
    action.or(closed)
}
