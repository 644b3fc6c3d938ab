//! Text in the kinds of [`Type`]: laid out for a painter, or as a label that a screen reader finds.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Align2, Color32, Galley, Label, Pos2, Rect, Response, Sense, Ui};

use crate::theme::Type;

/// How one kind of text is set.
pub fn format(kind: Type, color: Color32) -> TextFormat {
    TextFormat {
        font_id: kind.font(),
        line_height: Some(kind.line_height()),
        extra_letter_spacing: kind.letter_spacing(),
        color,
        valign: Align::Center,
        ..TextFormat::default()
    }
}

/// Text that wraps at `width`.
pub fn wrapped(text: &str, kind: Type, color: Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::single_section(text.to_owned(), format(kind, color));
    job.wrap = TextWrapping {
        max_width: width.max(1.0),
        ..TextWrapping::default()
    };
    job
}

/// One line, cut with "…" where it would be wider than `width`.
pub fn line(ui: &Ui, text: &str, kind: Type, color: Color32, width: f32) -> Arc<Galley> {
    let one_line = text.replace(['\n', '\r'], " ");
    let mut job = LayoutJob::single_section(one_line, format(kind, color));
    job.wrap = TextWrapping {
        max_width: width.max(1.0),
        max_rows: 1,
        break_anywhere: true,
        ..TextWrapping::default()
    };
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Paints one line inside `room`, vertically in its middle; returns where it stands. Where it does not fit it is
/// cut, and the whole of it shows under the pointer.
pub fn paint_in(ui: &Ui, room: Rect, align: Align, text: &str, kind: Type, color: Color32) -> Rect {
    let galley = line(ui, text, kind, color, room.width());
    let place = Align2([align, Align::Center]).align_size_within_rect(galley.size(), room);
    let cut = galley.elided;
    ui.painter().galley(place.min, galley, color);
    if cut {
        let id = ui
            .scope_id()
            .with(("cut", text, place.min.x as i32, place.min.y as i32));
        ui.interact(place, id, Sense::hover()).on_hover_text(text);
    }
    place
}

/// Paints one line at `position`.
pub fn paint_at(ui: &Ui, position: Pos2, text: &str, kind: Type, color: Color32) -> Rect {
    let galley = line(ui, text, kind, color, f32::INFINITY);
    let place = Rect::from_min_size(position, galley.size());
    ui.painter().galley(position, galley, color);
    place
}

/// A label in the flow of `ui` that wraps.
pub fn label(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let job = wrapped(text, kind, color, ui.available_width());
    ui.add(Label::new(job).wrap().halign(Align::LEFT))
}

/// A label in the flow of `ui` whose text can be selected and copied.
pub fn selectable(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let job = wrapped(text, kind, color, ui.available_width());
    ui.add(Label::new(job).wrap().selectable(true).halign(Align::LEFT))
}

/// A label in the flow of `ui`, centred, that wraps.
pub fn centred(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let mut job = wrapped(text, kind, color, ui.available_width());
    job.halign = Align::Center;
    ui.vertical_centered(|ui| ui.add(Label::new(job).wrap().halign(Align::Center)))
        .inner
}
