//! The panel: its title, the field with its filters, the rows.

use dialtone_engine::snapshot::Search;
use dialtone_engine::{ChannelId, CommunityId, Hash};
use dialtone_words::say;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align, Key, Modifiers, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::FoundRow;
use crate::panels::title::{self, Title};
use crate::panels::within;
use crate::shortcuts::{self, Shortcut};
use crate::theme::{PersonColor, Type, around_line, palette, radius};
use crate::widgets::text::{self, format};
use crate::widgets::{
    Avatar, Button, Icon, IconButton, Query, Urgency, announce, focus_ring, icons, query_id,
    text_button,
};

/// What one looks for.
#[derive(Debug, Default)]
pub struct SearchForm {
    /// As typed.
    pub text: String,
    /// What the engine was asked for, where, and for how many.
    pub sent: Option<(CommunityId, String, usize)>,
    /// When it was typed last, in seconds of the window's clock.
    pub typed_at: f64,
    /// How many are wanted.
    pub most: usize,
}

/// What is shown.
pub struct FoundModel<'a> {
    /// Above it.
    pub title: &'a str,
    /// The rows.
    pub rows: &'a [FoundRow],
    /// Said where there are none.
    pub nothing: &'a str,
    /// What is looked for; none where nothing is: these are the pinned ones.
    pub search: Option<&'a Search>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundAction {
    /// Go there.
    Open(ChannelId, Hash),
    /// Look for what is typed, at once.
    Find,
    /// Show more.
    More,
    /// Take the pin off.
    Unpin(ChannelId, Hash),
    /// Close the panel.
    Close,
}

/// The name of the field.
pub fn search_field() -> &'static str {
    say!("panel-search-messages")
}

/// What narrows a search: what is typed, and what for.
fn filters_there_are() -> [(&'static str, &'static str); 8] {
    [
        ("from:", say!("panel-filter-from")),
        ("in:", say!("panel-filter-in")),
        ("before:", say!("panel-filter-before")),
        ("after:", say!("panel-filter-day")),
        ("on:", say!("panel-filter-day")),
        ("has:link", say!("panel-filter-link")),
        ("has:file", say!("panel-filter-file")),
        ("has:picture", say!("panel-filter-picture")),
    ]
}

/// Shows the panel in `area`; the field, where one looks for something, is `form`'s.
pub fn show(
    ui: &mut Ui,
    area: Rect,
    model: &FoundModel<'_>,
    form: Option<&mut SearchForm>,
) -> Option<FoundAction> {
    let bar = Title {
        words: model.title,
        ..Title::default()
    };
    let (rest, closes) = title::show(ui, area, &bar, 16.0, |ui| {
        let name = say!("panel-close-named", name = model.title.to_lowercase());
        ui.add(IconButton::new(Icon::Close, &name)).clicked()
    });
    let mut action = closes.then_some(FoundAction::Close);
    let room = rest.shrink2(vec2(12.0, 10.0));
    within(ui, "found", room, |ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 8.0);
        if let Some(form) = form {
            action = field(ui, form, model).or(action.take());
        }
        let width = ui.available_width();
        ScrollArea::vertical()
            .id_salt(("found", model.title))
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 2.0;
                for (index, row) in model.rows.iter().enumerate() {
                    let pinned = model.search.is_none();
                    let done = ui.push_id(index, |ui| found(ui, row, pinned)).inner;
                    action = done.or(action.take());
                }
                foot(ui, model, &mut action);
            });
    });
    action
}

fn field(ui: &mut Ui, form: &mut SearchForm, model: &FoundModel<'_>) -> Option<FoundAction> {
    let palette = palette(ui);
    let id = query_id(search_field());
    let focused = ui.memory(|memory| memory.has_focus(id));
    let enter = focused && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let response = Query::new(search_field(), &mut form.text)
        .hint(say!("panel-search-hint"))
        .show(ui);
    if response.changed() {
        form.typed_at = ui.input(|input| input.time);
    }
    if form.text.trim().is_empty() {
        filters(ui, form);
    }
    if let Some(problem) = model.search.and_then(|search| search.problem.as_ref()) {
        let told = text::label(ui, problem, Type::Secondary, palette.attention);
        announce(ui, &told, Urgency::Polite);
    }
    if let Some(percent) = model.search.and_then(|search| search.progress_percent) {
        let words = say!("panel-reading-older", percent = percent);
        let told = text::label(ui, &words, Type::Hint, palette.text_3);
        announce(ui, &told, Urgency::Polite);
    }
    if !enter {
        return None;
    }
    let asked = form
        .sent
        .as_ref()
        .is_some_and(|(_, text, _)| *text == form.text);
    let first = model.rows.first().filter(|_| asked);
    Some(
        match first.and_then(|row| Some((row.channel, row.target?))) {
            Some((channel, target)) => FoundAction::Open(channel, target),
            None => FoundAction::Find,
        },
    )
}

/// What narrows a search, to be pressed.
fn filters(ui: &mut Ui, form: &mut SearchForm) {
    let palette = palette(ui);
    let words = say!("panel-narrow");
    text::label(ui, words, Type::Hint, palette.text_3);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (filter, what) in filters_there_are() {
            let response = ui.add(Button::new(filter).height(26.0)).on_hover_text(what);
            if response.clicked() {
                if !form.text.is_empty() && !form.text.ends_with(' ') {
                    form.text.push(' ');
                }
                form.text.push_str(filter);
                form.typed_at = ui.input(|input| input.time);
                let id = query_id(search_field());
                put_cursor_at_end(ui, id, &form.text);
            }
        }
    });
}

fn put_cursor_at_end(ui: &Ui, id: egui::Id, text: &str) {
    ui.memory_mut(|memory| memory.request_focus(id));
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let end = egui::text::CCursor::new(text.chars().count());
    let range = egui::text::CCursorRange::one(end);
    state.cursor.set_char_range(Some(range));
    state.store(ui.ctx(), id);
}

/// What is below the rows: that there are none, that there are more.
fn foot(ui: &mut Ui, model: &FoundModel<'_>, action: &mut Option<FoundAction>) {
    let reads = model
        .search
        .is_some_and(|search| search.progress_percent.is_some() || search.problem.is_some());
    if model.rows.is_empty() && !model.nothing.is_empty() && !reads {
        ui.add_space(20.0);
        text::centred(ui, model.nothing, Type::Secondary, palette(ui).text_2);
    }
    if model.search.is_some_and(|search| search.has_more) {
        ui.add_space(6.0);
        let more = ui
            .vertical_centered(|ui| text_button(ui, say!("panel-show-more")))
            .inner;
        if more.clicked() {
            *action = Some(FoundAction::More);
        }
    }
}

const PADDING: f32 = 10.0;

/// One row.
fn found(ui: &mut Ui, row: &FoundRow, pinned: bool) -> Option<FoundAction> {
    let palette = palette(ui);
    let width = ui.available_width();
    let inner = width - 2.0 * PADDING - 34.0;
    let words = words(ui, row, inner);
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(words));
    let name_line = around_line(ui, 18.0);
    let height = PADDING * 2.0 + name_line + 2.0 + galley.size().y;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let name = if row.place.is_empty() {
        format!("{}, {}: {}", row.name, row.time, row.words)
    } else {
        say!(
            "panel-found-in",
            name = row.name,
            place = row.place,
            time = row.time,
            words = row.words
        )
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() {
        ui.painter().rect_filled(rect, radius::ROW, palette.hovered);
    }
    let disc = rect.min + vec2(PADDING + 12.0, PADDING + 12.0);
    Avatar::new(row.from, &row.name)
        .diameter(24.0)
        .paint(ui, disc);
    let left = rect.left() + PADDING + 34.0;
    let line = Rect::from_min_max(
        pos2(left, rect.top() + PADDING),
        pos2(rect.right() - PADDING, rect.top() + PADDING + name_line),
    );
    let color = PersonColor::of(&row.from).name(palette);
    let kind = Type::SecondaryStrong;
    let placed = text::paint_in(ui, line, Align::Min, &row.name, kind, color);
    let when = if row.place.is_empty() {
        row.time.clone()
    } else {
        format!("{} · {}", row.place, row.time)
    };
    let mut beside = line.with_min_x(placed.right() + 8.0);
    if pinned {
        beside.max.x -= 26.0;
    }
    text::paint_in(ui, beside, Align::Min, &when, Type::Hint, palette.text_3);
    ui.painter().galley(
        pos2(left, rect.top() + PADDING + name_line + 2.0),
        galley,
        palette.text,
    );
    focus_ring(ui, &response, radius::ROW);
    let target = row.target?;
    let mut action = response
        .clicked()
        .then_some(FoundAction::Open(row.channel, target));
    if pinned {
        let corner = pos2(rect.right() - 30.0, rect.top() + 6.0);
        let place = Rect::from_min_size(corner, vec2(24.0, 24.0));
        let button = IconButton::new(Icon::Close, say!("line-take-pin-off")).size(24.0, 24.0);
        if within(ui, "unpin", place, |ui| ui.add(button).clicked()) {
            action = Some(FoundAction::Unpin(row.channel, target));
        }
    }
    action
}

fn words(ui: &Ui, row: &FoundRow, width: f32) -> LayoutJob {
    let palette = palette(ui);
    let mut job = LayoutJob::default();
    let plain = format(ui, Type::Secondary, palette.text_2);
    let mut marked = format(ui, Type::SecondaryStrong, palette.accent);
    marked.background = palette.accent_bg;
    let mut at = 0;
    for range in &row.marks {
        if range.start < at {
            continue;
        }
        job.append(&row.words[at..range.start], 0.0, plain.clone());
        job.append(&row.words[range.clone()], 0.0, marked.clone());
        at = range.end;
    }
    job.append(&row.words[at..], 0.0, plain.clone());
    if row.files > 0 {
        let files = say!("panel-found-files", count = row.files);
        let before = if row.words.is_empty() { "" } else { "  " };
        let aside = format(ui, Type::Hint, palette.text_3);
        job.append(&format!("{before}{files}"), 0.0, aside);
    }
    job.wrap = TextWrapping {
        max_width: width.max(1.0),
        max_rows: 3,
        ..TextWrapping::default()
    };
    job
}

/// The field in the title bar that opens the search; true when it was pressed.
pub fn opener(ui: &mut Ui, width: f32) -> bool {
    let palette = palette(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, around_line(ui, 32.0)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("panel-search")));
    let border = palette.border(response.hovered());
    ui.painter().rect(
        rect,
        radius::ROW,
        palette.bg_1,
        egui::Stroke::new(1.0, border),
        egui::StrokeKind::Inside,
    );
    let at = pos2(rect.left() + 18.0, rect.center().y);
    icons::paint(ui.painter(), Icon::Search, at, 15.0, palette.text_3);
    let room = rect.with_min_x(rect.left() + 34.0);
    text::paint_in(
        ui,
        room,
        Align::Min,
        say!("panel-search"),
        Type::Secondary,
        palette.text_3,
    );
    focus_ring(ui, &response, radius::ROW);
    let clicked = response.clicked();
    let words = say!("panel-search-messages");
    response.on_hover_text(shortcuts::hint(ui.ctx(), words, Shortcut::Find));
    clicked
}
