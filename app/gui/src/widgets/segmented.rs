//! One of a few, side by side.

use egui::{Align, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{focus_ring, text};
use crate::theme::{Type, palette, radius};

/// Shows `options` with the one equal to `now` chosen; the answer is another one, if it was pressed.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: T,
    options: &[(T, &str)],
) -> Option<T> {
    let palette = palette(ui);
    let height = 34.0;
    let full = ui.available_width().min(110.0 * options.len() as f32);
    let (rect, _) = ui.allocate_exact_size(vec2(full, height), Sense::hover());
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::INPUT),
        palette.bg_0,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let mut chosen = None;
    let width = rect.width() / options.len().max(1) as f32;
    for (index, (value, words)) in options.iter().enumerate() {
        let place = Rect::from_min_size(
            rect.min + vec2(width * index as f32, 0.0),
            vec2(width, height),
        )
        .shrink(3.0);
        let id = ui.scope_id().with(("segment", name, index));
        let response = ui.interact(place, id, Sense::click());
        let on = *value == now;
        response
            .widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, words));
        let color = if on || response.hovered() {
            palette.text
        } else {
            palette.text_2
        };
        if on {
            ui.painter().rect(
                place,
                CornerRadius::same(7),
                palette.bg_3,
                Stroke::new(1.0, palette.line),
                StrokeKind::Inside,
            );
        }
        let kind = if on {
            Type::SecondaryStrong
        } else {
            Type::Secondary
        };
        text::paint_in(
            ui,
            place.shrink2(vec2(4.0, 0.0)),
            Align::Center,
            words,
            kind,
            color,
        );
        focus_ring(ui, &response, 7);
        if response.clicked() && !on {
            chosen = Some(*value);
        }
    }
    chosen
}
