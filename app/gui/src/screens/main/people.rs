//! The members at the right.

use dialtone_engine::snapshot::Community;
use dialtone_engine::{Command, CommunityCommand, PeopleCommand, PrivateCommand};
use dialtone_words::say;
use egui::{Align, Rect, Ui, pos2};

use super::over::over;
use crate::dialogs::{ChronicleForm, Dialog, ProfileForm, RemoveForm};
use crate::layout::members_width;
use crate::panels::members::{self, MembersAction};
use crate::panels::title::{self, Title};
use crate::panels::{region, within};
use crate::state::UiState;
use crate::theme::{Type, palette, size, text_scale};
use crate::widgets::{Icon, IconButton, surface, text};

/// The members over the middle, where the window has no room for them; a press beside them closes them.
pub(super) fn members_over(
    ui: &Ui,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let area = ui.max_rect();
    let left = (area.right() - members_width(text_scale(ui))).max(area.left() + size::RAIL);
    let place = Rect::from_min_max(pos2(left, area.top()), area.max);
    let veil = Rect::from_min_max(pos2(area.left() + size::RAIL, area.top()), area.max);
    let ((), beside) = over(ui, "members-drawer", veil, place, |ui| {
        surface(ui, place, palette(ui).bg_1);
        members_panel(ui, place, community, state, commands);
    });
    if beside {
        state.members = false;
    }
}

/// Shows the members of `community` in `rect`.
pub(super) fn members_panel(
    ui: &mut Ui,
    rect: Rect,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    region(ui, say!("say-members"), rect, |ui| {
        let palette = palette(ui);
        let ground = Rect::from_min_max(pos2(rect.left() + 1.0, rect.top()), rect.max);
        let (below, pressed) = title::show(ui, ground, &Title::default(), 16.0, |ui| {
            let history = IconButton::new(Icon::Clock, say!("people-history"));
            let pressed = ui.add(history).clicked();
            pressed.then_some(MembersAction::Chronicle(None))
        });
        let bar = Rect::from_min_max(
            pos2(ground.left() + 15.0, ground.top()),
            pos2(ground.right() - 48.0, below.top() - 1.0),
        );
        let model = members::build(community);
        let kind = Type::SecondaryStrong;
        let placed = text::paint_in(ui, bar, Align::Min, model.title, kind, palette.text_2);
        title::announce(ui, placed, model.title);
        let action = within(ui, "list", below, |ui| members::show(ui, &model));
        if let Some(action) = action.or(pressed) {
            on_member(action, community, state, commands);
        }
    });
}

/// Turns what was done with members into a command or a dialog.
pub(crate) fn on_member(
    action: MembersAction,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let wish = match action {
        MembersAction::Waiting => {
            state.dialog = Some(Dialog::Knocks);
            return;
        }
        MembersAction::PassOn(account, name) => {
            state.dialog = Some(Dialog::PassOn(account, name));
            return;
        }
        MembersAction::Remove(account, name) => {
            state.dialog = Some(Dialog::RemoveMember(account, name, RemoveForm::default()));
            return;
        }
        MembersAction::Profile(account) => {
            state.dialog = Some(Dialog::Profile(account, ProfileForm::default()));
            return;
        }
        MembersAction::Chronicle(account) => {
            state.dialog = Some(Dialog::Chronicle(ChronicleForm::of(account)));
            return;
        }
        MembersAction::Leave => {
            state.dialog = Some(Dialog::Leave(community.name.clone()));
            return;
        }
        MembersAction::Compare(account, name) => {
            state.dialog = Some(Dialog::Safety(account, name));
            CommunityCommand::CompareSafety(Some(account))
        }
        MembersAction::ChangeRole(account, role) => CommunityCommand::ChangeRole { account, role },
        MembersAction::Voice(account, standing) => {
            CommunityCommand::SetVoiceStanding { account, standing }
        }
        MembersAction::Ignore(account, on) => {
            CommunityCommand::People(PeopleCommand::Ignore { account, on })
        }
        MembersAction::Message(account) => {
            CommunityCommand::Private(PrivateCommand::Message(vec![account]))
        }
        MembersAction::TakeOut(channel, account) => {
            CommunityCommand::Private(PrivateCommand::TakeOut { channel, account })
        }
    };
    commands.push(Command::In(community.id, wish));
}
