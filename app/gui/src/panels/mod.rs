//! The panels of the main window. Each is a pure `build(..) -> Model` and a `show(ui, &Model) -> Option<Action>`.
//!
//! rail | side = title, channels, voice bar, oneself | timeline over composer | members

pub mod channels;
pub mod comings;
pub mod composer;
pub mod found;
pub mod hearing;
pub mod members;
pub mod oneself;
pub mod rail;
pub mod timeline;
pub mod title;
pub mod voice_bar;
pub mod voices;

use egui::{Rect, Ui, UiBuilder};

/// Runs `contents` in `rect`, clipped to it.
pub(crate) fn within<R>(
    ui: &mut Ui,
    name: &str,
    rect: Rect,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let builder = UiBuilder::new().id_salt(name).max_rect(rect);
    let mut child = ui.new_child(builder);
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    contents(&mut child)
}

/// The same, as a landmark that a screen reader can jump to.
pub(crate) fn region<R>(
    ui: &mut Ui,
    name: &str,
    rect: Rect,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    let builder = UiBuilder::new()
        .id_salt(name)
        .max_rect(rect)
        .accessibility_role(egui::Role::Group)
        .accessibility_label(name);
    let mut child = ui.new_child(builder);
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    // A magnifier follows a screen reader by the places of what it reads.
    let bounds = egui::accesskit::Rect {
        x0: rect.left().into(),
        y0: rect.top().into(),
        x1: rect.right().into(),
        y1: rect.bottom().into(),
    };
    ui.ctx()
        .accesskit_node_builder(child.unique_id(), |node| node.set_bounds(bounds));
    contents(&mut child)
}
