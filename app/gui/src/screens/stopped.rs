//! The engine has ended under the window: what that means and what to do.

use dialtone_words::say;
use egui::{Context, Id, ViewportCommand};

use crate::theme::{Type, palette};
use crate::widgets::{Button, Look, heads_dialog, over_all, text};

/// Shows the card over everything; it cannot be put away, because nothing works any more.
pub(crate) fn show(ctx: &Context) {
    over_all(ctx, Id::unique("stopped"), |ui| {
        let palette = palette(ui);
        let heading = text::label(ui, say!("join-stopped"), Type::Heading, palette.text);
        heads_dialog(ui, &heading);
        let words = say!("join-stopped-words");
        text::label(ui, words, Type::Body, palette.text_2);
        ui.add_space(16.0);
        let close = Button::new(say!("join-close-window"))
            .look(Look::Primary)
            .height(40.0);
        let response = ui.add(close);
        if ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        if response.clicked() {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    });
}
