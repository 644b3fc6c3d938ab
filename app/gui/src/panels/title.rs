//! The title bars: one height, one line under all of them.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::theme::{Type, palette, size};
use crate::widgets::{Icon, Measured, hline, icons, text};

/// What a title bar says.
#[derive(Debug, Default)]
pub struct Title<'a> {
    /// Before the words.
    pub icon: Option<Icon>,
    /// The words.
    pub words: &'a str,
    /// More words, paler.
    pub aside: &'a str,
}

/// Paints a title bar at the top of `area`, `controls` in a row at its right end; returns the rest of `area`.
pub fn show<R>(
    ui: &mut Ui,
    area: Rect,
    title: &Title<'_>,
    inset: f32,
    controls: impl FnOnce(&mut Ui) -> R,
) -> (Rect, R) {
    let palette = palette(ui);
    let bar = Rect::from_min_size(area.min, vec2(area.width(), size::TITLE.min(area.height())));
    hline(ui, bar.x_range(), bar.bottom(), palette.line);
    let inner = Rect::from_min_max(
        pos2(bar.left() + inset, bar.top()),
        pos2(bar.right() - 12.0, bar.bottom() - 1.0),
    );
    let (used, result) = at_the_right(ui, inner, controls);
    let end = if used > 0.0 {
        inner.right() - used - 8.0
    } else {
        inner.right()
    };
    let mut left = inner.left();
    if let Some(icon) = title.icon {
        icons::paint(
            ui.painter(),
            icon,
            pos2(left + 8.0, inner.center().y),
            size::ICON,
            palette.text_3,
        );
        left += 26.0;
    }
    let room = Rect::from_min_max(
        pos2(left, inner.top()),
        pos2(end.max(left + 1.0), inner.bottom()),
    );
    let placed = text::paint_in(ui, room, Align::Min, title.words, Type::Title, palette.text);
    announce(ui, placed, title.words);
    let aside = Rect::from_min_max(pos2(placed.right() + 10.0, room.top()), room.max);
    if !title.aside.is_empty() && aside.width() > 40.0 {
        let words = format!("· {}", title.aside);
        let placed = text::paint_in(ui, aside, Align::Min, &words, Type::Body, palette.text_3);
        let id = ui.scope_id().with("title-aside");
        ui.interact(placed, id, egui::Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, title.aside));
    }
    let rest = Rect::from_min_max(pos2(area.left(), bar.bottom()), area.max);
    (rest, result)
}

/// Shows a row that ends where `inner` ends, but is built from left to right, which is the way that Tab goes. Gives back its width.
fn at_the_right<R>(ui: &mut Ui, inner: Rect, controls: impl FnOnce(&mut Ui) -> R) -> (f32, R) {
    let width = Measured::new(ui, ui.scope_id().with("title-controls-width"), 0.0);
    let mut row = ui.new_child(
        UiBuilder::new()
            .id_salt("title-controls")
            // As wide as the bar, whatever is known: what is cut short for want of room would be measured so, and stay so.
            .max_rect(Rect::from_min_size(
                pos2(inner.right() - width.known(), inner.top()),
                inner.size(),
            ))
            .layout(Layout::left_to_right(Align::Center)),
    );
    row.spacing_mut().item_spacing.x = 4.0;
    let result = controls(&mut row);
    width.shown(ui, row.min_rect().width());
    (width.known(), result)
}

/// Gives painted words the place of a heading for who does not see them.
pub fn announce(ui: &Ui, rect: Rect, words: &str) {
    let id = ui.scope_id().with(("title", words));
    ui.interact(rect, id, egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Heading, true, words));
}
