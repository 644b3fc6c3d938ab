//! The settings in the main window: the sections at the left, the section in the middle.

use dialtone_engine::{
    Command, CommunityCommand, CommunityId, FileCommand, PeopleCommand, Snapshot,
};
use egui::{Rect, Ui, pos2};

use super::{calls, side};
use crate::chooser::Choice;
use crate::dialogs::{Dialog, LibrariesForm, MoveForm, PasswordForm, WipeForm};
use crate::layout::Regions;
use crate::screens::settings::{self, MeterAction, SettingsAction};
use crate::state::{Page, SettingsPage, UiState};
use crate::theme::palette;
use crate::time::Clock;
use crate::widgets::vline;

/// Shows the settings and puts what follows into `commands`.
pub(super) fn in_settings(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut UiState,
    places: &Regions,
    (page, clock): (SettingsPage, &Clock),
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    let mut action = None;
    let mut center = Rect::from_min_max(
        places.center.min,
        pos2(ui.max_rect().right(), places.center.bottom()),
    );
    if let Some(side) = places.side {
        side::side_ground(ui, side);
        let inner = Rect::from_min_max(side.min, pos2(side.right() - 1.0, side.bottom()));
        let room = Rect::from_min_max(inner.min, pos2(inner.right(), inner.bottom() - 8.0));
        let call = calls::bar(ui, room, snapshot, None);
        action = settings::show_list(ui, calls::above(call.as_ref(), room), page);
        calls::show(ui, call, state, commands);
    }
    let narrow = places.side.is_none();
    let call = narrow
        .then(|| calls::strip(center, snapshot, None))
        .flatten();
    center = calls::above(call.as_ref(), center);
    let shown = settings::Shown {
        page,
        narrow,
        capturing: state.capture.is_some(),
        shortcuts: &state.shortcuts,
        desktop: &state.desktop,
    };
    action = settings::show_page(ui, center, snapshot, shown, clock).or(action);
    if narrow {
        vline(ui, center.left() - 1.0, center.y_range(), palette.line);
    }
    calls::show(ui, call, state, commands);
    if let Some(action) = action {
        follow(ui, snapshot, state, action, commands);
    }
}

/// What follows from what was pressed.
fn follow(
    ui: &Ui,
    snapshot: &Snapshot,
    state: &mut UiState,
    action: SettingsAction,
    commands: &mut Vec<Command>,
) {
    match action {
        SettingsAction::Page(page) => state.page = Page::Settings(page),
        SettingsAction::Close => state.page = Page::Chat,
        SettingsAction::Audio(audio) => commands.push(Command::SetAudio(audio)),
        SettingsAction::Look(look) => commands.push(Command::SetLook(look)),
        SettingsAction::Notifications(wish) => {
            commands.push(Command::SetNotifications(wish));
        }
        SettingsAction::Desktop(desktop) => commands.push(Command::SetDesktop(desktop)),
        SettingsAction::Wish(wish) => state.desktop_wishes.push(wish),
        SettingsAction::Meter(action) => metered(ui, state, action, commands),
        SettingsAction::CheckSound(step) => commands.push(Command::CheckSound(step)),
        SettingsAction::CaptureKey(on) => state.capture = on.then(Default::default),
        SettingsAction::Shortcuts(action) => {
            let settings = &snapshot.settings.shortcuts;
            let wish = settings::after_shortcut(action, settings, &mut state.shortcuts);
            commands.extend(wish.map(Command::SetShortcuts));
        }
        SettingsAction::RetryPushToTalk => commands.push(Command::RetryPushToTalk),
        SettingsAction::RefreshDevices => commands.push(Command::RefreshDevices),
        SettingsAction::Send(command) => commands.push(command),
        SettingsAction::Leave(id) => {
            state.community = Some(id);
            state.dialog = Some(Dialog::Leave(name_of(snapshot, id)));
        }
        SettingsAction::Lock => {
            state.page = Page::Chat;
            commands.push(Command::Lock);
        }
        SettingsAction::ChangePassword(id) => {
            let form = PasswordForm::default();
            state.dialog = Some(Dialog::ChangePassword(id, name_of(snapshot, id), form));
        }
        SettingsAction::Export(id) => state.dialog = Some(Dialog::Export(id)),
        SettingsAction::Diagnose(part) => state.diagnose = Some(part),
        SettingsAction::Libraries => {
            state.dialog = Some(Dialog::Libraries(LibrariesForm::default()));
        }
        SettingsAction::Move => state.dialog = Some(Dialog::Move(MoveForm::default())),
        SettingsAction::Wipe => state.dialog = Some(Dialog::Wipe(WipeForm::new(false))),
        SettingsAction::Listen(id, account) => {
            let wish = PeopleCommand::Ignore { account, on: false };
            commands.push(Command::In(id, CommunityCommand::People(wish)));
        }
        SettingsAction::RevokeDevice(id, device, name) => {
            state.dialog = Some(Dialog::RevokeDevice(id, device, name));
        }
        SettingsAction::ChoosePicture(id) => {
            state.chooser.open(ui.ctx(), Choice::Portrait(id));
        }
        SettingsAction::Forget(id) => {
            state.dialog = Some(Dialog::Forget(id, name_of(snapshot, id)));
        }
        action => commands.extend(wish(&action)),
    }
}

/// What is wished of a community by itself.
fn wish(action: &SettingsAction) -> Option<Command> {
    let (id, wish) = match action {
        SettingsAction::ForbidPassword(id) => (id, CommunityCommand::ForbidPassword),
        SettingsAction::RemovePicture(id) => {
            (id, CommunityCommand::File(FileCommand::SetPicture(None)))
        }
        SettingsAction::LookAtDevices(id) => (id, CommunityCommand::LookAtDevices),
        SettingsAction::AdmitAutomatically(id, on) => {
            (id, CommunityCommand::AdmitAutomatically(*on))
        }
        _ => return None,
    };
    Some(Command::In(*id, wish))
}

fn name_of(snapshot: &Snapshot, id: CommunityId) -> String {
    let found = snapshot.communities.iter().find(|one| one.id == id);
    found.map_or_else(String::new, |one| one.name.clone())
}

/// What follows from the voice meter.
fn metered(ui: &Ui, state: &mut UiState, action: MeterAction, commands: &mut Vec<Command>) {
    match action {
        MeterAction::Send(wishes) => commands.extend(wishes),
        MeterAction::Import => state.chooser.open(ui.ctx(), Choice::ImportChain),
        MeterAction::Export(name) => state.chooser.open(ui.ctx(), Choice::ExportChain(name)),
    }
}
