//! One of many, in a list that opens.

use dialtone_words::say;
use egui::{
    Align, CornerRadius, Popup, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::{Icon, focus_ring, icons, text};
use crate::theme::size::ICON;
use crate::theme::{Type, around_line, palette, radius};

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// What it stands for.
    pub value: T,
    /// What it says.
    pub words: String,
}

/// Shows the chosen line; the answer is another one, if it was picked.
pub fn select<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: &T,
    choices: &[Choice<T>],
) -> Option<T> {
    let shown = choices
        .iter()
        .find(|choice| choice.value == *now)
        .map_or(say!("say-not-there"), |choice| choice.words.as_str());
    let width = ui.available_width();
    let response = opener(ui, name, shown, vec2(width, 38.0), Type::Body);
    Popup::menu(&response)
        .width(width)
        .accessible_name(name)
        .show(|ui| list(ui, now, choices))
        .and_then(|shown| shown.inner)
}

/// What opens a list, with what is chosen on it, of this size where text is as big as it was drawn.
fn opener(ui: &mut Ui, name: &str, words: &str, size: Vec2, kind: Type) -> Response {
    let palette = palette(ui);
    let size = vec2(size.x, around_line(ui, size.y));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), name);
        info.current_text_value = Some(words.to_owned());
        info
    });
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::INPUT),
        palette.bg_1,
        Stroke::new(1.0, palette.border(response.hovered())),
        StrokeKind::Inside,
    );
    let room = Rect::from_min_max(
        rect.min + vec2(12.0, 0.0),
        pos2(rect.right() - BESIDE, rect.bottom()),
    );
    text::paint_in(ui, room, Align::Min, words, kind, palette.text);
    let arrow = pos2(rect.right() - 20.0, rect.center().y);
    let color = palette.text_2;
    icons::paint(ui.painter(), Icon::ChevronDown, arrow, ICON, color);
    focus_ring(ui, &response, radius::INPUT);
    response
}

/// The room of the arrow.
const BESIDE: f32 = 34.0;

/// The same, as wide as its words need and at most so wide.
pub fn small_opener(ui: &mut Ui, name: &str, words: &str, most: f32) -> Response {
    let kind = Type::SecondaryStrong;
    let most = (ui.available_width() - 12.0 - BESIDE).clamp(20.0, most);
    let galley = text::line(ui, words, kind, palette(ui).text, most);
    let width = galley.size().x.ceil() + 12.0 + BESIDE;
    opener(ui, name, words, vec2(width, 28.0), kind)
}

fn list<T: Clone + PartialEq>(ui: &mut Ui, now: &T, choices: &[Choice<T>]) -> Option<T> {
    let palette = palette(ui);
    let mut picked = None;
    ui.spacing_mut().item_spacing.y = 2.0;
    ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
        for choice in choices {
            let on = choice.value == *now;
            let (rect, response) = ui.allocate_exact_size(
                vec2(ui.available_width(), around_line(ui, 32.0)),
                Sense::click(),
            );
            response.widget_info(|| {
                WidgetInfo::selected(Role::MenuItemRadio, ui.is_enabled(), on, &choice.words)
            });
            if response.hovered() || response.has_focus() {
                ui.painter().rect_filled(rect, radius::ROW, palette.raised);
            }
            let words = Rect::from_min_max(
                rect.min + vec2(10.0, 0.0),
                pos2(rect.right() - 30.0, rect.bottom()),
            );
            text::paint_in(
                ui,
                words,
                Align::Min,
                &choice.words,
                Type::Body,
                palette.text,
            );
            if on {
                let at = pos2(rect.right() - 18.0, rect.center().y);
                icons::paint(ui.painter(), Icon::Check, at, ICON, palette.accent);
            }
            focus_ring(ui, &response, radius::ROW);
            if response.clicked() {
                // The pointer's press closes it anyway; that of a key or of a screen reader does not.
                ui.close();
                picked = (!on).then(|| choice.value.clone());
            }
        }
    });
    picked
}
