//! The libraries that are in this program: name, version and licence of each, and the text of each licence once. Only lines in sight are
//! laid out.

use std::sync::LazyLock;

use dialtone_words::say;
use egui::{
    Align, Context, Id, Key, Modal, Modifiers, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    vec2,
};

use super::{DialogAction, close, heading, stands, takes_keyboard};
use crate::theme::{Type, around_line, palette, palette_of};
use crate::widgets::{Query, Urgency, announce, dialog, text};

/// Made and kept true by `tools/check/libraries.py`, which says what each line is.
const LIST: &str = include_str!("../../../../assets/libraries/list.tsv");

/// The text of a licence, by its name.
macro_rules! licence {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../assets/libraries/", $name, ".txt")),
        )
    };
}

const TEXTS: [(&str, &str); 13] = [
    licence!("MIT"),
    licence!("Apache-2.0"),
    licence!("BSD-3-Clause"),
    licence!("BSL-1.0"),
    licence!("BlueOak-1.0.0"),
    licence!("CC0-1.0"),
    licence!("CDLA-Permissive-2.0"),
    licence!("ISC"),
    licence!("MPL-2.0"),
    licence!("OFL-1.1"),
    licence!("Ubuntu-font-1.0"),
    licence!("Unicode-3.0"),
    licence!("Zlib"),
];

/// What is looked for, and where one is.
#[derive(Debug, Default)]
pub struct LibrariesForm {
    query: String,
    /// In points from the top.
    offset: f32,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Library {
        name: &'static str,
        version: &'static str,
        licence: &'static str,
        authors: &'static str,
    },
    Empty,
    Title(&'static str),
    Text(&'static str),
}

static ALL: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let libraries = LIST.lines().filter_map(library);
    let mut all: Vec<Line> = libraries.collect();
    for (name, words) in TEXTS {
        all.extend([Line::Empty, Line::Title(name)]);
        all.extend(words.trim_end().lines().map(Line::Text));
    }
    all
});

fn library(line: &'static str) -> Option<Line> {
    let mut fields = line.split('\t');
    let (name, version, licence) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Line::Library {
        name,
        version,
        licence,
        authors: fields.nth(1).unwrap_or_default(),
    })
}

/// The lines that are shown for what is looked for: libraries by name, licence or author. All of it where nothing is.
fn found(query: &str) -> Vec<Line> {
    let wanted = query.trim().to_lowercase();
    if wanted.is_empty() {
        return ALL.clone();
    }
    let fits = |line: &&Line| match line {
        Line::Library {
            name,
            licence,
            authors,
            ..
        } => [name, licence, authors]
            .iter()
            .any(|words| words.to_lowercase().contains(&wanted)),
        _ => false,
    };
    ALL.iter().filter(fits).copied().collect()
}

/// Shows the dialog, wider than others.
pub(crate) fn show(ctx: &Context, form: &mut LibrariesForm) -> Option<DialogAction> {
    let colors = palette_of(ctx);
    let room = ctx.content_rect();
    let width = (room.width() - 96.0).clamp(220.0, 760.0);
    let modal = Modal::new(Id::unique("dialog"))
        .backdrop_color(colors.veil)
        .frame(dialog(colors))
        .show(ctx, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 4.0;
            let most = (room.height() - 330.0).clamp(120.0, 520.0);
            let action = contents(ui, form, most);
            stands(ui);
            action
        });
    let closed = modal.should_close().then_some(DialogAction::Close);
    modal.inner.or(closed)
}

fn contents(ui: &mut Ui, form: &mut LibrariesForm, most: f32) -> Option<DialogAction> {
    heading(ui, say!("about-libraries"), say!("about-libraries-words"));
    let row = around_line(ui, 22.0);
    let moved = keys(ui, most, row);
    let before = form.query.clone();
    let field = Query::new(say!("about-find-library"), &mut form.query);
    let field = field.above_a_list().show(ui);
    takes_keyboard(ui, &field);
    let lines = found(&form.query);
    if before != form.query {
        form.offset = 0.0;
    }
    if lines.is_empty() {
        let color = palette(ui).text_2;
        let label = text::label(ui, say!("about-no-library"), Type::Secondary, color);
        announce(ui, &label, Urgency::Polite);
    }
    let end = (row * lines.len() as f32 - most).max(0.0);
    let mut area = ScrollArea::both()
        .max_height(most)
        .min_scrolled_height(most)
        .auto_shrink(false);
    if moved != 0.0 || before != form.query {
        form.offset = (form.offset + moved).clamp(0.0, end);
        area = area.vertical_scroll_offset(form.offset);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let output = area.show_rows(ui, row, lines.len(), |ui, shown| {
        for line in &lines[shown] {
            paint(ui, row, *line);
        }
    });
    form.offset = output.state.clamped_offset().y;
    close(ui)
}

/// How far the keys scroll, in points.
fn keys(ui: &Ui, page: f32, row: f32) -> f32 {
    let steps = [
        (Key::ArrowUp, -row),
        (Key::ArrowDown, row),
        (Key::PageUp, -page * 0.9),
        (Key::PageDown, page * 0.9),
    ];
    ui.input_mut(|input| {
        let pressed = |(key, by): (Key, f32)| input.consume_key(Modifiers::NONE, key).then_some(by);
        steps.into_iter().filter_map(pressed).sum()
    })
}

fn paint(ui: &mut Ui, row: f32, line: Line) {
    let colors = palette(ui);
    match line {
        Line::Library {
            name,
            version,
            licence,
            authors,
        } => {
            let width = ui.clip_rect().width();
            let (rect, response) = ui.allocate_exact_size(vec2(width, row), Sense::hover());
            let said = format!("{name} {version}, {licence}");
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            let half = Rect::from_min_max(rect.min, rect.center_bottom());
            let kind = Type::SecondaryStrong;
            let placed = text::paint_in(ui, half, Align::Min, name, kind, colors.text);
            let beside = half.with_min_x(placed.right() + 8.0);
            text::paint_in(ui, beside, Align::Min, version, Type::Hint, colors.text_3);
            let right = Rect::from_min_max(rect.center_top(), rect.max);
            let hint = Type::Hint;
            text::paint_in(ui, right, Align::Min, licence, hint, colors.text_2);
            if !authors.is_empty() {
                response.on_hover_text(authors);
            }
        }
        Line::Empty => ui.add_space(row),
        Line::Title(words) => one_line(ui, row, words, Type::BodyStrong),
        Line::Text(words) => one_line(ui, row, words, Type::Hint),
    }
}

fn one_line(ui: &mut Ui, row: f32, words: &str, kind: Type) {
    let color = palette(ui).text;
    let galley = text::line(ui, words, kind, color, f32::INFINITY);
    let size = vec2(galley.size().x, row);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    let top = rect.center().y - galley.size().y / 2.0;
    let at = pos2(rect.left(), top);
    ui.painter().galley(at, galley, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That the list is Cargo's is for `tools/check/libraries.py`.
    #[test]
    fn every_line_is_read_and_every_licence_that_is_taken_has_its_text() {
        assert_eq!(
            LIST.lines().filter_map(library).count(),
            LIST.lines().count()
        );
        let named = |name: &str| TEXTS.iter().any(|(known, _)| *known == name);
        for line in LIST.lines() {
            let taken = line.split('\t').nth(3).unwrap();
            assert!(!taken.is_empty() && taken.split(' ').all(named), "{line}");
        }
        for (name, words) in TEXTS {
            assert!(words.len() > 300, "{name}");
            let taken = |line: &str| {
                line.split('\t')
                    .nth(3)
                    .is_some_and(|one| one.contains(name))
            };
            assert!(LIST.lines().any(taken), "{name}");
        }
    }

    #[test]
    fn libraries_are_found_by_name_licence_and_author_and_texts_stand_behind_all() {
        let names = |query: &str| -> Vec<&str> {
            let lines = found(query).into_iter();
            let names = lines.filter_map(|line| match line {
                Line::Library { name, .. } => Some(name),
                _ => None,
            });
            names.collect()
        };
        assert_eq!(names("  EFRAME "), ["eframe"]);
        assert!(names("mpl-2.0").len() > 2 && names("tolnay").contains(&"anyhow"));
        assert!(found("no such library").is_empty());
        let all = found("");
        assert_eq!(names("").len(), LIST.lines().count());
        assert!(all.contains(&Line::Title("MIT")) && all.len() > 1_500);
    }
}
