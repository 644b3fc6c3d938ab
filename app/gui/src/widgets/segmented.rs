//! One of a few, side by side; in several rows where the words of a language are too long for one.

use egui::{
    Align, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::{focus_ring, text};
use crate::theme::{Type, around_line, palette, radius};

/// Of one option, at least.
const LEAST_WIDTH: f32 = 110.0;
const HEIGHT: f32 = 34.0;
/// What stands around the words of an option.
const AROUND: f32 = 16.0;

/// Shows `options` with the one equal to `now` chosen; the answer is another one, if it was pressed.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: T,
    options: &[(T, &str)],
) -> Option<T> {
    let palette = palette(ui);
    let widest = options
        .iter()
        .map(|(_, words)| words_width(ui, words))
        .fold(0.0, f32::max);
    let (columns, width) = columns(ui.available_width(), options.len(), widest + AROUND);
    let rows = options.len().div_ceil(columns);
    let height = around_line(ui, HEIGHT);
    let full = vec2(width * columns as f32, height * rows as f32);
    let (rect, _) = ui.allocate_exact_size(full, Sense::hover());
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::INPUT),
        palette.bg_0,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let group = UiBuilder::new()
        .max_rect(rect)
        .accessibility_role(Role::RadioGroup)
        .accessibility_label(name);
    let inner = &mut ui.new_child(group);
    let mut chosen = None;
    for (index, (value, words)) in options.iter().enumerate() {
        let (row, column) = (index / columns, index % columns);
        let at = rect.min + vec2(width * column as f32, height * row as f32);
        let place = Rect::from_min_size(at, vec2(width, height)).shrink(3.0);
        let id = ui.scope_id().with(("segment", name, index));
        let response = inner.interact(place, id, Sense::click());
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

fn words_width(ui: &Ui, words: &str) -> f32 {
    let color = palette(ui).text;
    text::line(ui, words, Type::SecondaryStrong, color, f32::INFINITY)
        .size()
        .x
}

/// How many stand in a row, and how wide each is: as many as there is room for, and none cut if one alone fits.
fn columns(room: f32, count: usize, needed: f32) -> (usize, f32) {
    let count = count.max(1);
    let fitting = (room / needed.max(1.0)) as usize;
    let most = fitting.clamp(1, count);
    // As many in each row: three of four, and one below, would look like a mistake.
    let columns = count.div_ceil(count.div_ceil(most));
    let width = (room / columns as f32).min(LEAST_WIDTH.max(needed));
    (columns, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_stand_in_a_row_and_long_ones_in_two() {
        assert_eq!(columns(900.0, 3, 60.0), (3, 110.0));
        assert_eq!(columns(900.0, 4, 190.0), (4, 190.0));
        assert_eq!(columns(240.0, 3, 60.0), (3, 80.0));
        assert_eq!(columns(400.0, 4, 130.0), (2, 130.0));
        assert_eq!(columns(100.0, 2, 130.0), (1, 100.0));
        assert_eq!(columns(0.0, 0, 0.0).0, 1);
    }
}
