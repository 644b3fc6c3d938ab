//! A card of a fixed size with a heading, so that cards beside each other end at one line.

use egui::{Align, Color32, CornerRadius, Layout, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::panels::within;
use crate::theme::{Type, around_line, around_lines, palette, radius};
use crate::widgets::text;

/// Distance from the card's edge.
pub(super) const MARGIN: f32 = 16.0;
/// Height of the heading with the room under it.
const HEADING: f32 = 26.0;

/// Shows a card of this size; `contents` gets what is left under the heading.
pub(super) fn sized<R>(
    ui: &mut Ui,
    (width, height): (f32, f32),
    (title, aside, color): (&str, &str, Color32),
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let palette = palette(ui);
    // The heading, and a line of text under what is plotted.
    let size = vec2(width, around_lines(ui, height, 2.0));
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::CARD),
        palette.bg_3,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let inner = rect.shrink2(vec2(MARGIN, MARGIN - 2.0));
    let heading = Rect::from_min_max(
        inner.min,
        pos2(inner.right(), inner.top() + around_line(ui, 18.0)),
    );
    let placed = text::paint_in(
        ui,
        heading,
        Align::Min,
        title,
        Type::SecondaryStrong,
        palette.text,
    );
    let id = ui.scope_id().with(("card", title));
    ui.interact(placed, id, Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Heading, true, title));
    let room = Rect::from_min_max(pos2(placed.right() + 12.0, heading.top()), heading.max);
    if room.width() > 30.0 && !aside.is_empty() {
        let placed = text::paint_in(ui, room, Align::Max, aside, Type::HintStrong, color);
        let id = ui.scope_id().with(("card aside", title));
        ui.interact(placed, id, Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, aside));
    }
    let below = Rect::from_min_max(
        pos2(inner.left(), inner.top() + around_line(ui, HEADING)),
        inner.max,
    );
    within(ui, title, below, |ui| {
        // Whatever the cards stand in.
        ui.with_layout(Layout::top_down(Align::Min), contents).inner
    })
}
