//! A panel laid over the middle of a narrow window: what is beside it is veiled, and a press there closes it.

use egui::{Id, Order, Rect, Sense, Ui};

use crate::theme::palette;

/// Shows `panel` in `place` over `veil`, which holds it; says whether somebody pressed beside it. `name` is the panel's own.
pub(super) fn over<R>(
    ui: &Ui,
    name: &str,
    veil: Rect,
    place: Rect,
    panel: impl FnOnce(&mut Ui) -> R,
) -> (R, bool) {
    let id = Id::unique(name);
    egui::Area::new(id)
        .order(Order::Middle)
        .fixed_pos(veil.min)
        .constrain(false)
        .show(&ui.ctx().clone(), |ui| {
            // Escape closes it, too: the keyboard need not come to these two.
            let beside = ui.interact(veil, id.with("veil"), Sense::CLICK);
            ui.painter().rect_filled(veil, 0.0, palette(ui).veil);
            // Presses on the panel's own ground are not beside it.
            ui.interact(place, id.with("ground"), Sense::CLICK);
            (panel(ui), beside.clicked())
        })
        .inner
}
