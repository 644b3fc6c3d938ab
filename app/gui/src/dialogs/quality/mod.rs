//! How well one hears everybody in the call: the word and why, the numbers, and the last minutes.

mod model;
mod plot;

use dialtone_engine::snapshot::{Community, Grade};
use dialtone_words::say;
use egui::{Align, Color32, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use self::model::{Hearing, Number};
use super::{DialogAction, close, heading};
use crate::theme::{Palette, Type, around_line, palette};
use crate::widgets::{Avatar, hline, text};

/// What stands around the list in the dialog, with the smallest of windows in mind.
const AROUND: f32 = 250.0;
/// The list is never lower.
const LEAST: f32 = 120.0;
/// One of them, with a reason, is about so high.
const EACH: f32 = 268.0;
/// Numbers in a row.
const COLUMNS: usize = 4;

/// The colour of a word.
pub fn color(grade: Grade, palette: &Palette) -> Color32 {
    match grade {
        Grade::Unknown => palette.text_3,
        Grade::Good => palette.accent,
        Grade::Fair => palette.attention,
        Grade::Poor => palette.bad,
    }
}

/// Shows the dialog.
pub(super) fn show(ui: &mut Ui, community: Option<&Community>) -> Option<DialogAction> {
    heading(ui, say!("say-call-quality"), say!("voice-quality-words"));
    let model = model::build(community);
    if let Some(words) = model.empty {
        let color = palette(ui).text_3;
        text::label(ui, words, Type::Body, color);
    }
    let room = (ui.ctx().content_rect().height() - AROUND).max(LEAST);
    // How high it is, is known before it is shown: a dialog that finds its height by trying flickers.
    if model.heard.len() as f32 * EACH <= room {
        all(ui, &model.heard);
    } else {
        ScrollArea::vertical()
            .max_height(room)
            .auto_shrink(false)
            .show(ui, |ui| all(ui, &model.heard));
    }
    close(ui)
}

fn all(ui: &mut Ui, heard: &[Hearing]) {
    ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
    for (index, hearing) in heard.iter().enumerate() {
        if index > 0 {
            ui.add_space(8.0);
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
            hline(ui, rect.x_range(), rect.top() + 1.0, palette(ui).line);
            ui.add_space(8.0);
        }
        ui.push_id(hearing.device, |ui| one(ui, hearing));
    }
}

fn one(ui: &mut Ui, hearing: &Hearing) {
    let palette = palette(ui);
    who(ui, hearing);
    if let Some(why) = &hearing.why {
        let color = color(hearing.grade, palette);
        text::label(ui, why, Type::Secondary, color);
    }
    ui.add_space(4.0);
    plot::show(ui, &hearing.name, &hearing.quality);
    ui.add_space(4.0);
    for row in hearing.numbers.chunks(COLUMNS) {
        numbers(ui, row);
    }
}

/// The name, the way, and the word.
fn who(ui: &mut Ui, hearing: &Hearing) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    labelled(&response, &hearing.spoken);
    Avatar::new(hearing.account, &hearing.name)
        .diameter(22.0)
        .paint(ui, pos2(rect.left() + 11.0, rect.center().y));
    let word_color = color(hearing.grade, palette);
    let word = text::paint_in(
        ui,
        rect,
        Align::Max,
        hearing.grade.word(),
        Type::SecondaryStrong,
        word_color,
    );
    let right = word.left() - 12.0;
    let names = Rect::from_min_max(
        pos2(rect.left() + 30.0, rect.top()),
        pos2(right.max(rect.left() + 30.0), rect.bottom()),
    );
    let half = Rect::from_min_max(names.min, pos2(names.center().x, names.bottom()));
    let name = text::paint_in(
        ui,
        half,
        Align::Min,
        &hearing.name,
        Type::BodyStrong,
        palette.text,
    );
    let beside = Rect::from_min_max(pos2(name.right() + 8.0, rect.top()), names.max);
    text::paint_in(
        ui,
        beside,
        Align::Min,
        hearing.path,
        Type::Secondary,
        palette.text_2,
    );
}

fn numbers(ui: &mut Ui, row: &[Number]) {
    let palette = palette(ui);
    let line = around_line(ui, 16.0);
    let (rect, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), line * 2.0 + 4.0), Sense::hover());
    let width = rect.width() / COLUMNS as f32;
    for (index, number) in row.iter().enumerate() {
        let left = rect.left() + width * index as f32;
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width - 8.0, line * 2.0));
        let id = ui.scope_id().with(number.label);
        let response = ui.interact(cell, id, Sense::hover());
        labelled(&response, &number.spoken);
        response.on_hover_text(number.about);
        let (upper, lower) = cell.split_top_bottom_at_fraction(0.5);
        let hint = Type::Hint;
        text::paint_in(ui, upper, Align::Min, number.label, hint, palette.text_3);
        let value_color = if number.is_known {
            palette.text
        } else {
            palette.text_3
        };
        text::paint_in(
            ui,
            lower,
            Align::Min,
            &number.value,
            Type::Secondary,
            value_color,
        );
    }
}

fn labelled(response: &Response, words: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}
