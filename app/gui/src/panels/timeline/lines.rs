//! The lines of a timeline that are no messages: days, what is new, notices, what cannot be opened.

use dialtone_engine::ClientEventId;
use dialtone_engine::snapshot::Channel;
use dialtone_words::say;
use egui::{Align, Color32, Id, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::message::{RIGHT, Surroundings};
use super::metrics::Metrics;
use crate::panels::channels::{channel_name, marked_name};
use crate::theme::{Type, palette, size};
use crate::widgets::{Icon, focus_ring, icons, text, text_button};

pub(super) fn waiting_words(count: usize, why: &str) -> String {
    if count > 1 {
        say!("line-messages-wait", count = count, why = why)
    } else {
        why.to_owned()
    }
}

pub(super) fn refused_words(from: &str, why: &str) -> String {
    let from = if from.trim().is_empty() {
        say!("line-somebody")
    } else {
        from
    };
    say!("line-claims-from", from = from, why = why)
}

/// How high the beginning of a channel is in `width`.
pub(super) fn start_height(ui: &Ui, around: &Surroundings<'_>, width: f32) -> f32 {
    let (title, words) = beginning(around.channel);
    let room = width - 20.0 - RIGHT;
    let high = |words: &str, kind| {
        let job = text::wrapped(ui, words, kind, Color32::WHITE, room);
        ui.fonts_mut(|fonts| fonts.layout_job(job)).size().y
    };
    let needed = 24.0 + high(&title, Type::Title) + 6.0 + high(words, Type::Secondary) + 12.0;
    needed.max(108.0)
}

pub(super) fn start(ui: &mut Ui, rect: Rect, around: &Surroundings<'_>) {
    let palette = palette(ui);
    let room = Rect::from_min_max(
        pos2(rect.left() + 20.0, rect.top() + 24.0),
        pos2(rect.right() - RIGHT, rect.bottom()),
    );
    let mut child = ui.new_child(UiBuilder::new().max_rect(room).id_salt("start"));
    child.spacing_mut().item_spacing.y = 6.0;
    let (title, words) = beginning(around.channel);
    text::label(&mut child, &title, Type::Title, palette.text);
    text::label(&mut child, words, Type::Secondary, palette.text_2);
}

/// What stands at a channel's beginning: its name, and who reads it.
fn beginning(channel: &Channel) -> (String, &'static str) {
    let private = channel.private.as_ref();
    let title = if private.is_some_and(|private| private.direct) {
        say!("line-beginning-with", name = channel_name(channel))
    } else {
        say!("line-beginning-of", name = marked_name(channel))
    };
    let words = match (private, channel.from_joining) {
        (Some(private), _) if private.direct => {
            say!("line-readable-two")
        }
        (Some(_), true) => {
            say!("line-readable-private-since")
        }
        (Some(_), false) => {
            say!("line-readable-private")
        }
        (None, true) => {
            say!("line-readable-since")
        }
        (None, false) => {
            say!("line-readable")
        }
    };
    (title, words)
}

/// What can be loaded, or is on its way.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// Said while it comes.
    pub(super) coming: &'static str,
    /// Said to ask for it.
    pub(super) ask: &'static str,
}

pub(super) fn earlier() -> Page {
    Page {
        coming: say!("line-fetching-earlier"),
        ask: say!("line-show-earlier"),
    }
}

pub(super) fn later() -> Page {
    Page {
        coming: say!("line-fetching-later"),
        ask: say!("line-show-later"),
    }
}

/// Where more messages come; true when they were asked for.
pub(super) fn page(ui: &mut Ui, rect: Rect, loading: bool, page: Page) -> bool {
    let palette = palette(ui);
    if loading {
        text::paint_in(
            ui,
            rect,
            Align::Center,
            page.coming,
            Type::Hint,
            palette.text_3,
        );
        return false;
    }
    let place = Rect::from_center_size(
        rect.center(),
        vec2(rect.width().min(420.0), rect.height() - 16.0),
    );
    crate::panels::within(ui, page.ask, place, |ui| {
        ui.vertical_centered(|ui| text_button(ui, page.ask))
            .inner
            .clicked()
    })
}

/// A line with words in its middle; where they are not what one sees alone, they can be pressed.
pub(super) fn divider(
    ui: &Ui,
    rect: Rect,
    words: &str,
    (color, line): (Color32, Color32),
    hint: Option<&str>,
) -> bool {
    let y = rect.bottom() - 16.0;
    let room = Rect::from_min_max(
        pos2(rect.left() + 20.0, y - 12.0),
        pos2(rect.right() - RIGHT, y + 12.0),
    );
    let placed = text::paint_in(ui, room, Align::Center, words, Type::Group, color);
    let stroke = Stroke::new(1.0, line);
    let painter = ui.painter();
    painter.hline(room.left()..=(placed.left() - 12.0), y, stroke);
    painter.hline((placed.right() + 12.0)..=room.right(), y, stroke);
    let id = ui.scope_id().with(("divider", words));
    let (sense, role) = match hint {
        Some(_) => (Sense::click(), Role::Button),
        None => (Sense::hover(), Role::Label),
    };
    let response = ui.interact(placed.expand2(vec2(6.0, 3.0)), id, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, words));
    focus_ring(ui, &response, 6);
    let clicked = response.clicked();
    if let Some(hint) = hint {
        response.on_hover_text(hint);
    }
    clicked
}

pub(super) fn notice(
    ui: &mut Ui,
    rect: Rect,
    (id, words): (ClientEventId, &str),
    metrics: &Metrics,
) {
    let palette = palette(ui);
    let left = rect.left() + metrics.indent;
    let width = metrics.text_width(rect.width());
    let card = Rect::from_min_max(
        pos2(left, rect.top() + 8.0),
        pos2(left + width, rect.bottom() - 4.0),
    );
    ui.painter()
        .rect_filled(card, crate::theme::radius::ROW, palette.bg_1);
    let gutter = pos2(
        rect.left() + metrics.gutter(),
        card.top() + 4.0 + metrics.line(Type::Body) / 2.0,
    );
    icons::paint(ui.painter(), Icon::Info, gutter, size::ICON, palette.text_3);
    let room = card.shrink2(vec2(14.0, 4.0));
    let scope = Id::unique(("notice", id));
    let mut child = ui.new_child(UiBuilder::new().scope_id(scope).max_rect(room));
    child.spacing_mut().item_spacing.y = 0.0;
    text::selectable(&mut child, words, Type::Body, palette.text_2);
    text::label(
        &mut child,
        say!("line-only-you-see"),
        Type::Hint,
        palette.text_3,
    );
}

pub(super) fn aside(
    ui: &mut Ui,
    rect: Rect,
    (id, icon, words): (ClientEventId, Icon, &str),
    metrics: &Metrics,
    color: Color32,
) {
    let gutter = pos2(
        rect.left() + metrics.gutter(),
        rect.top() + 5.0 + metrics.line(Type::Body) / 2.0,
    );
    icons::paint(ui.painter(), icon, gutter, size::ICON, color);
    let room = Rect::from_min_max(
        pos2(rect.left() + metrics.indent, rect.top() + 5.0),
        pos2(
            rect.left() + metrics.indent + metrics.text_width(rect.width()),
            rect.bottom(),
        ),
    );
    let scope = Id::unique(("aside", id));
    let mut child = ui.new_child(UiBuilder::new().scope_id(scope).max_rect(room));
    text::label(&mut child, words, Type::BodyItalic, color);
}
