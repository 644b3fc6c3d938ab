//! A field for what one looks for: a glass before it, no label above it.

use egui::{
    Align2, EventFilter, Id, Margin, Response, Role, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::{Icon, icons};
use crate::theme::{Type, around_line, palette, radius, size, text_scale};

/// The field.
#[must_use]
pub struct Query<'a> {
    name: &'a str,
    hint: &'a str,
    text: &'a mut String,
    vertical: bool,
}

/// What is under the keyboard while one writes in the field of this name.
pub fn field_id(name: &str) -> Id {
    Id::unique(("query", name))
}

impl<'a> Query<'a> {
    /// Called `name`, which is not shown.
    pub fn new(name: &'a str, text: &'a mut String) -> Self {
        Self {
            name,
            hint: name,
            text,
            vertical: false,
        }
    }

    /// Saying this while nothing is typed.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Up and down are for a list below it.
    pub fn above_a_list(mut self) -> Self {
        self.vertical = true;
        self
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        let id = field_id(self.name);
        let focused = ui.memory(|memory| memory.has_focus(id));
        let border = if focused {
            palette.accent
        } else {
            palette.line
        };
        let frame = egui::Frame::new()
            .fill(palette.bg_1)
            .stroke(Stroke::new(1.0, border))
            .corner_radius(radius::INPUT)
            .inner_margin(Margin {
                left: 34,
                right: 12,
                top: 8,
                bottom: 8,
            });
        let edit = TextEdit::singleline(self.text)
            .id(id)
            .frame(frame)
            .hint_text(self.hint)
            .char_limit(400)
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, around_line(ui, 36.0)))
            .align(Align2::LEFT_CENTER)
            .font(Type::Body.font(text_scale(ui)))
            .text_color(palette.text)
            .event_filter(EventFilter {
                horizontal_arrows: true,
                vertical_arrows: self.vertical,
                ..EventFilter::default()
            });
        let response = ui.add(edit).accessible_name(self.name);
        let at = pos2(response.rect.left() + 18.0, response.rect.center().y);
        icons::paint(ui.painter(), Icon::Search, at, size::ICON, palette.text_3);
        response
    }
}

/// Says to a screen reader what is chosen in the list below a field.
pub fn tell_chosen(ui: &Ui, response: &Response, name: &str) {
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ListBoxOption, ui.is_enabled(), name);
        info.selected = Some(true);
        info
    });
}
