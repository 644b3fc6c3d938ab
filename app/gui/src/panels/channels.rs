//! The channels: text above, voice-first below, those in a call with their talkers.

use dialtone_engine::snapshot::{Channel, Community, Connection, Role as MemberRole, Talker};
use dialtone_engine::{AccountId, ChannelId};
use egui::{
    Align, Popup, PopupCloseBehavior, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::rail::count;
use crate::theme::{Type, palette, radius, size};
use crate::widgets::{Avatar, Icon, Row, Slider, focus_ring, group_label, icons, text};

/// All rows.
#[derive(Debug, PartialEq)]
pub struct ChannelsModel {
    text: Vec<ChannelRow>,
    voice: Vec<ChannelRow>,
    can_manage: bool,
    online: bool,
    waits_for_admission: bool,
}

#[derive(Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks of one channel"
)]
struct ChannelRow {
    id: ChannelId,
    name: String,
    voice: bool,
    selected: bool,
    unread: Option<String>,
    in_its_call: bool,
    from_joining: bool,
    talkers: Vec<TalkerRow>,
}

#[derive(Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks of one talker"
)]
struct TalkerRow {
    account: AccountId,
    name: String,
    oneself: bool,
    speaking: bool,
    muted: bool,
    deafened: bool,
    connected: bool,
    volume_percent: u16,
}

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
    /// Make a channel.
    Create,
    /// Hear somebody louder or softer.
    Volume(AccountId, u16),
}

/// The name to show for a channel.
pub fn channel_name(channel: &Channel) -> &str {
    channel.name.as_deref().unwrap_or("name not known yet")
}

/// The rows of `community`.
pub fn build(community: &Community) -> ChannelsModel {
    let call = community.call.as_ref().map(|call| call.channel);
    let row = |channel: &Channel| ChannelRow {
        id: channel.id,
        name: channel_name(channel).to_owned(),
        voice: channel.voice,
        selected: community.open == Some(channel.id),
        unread: (channel.unread > 0).then(|| count(u64::from(channel.unread))),
        in_its_call: call == Some(channel.id),
        from_joining: channel.from_joining,
        talkers: channel
            .talkers
            .iter()
            .map(|talker| talker_row(talker, community))
            .collect(),
    };
    let of_kind = |voice| {
        community
            .channels
            .iter()
            .filter(|channel| channel.voice == voice)
            .map(|channel| row(channel))
            .collect()
    };
    ChannelsModel {
        text: of_kind(false),
        voice: of_kind(true),
        can_manage: community.me.role >= MemberRole::Admin,
        online: community.connection == Connection::Online,
        waits_for_admission: community.connection == Connection::WaitingForAdmission,
    }
}

impl ChannelsModel {
    /// What stands where the channels would, and whether one can be made from there.
    fn words_when_empty(&self) -> (&'static str, bool) {
        match (self.online, self.can_manage) {
            _ if self.waits_for_admission => ("Channels appear here once you are let in.", false),
            (false, _) => ("Channels appear here once they are fetched.", false),
            (true, true) => ("There are no channels yet. Make the first one.", true),
            (true, false) => ("There are no channels yet. An admin makes them.", false),
        }
    }
}

fn talker_row(talker: &Talker, community: &Community) -> TalkerRow {
    let oneself = talker.device == community.me.device;
    let call = community.call.as_ref().filter(|_| oneself);
    TalkerRow {
        account: talker.account,
        name: talker.name.clone(),
        oneself,
        speaking: call.map_or(talker.speaking, |call| call.speaking && !call.muted),
        muted: call.map_or(talker.muted, |call| call.muted),
        deafened: call.map_or(talker.deafened, |call| call.deafened),
        connected: oneself || community.call.is_none() || talker.connected,
        volume_percent: talker.volume_percent,
    }
}

/// Shows the channels.
pub fn show(ui: &mut Ui, model: &ChannelsModel) -> Option<ChannelsAction> {
    let mut action = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        if !model.text.is_empty() {
            label(ui, "Channels", 16.0);
            for row in &model.text {
                action = channel(ui, row, model.can_manage).or(action);
            }
        }
        if !model.voice.is_empty() {
            label(ui, "Voice", 17.0);
            for row in &model.voice {
                action = channel(ui, row, model.can_manage).or(action);
            }
        }
        if model.text.is_empty() && model.voice.is_empty() {
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
                        crate::widgets::Button::new("Make a channel")
                            .icon(Icon::Plus)
                            .height(32.0),
                    )
                    .clicked();
            action = pressed.then_some(ChannelsAction::Create);
        });
    action
}

fn channel(ui: &mut Ui, row: &ChannelRow, can_manage: bool) -> Option<ChannelsAction> {
    let palette = palette(ui);
    let mut action = None;
    ui.push_id(row.id, |ui| {
        let line = ui.available_rect_before_wrap();
        let inner = Rect::from_min_size(
            pos2(line.left() + 8.0, line.top()),
            vec2((line.width() - 16.0).max(10.0), 32.0),
        );
        let icon = if row.voice || !row.talkers.is_empty() {
            Icon::Speaker
        } else {
            Icon::Hash
        };
        let response = super::within(ui, "row", inner, |ui| {
            Row::new(&row.name)
                .icon(icon)
                .selected(row.selected)
                .strong(row.unread.is_some())
                .color(row.in_its_call.then_some(palette.accent))
                .badge(row.unread.as_deref())
                .show(ui)
        });
        ui.advance_cursor_after_rect(inner);
        if let Some(unread) = &row.unread {
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_description(format!("{unread} unread"));
            });
        }
        if response.double_clicked() && row.voice && !row.in_its_call {
            action = Some(ChannelsAction::Join(row.id));
        } else if response.clicked() {
            action = Some(ChannelsAction::Open(row.id));
        }
        response.context_menu(|ui| {
            action = menu(ui, row, can_manage).or(action);
        });
        for talker in &row.talkers {
            action = talker_line(ui, talker).or(action);
        }
    });
    action
}

fn menu(ui: &mut Ui, row: &ChannelRow, can_manage: bool) -> Option<ChannelsAction> {
    ui.set_width(230.0);
    let mut action = None;
    if !row.in_its_call && Row::new("Join call").icon(Icon::Phone).show(ui).clicked() {
        action = Some(ChannelsAction::Join(row.id));
    }
    if can_manage {
        action = manage_menu(ui, row.id, row.from_joining).or(action);
    }
    if row.in_its_call && !can_manage {
        let color = palette(ui).text_3;
        text::label(ui, "You are in its call.", Type::Secondary, color);
    }
    action
}

/// The entries of a channel's menu that admins have.
pub fn manage_menu(ui: &mut Ui, channel: ChannelId, from_joining: bool) -> Option<ChannelsAction> {
    let mut action = None;
    ui.set_width(230.0);
    if Row::new("Rename channel")
        .icon(Icon::Pencil)
        .show(ui)
        .clicked()
    {
        action = Some(ChannelsAction::Rename(channel));
        ui.close();
    }
    let words = if from_joining {
        "Let newcomers read it all"
    } else {
        "Newcomers read from now on"
    };
    if Row::new(words).icon(Icon::People).show(ui).clicked() {
        action = Some(ChannelsAction::SetHistory(channel, !from_joining));
        ui.close();
    }
    let bad = palette(ui).bad;
    let delete = Row::new("Delete channel")
        .icon(Icon::Trash)
        .color(Some(bad));
    if delete.show(ui).clicked() {
        action = Some(ChannelsAction::Delete(channel));
        ui.close();
    }
    action
}

fn talker_line(ui: &mut Ui, talker: &TalkerRow) -> Option<ChannelsAction> {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let place = Rect::from_min_max(
        pos2(rect.left() + 24.0, rect.top()),
        pos2(rect.right() - 8.0, rect.bottom()),
    );
    let response = ui.interact(
        place,
        ui.scope_id().with(("talker", talker.account)),
        Sense::click(),
    );
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), talker_words(talker)));
    if response.hovered() {
        ui.painter()
            .rect_filled(place, radius::ROW, palette.hovered);
    }
    Avatar::new(talker.account, &talker.name)
        .diameter(22.0)
        .speaking(talker.speaking)
        .dim(!talker.connected)
        .paint(ui, pos2(rect.left() + 43.0, rect.center().y));
    let mut right = place.right() - 8.0;
    for (shown, icon) in [
        (talker.deafened, Icon::HeadphonesOff),
        (talker.muted, Icon::MicrophoneOff),
    ] {
        if shown {
            icons::paint(
                ui.painter(),
                icon,
                pos2(right - 8.0, rect.center().y),
                size::ICON,
                palette.bad,
            );
            right -= 22.0;
        }
    }
    let room = Rect::from_min_max(
        pos2(rect.left() + 62.0, rect.top()),
        pos2(right, rect.bottom()),
    );
    let color = if talker.speaking {
        palette.text
    } else if talker.connected {
        palette.text_2
    } else {
        palette.text_3
    };
    text::paint_in(ui, room, Align::Min, &talker.name, Type::Secondary, color);
    focus_ring(ui, &response, radius::ROW);
    if talker.oneself {
        return None;
    }
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(format!("Volume of {}", talker.name))
        .show(|ui| volume(ui, talker))
        .and_then(|shown| shown.inner)
}

fn volume(ui: &mut Ui, talker: &TalkerRow) -> Option<ChannelsAction> {
    let palette = palette(ui);
    ui.set_width(200.0);
    let words = format!("How loud you hear {}", talker.name);
    text::label(ui, &words, Type::SecondaryStrong, palette.text);
    let name = format!("Volume of {}", talker.name);
    let moved = Slider::new(&name, f32::from(talker.volume_percent), (0.0, 200.0), 5.0).show(ui);
    let percent = format!("{} %", talker.volume_percent);
    text::label(ui, &percent, Type::Hint, palette.text_3);
    moved.map(|percent| ChannelsAction::Volume(talker.account, percent.round() as u16))
}

fn talker_words(talker: &TalkerRow) -> String {
    let mut words = talker.name.clone();
    for (is, what) in [
        (talker.speaking, ", speaking"),
        (talker.muted, ", muted"),
        (talker.deafened, ", deafened"),
        (!talker.connected, ", connecting"),
    ] {
        if is {
            words.push_str(what);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn voice_channels_are_listed_apart_with_their_talkers() {
        let snapshot = demo::harbour();
        let model = build(&snapshot.communities[0]);
        assert_eq!(model.text.len(), 4);
        assert_eq!(model.voice.len(), 2);
        let talkers = &model.voice[0].talkers;
        assert!(model.voice[0].in_its_call);
        assert_eq!(
            talkers.iter().map(talker_words).collect::<Vec<_>>(),
            ["Anna, speaking", "Mikael", "Jo, muted"]
        );
    }

    #[test]
    fn oneself_is_shown_as_the_call_says() {
        let mut snapshot = demo::harbour();
        let community = std::sync::Arc::make_mut(&mut snapshot.communities[0]);
        if let Some(call) = &mut community.call {
            call.muted = true;
        }
        let model = build(&snapshot.communities[0]);
        assert_eq!(talker_words(&model.voice[0].talkers[0]), "Anna, muted");
    }

    #[test]
    fn a_nameless_channel_says_so() {
        let mut channel = (*demo::harbour().communities[0].channels[0]).clone();
        channel.name = None;
        assert_eq!(channel_name(&channel), "name not known yet");
    }

    #[test]
    fn a_channel_is_offered_only_where_one_can_be_made() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.channels.clear();
        let mut empty = |connection, role| {
            community.connection = connection;
            community.me.role = role;
            build(&community).words_when_empty()
        };
        let waiting = empty(Connection::WaitingForAdmission, MemberRole::Member);
        assert_eq!(
            waiting,
            ("Channels appear here once you are let in.", false)
        );
        assert!(empty(Connection::Online, MemberRole::Admin).1);
        assert!(!empty(Connection::Online, MemberRole::Member).1);
        assert!(!empty(Connection::CatchingUp, MemberRole::Admin).1);
    }
}
