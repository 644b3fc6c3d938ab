//! The quiet line that stands for messages of somebody whom one ignores.

use dialtone_engine::ClientEventId;
use dialtone_words::say;
use egui::{Align, Rect, Ui, pos2};

use super::TimelineAction;
use super::metrics::Metrics;
use crate::theme::{Type, palette};
use crate::widgets::{text, text_button};

/// Its height in points.
pub(super) fn height(metrics: &Metrics) -> f32 {
    metrics.around(36.0)
}

/// What it says.
pub(super) fn words(count: usize, name: &str) -> String {
    say!("people-ignored-messages", count = count, name = name)
}

/// Paints it between `left` and the right end of `rect`.
pub(super) fn paint(
    ui: &mut Ui,
    rect: Rect,
    left: f32,
    (id, count, name): (ClientEventId, usize, &str),
) -> Option<TimelineAction> {
    let palette = palette(ui);
    let room = Rect::from_min_max(
        pos2(rect.left() + left, rect.top()),
        pos2(rect.right() - 190.0, rect.bottom()),
    );
    let words = words(count, name);
    let placed = text::paint_in(
        ui,
        room,
        Align::Min,
        &words,
        Type::Secondary,
        palette.text_3,
    );
    ui.interact(
        placed,
        ui.scope_id().with(("ignored", id)),
        egui::Sense::hover(),
    )
    .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    let button = Rect::from_min_max(
        pos2(placed.right() + 12.0, rect.center().y - 14.0),
        pos2(placed.right() + 172.0, rect.center().y + 14.0),
    );
    ui.push_id(id, |ui| {
        crate::panels::within(ui, "show anyway", button, |ui| {
            text_button(ui, say!("people-show-anyway"))
                .clicked()
                .then_some(TimelineAction::ShowIgnored)
        })
    })
    .inner
}
