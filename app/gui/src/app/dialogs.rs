//! The dialog that is open, and what follows from it.

use dialtone_engine::snapshot::Role;
use dialtone_engine::{
    Command, CommunityCommand, CommunityId, DiagnosticsCommand, FileCommand, JumpTo,
    MessageCommand, PeopleCommand, PrivateCommand, Snapshot,
};
use egui::{Context, Key, Memory, Modifiers, Order, Popup, ViewportCommand};

use super::{App, Covered};
use crate::dialogs::{self, Dialog, DialogAction, InviteForm, InvitesForm};
use crate::screens::main::people::on_member;
use crate::screens::{self, Screen, join};
use crate::state::{Page, SettingsPage};
use crate::time::Clock;
use crate::widgets::Comparison;

impl App {
    pub(super) fn dialog(&mut self, ctx: &Context, snapshot: &Snapshot, clock: &Clock) {
        self.wipe_finished_forms(snapshot);
        let current = self.state.current(snapshot);
        let community = match &self.state.dialog {
            Some(
                Dialog::Approval(community, _)
                | Dialog::Quality(community)
                | Dialog::Export(community),
            ) => Some(*community),
            _ => current.map(|community| community.id),
        };
        let Some(open) = &mut self.state.dialog else {
            if let Some(before) = self.covered.take().and_then(|covered| covered.focused) {
                ctx.memory_mut(|memory| memory.request_focus(before));
            }
            return;
        };
        let before = if self.menu {
            // What the menu stands at; its own entry is gone with it.
            self.before_menu
        } else {
            ctx.memory(Memory::focused)
        };
        if self.covered.is_none() {
            self.covered = Some(Covered { focused: before });
            // The key that opened it does nothing in it.
            ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        }
        let current = community
            .and_then(|id| snapshot.communities.iter().find(|one| one.id == id))
            .map(AsRef::as_ref);
        let shown = match open {
            Dialog::Finder(form) => dialogs::finder::show(ctx, form, snapshot, current),
            Dialog::Diagnostics(form) => {
                dialogs::diagnostics::show(ctx, form, snapshot.diagnostics.as_deref())
            }
            open => dialogs::show(ctx, open, current, clock),
        };
        if let Some(Dialog::Emoji(form)) = &self.state.dialog {
            self.state.tone = Some(form.tone);
        }
        let Some(action) = shown else {
            return;
        };
        let Some(action) = self.done_by_window(ctx, action, snapshot) else {
            return;
        };
        if let DialogAction::ComeBack { by_device } = action {
            self.state.dialog = None;
            return self.state.begin_coming_back(snapshot, by_device);
        }
        let Some(action) = self.turn_to(action, snapshot, community) else {
            return;
        };
        let (command, stays) = dialog_command(action, community);
        if !stays {
            let closed = self.state.dialog.take();
            self.look_away(closed.as_ref(), community);
            if let (Some(Dialog::Picture(_)), Some(id)) = (closed, community) {
                let wish = CommunityCommand::File(FileCommand::View(None));
                self.send(Command::In(id, wish));
            }
        }
        if let Some(command) = command {
            self.send(command);
        }
    }

    /// Gives the keyboard back to what a menu was opened by, unless something else has it since.
    pub(super) fn after_menus(&mut self, ctx: &Context) {
        let focused = ctx.memory(Memory::focused);
        let open = Popup::is_any_open(ctx);
        if open {
            self.menu = true;
            return;
        }
        if self.menu && self.state.dialog.is_none() {
            let in_menu = |response: egui::Response| response.layer_id.order >= Order::Foreground;
            let lost = focused.is_none_or(|id| ctx.read_response(id).is_none_or(in_menu));
            if let Some(before) = self.before_menu.filter(|_| lost) {
                ctx.memory_mut(|memory| memory.request_focus(before));
            }
        }
        self.menu = false;
        self.before_menu = focused;
    }

    /// What leads to another dialog or page, or to several wishes; whatever else it was is given back.
    fn turn_to(
        &mut self,
        action: DialogAction,
        snapshot: &Snapshot,
        community: Option<CommunityId>,
    ) -> Option<DialogAction> {
        let found = snapshot
            .communities
            .iter()
            .find(|one| Some(one.id) == community);
        let Some(current) = found else {
            return Some(action);
        };
        let mut commands = Vec::new();
        let before = self.state.dialog.take();
        match action {
            DialogAction::Invites => {
                self.state.dialog = Some(Dialog::Invites(InvitesForm::default()));
            }
            DialogAction::NewInvite => {
                let form = InviteForm::new(current.id, &current.name);
                self.state.dialog = Some(Dialog::Invite(form));
            }
            DialogAction::OwnPicture => {
                self.state.page = Page::Settings(SettingsPage::Device);
            }
            DialogAction::Wishes(wishes) => {
                commands = wishes
                    .into_iter()
                    .map(|wish| Command::In(current.id, wish))
                    .collect();
            }
            DialogAction::Hear(action) => {
                // The person's dialog stays in sight.
                if let Some(wish) = action.wish(current) {
                    self.state.dialog = before;
                    self.send(Command::In(current.id, wish));
                    return None;
                }
                self.state.dialog = Some(Dialog::Quality(current.id));
            }
            DialogAction::Member(action) => {
                // What leads to no other dialog leaves the person's in sight.
                on_member(action, current, &mut self.state, &mut commands);
                if self.state.dialog.is_none() {
                    self.state.dialog = before;
                    for command in commands {
                        self.send(command);
                    }
                    return None;
                }
            }
            other => {
                self.state.dialog = before;
                return Some(other);
            }
        }
        self.look_away(before.as_ref(), community);
        for command in commands {
            self.send(command);
        }
        None
    }

    /// What a dialog showed is not needed any more.
    fn look_away(&self, closed: Option<&Dialog>, community: Option<CommunityId>) {
        let wish = match closed {
            Some(Dialog::Chronicle(_)) => PeopleCommand::ShowChronicle(None),
            Some(Dialog::Invites(_)) => PeopleCommand::ShowInvites(false),
            Some(Dialog::Diagnostics(_)) => {
                let wish = Command::Diagnose(DiagnosticsCommand::Forget);
                if let Err(error) = self.engine.send(wish) {
                    tracing::debug!("the engine was not told: {error}");
                }
                return;
            }
            _ => return,
        };
        if let Some(id) = community
            && let Err(error) = self
                .engine
                .send(Command::In(id, CommunityCommand::People(wish)))
        {
            tracing::debug!("the engine was not told: {error}");
        }
    }

    /// A password is not kept longer than it is needed.
    pub(super) fn wipe_finished_forms(&mut self, snapshot: &Snapshot) {
        if snapshot.invitation.is_none() && !self.state.join.password.text.is_empty() {
            self.state.join = join::JoinForm::default();
        }
    }

    /// A new device asks to be added: shown by itself, once, as soon as no other dialog is in the way.
    pub(super) fn new_device(&mut self, ctx: &Context, snapshot: &Snapshot) {
        if screens::choose(snapshot) != Screen::Main || self.state.dialog.is_some() {
            return;
        }
        let asked = snapshot.communities.iter().find_map(|community| {
            let approval = community.approval.as_ref()?;
            Some((community.id, approval.id))
        });
        let Some((community, approval)) = asked else {
            return;
        };
        if self.state.asked.approval.replace(approval) != Some(approval) {
            self.state.dialog = Some(Dialog::Approval(community, Comparison::default()));
            let wish = egui::UserAttentionType::Critical;
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(wish));
        }
    }
}

/// What a dialog decided about a device of one's own, and whether the dialog stays open.
fn about_device(action: &DialogAction) -> Option<(CommunityId, CommunityCommand, bool)> {
    Some(match action {
        DialogAction::RevokeDevice(id, device) => {
            (*id, CommunityCommand::RevokeDevice(*device), false)
        }
        DialogAction::Approve(id) => (*id, CommunityCommand::Approve(true), true),
        DialogAction::RefuseDevice(id) => (*id, CommunityCommand::Approve(false), false),
        DialogAction::CodesSame(id) => (*id, CommunityCommand::CompareCode { same: true }, true),
        DialogAction::CodesDiffer(id) => {
            (*id, CommunityCommand::CompareCode { same: false }, false)
        }
        _ => return None,
    })
}

/// What a dialog decided about a message, or where to go.
fn about_message(action: &DialogAction) -> Option<MessageCommand> {
    Some(match action {
        DialogAction::DeleteMessage(channel, target) => MessageCommand::Delete {
            channel: *channel,
            target: *target,
        },
        DialogAction::React(channel, target, emoji) => MessageCommand::React {
            channel: *channel,
            target: *target,
            emoji: emoji.clone(),
            set: true,
        },
        DialogAction::GoToMoment(channel, ms) => {
            MessageCommand::Jump(*channel, JumpTo::Moment(*ms))
        }
        _ => return None,
    })
}

/// The command for what a dialog decided, and whether the dialog stays open.
fn dialog_command(action: DialogAction, community: Option<CommunityId>) -> (Option<Command>, bool) {
    if let Some(wish) = about_message(&action) {
        let wish = CommunityCommand::Message(wish);
        return (community.map(|id| Command::In(id, wish)), false);
    }
    if let Some((id, wish, stays)) = about_device(&action) {
        return (Some(Command::In(id, wish)), stays);
    }
    let wish = match action {
        // The latter are done by the window, or above.
        DialogAction::Close
        | DialogAction::ComeBack { .. }
        | DialogAction::DeleteMessage(..)
        | DialogAction::React(..)
        | DialogAction::GoToMoment(..)
        | DialogAction::RevokeDevice(..)
        | DialogAction::Approve(_)
        | DialogAction::RefuseDevice(_)
        | DialogAction::CodesSame(_)
        | DialogAction::CodesDiffer(_)
        | DialogAction::InsertEmoji(_)
        | DialogAction::AskWipe { .. }
        | DialogAction::SaveRecovery(_)
        | DialogAction::OpenLink(_)
        | DialogAction::Go(_)
        | DialogAction::Diagnose
        | DialogAction::SaveDiagnostics(_)
        | DialogAction::ChooseFolder(_)
        | DialogAction::ShowFile(_)
        | DialogAction::Wishes(_)
        | DialogAction::Member(_)
        | DialogAction::Hear(_)
        | DialogAction::Invites
        | DialogAction::NewInvite
        | DialogAction::OwnPicture => return (None, false),
        DialogAction::Affairs(wish) => {
            let wish = CommunityCommand::People(wish);
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::SaveFile(file) => {
            let wish = CommunityCommand::File(FileCommand::Save { file, to: None });
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Inspect(link) => return (Some(Command::InspectLink(link)), false),
        action @ (DialogAction::Forget(_)
        | DialogAction::Wipe { .. }
        | DialogAction::Move(_)
        | DialogAction::ChangePassword { .. }) => return (own_command(action), false),
        DialogAction::Invite { uses, valid_for_s } => {
            let wish = CommunityCommand::CreateInvite { uses, valid_for_s };
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Admit(account) => {
            let wish = CommunityCommand::Admit(account);
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Create { name, voice } => CommunityCommand::CreateChannel { name, voice },
        DialogAction::CreatePrivate { .. }
        | DialogAction::AddPeople(..)
        | DialogAction::LeaveChannel(_) => match private_wish(action) {
            Some(wish) => CommunityCommand::Private(wish),
            None => return (None, false),
        },
        DialogAction::People(wish) => CommunityCommand::People(wish),
        DialogAction::RemoveMember { account, ban } => {
            CommunityCommand::RemoveMember { account, ban }
        }
        DialogAction::PassOn(account) => CommunityCommand::ChangeRole {
            account,
            role: Role::Founder,
        },
        DialogAction::Leave => CommunityCommand::Leave,
        DialogAction::SafetySame(account) => CommunityCommand::SetVerified {
            account,
            verified: true,
        },
        DialogAction::RecoveryConfirmed => CommunityCommand::ConfirmRecovery,
        DialogAction::SafetyDiffers(account) => CommunityCommand::SafetyDiffers(account),
        DialogAction::Delete(channel) => CommunityCommand::DeleteChannel(channel),
        DialogAction::DeleteFile(file) => CommunityCommand::File(FileCommand::Delete(file)),
    };
    (community.map(|id| Command::In(id, wish)), false)
}

/// What follows for private channels.
fn private_wish(action: DialogAction) -> Option<PrivateCommand> {
    Some(match action {
        DialogAction::CreatePrivate {
            name,
            voice,
            accounts,
        } => PrivateCommand::Create {
            name,
            voice,
            accounts,
        },
        DialogAction::AddPeople(channel, accounts) => PrivateCommand::Add { channel, accounts },
        DialogAction::LeaveChannel(channel) => PrivateCommand::Leave(channel),
        _ => return None,
    })
}

/// What follows for this computer.
fn own_command(action: DialogAction) -> Option<Command> {
    Some(match action {
        DialogAction::Forget(id) => Command::Forget(id),
        DialogAction::Wipe { typed, .. } => Command::Wipe(typed),
        DialogAction::Move(wish) => Command::Move(wish),
        DialogAction::ChangePassword {
            community,
            old,
            new,
        } => Command::ChangePassword {
            community,
            old,
            new,
        },
        _ => return None,
    })
}
