//! A text field with its label above it and what is wrong with it below.

use dialtone_words::say;
use egui::{Align2, Frame, Id, Margin, Rect, Response, Stroke, TextEdit, Ui, pos2, vec2};

use super::{Icon, IconButton, Look, explain_field, focus_ring, text};
use crate::theme::{Type, around_line, palette, radius, text_scale};

/// The height of a field in points, its border included.
const HEIGHT: f32 = 40.0;

/// A field of one line.
#[must_use]
pub struct Field<'a> {
    label: &'a str,
    text: &'a mut String,
    hint: &'a str,
    password: bool,
    problem: Option<&'a str>,
    enabled: bool,
    focus: bool,
    limit: usize,
}

impl<'a> Field<'a> {
    /// For `text`, called `label`.
    pub fn new(label: &'a str, text: &'a mut String) -> Self {
        Self {
            label,
            text,
            hint: "",
            password: false,
            problem: None,
            enabled: true,
            focus: false,
            limit: 4096,
        }
    }

    /// What it says while it is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Hides what is typed.
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }

    /// Says what is wrong.
    pub fn problem(mut self, problem: Option<&'a str>) -> Self {
        self.problem = problem;
        self
    }

    /// Whether it takes text.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Takes the keyboard when it first shows.
    pub fn focus_first(mut self) -> Self {
        self.focus = true;
        self
    }

    /// The most characters it takes.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Shows it; the answer is the field's.
    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        ui.spacing_mut().item_spacing.y = 6.0;
        let label = text::label(ui, self.label, Type::SecondaryStrong, palette.text_2);
        let id = Id::unique(("field", self.label, self.password)).with(ui.scope_id());
        let focused = ui.memory(|memory| memory.has_focus(id));
        let border = if self.problem.is_some() {
            palette.bad
        } else if focused {
            palette.accent
        } else {
            palette.line
        };
        let frame = Frame::new()
            .fill(palette.bg_1)
            .stroke(Stroke::new(1.0, border))
            .corner_radius(radius::INPUT)
            .inner_margin(Margin {
                left: 12,
                right: if self.password { 44 } else { 12 },
                top: 10,
                bottom: 10,
            });
        let shown = id.with("shown-in-clear");
        let clear = self.password && ui.data(|data| data.get_temp(shown).unwrap_or(false));
        let edit = TextEdit::singleline(self.text)
            .id(id)
            .frame(frame)
            .password(self.password && !clear)
            .hint_text(self.hint)
            .char_limit(self.limit)
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, around_line(ui, HEIGHT)))
            .align(Align2::LEFT_CENTER)
            .font(Type::Body.font(text_scale(ui)))
            .interactive(self.enabled)
            .text_color(if self.enabled {
                palette.text
            } else {
                palette.text_3
            });
        let response = ui.add(edit).labelled_by(label.id);
        explain_field(ui, &response, self.enabled, self.problem);
        if self.problem.is_some() {
            // Its border says something else already.
            focus_ring(ui, &response, radius::INPUT);
        }
        if self.focus && first_time(ui, id) {
            response.request_focus();
        }
        if self.password && eye(ui, self.label, &response, clear) {
            ui.data_mut(|data| data.insert_temp(shown, !clear));
        }
        if let Some(problem) = self.problem {
            text::label(ui, problem, Type::Hint, palette.bad);
        }
        response
    }
}

/// The button at the end of a password's field that shows what is typed; true when it was pressed.
fn eye(ui: &mut Ui, label: &str, field: &Response, clear: bool) -> bool {
    let (icon, name) = if clear {
        (Icon::EyeOff, say!("say-hide-password"))
    } else {
        (Icon::Eye, say!("say-show-password"))
    };
    let center = pos2(field.rect.right() - 24.0, field.rect.center().y);
    let place = Rect::from_center_size(center, vec2(32.0, 32.0));
    let button = IconButton::new(icon, name)
        .look(Look::Quiet)
        .size(32.0, 32.0);
    let response = ui.put(place, button);
    // Which of several passwords it shows.
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(label));
    response.clicked()
}

fn first_time(ui: &Ui, id: Id) -> bool {
    let now = ui.ctx().cumulative_pass_nr();
    ui.data_mut(|data| {
        let last: Option<u64> = data.get_temp(id.with("shown"));
        data.insert_temp(id.with("shown"), now);
        // It was not there in the pass before: it has just appeared.
        last.is_none_or(|last| last + 2 < now)
    })
}
