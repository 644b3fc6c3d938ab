//! Text in the kinds of [`Type`]: laid out for a painter, or as a label that a screen reader finds.

use std::borrow::Cow;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align, Align2, Color32, Galley, Label, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo,
};

use crate::rich::visual;
use crate::theme::{Type, text_scale};

/// How one kind of text is set.
pub fn format(ui: &Ui, kind: Type, color: Color32) -> TextFormat {
    let scale = text_scale(ui);
    TextFormat {
        font_id: kind.font(scale),
        line_height: Some(kind.line_height(scale)),
        extra_letter_spacing: kind.letter_spacing(),
        color,
        valign: Align::Center,
        ..TextFormat::default()
    }
}

/// `text` as it is painted: names that run from right to left have their words in that order.
fn ordered<'a>(ui: &Ui, text: &'a str, kind: Type, width: f32) -> Cow<'a, str> {
    visual::interface(text, width, |words| {
        let job = LayoutJob::single_section(words.to_owned(), format(ui, kind, Color32::WHITE));
        ui.fonts_mut(|fonts| fonts.layout_job(job)).size().x
    })
}

/// A screen reader hears what was written, in whatever order it is painted.
fn as_written(response: Response, text: &str, painted: &str) -> Response {
    if text != painted {
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    }
    response
}

/// Text that wraps at `width`.
pub fn wrapped(ui: &Ui, text: &str, kind: Type, color: Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::single_section(text.to_owned(), format(ui, kind, color));
    job.wrap = TextWrapping {
        max_width: width.max(1.0),
        ..TextWrapping::default()
    };
    job
}

/// One line, cut with "…" where it would be wider than `width`.
pub fn line(ui: &Ui, text: &str, kind: Type, color: Color32, width: f32) -> Arc<Galley> {
    let one_line = text.replace(['\n', '\r'], " ");
    let laid = |words: &str| {
        let mut job = LayoutJob::single_section(words.to_owned(), format(ui, kind, color));
        job.wrap = TextWrapping {
            max_width: width.max(1.0),
            max_rows: 1,
            break_anywhere: true,
            ..TextWrapping::default()
        };
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let galley = laid(&visual::interface_line(&one_line));
    if !galley.elided || !visual::has_right_to_left(&one_line) {
        return galley;
    }
    // Cut where it ends as it is read, which is not where it ends as it is painted.
    let ends: Vec<usize> = one_line.char_indices().map(|(at, _)| at).collect();
    let cut = |kept: usize| {
        laid(&visual::interface_line(&format!(
            "{}…",
            &one_line[..ends[kept]]
        )))
    };
    let (mut low, mut high) = (0, ends.len());
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if cut(middle).elided {
            high = middle;
        } else {
            low = middle;
        }
    }
    cut(low)
}

/// Paints one line inside `room`, vertically in its middle; returns where it stands. Where it does not fit it is
/// cut, and the whole of it shows under the pointer.
pub fn paint_in(ui: &Ui, room: Rect, align: Align, text: &str, kind: Type, color: Color32) -> Rect {
    let galley = line(ui, text, kind, color, room.width());
    let place = Align2([align, Align::Center]).align_size_within_rect(galley.size(), room);
    let cut = galley.elided || (galley.text().contains('…') && !text.contains('…'));
    ui.painter().galley(place.min, galley, color);
    if cut {
        let id = ui
            .scope_id()
            .with(("cut", text, place.min.x as i32, place.min.y as i32));
        ui.interact(place, id, Sense::hover())
            .on_hover_text(visual::interface_line(text));
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
    let painted = ordered(ui, text, kind, ui.available_width());
    let job = wrapped(ui, &painted, kind, color, ui.available_width());
    let response = ui.add(Label::new(job).wrap().halign(Align::LEFT));
    as_written(response, text, &painted)
}

/// A label in the flow of `ui` whose text can be selected and copied.
pub fn selectable(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let painted = ordered(ui, text, kind, ui.available_width());
    let job = wrapped(ui, &painted, kind, color, ui.available_width());
    let response = ui.add(Label::new(job).wrap().selectable(true).halign(Align::LEFT));
    as_written(response, text, &painted)
}

/// A label in the flow of `ui`, centred, that wraps.
pub fn centred(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    let painted = ordered(ui, text, kind, ui.available_width());
    let mut job = wrapped(ui, &painted, kind, color, ui.available_width());
    job.halign = Align::Center;
    let shown = ui.vertical_centered(|ui| ui.add(Label::new(job).wrap().halign(Align::Center)));
    as_written(shown.inner, text, &painted)
}
