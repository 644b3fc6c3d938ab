//! One row, measured and painted: the name and the time, what is answered, the body, what people set to it, how far sending has come.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use dialtone_engine::ClientEventId;
use dialtone_engine::snapshot::{
    Channel, Community, ItemBody, Role as Rank, Sending, TimelineItem,
};
use dialtone_words::say;
use egui::{
    Align, Color32, Id, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::body::{self, Body, Pressed, Setting};
use super::hidden::Opened;
use super::lines;
use super::marks::{self, Chip};
use super::metrics::{BESIDE, Metrics};
use super::model::details;
use super::view::{Deed, TimelineAction};
use super::{MessageRow, Row, files, ignored, person};
use crate::theme::{Palette, PersonColor, Type, palette};
use crate::time::Clock;
use crate::widgets::{Avatar, Button, Icon, Look, icons, text};

/// The room at the right edge.
pub(super) const RIGHT: f32 = 20.0;
/// Longer lines are hard to read.
pub(super) const WIDEST: f32 = 880.0;

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
    /// One may write here, and so react, edit and delete.
    pub(super) usable: bool,
    /// How big everything is.
    pub(super) metrics: Metrics,
    /// Which hidden texts one wants to see.
    pub(super) opened: &'a Opened,
    /// The zone and the present.
    pub(super) clock: &'a Clock,
    /// What was laid out before.
    pub(super) kept: &'a Kept,
}

/// A message laid out: where its parts stand below each other.
pub(super) struct Laid {
    body: Option<Body>,
    chips: Vec<Rect>,
    chips_height: f32,
    edited_below: bool,
    height: f32,
}

/// What is laid out stays so while the message, the width and the colours are the same: a frame in which nothing changed costs nothing.
#[derive(Default)]
pub(super) struct Kept(RefCell<HashMap<ClientEventId, (Key, Rc<Laid>)>>);

#[derive(Clone)]
struct Key {
    item: Arc<TimelineItem>,
    width: f32,
    scale: f32,
    metrics: Metrics,
    open: u64,
    palette: &'static Palette,
    names: usize,
}

impl Key {
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.item, &other.item)
            && (self.width - other.width).abs() < 0.1
            && (self.scale - other.scale).abs() < 0.001
            && self.metrics == other.metrics
            && self.open == other.open
            && std::ptr::eq(self.palette, other.palette)
            && self.names == other.names
    }
}

/// So many are kept: some screens full.
const KEPT: usize = 400;

impl Kept {
    fn laid(
        &self,
        ui: &Ui,
        message: &MessageRow,
        around: &Surroundings<'_>,
        width: f32,
    ) -> Rc<Laid> {
        let key = Key {
            item: Arc::clone(&message.item),
            width,
            scale: ui.ctx().pixels_per_point(),
            metrics: around.metrics,
            open: around.opened.of(message),
            palette: palette(ui),
            names: around.names.iter().map(|name| name.len() + 1).sum(),
        };
        let id = message.item.client_id;
        if let Some((known, laid)) = self.0.borrow().get(&id)
            && known.same(&key)
        {
            return Rc::clone(laid);
        }
        let laid = Rc::new(lay_out(ui, message, around, width));
        let mut kept = self.0.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(id, (key, Rc::clone(&laid)));
        laid
    }
}

fn lay_out(ui: &Ui, message: &MessageRow, around: &Surroundings<'_>, width: f32) -> Laid {
    let palette = palette(ui);
    let metrics = &around.metrics;
    let item = &message.item;
    let (words, files) = message.said();
    let deleted = matches!(item.body, ItemBody::Deleted { .. });
    let color = if item.sending == Sending::Pending {
        palette.text_3
    } else {
        palette.text
    };
    let mut height = 0.0;
    if item.marks.reply.is_some() && !deleted {
        height += marks::quote_height(metrics);
    }
    let setting = Setting {
        names: around.names,
        color,
        width,
        tighter: metrics.tighter,
        open: around.opened.of(message),
    };
    // A message of files alone has no line of text.
    let body = (!deleted && (!words.is_empty() || files.is_empty()))
        .then(|| body::lay_out(ui, words, &setting));
    height += match &body {
        Some(body) => body.height,
        None if deleted => metrics.line(Type::BodyItalic),
        None => 0.0,
    };
    let edited = !item.marks.versions.is_empty() && !deleted;
    let fits = |body: &Body| body.end.x + 8.0 + marks::EDITED * metrics.scale <= width;
    let edited_below = edited && !body.as_ref().is_some_and(fits);
    if edited_below {
        height += edited_line(metrics);
    }
    height += files::height(files, width, metrics);
    let (chips, chips_height) = marks::chips(ui, metrics, &item.marks.reactions, width);
    Laid {
        body,
        chips,
        chips_height,
        edited_below,
        height: height + chips_height,
    }
}

/// The line of the word *edited*, where it stands below.
fn edited_line(metrics: &Metrics) -> f32 {
    metrics.line(Type::Hint) + 2.0
}

/// The height of `row` in `width`.
pub(super) fn measure(ui: &Ui, row: &Row, width: f32, around: &Surroundings<'_>) -> f32 {
    let metrics = &around.metrics;
    let inner = metrics.text_width(width);
    match row {
        Row::Start => lines::start_height(ui, around, width),
        Row::Earlier { .. } | Row::Later { .. } => metrics.around(44.0),
        Row::Day { .. } | Row::New(_) => metrics.around(metrics.divider),
        Row::Ignored { .. } => ignored::height(metrics),
        Row::Notice(_, words) => wrapped_height(ui, words, inner - 28.0) + metrics.around(40.0),
        Row::Waiting { count, why, .. } => {
            wrapped_height(ui, &lines::waiting_words(*count, why), inner) + 10.0
        }
        Row::Refused { from, why, .. } => {
            wrapped_height(ui, &lines::refused_words(from, why), inner) + 10.0
        }
        Row::Message(message) => {
            let above = if message.head {
                metrics.above_head + metrics.head()
            } else {
                metrics.above
            };
            let below = if failed(message).is_some() {
                metrics.around(FAILED)
            } else if sends_files(message) {
                metrics.around(SENDING)
            } else {
                0.0
            };
            above + around.kept.laid(ui, message, around, inner).height + below
        }
    }
}

fn wrapped_height(ui: &Ui, words: &str, width: f32) -> f32 {
    let job = text::wrapped(ui, words, Type::Body, Color32::WHITE, width);
    ui.fonts_mut(|fonts| fonts.layout_job(job)).size().y
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

/// Paints `row` into `rect`; the second answer is what of a message takes clicks.
pub(super) fn paint(
    ui: &mut Ui,
    row: &Row,
    rect: Rect,
    around: &Surroundings<'_>,
    pointed: bool,
) -> (Option<TimelineAction>, Option<Response>) {
    let palette = palette(ui);
    let mut action = None;
    match row {
        Row::Start => lines::start(ui, rect, around),
        Row::Earlier { loading } => {
            action = lines::page(ui, rect, *loading, lines::earlier())
                .then_some(TimelineAction::LoadEarlier);
        }
        Row::Later { loading } => {
            action = lines::page(ui, rect, *loading, lines::later())
                .then_some(TimelineAction::LoadLater);
        }
        Row::Day { words, ms, .. } => {
            let colors = (palette.text_3, palette.line);
            let pressed = lines::divider(ui, rect, words, colors, Some(say!("line-another-day")));
            action = pressed.then_some(TimelineAction::PickDay(*ms));
        }
        Row::New(words) => {
            lines::divider(ui, rect, words, (palette.accent, palette.accent), None);
        }
        Row::Ignored { first, count, name } => {
            action = ignored::paint(ui, rect, around.metrics.indent, (*first, *count, name));
        }
        Row::Notice(id, words) => lines::notice(ui, rect, (*id, words), &around.metrics),
        Row::Waiting { first, count, why } => {
            let words = lines::waiting_words(*count, why);
            let shown = (*first, Icon::Lock, &*words);
            lines::aside(ui, rect, shown, &around.metrics, palette.text_2);
        }
        Row::Refused { id, from, why } => {
            let words = lines::refused_words(from, why);
            let shown = (*id, Icon::ShieldOff, &*words);
            lines::aside(ui, rect, shown, &around.metrics, palette.attention);
        }
        Row::Message(message) => return message_row(ui, rect, message, around, pointed),
    }
    (action, None)
}

fn message_row(
    ui: &mut Ui,
    rect: Rect,
    message: &MessageRow,
    around: &Surroundings<'_>,
    pointed: bool,
) -> (Option<TimelineAction>, Option<Response>) {
    let item = &message.item;
    let scope = Id::unique(("message", item.client_id));
    let metrics = &around.metrics;
    let width = metrics.text_width(rect.width());
    let laid = around.kept.laid(ui, message, around, width);
    let mut y = rect.top();
    let mut whose = None;
    if message.head {
        y += metrics.above_head;
        let at = pos2(rect.left(), y);
        head(ui, at, rect.right(), message, (scope, around));
        whose = person::press(ui, (at, metrics), item, around.community, scope);
        y += metrics.head();
    } else {
        y += metrics.above;
        follow_gutter(ui, rect, y, message, (pointed, metrics));
    }
    let mut at = pos2(rect.left() + metrics.indent, y);
    let mut action = whose;
    let mut presses = None;
    if let ItemBody::Deleted { by } = &item.body {
        let line = metrics.line(Type::BodyItalic);
        let place = Rect::from_min_size(at, vec2(width, line));
        marks::deleted(ui, scope, place, by.as_deref());
        at.y += line;
    } else if let Some(quote) = &item.marks.reply {
        if marks::quote(ui, scope, at, (width, metrics), quote) {
            action = Some(TimelineAction::Jump(quote.target));
        }
        at.y += marks::quote_height(metrics);
    }
    if let Some(body) = &laid.body {
        let (response, link) = body.paint(ui, scope, at, width, pointed);
        presses = response;
        match link {
            Some(Pressed::Link { address, plain }) => {
                action = Some(TimelineAction::OpenLink(address, plain));
            }
            Some(Pressed::Cover(piece)) => around.opened.open(message, piece),
            None => {}
        }
    }
    action = edited_mark(ui, scope, at, message, &laid).or(action);
    at.y += laid.body.as_ref().map_or(0.0, |body| body.height);
    at.y += if laid.edited_below {
        edited_line(metrics)
    } else {
        0.0
    };
    let (_, files) = message.said();
    let (me, known) = (&around.community.me, &around.community.files);
    let beside = files::Around {
        known,
        metrics,
        may_delete: item.from == me.account || me.role >= Rank::Admin,
    };
    action = files::paint(ui, scope, at, width, files, &beside).or(action);
    at.y += files::height(files, width, metrics);
    action = reactions(ui, scope, at, message, &laid, around).or(action);
    at.y += laid.chips_height;
    if sends_files(message) {
        let place = Rect::from_min_size(at, vec2(width, metrics.around(SENDING)));
        let stop = files::foot(ui, scope, place, files, known);
        return (
            action.or(stop.then_some(TimelineAction::Drop(item.client_id))),
            presses,
        );
    }
    let room = Rect::from_min_size(at, vec2(width, metrics.around(FAILED)));
    let first = y + metrics.line(Type::Body) / 2.0;
    let gone = how_far(ui, scope, message, room, first);
    (action.or(gone), presses)
}

/// How far sending has come: a sign beside the first line, or what failed, below.
fn how_far(
    ui: &mut Ui,
    scope: Id,
    message: &MessageRow,
    room: Rect,
    first: f32,
) -> Option<TimelineAction> {
    let item = &message.item;
    if item.sending == Sending::Pending && !message.head {
        sending_sign(ui, scope, pos2(room.left() - 14.0, first));
    }
    let place = room.shrink2(vec2(0.0, 2.0));
    failure(ui, place, scope, failed(message)?, item.client_id)
}

fn edited_mark(
    ui: &mut Ui,
    scope: Id,
    at: egui::Pos2,
    message: &MessageRow,
    laid: &Laid,
) -> Option<TimelineAction> {
    let item = &message.item;
    if item.marks.versions.is_empty() || matches!(item.body, ItemBody::Deleted { .. }) {
        return None;
    }
    let height = laid.body.as_ref().map_or(0.0, |body| body.height);
    let place = match &laid.body {
        Some(body) if !laid.edited_below => at + vec2(body.end.x + 8.0, body.end.y + 3.0),
        _ => at + vec2(0.0, height + 1.0),
    };
    marks::edited(ui, scope, place).then_some(TimelineAction::Versions(item.client_id))
}

fn reactions(
    ui: &mut Ui,
    scope: Id,
    at: egui::Pos2,
    message: &MessageRow,
    laid: &Laid,
    around: &Surroundings<'_>,
) -> Option<TimelineAction> {
    let item = &message.item;
    let hash = item.hash?;
    let shown = (&item.marks.reactions[..], &laid.chips[..]);
    let community = around.community;
    let pressed = marks::paint_chips(ui, scope, at, shown, community, around.usable)?;
    Some(match pressed {
        Chip::Toggle(emoji, set) => TimelineAction::Do(hash, Deed::React(emoji, set)),
        Chip::More(place) => TimelineAction::Do(hash, Deed::PickEmoji(place)),
    })
}

fn head(
    ui: &Ui,
    at: egui::Pos2,
    right: f32,
    message: &MessageRow,
    (scope, around): (Id, &Surroundings<'_>),
) {
    let palette = palette(ui);
    let (metrics, clock) = (&around.metrics, around.clock);
    let item = &message.item;
    Avatar::new(item.from, &item.from_name)
        .diameter(metrics.avatar)
        .paint(ui, person::disc(at, metrics).center());
    let color = PersonColor::of(&item.from).name(palette);
    let room = Rect::from_min_max(
        pos2(at.x + metrics.indent, at.y),
        pos2(
            (right - 80.0 * metrics.scale).max(at.x + metrics.indent + 20.0),
            at.y + metrics.line(Type::BodyStrong),
        ),
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
        words = say!("line-clocks-differ-short", words = words);
    }
    let lower = (room.height() - metrics.line(Type::Hint)) / 2.0 + 0.5;
    let time_at = pos2(name.right() + 8.0, at.y + lower);
    let time_color = if message.clocks_differ {
        palette.attention
    } else {
        palette.text_3
    };
    let time = text::paint_at(ui, time_at, &words, Type::Hint, time_color);
    let mut sign = pos2(time.right() + 14.0, time.center().y);
    if item.marks.pinned {
        pinned_sign(ui, scope, sign);
        sign.x += 18.0;
    }
    if let Some(words) = &message.vanishes {
        vanishing_sign(ui, scope, sign, words);
        sign.x += 18.0;
    }
    if item.sending == Sending::Pending {
        sending_sign(ui, scope, sign);
    }
    let response = ui.interact(name.union(time), scope.with("head"), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Label, true, format!("{}, {words}", item.from_name))
    });
    // Worked out for who asks: for a page of messages at once it would be felt.
    if response.hovered() || ui.ctx().has_accesskit_node(response.id) {
        response.on_hover_text(details(item, clock));
    }
}

/// Beside a message that stands under the one before: its time to who points at it, and that it is pinned.
fn follow_gutter(
    ui: &Ui,
    rect: Rect,
    y: f32,
    message: &MessageRow,
    (pointed, metrics): (bool, &Metrics),
) {
    let item = &message.item;
    let line = metrics.line(Type::Body) - metrics.tighter;
    let sign = pos2(rect.left() + metrics.gutter() + 10.0, y + line / 2.0);
    if pointed && item.sending == Sending::Sent {
        let room = Rect::from_min_max(
            pos2(rect.left(), y),
            pos2(rect.left() + metrics.indent - BESIDE, y + line),
        );
        let color = palette(ui).text_3;
        text::paint_in(ui, room, Align::Max, &message.time, Type::Hint, color);
    } else if item.marks.pinned {
        let scope = Id::unique(("message", item.client_id));
        pinned_sign(ui, scope, sign);
    } else if let Some(words) = &message.vanishes {
        let scope = Id::unique(("message", item.client_id));
        vanishing_sign(ui, scope, sign, words);
    }
}

fn vanishing_sign(ui: &Ui, scope: Id, at: egui::Pos2, words: &str) {
    icons::paint(ui.painter(), Icon::Clock, at, 12.0, palette(ui).text_3);
    let rect = Rect::from_center_size(at, vec2(14.0, 14.0));
    let response = ui.interact(rect, scope.with("vanishes"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response.on_hover_text(words);
}

fn pinned_sign(ui: &Ui, scope: Id, at: egui::Pos2) {
    icons::paint(ui.painter(), Icon::Pin, at, 12.0, palette(ui).text_3);
    let rect = Rect::from_center_size(at, vec2(14.0, 14.0));
    let response = ui.interact(rect, scope.with("pinned"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, say!("line-is-pinned")));
    response.on_hover_text(say!("line-is-pinned"));
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
        let words = say!("line-not-sent", why = why);
        let room = (ui.available_width() - 170.0).max(60.0);
        let galley = text::line(ui, &words, Type::Hint, palette.bad, room);
        ui.add(egui::Label::new(galley)).on_hover_text(&words);
        ui.add_space(6.0);
        if ui
            .add(
                Button::new(say!("say-try-again"))
                    .look(Look::Quiet)
                    .height(26.0),
            )
            .clicked()
        {
            action = Some(TimelineAction::Retry(id));
        }
        if ui
            .add(
                Button::new(say!("line-drop"))
                    .look(Look::Quiet)
                    .height(26.0),
            )
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
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, say!("line-being-sent")));
    response.on_hover_text(say!("line-being-sent"));
}
