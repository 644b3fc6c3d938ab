//! The main window: lays out the panels, shows each from its model, turns each action into one command.

use std::sync::Arc;

use dialtone_engine::snapshot::{Channel, Community, Connection, Role};
use dialtone_engine::{Command, CommunityCommand, Snapshot};
use egui::{Align, Id, Order, Popup, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::settings::{self, SettingsAction};
use crate::banners::{self, BannerAction};
use crate::dialogs::{ChannelForm, Dialog, InviteForm};
use crate::layout::{Regions, drawer, regions};
use crate::panels::channels::{self, ChannelsAction, channel_name};
use crate::panels::composer::{self, ComposerAction};
use crate::panels::members::{self, MembersAction};
use crate::panels::rail::{self, RailAction};
use crate::panels::timeline::{self, TimelineAction};
use crate::panels::title::{self, Title};
use crate::panels::voice_bar::{self, VoiceBarAction};
use crate::panels::{oneself, region, within};
use crate::state::{Page, SettingsPage, UiState};
use crate::theme::{Type, palette};
use crate::time::Clock;
use crate::widgets::{Button, Icon, IconButton, Look, hline, surface, text};

/// Shows the main window; the commands that follow from what was done.
pub fn show(ui: &mut Ui, snapshot: &Snapshot, state: &mut UiState, clock: &Clock) -> Vec<Command> {
    let mut commands = Vec::new();
    let area = ui.max_rect();
    let places = regions(area);
    let palette = palette(ui);
    surface(ui, area, palette.bg_2);
    let current = state.current(snapshot);
    surface(ui, places.rail, palette.bg_0);
    let model = rail::build(snapshot, current.map(|community| community.id));
    let pressed = region(ui, "Communities", places.rail, |ui| rail::show(ui, &model));
    match pressed {
        Some(RailAction::Choose(id)) => {
            state.community = Some(id);
            state.page = Page::Chat;
        }
        Some(RailAction::Add) => state.dialog = Some(Dialog::Link(String::new())),
        None => {}
    }
    match state.page {
        Page::Settings(page) => in_settings(ui, snapshot, state, &places, page, &mut commands),
        Page::Chat => {
            if let Some(community) = state.current(snapshot) {
                chat(
                    ui,
                    snapshot,
                    community,
                    state,
                    &places,
                    clock,
                    &mut commands,
                );
            }
        }
    }
    if let Some(read) = banners::show_notices(ui, notice_place(&places), banners::notices(snapshot))
    {
        commands.push(Command::DismissNotice(read));
    }
    commands
}

/// Above the composer, so that a notice never covers what one writes.
fn notice_place(places: &Regions) -> Rect {
    Rect::from_min_max(
        places.center.min,
        pos2(places.center.right(), places.center.bottom() - 84.0),
    )
}

fn in_settings(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut UiState,
    places: &Regions,
    page: SettingsPage,
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    let mut action = None;
    let center = Rect::from_min_max(
        places.center.min,
        pos2(ui.max_rect().right(), places.center.bottom()),
    );
    if let Some(side) = places.side {
        side_ground(ui, side);
        action = settings::show_list(ui, side, page);
    }
    let narrow = places.side.is_none();
    action = settings::show_page(ui, center, snapshot, page, narrow).or(action);
    if narrow {
        let stroke = Stroke::new(1.0, palette.line);
        ui.painter()
            .vline(center.left() - 0.5, center.y_range(), stroke);
    }
    match action {
        None => {}
        Some(SettingsAction::Page(page)) => state.page = Page::Settings(page),
        Some(SettingsAction::Close) => state.page = Page::Chat,
        Some(SettingsAction::Audio(audio)) => commands.push(Command::SetAudio(audio)),
        Some(SettingsAction::Theme(theme)) => commands.push(Command::SetTheme(theme)),
        Some(SettingsAction::RefreshDevices) => commands.push(Command::RefreshDevices),
        Some(SettingsAction::Lock) => {
            state.page = Page::Chat;
            commands.push(Command::Lock);
        }
        Some(SettingsAction::Forget(id)) => {
            let found = snapshot.communities.iter().find(|one| one.id == id);
            let name = found.map_or_else(String::new, |one| one.name.clone());
            state.dialog = Some(Dialog::Forget(id, name));
        }
    }
}

fn chat(
    ui: &mut Ui,
    snapshot: &Snapshot,
    community: &Community,
    state: &mut UiState,
    places: &Regions,
    clock: &Clock,
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    if let Some(side) = places.side {
        state.drawer = false;
        side_panel(ui, side, snapshot, community, state, commands);
    }
    if let Some(rect) = places.members {
        surface(ui, rect, palette.bg_1);
        let stroke = Stroke::new(1.0, palette.line);
        ui.painter()
            .vline(rect.left() + 0.5, rect.y_range(), stroke);
        members_panel(ui, rect, community, state);
    }
    center(ui, places, community, state, clock, commands);
    if places.side.is_none() && state.drawer {
        drawer_over(ui, snapshot, community, state, commands);
    }
}

fn side_ground(ui: &Ui, side: Rect) {
    let palette = palette(ui);
    surface(ui, side, palette.bg_1);
    let stroke = Stroke::new(1.0, palette.line);
    ui.painter()
        .vline(side.right() - 0.5, side.y_range(), stroke);
}

fn drawer_over(
    ui: &mut Ui,
    snapshot: &Snapshot,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let area = ui.max_rect();
    let place = drawer(area);
    let veil = Rect::from_min_max(pos2(place.left(), area.top()), area.max);
    let ctx = ui.ctx().clone();
    egui::Area::new(Id::unique("drawer"))
        .order(Order::Middle)
        .fixed_pos(place.min)
        .constrain(false)
        .show(&ctx, |ui| {
            let beside = ui.interact(veil, Id::unique("drawer-veil"), Sense::click());
            ui.painter().rect_filled(veil, 0.0, palette(ui).veil);
            ui.interact(place, Id::unique("drawer-ground"), Sense::click());
            let before = community.open;
            side_panel(ui, place, snapshot, community, state, commands);
            let opened = commands.iter().any(|command| {
                matches!(command, Command::In(_, CommunityCommand::Open(id)) if Some(*id) != before)
            });
            if opened || beside.clicked() {
                state.drawer = false;
            }
        });
}

fn side_panel(
    ui: &mut Ui,
    side: Rect,
    snapshot: &Snapshot,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    side_ground(ui, side);
    region(ui, "Channels", side, |ui| {
        let side = Rect::from_min_max(side.min, pos2(side.right() - 1.0, side.bottom()));
        let title = Title {
            words: &community.name,
            ..Title::default()
        };
        let (rest, ()) = title::show(ui, side, &title, 16.0, |ui| {
            side_controls(ui, community, state);
        });
        let mut foot = rest.bottom() - 56.0;
        let self_row = Rect::from_min_max(pos2(rest.left(), foot), rest.max);
        hline(ui, self_row.x_range(), self_row.top() + 1.0, palette.line);
        if oneself::show(ui, self_row, &oneself::build(community)) {
            state.page = Page::Settings(SettingsPage::Audio);
        }
        if let Some(model) = voice_bar::build(snapshot, community) {
            foot = voice_bar_above(ui, rest, foot, &model, community, commands);
        }
        let list = Rect::from_min_max(rest.min, pos2(rest.right(), foot.max(rest.top())));
        let model = channels::build(community);
        let action = within(ui, "list", list, |ui| channels::show(ui, &model));
        on_channels(action, community, state, commands);
    });
}

fn side_controls(ui: &mut Ui, community: &Community, state: &mut UiState) {
    if community.me.role < Role::Admin {
        return;
    }
    let create = IconButton::new(Icon::Plus, "Create channel");
    if ui.add(create).clicked() {
        state.dialog = Some(Dialog::CreateChannel(ChannelForm::default()));
    }
    let invite = IconButton::new(Icon::PersonPlus, "Invite people");
    if ui.add(invite).clicked() {
        state.dialog = Some(Dialog::Invite(InviteForm::new(
            community.id,
            &community.name,
        )));
    }
}

/// Shows the voice bar so that it ends above `foot`; returns its top.
fn voice_bar_above(
    ui: &mut Ui,
    rest: Rect,
    foot: f32,
    model: &voice_bar::VoiceBarModel,
    community: &Community,
    commands: &mut Vec<Command>,
) -> f32 {
    let id = Id::unique("voice-bar-height");
    let known: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(128.0);
    let top = foot - known - 8.0;
    let place = Rect::from_min_max(pos2(rest.left(), top), pos2(rest.right(), foot));
    let (action, height) = region(ui, "Voice", place, |ui| {
        let action = voice_bar::show(ui, model);
        (action, ui.min_rect().height())
    });
    if (height - known).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx().request_discard("the voice bar has another height");
    }
    let wish = match action {
        None => return top,
        Some(VoiceBarAction::Mute(muted)) => CommunityCommand::SetMuted(muted),
        Some(VoiceBarAction::Deafen(deafened)) => CommunityCommand::SetDeafened(deafened),
        Some(VoiceBarAction::Leave) => CommunityCommand::LeaveCall,
    };
    commands.push(Command::In(community.id, wish));
    top
}

fn on_channels(
    action: Option<ChannelsAction>,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let name_of = |id| {
        let found = community.channels.iter().find(|channel| channel.id == id);
        found.map_or_else(String::new, |channel| channel_name(channel).to_owned())
    };
    let wish = match action {
        None => return,
        Some(ChannelsAction::Open(id)) => CommunityCommand::Open(id),
        Some(ChannelsAction::Join(id)) => CommunityCommand::JoinCall(id),
        Some(ChannelsAction::Volume(account, percent)) => {
            CommunityCommand::SetVolume { account, percent }
        }
        Some(ChannelsAction::Create) => {
            state.dialog = Some(Dialog::CreateChannel(ChannelForm::default()));
            return;
        }
        Some(ChannelsAction::Rename(id)) => {
            let form = ChannelForm {
                name: name_of(id),
                voice: false,
            };
            state.dialog = Some(Dialog::RenameChannel(id, form));
            return;
        }
        Some(ChannelsAction::Delete(id)) => {
            state.dialog = Some(Dialog::DeleteChannel(id, name_of(id)));
            return;
        }
    };
    commands.push(Command::In(community.id, wish));
}

fn members_panel(ui: &mut Ui, rect: Rect, community: &Community, state: &mut UiState) {
    region(ui, "Members", rect, |ui| {
        let palette = palette(ui);
        let ground = Rect::from_min_max(pos2(rect.left() + 1.0, rect.top()), rect.max);
        let (below, ()) = title::show(ui, ground, &Title::default(), 16.0, |_| {});
        let bar = Rect::from_min_max(
            pos2(ground.left() + 15.0, ground.top()),
            pos2(ground.right(), below.top() - 1.0),
        );
        text::paint_in(
            ui,
            bar,
            Align::Min,
            "Members",
            Type::SecondaryStrong,
            palette.text_2,
        );
        let model = members::build(community);
        let action = within(ui, "list", below, |ui| members::show(ui, &model));
        if action == Some(MembersAction::Waiting) {
            state.dialog = Some(Dialog::Knocks);
        }
    });
}

fn center(
    ui: &mut Ui,
    places: &Regions,
    community: &Community,
    state: &mut UiState,
    clock: &Clock,
    commands: &mut Vec<Command>,
) {
    let open = community
        .open
        .and_then(|id| community.channels.iter().find(|channel| channel.id == id));
    region(ui, "Messages", places.center, |ui| {
        let narrow = places.side.is_none();
        let rest = center_title(ui, places.center, open, community, state, narrow, commands);
        let (rest, pressed) = banners::show(ui, rest, &banners::build(community));
        match pressed {
            Some(BannerAction::Reconnect) => commands.push(Command::Reconnect(community.id)),
            Some(BannerAction::Knocks) => state.dialog = Some(Dialog::Knocks),
            None => {}
        }
        match open {
            Some(channel) => conversation(ui, rest, community, channel, state, clock, commands),
            None => nothing_open(ui, rest, community, state, commands),
        }
    });
}

fn center_title(
    ui: &mut Ui,
    area: Rect,
    open: Option<&Arc<Channel>>,
    community: &Community,
    state: &mut UiState,
    narrow: bool,
    commands: &mut Vec<Command>,
) -> Rect {
    let mut area_of_title = area;
    if narrow {
        let place = Rect::from_min_size(area.min + vec2(10.0, 10.0), vec2(32.0, 32.0));
        let button = IconButton::new(Icon::Menu, "Show channels").size(32.0, 32.0);
        if within(ui, "menu", place, |ui| ui.add(button).clicked()) {
            state.drawer = !state.drawer;
        }
        area_of_title.min.x += 32.0;
        let line = palette(ui).line;
        hline(
            ui,
            area.x_range(),
            area.top() + crate::theme::size::TITLE,
            line,
        );
    }
    let title = Title {
        icon: open.map(|channel| {
            if channel.voice {
                Icon::Speaker
            } else {
                Icon::Hash
            }
        }),
        words: open.map_or("", |channel| channel_name(channel)),
        aside: open.map_or("", |channel| channel.topic.as_str()),
    };
    let (rest, ()) = title::show(ui, area_of_title, &title, 20.0, |ui| {
        if let Some(channel) = open {
            title_controls(ui, channel, community, state, commands);
        }
    });
    Rect::from_min_max(pos2(area.left(), rest.top()), area.max)
}

fn title_controls(
    ui: &mut Ui,
    channel: &Channel,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    ui.add_space(4.0);
    if community.me.role >= Role::Admin {
        let more = ui.add(IconButton::new(Icon::Dots, "Channel menu"));
        let action = Popup::menu(&more)
            .show(|ui| channels::manage_menu(ui, channel.id))
            .and_then(|shown| shown.inner);
        on_channels(action, community, state, commands);
    }
    let here = community
        .call
        .as_ref()
        .is_some_and(|call| call.channel == channel.id);
    let usable = matches!(
        community.connection,
        Connection::Online | Connection::CatchingUp
    );
    if !here {
        let look = if channel.talkers.is_empty() {
            Look::Plain
        } else {
            Look::On
        };
        let join = Button::new("Join call")
            .icon(Icon::Headphones)
            .look(look)
            .height(30.0)
            .enabled(usable);
        if ui.add(join).clicked() {
            let wish = CommunityCommand::JoinCall(channel.id);
            commands.push(Command::In(community.id, wish));
        }
    }
}

fn conversation(
    ui: &mut Ui,
    area: Rect,
    community: &Community,
    channel: &Arc<Channel>,
    state: &mut UiState,
    clock: &Clock,
    commands: &mut Vec<Command>,
) {
    let id = community.id;
    let model = composer::build(community, channel);
    let draft = state.drafts.of(id, channel.id);
    let done = composer::show(ui, area, &model, draft, &mut state.composer);
    match done {
        Some(ComposerAction::Send(text)) => {
            let wish = CommunityCommand::Submit {
                channel: channel.id,
                text,
            };
            commands.push(Command::In(id, wish));
        }
        Some(ComposerAction::Typed) => typed(ui, state, community, channel, commands),
        None => {}
    }
    let bottom = (area.bottom() - state.composer.height).max(area.top());
    let place = Rect::from_min_max(area.min, pos2(area.right(), bottom));
    let action = within(ui, "timeline", place, |ui| {
        timeline::show(ui, &mut state.timeline, community, channel, clock)
    });
    on_timeline(action, community, channel, state, commands);
}

/// "Is writing" is told at most every three seconds, and not for slash commands.
fn typed(
    ui: &Ui,
    state: &mut UiState,
    community: &Community,
    channel: &Channel,
    commands: &mut Vec<Command>,
) {
    let now = ui.input(|input| input.time);
    let recent = state.asked.typing_at.is_some_and(|at| now - at < 3.0);
    let draft = state.drafts.of(community.id, channel.id);
    if !recent && !draft.starts_with('/') && !draft.trim().is_empty() {
        state.asked.typing_at = Some(now);
        let wish = CommunityCommand::Typing(channel.id);
        commands.push(Command::In(community.id, wish));
    }
}

fn on_timeline(
    action: Option<TimelineAction>,
    community: &Community,
    channel: &Channel,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let earliest = channel.timeline.items.iter().find_map(|item| item.sequence);
    let wish = match action {
        None => return,
        Some(TimelineAction::NeedEarlier) => {
            let asked = Some((channel.id, earliest));
            if state.asked.earlier == asked {
                return;
            }
            state.asked.earlier = asked;
            CommunityCommand::LoadEarlier(channel.id)
        }
        Some(TimelineAction::LoadEarlier) => CommunityCommand::LoadEarlier(channel.id),
        Some(TimelineAction::Retry(id)) => CommunityCommand::Retry(id),
        Some(TimelineAction::Drop(id)) => CommunityCommand::Drop(id),
    };
    commands.push(Command::In(community.id, wish));
}

/// No channel is open: ask for the first, once; say what is going on meanwhile.
fn nothing_open(
    ui: &mut Ui,
    area: Rect,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    if let Some(first) = community.channels.first() {
        let asked = Some((community.id, first.id));
        if community.open.is_none() && state.asked.open != asked {
            state.asked.open = asked;
            commands.push(Command::In(community.id, CommunityCommand::Open(first.id)));
        }
        return;
    }
    let admin = community.me.role >= Role::Admin;
    let (title, words) = match (&community.connection, admin) {
        (Connection::WaitingForAdmission, _) => (
            "Waiting to be let in",
            "An admin sees that you have knocked. Tell them, if you can reach them another way.",
        ),
        (Connection::Online, true) => (
            "Make the first channel",
            "Channels are where people write and talk. You can rename and delete them later.",
        ),
        (Connection::Online, false) => (
            "Nothing here yet",
            "An admin makes the first channel; it appears here by itself.",
        ),
        _ => ("Fetching the channels", "This takes a moment."),
    };
    let place = Rect::from_center_size(area.center(), vec2(area.width().min(380.0) - 32.0, 160.0));
    let create = within(ui, "nothing", place, |ui| {
        let palette = palette(ui);
        text::centred(ui, title, Type::Title, palette.text);
        text::centred(ui, words, Type::Secondary, palette.text_2);
        ui.add_space(8.0);
        let offer = admin && community.connection == Connection::Online;
        offer
            && ui
                .vertical_centered(|ui| {
                    let make = Button::new("Make a channel")
                        .icon(Icon::Plus)
                        .look(Look::Primary);
                    ui.add(make).clicked()
                })
                .inner
    });
    if create {
        state.dialog = Some(Dialog::CreateChannel(ChannelForm::default()));
    }
}
