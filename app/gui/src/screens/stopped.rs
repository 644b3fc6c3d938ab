//! The engine has ended under the window: what that means and what to do.

use egui::{Context, Id, Modal, ViewportCommand};

use crate::theme::{Type, palette};
use crate::widgets::{Button, Look, dialog, text};

/// Shows the card over everything; it cannot be put away, because nothing works any more.
pub(crate) fn show(ctx: &Context) {
    let dark = ctx.global_style().visuals.dark_mode;
    let colors = if dark {
        &crate::theme::DARK
    } else {
        &crate::theme::LIGHT
    };
    let width = (ctx.content_rect().width() - 48.0).clamp(220.0, 420.0);
    Modal::new(Id::unique("stopped"))
        .backdrop_color(colors.veil)
        .frame(dialog(colors))
        .show(ctx, |ui| {
            ui.set_width(width);
            let palette = palette(ui);
            text::label(ui, "Dialtone has stopped", Type::Heading, palette.text);
            let words = "The part that connects to your communities has ended, so nothing is sent or received. \
                         What you see is the last state. Close the window and open Dialtone again; messages that \
                         were already written down are sent then.";
            text::label(ui, words, Type::Body, palette.text_2);
            ui.add_space(16.0);
            let close = Button::new("Close the window")
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
