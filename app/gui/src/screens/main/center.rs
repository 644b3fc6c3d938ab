//! The middle: title, strips, timeline over composer; or what to do while no channel is open.

use std::sync::Arc;

use dialtone_engine::snapshot::{Channel, Community, Connection, Role, span};
use dialtone_engine::{Command, CommunityCommand};
use dialtone_words::say;
use egui::{Popup, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::side::on_channels;
use super::{aside, messages};
use crate::banners::{self, BannerAction};
use crate::dialogs::{ChannelForm, Dialog, RecoveryForm};
use crate::layout::Regions;
use crate::panels::channels::{self, ChannelRights, Told, channel_name};
use crate::panels::composer::{self, Draft};
use crate::panels::found;
use crate::panels::timeline::{self, TimelineAction};
use crate::panels::title::{self, Title};
use crate::panels::{region, within};
use crate::pictures;
use crate::shortcuts::{self, Shortcut};
use crate::state::{Aside, Page, SettingsPage, UiState};
use crate::theme::{Type, palette};
use crate::time::Clock;
use crate::widgets::{Button, Comparison, Icon, IconButton, Look, hline, icons, text};

/// Shows the middle of `community`.
pub(super) fn center(
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
    region(ui, say!("panel-messages"), places.center, |ui| {
        let rest = center_title(ui, places.center, open, community, state, places, commands);
        let (rest, pressed) = banners::show(ui, rest, &banners::build(community));
        match pressed {
            Some(BannerAction::Reconnect) => commands.push(Command::Reconnect(community.id)),
            Some(BannerAction::Recovery) => {
                state.dialog = Some(Dialog::Recovery(RecoveryForm::default()));
            }
            Some(BannerAction::Approval) => {
                state.dialog = Some(Dialog::Approval(community.id, Comparison::default()));
            }
            Some(BannerAction::Communities) => {
                state.page = Page::Settings(SettingsPage::Device);
            }
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
    places: &Regions,
    commands: &mut Vec<Command>,
) -> Rect {
    let (narrow, no_members) = (places.side.is_none(), places.members.is_none());
    let mut area_of_title = area;
    if narrow {
        let place = Rect::from_min_size(area.min + vec2(10.0, 10.0), vec2(32.0, 32.0));
        let button = IconButton::new(Icon::Menu, say!("panel-show-channels")).size(32.0, 32.0);
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
    let aside = open.map_or_else(String::new, |channel| title_aside(channel));
    let title = Title {
        icon: open.map(|channel| title_icon(channel)),
        words: open.map_or("", |channel| channel_name(channel)),
        aside: &aside,
    };
    let (rest, ()) = title::show(ui, area_of_title, &title, 20.0, |ui| {
        if let Some(channel) = open {
            find_controls(ui, area.width(), state);
            title_controls(ui, channel, community, state, commands);
        }
        if no_members {
            let button =
                IconButton::new(Icon::People, say!("panel-show-members")).pressed(state.members);
            if ui.add(button).clicked() {
                state.members = !state.members;
                state.drawer = false;
                state.aside = None;
            }
        }
    });
    Rect::from_min_max(pos2(area.left(), rest.top()), area.max)
}

fn title_icon(channel: &Channel) -> Icon {
    match &channel.private {
        Some(private) if private.direct && private.accounts.len() > 2 => Icon::People,
        Some(_) => Icon::Lock,
        None if channel.voice => Icon::Speaker,
        None => Icon::Hash,
    }
}

/// What is said beside the name: the topic, else who reads a private channel.
fn title_aside(channel: &Channel) -> String {
    match &channel.private {
        _ if !channel.topic.is_empty() => channel.topic.clone(),
        Some(private) if private.direct => say!("panel-only-you-two").to_owned(),
        Some(private) => say!("panel-people-read", count = private.accounts.len()),
        None => String::new(),
    }
}

/// From this width on the search is a field.
const FIELD_FROM: f32 = 640.0;

/// The ways to what was said before: the search, and what is pinned.
fn find_controls(ui: &mut Ui, width: f32, state: &mut UiState) {
    let opens = if width >= FIELD_FROM {
        found::opener(ui, 180.0)
    } else {
        let tip = shortcuts::hint(ui.ctx(), say!("panel-search-messages"), Shortcut::Find);
        let search = IconButton::new(Icon::Search, say!("panel-search")).tooltip(&tip);
        ui.add(search).clicked()
    };
    if opens {
        aside::open_search(ui.ctx(), state);
    }
    let shown = state.aside == Some(Aside::Pins);
    let pins = IconButton::new(Icon::Pin, say!("panel-pinned")).pressed(shown);
    if ui.add(pins).clicked() {
        state.aside = (!shown).then_some(Aside::Pins);
    }
}

fn title_controls(
    ui: &mut Ui,
    channel: &Channel,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
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
        let join = Button::new(say!("say-join-call"))
            .icon(Icon::Headphones)
            .look(look)
            .height(30.0)
            .enabled(usable);
        if ui.add(join).clicked() {
            let wish = CommunityCommand::JoinCall(channel.id);
            commands.push(Command::In(community.id, wish));
        }
    }
    if channel.lifetime_s > 0 {
        lifetime_sign(ui, channel.lifetime_s);
    }
    let rights = ChannelRights::of(community, channel);
    let told = Told::of(&state.notifications, community.id, channel);
    let more = ui.add(IconButton::new(Icon::Dots, say!("panel-channel-menu")));
    let action = Popup::menu(&more)
        .accessible_name(say!("panel-channel-menu"))
        .show(|ui| {
            let managed = channels::manage_menu(ui, rights);
            channels::notify_menu(ui, told).or(managed)
        })
        .and_then(|shown| shown.inner);
    on_channels(action, community, state, commands);
}

/// A small clock that says how long messages stay.
fn lifetime_sign(ui: &mut Ui, seconds: u32) {
    let span = span(seconds);
    let words = say!("vanish-title", span = span);
    let (rect, response) = ui.allocate_exact_size(vec2(24.0, 30.0), Sense::hover());
    icons::paint(
        ui.painter(),
        Icon::Clock,
        rect.center(),
        16.0,
        palette(ui).text_2,
    );
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
    response.on_hover_text(words);
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
    let here = (community, &**channel);
    if let Some(draft) = &channel.draft {
        state.drafts.of(id, channel.id).adopt(draft);
    }
    let top = composer::place(area, &state.composer).top();
    let above = Rect::from_min_max(area.min, pos2(area.right(), top.max(area.top())));
    let action = within(ui, "timeline", above, |ui| {
        timeline::show(ui, &mut state.timeline, community, channel, clock)
    });
    if let Some(TimelineAction::Fetch(file)) = &action {
        pictures::ask_again(ui.ctx(), file);
    }
    commands.extend(messages::on_timeline(ui, action, here, state, clock));
    let model = composer::build(community, channel)
        .at(channel, clock.now_ms)
        .with_hint(state.chooser.hint());
    let written = state.drafts.of(id, channel.id);
    let mut draft = Draft {
        above: composer::above(written, channel),
        text: &mut written.text,
        files: state.attached.of(id, channel.id),
        around: here,
    };
    let action = composer::show(ui, area, &model, &mut draft, &mut state.composer);
    commands.extend(messages::on_composer(ui, action, here, state));
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
        (Connection::WaitingForAdmission, _) => {
            (say!("panel-waiting-in"), say!("panel-admin-sees"))
        }
        (Connection::Online, true) => (
            say!("panel-first-channel"),
            say!("panel-first-channel-words"),
        ),
        (Connection::Online, false) => (say!("panel-nothing-yet"), say!("panel-admin-makes-first")),
        (Connection::Unusable { .. }, _) => {
            (say!("panel-nothing-shown"), say!("panel-unusable-words"))
        }
        (Connection::Opening, _) => (say!("panel-opening"), say!("panel-takes-a-moment")),
        _ => (
            say!("panel-fetching-channels"),
            say!("panel-takes-a-moment"),
        ),
    };
    let place = Rect::from_center_size(area.center(), vec2(area.width().min(380.0) - 32.0, 160.0));
    let create = within(ui, "nothing", place, |ui| {
        let palette = palette(ui);
        text::centred(ui, title, Type::Title, palette.text);
        text::centred(ui, words, Type::Secondary, palette.text_2);
        if community.connection == Connection::WaitingForAdmission {
            let print = say!(
                "panel-your-fingerprint",
                fingerprint = community.me.fingerprint
            );
            ui.add_space(8.0);
            text::centred(ui, &print, Type::Code, palette.text);
            let why = say!("panel-same-fingerprint");
            text::centred(ui, why, Type::Hint, palette.text_3);
        }
        ui.add_space(8.0);
        let offer = admin && community.connection == Connection::Online;
        offer
            && ui
                .vertical_centered(|ui| {
                    let make = Button::new(say!("panel-make-channel"))
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
