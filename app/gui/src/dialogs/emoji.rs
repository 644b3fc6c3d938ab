//! Choose an emoji: by its name, by its kind, or among those used last. Beside what it is for; Escape or a press beside it closes it.

use dialtone_engine::{ChannelId, Hash};
use dialtone_words::say;
use egui::{
    Align, Align2, Area, Color32, Context, Frame, Id, Key, Margin, Modal, Modifiers, Order, Pos2,
    Rect, Role, ScrollArea, Sense, Stroke, Ui, UiKind, WidgetInfo, pos2, vec2,
};

use super::DialogAction;
use crate::emoji::{self, CATEGORIES, Emoji, SkinTone};
use crate::theme::{Type, around_line, palette, palette_of, radius};
use crate::widgets::{Icon, Query, focus_ring, icons, name_dialog, tell_chosen, text};

/// What the emoji is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmojiFor {
    /// The text that one writes.
    Text,
    /// A message: set to it.
    Message(ChannelId, Hash),
}

/// What is looked for, and what is shown.
#[derive(Debug)]
pub struct EmojiForm {
    what_for: EmojiFor,
    beside: Rect,
    query: String,
    /// The skin tone that is shown.
    pub tone: SkinTone,
    recent: Vec<String>,
    chosen: usize,
    /// To this line, once.
    scroll_to: Option<usize>,
    list: Option<List>,
}

/// All that is shown for one query, in lines.
#[derive(Debug)]
struct List {
    of: (String, SkinTone),
    emojis: Vec<Shown>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Shown {
    emoji: String,
    name: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Line {
    Title(&'static str),
    /// From and to, among the emojis.
    Emojis(usize, usize),
}

const COLUMNS: usize = 9;
const CELL: f32 = 36.0;
const SIZE: egui::Vec2 = vec2(COLUMNS as f32 * CELL + 28.0, 404.0);
const FOUND: usize = 90;

impl EmojiForm {
    /// For `what_for`, beside that place.
    pub fn new(what_for: EmojiFor, beside: Rect, recent: Vec<String>, tone: SkinTone) -> Self {
        Self {
            what_for,
            beside,
            query: String::new(),
            tone,
            recent,
            chosen: 0,
            scroll_to: None,
            list: None,
        }
    }

    fn refresh(&mut self) {
        let of = (self.query.clone(), self.tone);
        if self.list.as_ref().is_none_or(|list| list.of != of) {
            let list = build(&self.query, self.tone, &self.recent);
            let changed = self.list.as_ref().is_some_and(|old| old.of.0 != of.0);
            if changed {
                self.chosen = 0;
                self.scroll_to = Some(0);
            }
            self.list = Some(list);
        }
    }
}

fn build(query: &str, tone: SkinTone, recent: &[String]) -> List {
    let mut list = List {
        of: (query.to_owned(), tone),
        emojis: Vec::new(),
        lines: Vec::new(),
    };
    let shown = |emoji: &'static Emoji| {
        let emoji = emoji::toned(emoji, tone);
        Shown {
            emoji: emoji.as_str().to_owned(),
            name: emoji.name().to_owned(),
        }
    };
    if query.trim().is_empty() {
        let recent = recent.iter().map(|emoji| Shown {
            name: emojis::get(emoji).map_or("", Emoji::name).to_owned(),
            emoji: emoji.clone(),
        });
        list.section(say!("dialog-emoji-last"), recent.collect());
        for category in CATEGORIES {
            let all = emoji::of_category(category).map(shown);
            list.section(category.title(), all.collect());
        }
    } else {
        let found = emoji::find(query, FOUND).into_iter().map(shown);
        list.section(say!("dialog-emoji-found"), found.collect());
    }
    list
}

impl List {
    fn section(&mut self, title: &'static str, emojis: Vec<Shown>) {
        if emojis.is_empty() {
            return;
        }
        self.lines.push(Line::Title(title));
        let begin = self.emojis.len();
        self.emojis.extend(emojis);
        let end = self.emojis.len();
        for from in (begin..end).step_by(COLUMNS) {
            let to = (from + COLUMNS).min(end);
            self.lines.push(Line::Emojis(from, to));
        }
    }

    fn line_of(&self, index: usize) -> Option<usize> {
        self.lines.iter().position(
            |line| matches!(line, Line::Emojis(from, to) if (*from..*to).contains(&index)),
        )
    }

    /// The emoji above or below that one: in the same column, as far as its line goes.
    fn beside_line(&self, index: usize, down: bool) -> usize {
        let Some(at) = self.line_of(index) else {
            return index;
        };
        let Line::Emojis(from, _) = self.lines[at] else {
            return index;
        };
        let emojis = |line: &Line| match line {
            Line::Emojis(from, to) => Some((*from, *to)),
            Line::Title(_) => None,
        };
        let next = if down {
            self.lines[at + 1..].iter().find_map(emojis)
        } else {
            self.lines[..at].iter().rev().find_map(emojis)
        };
        next.map_or(index, |(begin, end)| (begin + index - from).min(end - 1))
    }
}

/// Where the form stands: above what it is for, else below it, within `room`.
fn corner(room: Rect, beside: Rect) -> Pos2 {
    let size = SIZE + vec2(2.0, 2.0);
    let above = beside.top() - 8.0 - size.y;
    let below = beside.bottom() + 8.0;
    let y = if above >= room.top() { above } else { below };
    let most = (room.bottom() - size.y).max(room.top());
    let furthest = (room.right() - size.x).max(room.left());
    pos2(
        (beside.right() - size.x).clamp(room.left(), furthest),
        y.clamp(room.top(), most),
    )
}

/// Shows the form over everything.
pub(super) fn show(ctx: &Context, form: &mut EmojiForm) -> Option<DialogAction> {
    let colors = palette_of(ctx);
    let room = ctx.content_rect().shrink(8.0);
    let at = corner(room, form.beside);
    let frame = Frame::new()
        .fill(colors.bg_3)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(12))
        .shadow(ctx.global_style().visuals.popup_shadow);
    let id = Id::unique("emoji picker");
    // Its own ground is as large as the window, so what is shown is put where it belongs within that.
    let area = Area::new(id)
        .kind(UiKind::Modal)
        .order(Order::Foreground)
        .fixed_pos(pos2(0.0, 0.0))
        .constrain(false)
        .sense(Sense::hover());
    let modal = Modal::new(id)
        .area(area)
        .backdrop_color(Color32::TRANSPARENT)
        .frame(Frame::NONE)
        .show(ctx, |ui| {
            let place = Rect::from_min_size(at, SIZE.min(room.size()));
            let mut child = ui.new_child(
                egui::UiBuilder::new()
                    .max_rect(place)
                    .sense(Sense::CLICK | Sense::DRAG),
            );
            frame
                .show(&mut child, |ui| {
                    ui.set_width(place.width() - 24.0);
                    ui.set_height(place.height() - 24.0);
                    contents(ui, form)
                })
                .inner
        });
    let closed = modal.should_close().then_some(DialogAction::Close);
    modal.inner.or(closed)
}

fn contents(ui: &mut Ui, form: &mut EmojiForm) -> Option<DialogAction> {
    ui.spacing_mut().item_spacing = vec2(0.0, 6.0);
    name_dialog(ui, say!("line-choose-emoji"));
    form.refresh();
    let mut picked = keys(ui, form);
    let field = Query::new(say!("dialog-find-emoji"), &mut form.query)
        .above_a_list()
        .show(ui);
    super::takes_keyboard(ui, &field);
    form.refresh();
    let list = form.list.take()?;
    if form.query.trim().is_empty() {
        tabs(ui, form, &list);
    }
    let height = ui.available_height() - around_line(ui, 34.0);
    picked = grid(ui, form, &list, height).or(picked);
    foot(ui, form, &list);
    form.list = Some(list);
    let emoji = picked?;
    Some(match form.what_for {
        EmojiFor::Text => DialogAction::InsertEmoji(emoji),
        EmojiFor::Message(channel, target) => DialogAction::React(channel, target, emoji),
    })
}

fn keys(ui: &Ui, form: &mut EmojiForm) -> Option<String> {
    let list = form.list.as_ref()?;
    let (left, right, up, down, enter) = ui.input_mut(|input| {
        // In a text that is typed, left and right go through it.
        let typed = !form.query.is_empty();
        (
            !typed && input.consume_key(Modifiers::NONE, Key::ArrowLeft),
            !typed && input.consume_key(Modifiers::NONE, Key::ArrowRight),
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            input.consume_key(Modifiers::NONE, Key::Enter),
        )
    });
    let end = list.emojis.len().saturating_sub(1);
    let chosen = form.chosen.min(end);
    form.chosen = match (left, right, up, down) {
        (true, ..) => chosen.saturating_sub(1),
        (_, true, ..) => (chosen + 1).min(end),
        (_, _, true, _) => list.beside_line(chosen, false),
        (.., true) => list.beside_line(chosen, true),
        _ => chosen,
    };
    if left || right || up || down {
        form.scroll_to = list.line_of(form.chosen);
    }
    let emoji = list.emojis.get(form.chosen)?;
    enter.then(|| emoji.emoji.clone())
}

fn tabs(ui: &mut Ui, form: &mut EmojiForm, list: &List) {
    let palette = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let width = ui.available_width() / CATEGORIES.len() as f32;
        for category in CATEGORIES {
            let (rect, response) = ui.allocate_exact_size(vec2(width, 30.0), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, category.title()));
            if response.hovered() {
                ui.painter().rect_filled(rect, radius::ROW, palette.raised);
            }
            text::paint_in(
                ui,
                rect,
                Align::Center,
                category.sign,
                Type::Title,
                palette.text,
            );
            focus_ring(ui, &response, radius::ROW);
            if response.clicked() {
                let title = Line::Title(category.title());
                form.scroll_to = list.lines.iter().position(|line| *line == title);
            }
            response.on_hover_text(category.title());
        }
    });
}

fn line_height(line: &Line) -> f32 {
    match line {
        Line::Title(_) => 26.0,
        Line::Emojis(..) => CELL,
    }
}

fn grid(ui: &mut Ui, form: &mut EmojiForm, list: &List, height: f32) -> Option<String> {
    let mut tops = Vec::with_capacity(list.lines.len() + 1);
    let mut y = 0.0;
    for line in &list.lines {
        tops.push(y);
        y += line_height(line);
    }
    tops.push(y);
    let mut area = ScrollArea::vertical()
        .id_salt("emojis")
        .auto_shrink(false)
        .max_height(height);
    if let Some(line) = form.scroll_to.take() {
        let id = ui.scope_id().with("emoji offset");
        let at: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
        let (top, bottom) = (
            tops[line.min(list.lines.len())],
            tops[(line + 1).min(list.lines.len())],
        );
        let titled = matches!(list.lines.get(line), Some(Line::Title(_)));
        let offset = if titled {
            top
        } else {
            at.clamp(
                (bottom - height).max(0.0),
                (top - 26.0).max(0.0).max(bottom - height),
            )
        };
        area = area.vertical_scroll_offset(offset);
    }
    let offset_id = ui.scope_id().with("emoji offset");
    let mut picked = None;
    let shown = area.show_viewport(ui, |ui, view| {
        ui.set_height(y);
        let origin = ui.min_rect().min;
        for (index, line) in list.lines.iter().enumerate() {
            if tops[index + 1] < view.top() || tops[index] > view.bottom() {
                continue;
            }
            let top = origin.y + tops[index];
            match line {
                Line::Title(title) => {
                    let at = pos2(origin.x + 4.0, top + 6.0);
                    let color = palette(ui).text_3;
                    text::paint_at(ui, at, &title.to_uppercase(), Type::Group, color);
                }
                Line::Emojis(from, to) => {
                    for place in *from..*to {
                        let at = pos2(origin.x + (place - from) as f32 * CELL, top);
                        let rect = Rect::from_min_size(at, vec2(CELL, CELL));
                        picked = cell(ui, form, list, place, rect).or(picked.take());
                    }
                }
            }
        }
    });
    ui.data_mut(|data| data.insert_temp(offset_id, shown.state.clamped_offset().y));
    picked
}

fn cell(ui: &Ui, form: &mut EmojiForm, list: &List, place: usize, rect: Rect) -> Option<String> {
    let palette = palette(ui);
    let one = &list.emojis[place];
    let response = ui.interact(rect, ui.scope_id().with(("emoji", place)), Sense::CLICK);
    let chosen = place == form.chosen;
    if chosen {
        tell_chosen(ui, &response, &one.name);
    } else {
        response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, &one.name));
    }
    let moved = ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO);
    if response.hovered() && moved {
        form.chosen = place;
    }
    if chosen {
        ui.painter()
            .rect_filled(rect.shrink(1.0), radius::ROW, palette.raised);
    }
    let galley = ui.fonts_mut(|fonts| {
        let font = egui::FontId::new(20.0, egui::FontFamily::Proportional);
        fonts.layout_no_wrap(one.emoji.clone(), font, palette.text)
    });
    let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), rect);
    ui.painter().galley(at.min, galley, palette.text);
    response.clicked().then(|| one.emoji.clone())
}

const TONES: [(SkinTone, &str); 6] = [
    (SkinTone::Default, "✋"),
    (SkinTone::Light, "✋🏻"),
    (SkinTone::MediumLight, "✋🏼"),
    (SkinTone::Medium, "✋🏽"),
    (SkinTone::MediumDark, "✋🏾"),
    (SkinTone::Dark, "✋🏿"),
];

fn foot(ui: &mut Ui, form: &mut EmojiForm, list: &List) {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 28.0)),
        Sense::hover(),
    );
    let room = Rect::from_min_max(
        rect.min + vec2(4.0, 0.0),
        pos2(rect.right() - 36.0, rect.bottom()),
    );
    if let Some(one) = list.emojis.get(form.chosen) {
        let kind = Type::Secondary;
        text::paint_in(ui, room, Align::Min, &one.name, kind, palette.text_2);
    } else {
        let words = say!("dialog-no-emoji");
        let icon = pos2(room.left() + 8.0, room.center().y);
        icons::paint(ui.painter(), Icon::Info, icon, 14.0, palette.text_3);
        let room = room.with_min_x(room.left() + 22.0);
        let kind = Type::Secondary;
        text::paint_in(ui, room, Align::Min, words, kind, palette.text_2);
    }
    let at = TONES.iter().position(|(tone, _)| *tone == form.tone);
    let at = at.unwrap_or_default();
    let place = Rect::from_min_max(pos2(rect.right() - 32.0, rect.top()), rect.max);
    let response = ui.interact(place, ui.scope_id().with("tone"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("dialog-next-tone")));
    text::paint_in(
        ui,
        place,
        Align::Center,
        TONES[at].1,
        Type::Title,
        palette.text,
    );
    focus_ring(ui, &response, radius::ROW);
    if response.clicked() {
        form.tone = TONES[(at + 1) % TONES.len()].0;
    }
    response.on_hover_text(say!("dialog-next-tone"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_keep_the_column_across_titles() {
        let recent: Vec<String> = emoji::USUAL.iter().map(|one| (*one).to_owned()).collect();
        let list = build("", SkinTone::Default, &recent);
        // Six were used last; below them the first line of the smileys.
        assert_eq!(list.beside_line(4, true), 6 + 4);
        assert_eq!(
            list.beside_line(6 + 8, false),
            5,
            "the line above is shorter"
        );
        assert_eq!(list.beside_line(3, false), 3, "there is none above");
        let end = list.emojis.len() - 1;
        assert_eq!(list.beside_line(end, true), end);
        assert_eq!(list.line_of(0), Some(1));
    }

    #[test]
    fn it_stands_within_the_window() {
        let room = Rect::from_min_size(Pos2::ZERO, vec2(1000.0, 700.0));
        for beside in [
            pos2(0.0, 0.0),
            pos2(990.0, 690.0),
            pos2(990.0, 0.0),
            pos2(500.0, 300.0),
        ] {
            let at = corner(room, Rect::from_min_size(beside, vec2(10.0, 10.0)));
            assert!(room.contains_rect(Rect::from_min_size(at, SIZE)), "{at:?}");
        }
        let small = Rect::from_min_size(Pos2::ZERO, vec2(100.0, 100.0));
        assert_eq!(corner(small, small), Pos2::ZERO);
    }

    #[test]
    fn what_is_found_is_one_section() {
        let list = build("anchor", SkinTone::Default, &[]);
        assert_eq!(list.lines[0], Line::Title("Found"));
        assert_eq!(list.emojis[0].emoji, "⚓");
        assert!(build("qwxz", SkinTone::Default, &[]).lines.is_empty());
    }
}
