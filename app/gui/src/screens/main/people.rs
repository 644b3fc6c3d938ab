//! The members at the right.

use dialtone_engine::snapshot::Community;
use dialtone_engine::{Command, CommunityCommand, PrivateCommand};
use dialtone_words::say;
use egui::{Align, Rect, Ui, pos2};

use super::over::over;
use crate::dialogs::Dialog;
use crate::panels::members::{self, MembersAction};
use crate::panels::title::{self, Title};
use crate::panels::{region, within};
use crate::state::UiState;
use crate::theme::{Type, palette, size};
use crate::widgets::{surface, text};

/// The members over the middle, where the window has no room for them; a press beside them closes them.
pub(super) fn members_over(
    ui: &Ui,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let area = ui.max_rect();
    let left = (area.right() - size::MEMBERS).max(area.left() + size::RAIL);
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
        let (below, ()) = title::show(ui, ground, &Title::default(), 16.0, |_| {});
        let bar = Rect::from_min_max(
            pos2(ground.left() + 15.0, ground.top()),
            pos2(ground.right(), below.top() - 1.0),
        );
        let model = members::build(community);
        let kind = Type::SecondaryStrong;
        let placed = text::paint_in(ui, bar, Align::Min, model.title, kind, palette.text_2);
        title::announce(ui, placed, model.title);
        let action = within(ui, "list", below, |ui| members::show(ui, &model));
        match action {
            None => {}
            Some(MembersAction::Waiting) => state.dialog = Some(Dialog::Knocks),
            Some(MembersAction::ChangeRole(account, role)) => {
                let wish = CommunityCommand::ChangeRole { account, role };
                commands.push(Command::In(community.id, wish));
            }
            Some(MembersAction::Voice(account, standing)) => {
                let wish = CommunityCommand::SetVoiceStanding { account, standing };
                commands.push(Command::In(community.id, wish));
            }
            Some(MembersAction::PassOn(account, name)) => {
                state.dialog = Some(Dialog::PassOn(account, name));
            }
            Some(MembersAction::Remove(account, name)) => {
                state.dialog = Some(Dialog::RemoveMember(account, name, false));
            }
            Some(MembersAction::Compare(account, name)) => {
                let wish = CommunityCommand::CompareSafety(Some(account));
                commands.push(Command::In(community.id, wish));
                state.dialog = Some(Dialog::Safety(account, name));
            }
            Some(MembersAction::Message(account)) => {
                let wish = PrivateCommand::Message(vec![account]);
                commands.push(Command::In(community.id, CommunityCommand::Private(wish)));
            }
            Some(MembersAction::TakeOut(channel, account)) => {
                let wish = PrivateCommand::TakeOut { channel, account };
                commands.push(Command::In(community.id, CommunityCommand::Private(wish)));
            }
            Some(MembersAction::Leave) => {
                state.dialog = Some(Dialog::Leave(community.name.clone()));
            }
        }
    });
}
