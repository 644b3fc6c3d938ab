//! What two devices show while one approves the other: six digits, and, for whoever wants it, the whole that they are taken from.

use dialtone_words::say;
use egui::{Align, Frame, Margin, Sense, Stroke, Ui, vec2};

use super::{Button, Field, Icon, callout, qr, text, text_button};
use crate::theme::{Type, palette, radius, text_scale};

/// What else a dialog or a screen shows, in points of height.
const BESIDE: f32 = 400.0;

/// What the person does with it.
#[derive(Debug, Default)]
pub struct Comparison {
    whole: bool,
    pasted: String,
    copied: bool,
}

/// Shows `digits`, and `whole` if the person wants that.
pub fn compare(ui: &mut Ui, state: &mut Comparison, digits: &str, whole: &str) {
    show_digits(ui, digits);
    ui.add_space(4.0);
    let words = if state.whole {
        say!("join-six-digits")
    } else {
        say!("join-more-digits")
    };
    ui.vertical_centered(|ui| {
        if text_button(ui, words).clicked() {
            state.whole = !state.whole;
        }
    });
    if state.whole {
        ui.add_space(4.0);
        // In a low window the buttons below stay in sight.
        let room = (ui.ctx().content_rect().height() - BESIDE).clamp(120.0, 420.0);
        egui::ScrollArea::vertical()
            .max_height(room)
            .show(ui, |ui| show_whole(ui, state, whole));
    }
}

/// The digits in two groups, so that none is passed over in reading.
fn show_digits(ui: &mut Ui, digits: &str) {
    let palette = palette(ui);
    let (first, second) = digits.split_at_checked(3).unwrap_or((digits, ""));
    let shown = format!("{first} {second}");
    Frame::new()
        .fill(palette.bg_1)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            let size = vec2(
                ui.available_width(),
                Type::Digits.line_height(text_scale(ui)),
            );
            let (room, response) = ui.allocate_exact_size(size, Sense::hover());
            text::paint_in(ui, room, Align::Center, &shown, Type::Digits, palette.text);
            // A screen reader says a number as a number; these are digits.
            let spoken: String = digits.chars().flat_map(|digit| [digit, ' ']).collect();
            let spoken = say!("join-spoken-code", code = spoken.trim_end());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &*spoken));
        });
}

fn show_whole(ui: &mut Ui, state: &mut Comparison, whole: &str) {
    let palette = palette(ui);
    let words = say!("join-whole-code");
    text::label(ui, words, Type::Secondary, palette.text_2);
    ui.add_space(8.0);
    qr::show(ui, whole, say!("join-code-picture"));
    ui.add_space(8.0);
    text::selectable(ui, whole, Type::Code, palette.text);
    ui.add_space(4.0);
    let (words, icon) = if state.copied {
        (say!("say-copied"), Icon::Check)
    } else {
        (say!("say-copy"), Icon::Copy)
    };
    if ui.add(Button::new(words).icon(icon).height(30.0)).clicked() {
        ui.ctx().copy_text(whole.to_owned());
        state.copied = true;
    }
    ui.add_space(8.0);
    Field::new(say!("join-other-line"), &mut state.pasted).show(ui);
    let pasted = state.pasted.trim();
    if pasted.is_empty() {
        return;
    }
    ui.add_space(6.0);
    if pasted == whole {
        callout(
            ui,
            Icon::Check,
            say!("join-lines-same"),
            palette.accent,
            palette.accent_bg,
        );
    } else {
        callout(
            ui,
            Icon::Warning,
            say!("join-lines-differ"),
            palette.text,
            palette.bad_bg,
        );
    }
}
