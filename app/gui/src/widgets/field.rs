//! A text field with its label above it and what is wrong with it below.

use egui::{Frame, Id, Margin, Response, Stroke, TextEdit, Ui};

use super::text;
use crate::theme::{Type, palette, radius};

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
            .inner_margin(Margin::symmetric(12, 10));
        let edit = TextEdit::singleline(self.text)
            .id(id)
            .frame(frame)
            .password(self.password)
            .hint_text(self.hint)
            .char_limit(self.limit)
            .desired_width(f32::INFINITY)
            .font(Type::Body.font())
            .interactive(self.enabled)
            .text_color(if self.enabled {
                palette.text
            } else {
                palette.text_3
            });
        let response = ui.add(edit).labelled_by(label.id);
        if self.focus && first_time(ui, id) {
            response.request_focus();
        }
        if let Some(problem) = self.problem {
            text::label(ui, problem, Type::Hint, palette.bad);
        }
        response
    }
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
