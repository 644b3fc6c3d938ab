//! A slider: thin track, round handle; arrow keys move it by one step.

use egui::{CornerRadius, Key, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::frame::focus_with_arrows;
use crate::theme::palette;

/// A value within bounds.
#[must_use]
pub struct Slider<'a> {
    name: &'a str,
    value: f32,
    min: f32,
    max: f32,
    step: f32,
}

impl<'a> Slider<'a> {
    /// Of `value` between `min` and `max`, moving by `step`.
    pub fn new(name: &'a str, value: f32, (min, max): (f32, f32), step: f32) -> Self {
        Self {
            name,
            value: value.clamp(min, max),
            min,
            max,
            step,
        }
    }

    /// Shows it; the answer is the new value, if it moved.
    pub fn show(self, ui: &mut Ui) -> Option<f32> {
        let width = ui.available_width().max(40.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::slider(true, f64::from(self.value), self.name));
        focus_with_arrows(ui, &response);
        self.paint(ui, rect, &response);
        let track = rect.shrink2(vec2(8.0, 0.0));
        let pointed = response
            .interact_pointer_pos()
            .filter(|_| response.dragged() || response.clicked())
            .map(|at| (at.x - track.left()) / track.width().max(1.0))
            .map(|share| self.min + share.clamp(0.0, 1.0) * (self.max - self.min));
        let pressed = response
            .has_focus()
            .then(|| self.value + self.step * steps(ui));
        let wanted = pointed.or(pressed)?;
        let snapped = (wanted / self.step).round() * self.step;
        let snapped = snapped.clamp(self.min, self.max);
        ((snapped - self.value).abs() > self.step / 4.0).then_some(snapped)
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response) {
        let palette = palette(ui);
        let track = Rect::from_center_size(rect.center(), vec2(rect.width() - 16.0, 4.0));
        let share = (self.value - self.min) / (self.max - self.min).max(f32::EPSILON);
        let x = track.left() + track.width() * share;
        let painter = ui.painter();
        let trough = palette.trough();
        painter.rect_filled(track, CornerRadius::same(2), trough);
        let filled = Rect::from_min_max(track.min, pos2(x, track.bottom()));
        painter.rect_filled(filled, CornerRadius::same(2), palette.accent);
        let ring = if response.has_focus() || response.hovered() || response.dragged() {
            palette.accent
        } else {
            palette.line
        };
        let handle = if palette.dark {
            palette.text
        } else {
            palette.bg_3
        };
        painter.circle(
            pos2(x, rect.center().y),
            7.0,
            handle,
            Stroke::new(1.4, ring),
        );
    }
}

fn steps(ui: &Ui) -> f32 {
    ui.input(|input| {
        let up = input.num_presses(Key::ArrowRight) + input.num_presses(Key::ArrowUp);
        let down = input.num_presses(Key::ArrowLeft) + input.num_presses(Key::ArrowDown);
        up as f32 - down as f32
    })
}
