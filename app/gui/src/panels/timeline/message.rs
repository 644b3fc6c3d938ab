//! One row, measured and painted: the name and the time, the body, how far sending has come.

use dialtone_engine::ClientEventId;
use dialtone_engine::snapshot::{Channel, Community, FileView, Role as Rank, Sending};
use egui::{Align, Color32, Id, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::view::TimelineAction;
use super::{MessageRow, Row, body, files, ignored, person};
use crate::panels::channels::{channel_name, marked_name};
use crate::theme::{PersonColor, Type, palette, size};
use crate::widgets::{Avatar, Button, Icon, Look, icons, text, text_button};

/// Where the text of a row begins.
const INDENT: f32 = 68.0;
/// The room at the right edge.
const RIGHT: f32 = 20.0;
/// Longer lines are hard to read.
const WIDEST: f32 = 880.0;

const HEAD_ABOVE: f32 = 12.0;
const HEAD: f32 = 21.0;
const FOLLOW_ABOVE: f32 = 3.0;
const FAILED: f32 = 36.0;
const SENDING: f32 = 30.0;

/// What a row needs to know beyond itself.
pub(super) struct Surroundings<'a> {
    /// The channel.
    pub(super) channel: &'a Channel,
    /// The members' names, for mentions.
    pub(super) names: &'a [&'a str],
    /// Whose: where files are, and what one may do.
    pub(super) community: &'a Community,
}

fn text_width(width: f32) -> f32 {
    (width - INDENT - RIGHT).clamp(40.0, WIDEST)
}

/// The height of `row` in `width`.
pub(super) fn measure(ui: &Ui, row: &Row, width: f32, around: &Surroundings<'_>) -> f32 {
    let inner = text_width(width);
    match row {
        Row::Start => 108.0,
        Row::Earlier { .. } => 44.0,
        Row::Day(..) | Row::New(_) => 42.0,
        Row::Ignored { .. } => ignored::HEIGHT,
        Row::Notice(_, words) => wrapped_height(ui, words, inner - 28.0) + 40.0,
        Row::Waiting { count, why, .. } => {
            wrapped_height(ui, &waiting_words(*count, why), inner) + 10.0
        }
        Row::Refused { from, why, .. } => {
            wrapped_height(ui, &refused_words(from, why), inner) + 10.0
        }
        Row::Message(message) => {
            let above = if message.head {
                HEAD_ABOVE + HEAD
            } else {
                FOLLOW_ABOVE
            };
            let below = if failed(message).is_some() {
                FAILED
            } else if sends_files(message) {
                SENDING
            } else {
                0.0
            };
            let (words, files) = message.said();
            above
                + body_height(ui, words, files, around, inner)
                + files::height(files, inner)
                + below
        }
    }
}

fn wrapped_height(ui: &Ui, words: &str, width: f32) -> f32 {
    let job = text::wrapped(words, Type::Body, Color32::WHITE, width);
    ui.fonts_mut(|fonts| fonts.layout_job(job)).size().y
}

fn waiting_words(count: usize, why: &str) -> String {
    if count > 1 {
        format!("{count} messages: {why}")
    } else {
        why.to_owned()
    }
}

fn refused_words(from: &str, why: &str) -> String {
    let from = if from.trim().is_empty() {
        "somebody"
    } else {
        from
    };
    format!("A message that claims to be from {from} was refused: {why}")
}

fn failed(message: &MessageRow) -> Option<&str> {
    match &message.item.sending {
        Sending::Failed(why) => Some(why),
        Sending::Sent | Sending::Pending => None,
    }
}

/// Its files are on their way.
fn sends_files(message: &MessageRow) -> bool {
    message.item.sending == Sending::Pending && !message.said().1.is_empty()
}

/// A message of files alone has no line of text.
fn body_height(
    ui: &Ui,
    words: &str,
    files: &[FileView],
    around: &Surroundings<'_>,
    width: f32,
) -> f32 {
    if words.is_empty() && !files.is_empty() {
        return 0.0;
    }
    body::lay_out(ui, words, around.names, Color32::WHITE, width).height
}

/// Paints `row` into `rect`.
pub(super) fn paint(
    ui: &mut Ui,
    row: &Row,
    rect: Rect,
    around: &Surroundings<'_>,
) -> Option<TimelineAction> {
    let palette = palette(ui);
    match row {
        Row::Start => {
            start(ui, rect, around);
            None
        }
        Row::Earlier { loading } => earlier(ui, rect, *loading),
        Row::Day(_, words) => {
            divider(ui, rect, words, palette.text_3, palette.line);
            None
        }
        Row::New(words) => {
            divider(ui, rect, words, palette.accent, palette.accent);
            None
        }
        Row::Notice(id, words) => {
            notice(ui, rect, *id, words);
            None
        }
        Row::Ignored { first, count, name } => {
            ignored::paint(ui, rect, INDENT, (*first, *count, name))
        }
        Row::Waiting { first, count, why } => {
            let words = waiting_words(*count, why);
            aside(ui, rect, *first, Icon::Lock, &words, palette.text_2);
            None
        }
        Row::Refused { id, from, why } => {
            let words = refused_words(from, why);
            aside(ui, rect, *id, Icon::ShieldOff, &words, palette.attention);
            None
        }
        Row::Message(message) => message_row(ui, rect, message, around),
    }
}

fn start(ui: &mut Ui, rect: Rect, around: &Surroundings<'_>) {
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
        format!(
            "This is the beginning of your conversation with {}",
            channel_name(channel)
        )
    } else {
        format!("This is the beginning of {}", marked_name(channel))
    };
    let words = match (private, channel.from_joining) {
        (Some(private), _) if private.direct => {
            "Nobody else reads what is said here: neither other members nor the server."
        }
        (Some(_), true) => {
            "Only the people in this channel can read it, each from their joining on; other members and the server cannot."
        }
        (Some(_), false) => {
            "Only the people in this channel can read it; other members and the server cannot."
        }
        (None, true) => {
            "Each member reads what is said from their joining on; the server cannot read any of it."
        }
        (None, false) => {
            "What is said here is readable by the members only; the server cannot read it."
        }
    };
    (title, words)
}

fn earlier(ui: &mut Ui, rect: Rect, loading: bool) -> Option<TimelineAction> {
    let palette = palette(ui);
    if loading {
        let words = "Fetching earlier messages";
        text::paint_in(ui, rect, Align::Center, words, Type::Hint, palette.text_3);
        return None;
    }
    let place = Rect::from_center_size(rect.center(), vec2(180.0, 28.0));
    crate::panels::within(ui, "earlier", place, |ui| {
        ui.vertical_centered(|ui| text_button(ui, "Show earlier messages"))
            .inner
            .clicked()
            .then_some(TimelineAction::LoadEarlier)
    })
}

fn divider(ui: &Ui, rect: Rect, words: &str, color: Color32, line: Color32) {
    let y = rect.bottom() - 16.0;
    let room = Rect::from_min_max(
        pos2(rect.left() + 20.0, y - 10.0),
        pos2(rect.right() - RIGHT, y + 10.0),
    );
    let placed = text::paint_in(ui, room, Align::Center, words, Type::Group, color);
    let stroke = Stroke::new(1.0, line);
    let painter = ui.painter();
    painter.hline(room.left()..=(placed.left() - 12.0), y, stroke);
    painter.hline((placed.right() + 12.0)..=room.right(), y, stroke);
    let id = ui.scope_id().with(("divider", words));
    ui.interact(placed, id, Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}

fn notice(ui: &mut Ui, rect: Rect, id: ClientEventId, words: &str) {
    let palette = palette(ui);
    let left = rect.left() + INDENT;
    let width = text_width(rect.width());
    let card = Rect::from_min_max(
        pos2(left, rect.top() + 8.0),
        pos2(left + width, rect.bottom() - 4.0),
    );
    ui.painter()
        .rect_filled(card, crate::theme::radius::ROW, palette.bg_1);
    let gutter = pos2(rect.left() + 38.0, card.top() + 14.0);
    icons::paint(ui.painter(), Icon::Info, gutter, size::ICON, palette.text_3);
    let room = card.shrink2(vec2(14.0, 4.0));
    let scope = Id::unique(("notice", id));
    let mut child = ui.new_child(UiBuilder::new().scope_id(scope).max_rect(room));
    child.spacing_mut().item_spacing.y = 0.0;
    text::selectable(&mut child, words, Type::Body, palette.text_2);
    text::label(&mut child, "Only you see this", Type::Hint, palette.text_3);
}

fn aside(ui: &mut Ui, rect: Rect, id: ClientEventId, icon: Icon, words: &str, color: Color32) {
    let gutter = pos2(rect.left() + 38.0, rect.top() + 15.0);
    icons::paint(ui.painter(), icon, gutter, size::ICON, color);
    let room = Rect::from_min_max(
        pos2(rect.left() + INDENT, rect.top() + 5.0),
        pos2(
            rect.left() + INDENT + text_width(rect.width()),
            rect.bottom(),
        ),
    );
    let scope = Id::unique(("aside", id));
    let mut child = ui.new_child(UiBuilder::new().scope_id(scope).max_rect(room));
    text::label(&mut child, words, Type::BodyItalic, color);
}

fn message_row(
    ui: &mut Ui,
    rect: Rect,
    message: &MessageRow,
    around: &Surroundings<'_>,
) -> Option<TimelineAction> {
    let palette = palette(ui);
    let item = &message.item;
    let scope = Id::unique(("message", item.client_id));
    let mut y = rect.top();
    let mut pressed = None;
    if message.head {
        y += HEAD_ABOVE;
        let at = pos2(rect.left(), y);
        head(ui, at, rect.right(), message, scope);
        pressed = person::press(ui, (at, INDENT), item, around.community, scope);
        y += HEAD;
    } else {
        y += FOLLOW_ABOVE;
        follow_time(ui, rect, y, message);
    }
    let pending = item.sending == Sending::Pending;
    let color = if pending {
        palette.text_3
    } else {
        palette.text
    };
    let width = text_width(rect.width());
    let (words, files) = message.said();
    let mut at = pos2(rect.left() + INDENT, y);
    if !words.is_empty() || files.is_empty() {
        let body = body::lay_out(ui, words, around.names, color, width);
        body.paint(ui, scope, at, width);
        at.y += body.height;
    }
    let (me, known) = (&around.community.me, &around.community.files);
    let beside = files::Around {
        known,
        may_delete: item.from == me.account || me.role >= Rank::Admin,
    };
    let action = files::paint(ui, scope, at, width, files, &beside).or(pressed);
    at.y += files::height(files, width);
    if sends_files(message) {
        let place = Rect::from_min_size(at, vec2(width, SENDING));
        let stop = files::foot(ui, scope, place, files, known);
        return action.or(stop.then_some(TimelineAction::Drop(item.client_id)));
    }
    if pending && !message.head {
        let gutter = pos2(at.x - 14.0, y + 10.0);
        sending_sign(ui, scope, gutter);
    }
    let Some(why) = failed(message) else {
        return action;
    };
    let place = Rect::from_min_size(at + vec2(0.0, 2.0), vec2(width, FAILED - 4.0));
    action.or(failure(ui, place, scope, why, item.client_id))
}

fn head(ui: &Ui, at: egui::Pos2, right: f32, message: &MessageRow, scope: Id) {
    let palette = palette(ui);
    let item = &message.item;
    let center = pos2(
        at.x + 20.0 + size::AVATAR / 2.0,
        at.y + size::AVATAR / 2.0 + 1.0,
    );
    Avatar::new(item.from, &item.from_name).paint(ui, center);
    let color = PersonColor::of(&item.from).name(palette);
    let room = Rect::from_min_max(
        pos2(at.x + INDENT, at.y),
        pos2((right - 80.0).max(at.x + INDENT + 20.0), at.y + 20.0),
    );
    let name = text::paint_in(
        ui,
        room,
        Align::Min,
        &item.from_name,
        Type::BodyStrong,
        color,
    );
    let mut words = message.time.clone();
    if message.clocks_differ {
        words.push_str(" (clocks differ)");
    }
    let time_at = pos2(name.right() + 8.0, at.y + 2.5);
    let time_color = if message.clocks_differ {
        palette.attention
    } else {
        palette.text_3
    };
    let time = text::paint_at(ui, time_at, &words, Type::Hint, time_color);
    if item.sending == Sending::Pending {
        sending_sign(ui, scope, pos2(time.right() + 14.0, time.center().y));
    }
    let response = ui.interact(name.union(time), scope.with("head"), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Label, true, format!("{}, {words}", item.from_name))
    });
    response.on_hover_text(&message.details);
}

fn follow_time(ui: &Ui, rect: Rect, y: f32, message: &MessageRow) {
    let hovered = ui.rect_contains_pointer(rect);
    if hovered && message.item.sending == Sending::Sent {
        let room = Rect::from_min_max(
            pos2(rect.left(), y),
            pos2(rect.left() + INDENT - 12.0, y + 20.0),
        );
        let color = palette(ui).text_3;
        text::paint_in(ui, room, Align::Max, &message.time, Type::Hint, color);
    }
}

fn failure(
    ui: &mut Ui,
    place: Rect,
    scope: Id,
    why: &str,
    id: ClientEventId,
) -> Option<TimelineAction> {
    let palette = palette(ui);
    let mut action = None;
    let builder = UiBuilder::new()
        .scope_id(scope.with("failed"))
        .max_rect(place);
    let mut child = ui.new_child(builder);
    child.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let words = format!("Not sent: {why}");
        let room = (ui.available_width() - 170.0).max(60.0);
        let galley = text::line(ui, &words, Type::Hint, palette.bad, room);
        ui.add(egui::Label::new(galley)).on_hover_text(&words);
        ui.add_space(6.0);
        if ui
            .add(Button::new("Try again").look(Look::Quiet).height(26.0))
            .clicked()
        {
            action = Some(TimelineAction::Retry(id));
        }
        if ui
            .add(Button::new("Drop").look(Look::Quiet).height(26.0))
            .clicked()
        {
            action = Some(TimelineAction::Drop(id));
        }
    });
    action
}

fn sending_sign(ui: &Ui, scope: Id, at: egui::Pos2) {
    icons::paint(ui.painter(), Icon::Clock, at, 12.0, palette(ui).text_3);
    let rect = Rect::from_center_size(at, vec2(14.0, 14.0));
    let response = ui.interact(rect, scope.with("sending"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "Being sent"));
    response.on_hover_text("Being sent");
}
