//! Grounds and lines: cards, dialogs, callouts, the ring around what has the keyboard.

use egui::{
    Color32, Context, CornerRadius, EventFilter, Frame, Id, Margin, Modal, ModalResponse, Rangef,
    Rect, Response, Shadow, Stroke, StrokeKind, Ui, UiKind, vec2,
};

use super::{Icon, icons, text};
use crate::theme::{Palette, Type, around_line, palette, palette_of, radius, size};

/// A raised card with a border.
pub fn card(palette: &Palette) -> Frame {
    Frame::new()
        .fill(palette.bg_2)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(16))
}

/// A dialog's ground: the only one with a shadow.
pub fn dialog(palette: &Palette) -> Frame {
    Frame::new()
        .fill(palette.bg_2)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::DIALOG)
        .inner_margin(Margin::same(24))
        .shadow(Shadow {
            offset: [0, 8],
            blur: if palette.dark { 32 } else { 40 },
            spread: 0,
            color: Color32::from_black_alpha(if palette.dark { 120 } else { 22 }),
        })
}

/// Shows a dialog of at most 420 points over everything else, which is veiled.
pub fn over_all<R>(ctx: &Context, id: Id, contents: impl FnOnce(&mut Ui) -> R) -> ModalResponse<R> {
    let colors = palette_of(ctx);
    let width = (ctx.content_rect().width() - 48.0).clamp(220.0, 420.0);
    Modal::new(id)
        .backdrop_color(colors.veil)
        .frame(dialog(colors))
        .show(ctx, |ui| {
            ui.set_width(width);
            contents(ui)
        })
}

/// Tells a screen reader what the dialog around `ui` is called, where no heading says it.
pub fn name_dialog(ui: &Ui, name: &str) {
    to_dialog(ui, |dialog| dialog.set_label(name));
}

/// Tells a screen reader that the dialog around `ui` is called as its `heading` says.
pub fn heads_dialog(ui: &Ui, heading: &Response) {
    to_dialog(ui, |dialog| {
        dialog.push_labelled_by(heading.id.accesskit_id());
    });
}

/// The dialog around `ui`, beside which nothing can be used meanwhile.
fn to_dialog(ui: &Ui, name: impl FnOnce(&mut egui::accesskit::Node)) {
    let mut around = ui.stack().iter();
    if let Some(dialog) = around.find(|one| one.kind() == Some(UiKind::Modal)) {
        ui.ctx().accesskit_node_builder(dialog.unique_id, |node| {
            name(node);
            node.set_modal();
        });
    }
}

/// Fills `rect`.
pub fn surface(ui: &Ui, rect: Rect, color: Color32) {
    ui.painter().rect_filled(rect, CornerRadius::ZERO, color);
}

/// A line of one pixel at the height `y`.
pub fn hline(ui: &Ui, x: impl Into<Rangef>, y: f32, color: Color32) {
    ui.painter().hline(x, y - 0.5, Stroke::new(1.0, color));
}

/// A line of one pixel that begins at `x`.
pub fn vline(ui: &Ui, x: f32, y: impl Into<Rangef>, color: Color32) {
    ui.painter().vline(x + 0.5, y, Stroke::new(1.0, color));
}

/// Keeps the arrow keys for a control that they move, instead of letting them move the keyboard on. Tab still leaves it.
pub fn focus_with_arrows(ui: &Ui, response: &Response) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.has_focus() {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    }
}

/// Paints the ring around a control that has the keyboard, and brings it into sight.
pub fn focus_ring(ui: &Ui, response: &Response, corner: u8) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(
            response.rect,
            CornerRadius::same(corner),
            Stroke::new(2.0, palette(ui).accent),
            StrokeKind::Inside,
        );
    }
}

/// A group's label in small capitals.
pub fn group_label(ui: &mut Ui, label: &str) {
    let color = palette(ui).text_3;
    text::label(ui, &label.to_uppercase(), Type::Group, color);
}

/// A filled box with an icon and a sentence.
pub fn callout(ui: &mut Ui, icon: Icon, words: &str, color: Color32, ground: Color32) -> Response {
    Frame::new()
        .fill(ground)
        .corner_radius(radius::INPUT)
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                let (place, _) = ui.allocate_exact_size(
                    vec2(size::ICON, around_line(ui, 20.0)),
                    egui::Sense::hover(),
                );
                icons::paint(ui.painter(), icon, place.center(), size::ICON, color);
                ui.vertical(|ui| text::label(ui, words, Type::Secondary, color));
            });
        })
        .response
}
