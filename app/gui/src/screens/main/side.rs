//! The side panel: title, channels, the call, oneself; beside the rail, or a drawer over a narrow window.

use dialtone_engine::settings::LookSettings;
use dialtone_engine::snapshot::{Community, Connection, Role};
use dialtone_engine::{ChannelId, Command, CommunityCommand, CommunityId, PeopleCommand, Snapshot};
use dialtone_words::say;
use egui::{Rect, Ui, pos2};

use super::calls;
use super::over::over;
use crate::desktop::DesktopWish;
use crate::dialogs::{ChannelForm, ChannelSettingsForm, Dialog, InviteForm, PeopleForm};
use crate::layout::drawer;
use crate::panels::channels::{self, ChannelsAction, channel_name};
use crate::panels::oneself::{self, OneselfAction};
use crate::panels::title::{self, Title};
use crate::panels::{region, within};
use crate::state::{Page, SettingsPage, UiState};
use crate::theme::{palette, size, text_scale};
use crate::widgets::{Icon, IconButton, hline, surface, vline};

/// The ground of the side panel and its line.
pub(super) fn side_ground(ui: &Ui, side: Rect) {
    let palette = palette(ui);
    surface(ui, side, palette.bg_1);
    vline(ui, side.right() - 1.0, side.y_range(), palette.line);
}

/// The side panel over the middle; what is beside it is veiled, and a press there closes it.
pub(super) fn drawer_over(
    ui: &Ui,
    snapshot: &Snapshot,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let area = ui.max_rect();
    let place = drawer(area, text_scale(ui));
    let veil = Rect::from_min_max(pos2(place.left(), area.top()), area.max);
    let before = community.open;
    let ((), beside) = over(ui, "drawer", veil, place, |ui| {
        side_panel(ui, place, snapshot, community, state, commands);
    });
    let opened = commands.iter().any(|command| {
        matches!(command, Command::In(_, CommunityCommand::Open(id)) if Some(*id) != before)
    });
    if opened || beside {
        state.drawer = false;
    }
}

/// Shows the side panel in `side`.
pub(super) fn side_panel(
    ui: &mut Ui,
    side: Rect,
    snapshot: &Snapshot,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    side_ground(ui, side);
    region(ui, say!("say-channels"), side, |ui| {
        let side = Rect::from_min_max(side.min, pos2(side.right() - 1.0, side.bottom()));
        let title = Title {
            words: &community.name,
            ..Title::default()
        };
        let (rest, ()) = title::show(ui, side, &title, 16.0, |ui| {
            side_controls(ui, community, state);
        });
        let self_row =
            Rect::from_min_max(pos2(rest.left(), rest.bottom() - size::ONESELF), rest.max);
        let rest = Rect::from_min_max(rest.min, pos2(rest.right(), self_row.top()));
        let call = calls::bar(ui, rest, snapshot, Some(community.id));
        let list = calls::above(call.as_ref(), rest);
        let mut model = channels::build(community, &state.notifications);
        let folded = &snapshot.settings.look.folded;
        model.fold(|name| folded.contains(&heading_key(community.id, name)));
        let action = within(ui, "list", list, |ui| channels::show(ui, &model));
        calls::show(ui, call, state, commands);
        hline(ui, self_row.x_range(), self_row.top() + 1.0, palette.line);
        match oneself::show(ui, self_row, &oneself::build(community, &state.desktop)) {
            Some(OneselfAction::Settings) => state.page = Page::Settings(SettingsPage::Audio),
            Some(OneselfAction::Quiet(quiet)) => {
                state.desktop_wishes.push(DesktopWish::Quiet(quiet));
            }
            None => {}
        }
        if let Some(ChannelsAction::Fold(id)) = action {
            commands.extend(fold(id, community, &snapshot.settings.look));
            return;
        }
        on_channels(action, community, state, commands);
    });
}

/// What the settings call a heading of a community that is folded.
fn heading_key(community: CommunityId, name: &str) -> String {
    format!("{community}/{name}")
}

/// Folds the heading under which a channel stands, or unfolds it.
fn fold(id: ChannelId, community: &Community, look: &LookSettings) -> Option<Command> {
    let channel = community.channels.iter().find(|one| one.id == id)?;
    let key = heading_key(community.id, &channel.category);
    let mut look = look.clone();
    let before = look.folded.len();
    look.folded.retain(|one| *one != key);
    if look.folded.len() == before {
        look.folded.push(key);
    }
    Some(Command::SetLook(look))
}

/// The wish to put a channel before or after another one, under the same heading.
fn place(
    community: &Community,
    channel: ChannelId,
    beside: ChannelId,
    before: bool,
) -> Option<CommunityCommand> {
    let open = community
        .channels
        .iter()
        .filter(|one| one.private.is_none());
    let others: Vec<_> = open.filter(|one| one.id != channel).collect();
    let at = others.iter().position(|one| one.id == beside)?;
    let next = if before { at } else { at + 1 };
    Some(CommunityCommand::People(PeopleCommand::PlaceChannel {
        channel,
        category: others.get(at)?.category.clone(),
        before: others.get(next).map(|one| one.id),
    }))
}

fn side_controls(ui: &mut Ui, community: &Community, state: &mut UiState) {
    let admin = community.me.role >= Role::Admin;
    let invite = IconButton::new(Icon::PersonPlus, say!("panel-invite-people"));
    if admin && ui.add(invite).clicked() {
        state.dialog = Some(Dialog::Invite(InviteForm::new(
            community.id,
            &community.name,
        )));
    }
    if !admin && community.connection != Connection::Online {
        return;
    }
    let create = IconButton::new(Icon::Plus, say!("panel-create-channel"));
    if ui.add(create).clicked() {
        state.dialog = Some(Dialog::CreateChannel(ChannelForm::default()));
    }
}

/// Turns what was done with channels into a command or a dialog.
pub(super) fn on_channels(
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
        None | Some(ChannelsAction::Fold(_)) => return,
        Some(ChannelsAction::Open(id)) => CommunityCommand::Open(id),
        Some(ChannelsAction::Join(id)) => CommunityCommand::JoinCall(id),
        Some(ChannelsAction::Hear(heard)) => {
            let Some(wish) = heard.wish(community) else {
                state.dialog = Some(Dialog::Quality(community.id));
                return;
            };
            wish
        }
        Some(ChannelsAction::Voice(account, standing)) => {
            CommunityCommand::SetVoiceStanding { account, standing }
        }
        Some(ChannelsAction::SetHistory(channel, from_joining)) => CommunityCommand::SetHistory {
            channel,
            from_joining,
        },
        Some(ChannelsAction::Place(channel, beside, before)) => {
            match place(community, channel, beside, before) {
                Some(wish) => wish,
                None => return,
            }
        }
        Some(ChannelsAction::Notify(channel, level)) => {
            commands.push(Command::SetNotifyLevel(community.id, channel, level));
            return;
        }
        Some(ChannelsAction::Create) => {
            state.dialog = Some(Dialog::CreateChannel(ChannelForm::default()));
            return;
        }
        Some(ChannelsAction::Settings(id)) => {
            let found = community.channels.iter().find(|channel| channel.id == id);
            let form = found.map(|found| ChannelSettingsForm::of(found));
            state.dialog = form.map(|form| Dialog::ChannelSettings(id, form));
            return;
        }
        Some(ChannelsAction::AddPeople(id)) => {
            let form = PeopleForm::default();
            state.dialog = Some(Dialog::AddPeople(id, name_of(id), form));
            return;
        }
        Some(ChannelsAction::Leave(id)) => {
            state.dialog = Some(Dialog::LeaveChannel(id, name_of(id)));
            return;
        }
        Some(ChannelsAction::Delete(id)) => {
            state.dialog = Some(Dialog::DeleteChannel(id, name_of(id)));
            return;
        }
    };
    commands.push(Command::In(community.id, wish));
}
