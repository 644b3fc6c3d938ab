//! A card in the middle of an otherwise empty window.

use egui::{Id, Margin, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::theme::{palette, size};
use crate::widgets::{Measured, dialog, logo, surface};

/// Shows `contents` in a card of at most 440 points, in the middle, scrolling where the window is too low.
pub(super) fn card<R>(ui: &mut Ui, name: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    card_within(ui, name, 440.0, contents)
}

/// The same for what needs more room.
pub(super) fn wide_card<R>(ui: &mut Ui, name: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    card_within(ui, name, 560.0, contents)
}

fn card_within<R>(ui: &mut Ui, name: &str, widest: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let palette = palette(ui);
    let area = ui.max_rect();
    surface(ui, area, palette.bg_0);
    let height = Measured::new(ui, Id::unique(("centered", name)), 480.0);
    let width = (area.width() - 24.0).clamp(200.0, widest);
    let top = ((area.height() - height.known()) / 2.0).max(12.0);
    ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.set_width(area.width());
            ui.add_space(top);
            let left = area.center().x - width / 2.0;
            let place = Rect::from_min_size(pos2(left, ui.cursor().top()), vec2(width, 10.0));
            let builder = UiBuilder::new().id_salt(name).max_rect(place);
            let mut child = ui.new_child(builder);
            let shown = dialog(palette)
                .inner_margin(Margin::symmetric(32, 32))
                .show(&mut child, |ui| {
                    ui.set_width(width - 66.0);
                    contents(ui)
                });
            let used = shown.response.rect.height();
            ui.allocate_space(vec2(width, used + 12.0));
            height.shown(ui, used);
            shown.inner
        })
        .inner
}

/// The sign at the head of a card.
pub(super) fn sign(ui: &mut Ui) {
    let color = palette(ui).accent;
    let (rect, _) = ui.allocate_exact_size(vec2(44.0, 36.0), egui::Sense::hover());
    logo(ui.painter(), rect.shrink2(vec2(2.0, 5.0)), color);
    ui.add_space(size::ICON - 4.0);
}
