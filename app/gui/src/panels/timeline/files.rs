//! The files of a message: pictures as large as there is room, others as cards; how far each is, and what can be done with it.

use dialtone_engine::snapshot::{FileState, FileView, Files, size_in_words};
use dialtone_words::say;
use egui::{
    Align, CornerRadius, Id, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::metrics::Metrics;
use super::view::TimelineAction;
use crate::panels::within;
use crate::pictures;
use crate::theme::{Type, palette, radius, size};
use crate::widgets::{Button, Icon, IconButton, Look, Row, focus_ring, icons, text};

/// Above each file.
const GAP: f32 = 6.0;
/// The height of a card.
const CARD: f32 = 58.0;
/// No card and no picture is wider.
const WIDEST: f32 = 440.0;
/// No picture is higher.
const HIGHEST: f32 = 320.0;
/// Nor smaller, so that there is something to press.
const SMALLEST: f32 = 56.0;
/// The button on a picture.
const BUTTON: f32 = 30.0;

/// What files need to know beyond themselves.
pub(super) struct Around<'a> {
    /// Where they are.
    pub(super) known: &'a Files,
    /// How big everything is.
    pub(super) metrics: &'a Metrics,
    /// One may delete them from the server.
    pub(super) may_delete: bool,
}

/// How much room the files take, the gaps above them included.
pub(super) fn height(files: &[FileView], width: f32, metrics: &Metrics) -> f32 {
    let each = files.iter().map(|file| GAP + room(file, width, metrics).y);
    each.sum()
}

/// The size of one.
fn room(file: &FileView, width: f32, metrics: &Metrics) -> Vec2 {
    let most = width.min(WIDEST);
    let card = CARD - 36.0 + metrics.line(Type::BodyMedium) + metrics.line(Type::Hint);
    match file.picture {
        Some(pixels) => fitted(pixels, vec2(most, HIGHEST)),
        None => vec2(most, card),
    }
}

/// As large as `pixels`, or as fits.
fn fitted((width, height): (u32, u32), most: Vec2) -> Vec2 {
    let own = vec2(width.max(1) as f32, height.max(1) as f32);
    let share = (most.x / own.x).min(most.y / own.y).min(1.0);
    let shown = (own * share).round();
    shown.max(Vec2::splat(SMALLEST)).min(most)
}

/// Paints them one below the other.
pub(super) fn paint(
    ui: &mut Ui,
    scope: Id,
    at: Pos2,
    width: f32,
    files: &[FileView],
    around: &Around<'_>,
) -> Option<TimelineAction> {
    let mut action = None;
    let mut y = at.y;
    for file in files {
        y += GAP;
        let rect = Rect::from_min_size(pos2(at.x, y), room(file, width, around.metrics));
        y = rect.bottom();
        let state = around.known.states.get(&file.id);
        let builder = egui::UiBuilder::new()
            .scope_id(scope.with(("file", file.id)))
            .max_rect(rect);
        let mut child = ui.new_child(builder);
        let pressed = match file.picture {
            Some(_) => picture(&mut child, rect, file, (state, around.may_delete)),
            None => card(&mut child, rect, file, (state, around)),
        };
        action = pressed.or(action);
    }
    action
}

fn picture(
    ui: &mut Ui,
    rect: Rect,
    file: &FileView,
    (state, may_delete): (Option<&FileState>, bool),
) -> Option<TimelineAction> {
    let palette = palette(ui);
    let corner = CornerRadius::same(radius::CARD);
    // Only what is in sight is asked for.
    let texture = ui
        .is_rect_visible(rect)
        .then(|| pictures::texture(ui, file.id))
        .flatten();
    let name = say!(
        "line-picture-named",
        name = file.name,
        size = size_in_words(file.size)
    );
    let told = match state {
        Some(FileState::Failed(why)) => format!("{name}, {why}"),
        Some(FileState::Fetching { .. }) => say!("line-being-fetched", name = name),
        _ => name.clone(),
    };
    let response = ui.interact(rect, ui.scope_id().with("picture"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &told));
    let mut action = response.clicked().then_some(TimelineAction::View(file.id));
    if let Some(texture) = &texture {
        pictures::paint(ui, rect, corner, texture, 1.0);
    } else {
        ui.painter().rect_filled(rect, corner, palette.bg_1);
        placeholder(ui, rect, file, state);
    }
    ui.painter().rect_stroke(
        rect,
        corner,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    progress(ui, rect.shrink(8.0), state);
    focus_ring(ui, &response, radius::CARD);
    // On the picture while one points at it, or comes to it with the keyboard.
    let corner_at = pos2(rect.right() - BUTTON - 6.0, rect.top() + 6.0);
    let place = Rect::from_min_size(corner_at, Vec2::splat(BUTTON));
    let pointed = ui.rect_contains_pointer(rect) || response.has_focus();
    let sent = !matches!(state, Some(FileState::Sending { .. }));
    if sent {
        let save = within(ui, "save", place, |ui| {
            ui.set_opacity(if pointed { 1.0 } else { 0.0 });
            let words = say!("line-save-named", name = file.name);
            let button = IconButton::new(Icon::Download, &words)
                .look(Look::Plain)
                .size(BUTTON, BUTTON);
            ui.add(button)
        });
        if save.has_focus() {
            focus_ring(ui, &save, radius::ROW);
        }
        if save.clicked() {
            action = Some(TimelineAction::Save(file.id));
        }
        let place = place.translate(vec2(-BUTTON - 4.0, 0.0));
        if may_delete && rect.width() > 3.0 * BUTTON {
            action = more(ui, place, file, (Look::Plain, pointed)).or(action);
        }
    }
    response.on_hover_text(told);
    if let (Some(FileState::Failed(_)), None, Some(TimelineAction::View(_))) =
        (state, &texture, &action)
    {
        return Some(TimelineAction::Fetch(file.id));
    }
    action
}

/// What stands where a picture will be.
fn placeholder(ui: &Ui, rect: Rect, file: &FileView, state: Option<&FileState>) {
    let palette = palette(ui);
    let center = rect.center();
    let small = rect.height() < 84.0 || rect.width() < 140.0;
    let at = if small {
        center
    } else {
        center - vec2(0.0, 12.0)
    };
    icons::paint(ui.painter(), Icon::Picture, at, 22.0, palette.text_3);
    if small {
        return;
    }
    let (words, color) = match state {
        Some(FileState::Failed(why)) => (say!("line-press-again", why = why), palette.bad),
        Some(FileState::Fetching { done, total }) => (so_far(*done, *total), palette.text_3),
        Some(FileState::Sending { .. } | FileState::Here) => (String::new(), palette.text_3),
        None => (
            format!("{} · {}", file.name, size_in_words(file.size)),
            palette.text_3,
        ),
    };
    let mut job = text::wrapped(ui, &words, Type::Hint, color, rect.width() - 32.0);
    job.halign = Align::Center;
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    ui.painter()
        .galley(pos2(center.x, center.y + 8.0), galley, color);
}

/// The button for what one seldom does with a file; `shown` or not, it can be come to.
fn more(
    ui: &mut Ui,
    place: Rect,
    file: &FileView,
    (look, shown): (Look, bool),
) -> Option<TimelineAction> {
    within(ui, "more", place, |ui| {
        let words = say!("line-more-for", name = file.name);
        let button = IconButton::new(Icon::Dots, &words)
            .look(look)
            .size(place.width(), place.height());
        let focused = ui.memory(|memory| memory.has_focus(ui.next_auto_id()));
        ui.set_opacity(if shown || focused { 1.0 } else { 0.0 });
        let button = ui.add(button);
        let chosen = egui::Popup::menu(&button)
            .accessible_name(&words)
            .show(|ui| {
                ui.set_width(220.0);
                let row = Row::new(say!("line-delete-file")).icon(Icon::Trash);
                let pressed = row.show(ui).clicked();
                if pressed {
                    ui.close();
                }
                pressed
            });
        chosen.is_some_and(|chosen| chosen.inner)
    })
    .then_some(TimelineAction::Delete(file.id))
}

fn card(
    ui: &mut Ui,
    rect: Rect,
    file: &FileView,
    (state, around): (Option<&FileState>, &Around<'_>),
) -> Option<TimelineAction> {
    let palette = palette(ui);
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::CARD),
        palette.bg_3,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let at = pos2(rect.left() + 26.0, rect.center().y);
    icons::paint(ui.painter(), Icon::File, at, 22.0, palette.text_2);
    let deletes = around.may_delete && !matches!(state, Some(FileState::Sending { .. }));
    let buttons = if deletes { 82.0 } else { 48.0 };
    let (left, right) = (rect.left() + 50.0, rect.right() - buttons);
    let line = |top: f32, height: f32| {
        Rect::from_min_max(
            pos2(left, rect.top() + top),
            pos2(right, rect.top() + top + height),
        )
    };
    let name = around.metrics.line(Type::BodyMedium);
    let hint = around.metrics.line(Type::Hint);
    text::paint_in(
        ui,
        line(9.0, name),
        Align::Min,
        &file.name,
        Type::BodyMedium,
        palette.text,
    );
    let (words, color) = match state {
        Some(FileState::Failed(why)) => (why.clone(), palette.bad),
        Some(FileState::Sending { done, total } | FileState::Fetching { done, total }) => {
            (so_far(*done, *total), palette.text_3)
        }
        Some(FileState::Here) | None => (size_in_words(file.size), palette.text_3),
    };
    let below = line(10.0 + name, hint);
    text::paint_in(ui, below, Align::Min, &words, Type::Hint, color);
    let about = say!("line-file-about", name = file.name, words = words);
    let shown = ui.interact(
        line(9.0, name + hint + 1.0),
        ui.scope_id().with("about"),
        Sense::hover(),
    );
    shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &about));
    if let Some(FileState::Failed(why)) = state {
        // It may be longer than there is room for.
        shown.on_hover_text(why);
    }
    let bar = Rect::from_min_max(rect.min, pos2(right, rect.bottom()));
    progress(ui, bar.shrink2(vec2(12.0, 5.0)), state);
    let (icon, words, action) = match state {
        Some(FileState::Sending { .. }) => return None,
        Some(FileState::Fetching { .. }) => (
            Icon::Close,
            say!("line-stop-fetching", name = file.name),
            TimelineAction::Stop(file.id),
        ),
        Some(FileState::Failed(_)) => (
            Icon::Retry,
            say!("line-try-save-again", name = file.name),
            TimelineAction::Save(file.id),
        ),
        Some(FileState::Here) | None => (
            Icon::Download,
            say!("line-save-named", name = file.name),
            TimelineAction::Save(file.id),
        ),
    };
    let at = |from_right: f32| {
        let center = pos2(rect.right() - from_right, rect.center().y);
        Rect::from_center_size(center, vec2(32.0, 32.0))
    };
    let button = IconButton::new(icon, &words).size(32.0, 32.0);
    let (first, last) = if deletes { (60.0, 26.0) } else { (26.0, 0.0) };
    let pressed = within(ui, "act", at(first), |ui| ui.add(button).clicked());
    let more = deletes.then(|| more(ui, at(last), file, (Look::Quiet, true)));
    pressed.then_some(action).or(more.flatten())
}

fn so_far(done: u64, total: u64) -> String {
    say!(
        "line-so-far",
        done = size_in_words(done),
        total = size_in_words(total)
    )
}

/// A bar along the foot of `rect` while the file is on its way.
fn progress(ui: &Ui, rect: Rect, state: Option<&FileState>) {
    let Some(FileState::Sending { done, total } | FileState::Fetching { done, total }) = state
    else {
        return;
    };
    let palette = palette(ui);
    let bar = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 4.0), rect.max);
    let share = (*done as f32 / (*total).max(1) as f32).clamp(0.0, 1.0);
    let corner = CornerRadius::same(2);
    ui.painter().rect_filled(bar, corner, palette.line);
    let filled = Rect::from_min_max(
        bar.min,
        pos2(bar.left() + bar.width() * share, bar.bottom()),
    );
    ui.painter().rect_filled(filled, corner, palette.accent);
    let words = say!(
        "line-percent",
        share = format!("{}", (share * 100.0).round())
    );
    ui.interact(bar, ui.scope_id().with("progress"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &words));
}

/// The line below files that are on their way, with the way to stop; true when it was pressed.
pub(super) fn foot(ui: &mut Ui, scope: Id, place: Rect, files: &[FileView], known: &Files) -> bool {
    let palette = palette(ui);
    let begun = files.iter().any(|file| {
        let state = known.states.get(&file.id);
        !matches!(state, Some(FileState::Sending { done: 0, .. }))
    });
    let words = if begun {
        say!("line-sending")
    } else {
        say!("line-waiting-to-send")
    };
    icons::paint(
        ui.painter(),
        Icon::Clock,
        pos2(place.left() + 8.0, place.center().y),
        size::ICON * 0.8,
        palette.text_3,
    );
    let room = Rect::from_min_max(
        pos2(place.left() + 22.0, place.top()),
        pos2(place.left() + 260.0, place.bottom()),
    );
    let shown = text::paint_in(ui, room, Align::Min, words, Type::Hint, palette.text_3);
    let button = Rect::from_min_size(
        pos2(shown.right() + 8.0, place.top()),
        vec2(90.0, place.height()),
    );
    let builder = egui::UiBuilder::new()
        .scope_id(scope.with("foot"))
        .max_rect(button);
    let mut child = ui.new_child(builder);
    let cancel = Button::new(say!("say-cancel"))
        .look(Look::Quiet)
        .height(26.0);
    child.add(cancel).clicked()
}

/// A message with its files in words, for a screen reader.
pub(super) fn spoken(words: &str, files: &[FileView]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let names = names.join(", ");
    if words.is_empty() {
        names
    } else {
        format!("{words} – {names}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fit_and_can_be_pressed() {
        let most = vec2(440.0, 320.0);
        assert_eq!(fitted((4_000, 3_000), most), vec2(427.0, 320.0));
        assert_eq!(fitted((4_000, 1_000), most), vec2(440.0, 110.0));
        assert_eq!(fitted((200, 100), most), vec2(200.0, 100.0));
        assert_eq!(fitted((1, 30_000), most), vec2(SMALLEST, 320.0));
        assert_eq!(fitted((0, 0), most), Vec2::splat(SMALLEST));
    }
}
