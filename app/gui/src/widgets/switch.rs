//! A switch with its words and what it does.

use egui::{CornerRadius, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, text};
use crate::theme::{Type, mix, palette};

/// A row with `words` and `hint` on the left and a switch on the right; true when it was flipped.
pub fn switch(ui: &mut Ui, on: bool, words: &str, hint: &str) -> bool {
    let palette = palette(ui);
    let width = ui.available_width();
    let room = (width - 60.0).max(40.0);
    let title = text::line(ui, words, Type::Body, palette.text, room);
    let hint = text::wrapped(ui, hint, Type::Hint, palette.text_3, room);
    let hint = ui.fonts_mut(|fonts| fonts.layout_job(hint));
    let height = title.size().y + hint.size().y + 4.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, words));
    let below = title.size().y;
    ui.painter()
        .galley(rect.min + vec2(0.0, 2.0), title, palette.text);
    ui.painter()
        .galley(rect.min + vec2(0.0, 2.0 + below), hint, palette.text_3);
    let share = ui
        .ctx()
        .animate_bool_with_time(response.id, on, ui.style().animation_time);
    let body =
        egui::Rect::from_center_size(pos2(rect.right() - 20.0, rect.center().y), vec2(36.0, 20.0));
    ui.painter().rect(
        body,
        CornerRadius::same(10),
        mix(palette.trough(), palette.accent, share),
        Stroke::new(1.0, mix(palette.text_3, palette.accent, share)),
        StrokeKind::Inside,
    );
    let knob = pos2(body.left() + 10.0 + 16.0 * share, body.center().y);
    let knob_color = mix(palette.text_2, palette.on_accent, share);
    ui.painter().circle_filled(knob, 6.0, knob_color);
    focus_ring(ui, &response, 6);
    response.clicked()
}
