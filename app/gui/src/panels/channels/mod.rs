//! The channels: text above, voice-first below, then conversations; those in a call with their talkers.
//!
//! ```text
//! model   snapshot -> rows
//! talker  who is in a call, under its row
//! menu    what one may do with a channel
//! notify  of what one is told in it
//! ```

mod menu;
mod model;
mod notify;
mod talker;

use dialtone_engine::settings::NotifyLevel;
use dialtone_engine::snapshot::VoiceStanding;
use dialtone_engine::{AccountId, ChannelId};
use dialtone_words::say;
use egui::{Rect, ScrollArea, Ui, pos2, vec2};

use model::{ChannelRow, Readers};
use talker::talker_line;

use crate::theme::{Type, palette};
use crate::widgets::{Icon, Row, group_label, text};

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
    /// Ask for a new name.
    Rename(ChannelId),
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
    /// Hear somebody louder or softer.
    Volume(AccountId, u16),
    /// Hear somebody also when many others are louder, or no longer.
    Pin(AccountId, bool),
    /// Say how everybody hears somebody.
    Voice(AccountId, VoiceStanding),
    /// Speak to somebody alone, or no longer.
    Whisper(AccountId, bool),
    /// Look at how well one hears everybody.
    Quality,
}

/// Shows the channels.
pub fn show(ui: &mut Ui, model: &ChannelsModel) -> Option<ChannelsAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        let groups = [
            (say!("say-channels"), 16.0, &model.text),
            (say!("set-preset-voice-title"), 17.0, &model.voice),
            (say!("panel-direct"), 17.0, &model.direct),
        ];
        for (words, above, rows) in groups {
            if rows.is_empty() {
                continue;
            }
            label(ui, words, above);
            for row in rows {
                action = channel(ui, row).or(action);
            }
        }
        if model.is_empty() {
            action = empty(ui, model).or(action);
        }
        ui.add_space(12.0);
    });
    action
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

fn channel(ui: &mut Ui, row: &ChannelRow) -> Option<ChannelsAction> {
    let palette = palette(ui);
    let mut action = None;
    ui.push_id(row.id, |ui| {
        let line = ui.available_rect_before_wrap();
        let inner = Rect::from_min_size(
            pos2(line.left() + 8.0, line.top()),
            vec2((line.width() - 16.0).max(10.0), 32.0),
        );
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
    });
    action
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
        Readers::One(_, false) => Some(say!("panel-kind-away").to_owned()),
        Readers::Several => Some(say!("panel-kind-conversation").to_owned()),
    };
    let unread = row
        .unread
        .as_ref()
        .map(|unread| say!("panel-unread", unread = unread));
    let mentions = row.mentions.as_ref();
    let mentions =
        mentions.map(|count| say!("panel-mention-you", count = count.trim_start_matches('@')));
    let muted = row.told.is_muted().then(|| "muted".to_owned());
    let words = kind.into_iter().chain(unread).chain(mentions);
    let words: Vec<String> = words.chain(muted).collect();
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
