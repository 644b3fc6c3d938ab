//! The channels: text above, voice-first below, then conversations; those in a call with their talkers.
//!
//! ```text
//! model   snapshot -> rows
//! talker  who is in a call, under its row
//! arranging  putting one elsewhere, by keyboard or by hand
//! menu    what one may do with a channel
//! notify  of what one is told in it
//! ```

mod arranging;
mod menu;
mod model;
mod notify;
mod talker;

use dialtone_engine::settings::NotifyLevel;
use dialtone_engine::snapshot::VoiceStanding;
use dialtone_engine::{AccountId, ChannelId};
use dialtone_words::say;
use egui::{Align, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use arranging::Shown;
use model::{ChannelRow, Heading, Readers};
use talker::talker_line;

use crate::panels::hearing::HearingAction;
use crate::theme::{Type, around_line, palette, radius, row_height};
use crate::widgets::{Icon, Row, focus_ring, group_label, icons, text};

pub use menu::{ChannelRights, manage_menu};
pub use model::{ChannelsModel, build, channel_name, marked_name};
pub use notify::{Told, notify_menu};

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelsAction {
    /// Show this channel.
    Open(ChannelId),
    /// Join its call.
    Join(ChannelId),
    /// Change what it is.
    Settings(ChannelId),
    /// Let newcomers read what came before them only from now on, or all of it.
    SetHistory(ChannelId, bool),
    /// Ask whether to delete it.
    Delete(ChannelId),
    /// Choose who else belongs to it.
    AddPeople(ChannelId),
    /// Ask whether to leave it.
    Leave(ChannelId),
    /// Say of what one is told in it; none: as in the settings.
    Notify(ChannelId, Option<NotifyLevel>),
    /// Make a channel.
    Create,
    /// How one hears somebody changes.
    Hear(HearingAction),
    /// Say how everybody hears somebody.
    Voice(AccountId, VoiceStanding),
    /// Put the first one before (or after) the second one, under the same heading.
    Place(ChannelId, ChannelId, bool),
    /// Fold the heading under which this channel stands, or unfold it.
    Fold(ChannelId),
}

/// Shows the channels.
pub fn show(ui: &mut Ui, model: &ChannelsModel) -> Option<ChannelsAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let mut shown = Shown::default();
        for (words, above, rows) in [
            (say!("say-channels"), 16.0, &model.text),
            (say!("set-preset-voice-title"), 17.0, &model.voice),
        ] {
            if !rows.is_empty() {
                label(ui, words, above);
                action = group(ui, &mut shown, rows.iter()).or(action);
            }
        }
        for one in &model.headed {
            action = heading(ui, one).or(action);
            let rows = one.rows.iter();
            let rows = rows.filter(|row| !one.folded || row.wants_attention());
            action = group(ui, &mut shown, rows).or(action);
        }
        if !model.direct.is_empty() {
            label(ui, say!("panel-direct"), 17.0);
            action = group(ui, &mut shown, model.direct.iter()).or(action);
        }
        if model.is_empty() {
            action = empty(ui, model).or(action);
        }
        action = shown.dropped(ui).or(action);
        ui.add_space(12.0);
    });
    action
}

/// The rows of one group; the keyboard moves one among the others.
fn group<'a>(
    ui: &mut Ui,
    shown: &mut Shown,
    rows: impl Iterator<Item = &'a ChannelRow>,
) -> Option<ChannelsAction> {
    let rows: Vec<&ChannelRow> = rows.collect();
    let mut action = None;
    for (at, row) in rows.iter().enumerate() {
        let (hold, response, pressed) = channel(ui, row);
        action = pressed.or(action);
        let Some(hold) = hold else {
            continue;
        };
        shown.follow(row.id, hold);
        let neighbour =
            |at: Option<usize>| at.and_then(|at| rows.get(at)).filter(|one| one.movable);
        action = arranging::by_keyboard(ui, &response)
            .and_then(|up| {
                let at = if up { at.checked_sub(1) } else { Some(at + 1) };
                Some(ChannelsAction::Place(row.id, neighbour(at)?.id, up))
            })
            .or(action);
    }
    action
}

/// A heading that admins made: a press folds it or unfolds it.
fn heading(ui: &mut Ui, heading: &Heading) -> Option<ChannelsAction> {
    let palette = palette(ui);
    ui.add_space(12.0);
    let size = vec2(ui.available_width(), around_line(ui, 24.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let words = heading.name.to_uppercase();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), &words);
        info.selected = Some(!heading.folded);
        info
    });
    let color = if response.hovered() {
        palette.text_2
    } else {
        palette.text_3
    };
    let room = rect
        .shrink2(vec2(16.0, 0.0))
        .with_max_x(rect.right() - 34.0);
    text::paint_in(ui, room, Align::Min, &words, Type::Group, color);
    let icon = if heading.folded {
        Icon::ChevronRight
    } else {
        Icon::ChevronDown
    };
    let at = pos2(rect.right() - 22.0, rect.center().y);
    icons::paint(ui.painter(), icon, at, 14.0, color);
    focus_ring(ui, &response, radius::ROW);
    ui.add_space(2.0);
    let first = heading.rows.first().filter(|_| response.clicked())?;
    Some(ChannelsAction::Fold(first.id))
}

fn label(ui: &mut Ui, words: &str, above: f32) {
    ui.add_space(above);
    ui.horizontal(|ui| {
        ui.add_space(16.0);
        group_label(ui, words);
    });
    ui.add_space(6.0);
}

fn empty(ui: &mut Ui, model: &ChannelsModel) -> Option<ChannelsAction> {
    let palette = palette(ui);
    ui.add_space(16.0);
    let mut action = None;
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(16, 0))
        .show(ui, |ui| {
            let (words, offer) = model.words_when_empty();
            text::label(ui, words, Type::Secondary, palette.text_2);
            ui.add_space(8.0);
            let pressed = offer
                && ui
                    .add(
                        crate::widgets::Button::new(say!("panel-make-channel"))
                            .icon(Icon::Plus)
                            .height(32.0),
                    )
                    .clicked();
            action = pressed.then_some(ChannelsAction::Create);
        });
    action
}

fn channel(ui: &mut Ui, row: &ChannelRow) -> (Option<Response>, Response, Option<ChannelsAction>) {
    let palette = palette(ui);
    let mut action = None;
    let shown = ui.push_id(row.id, |ui| {
        let line = ui.available_rect_before_wrap();
        let inner = Rect::from_min_size(
            pos2(line.left() + 8.0, line.top()),
            vec2((line.width() - 16.0).max(10.0), row_height(ui)),
        );
        let hold = row.movable.then(|| arranging::hold(ui, row.id, inner));
        let response = super::within(ui, "row", inner, |ui| {
            let shown = Row::new(&row.name)
                .selected(row.selected)
                .strong(row.unread.is_some() && !row.told.is_muted())
                .mark(row.told.is_muted().then_some(Icon::BellOff))
                .color(row.in_its_call.then_some(palette.accent))
                .badge(row.mentions.as_deref().or(row.unread.as_deref()));
            match row.readers {
                Readers::One(account, here) => shown.face(account, here),
                _ => shown.icon(icon(row)),
            }
            .show(ui)
        });
        ui.advance_cursor_after_rect(inner);
        let spoken = description(row);
        if !spoken.is_empty() {
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_description(spoken);
            });
        }
        if response.double_clicked() && row.voice && !row.in_its_call {
            action = Some(ChannelsAction::Join(row.id));
        } else if response.clicked() {
            action = Some(ChannelsAction::Open(row.id));
        }
        response.context_menu(|ui| {
            action = menu(ui, row).or(action);
        });
        for talker in &row.talkers {
            action = talker_line(ui, talker).or(action);
        }
        (hold, response)
    });
    let (hold, response) = shown.inner;
    (hold, response, action)
}

fn icon(row: &ChannelRow) -> Icon {
    match row.readers {
        _ if !row.talkers.is_empty() => Icon::Speaker,
        Readers::Private => Icon::Lock,
        Readers::One(..) | Readers::Several => Icon::People,
        Readers::All if row.voice => Icon::Speaker,
        Readers::All => Icon::Hash,
    }
}

/// What the row shows beside its name, in words.
fn description(row: &ChannelRow) -> String {
    let kind = match row.readers {
        Readers::All => None,
        Readers::Private => Some(say!("panel-kind-private").to_owned()),
        Readers::One(_, true) => Some(say!("panel-kind-online").to_owned()),
        Readers::One(_, false) => Some(say!("panel-kind-offline").to_owned()),
        Readers::Several => Some(say!("panel-kind-conversation").to_owned()),
    };
    let unread = row
        .unread
        .as_ref()
        .map(|unread| say!("panel-unread", unread = unread));
    let mentions = row.mentions.as_ref();
    let mentions =
        mentions.map(|count| say!("panel-mention-you", count = count.trim_start_matches('@')));
    let quiet = row.told.is_muted();
    let quiet = quiet.then(|| say!("panel-kind-quiet").to_owned());
    let words = kind.into_iter().chain(unread).chain(mentions);
    let words: Vec<String> = words.chain(quiet).collect();
    words.join(", ")
}

fn menu(ui: &mut Ui, row: &ChannelRow) -> Option<ChannelsAction> {
    ui.set_width(230.0);
    let mut action = None;
    if !row.in_its_call
        && Row::new(say!("say-join-call"))
            .icon(Icon::Phone)
            .show(ui)
            .clicked()
    {
        action = Some(ChannelsAction::Join(row.id));
    }
    if row.rights.is_any() {
        action = manage_menu(ui, row.rights).or(action);
    }
    notify_menu(ui, row.told).or(action)
}
