//! The dialog that is open, and what follows from it.

use dialtone_engine::snapshot::Role;
use dialtone_engine::{
    Command, CommunityCommand, CommunityId, FileCommand, JumpTo, MessageCommand, PrivateCommand,
    Snapshot,
};
use egui::{Context, ViewportCommand};

use super::{App, Covered};
use crate::dialogs::{self, Dialog, DialogAction};
use crate::screens::{self, Screen, join};
use crate::time::Clock;
use crate::widgets::Comparison;

impl App {
    pub(super) fn dialog(&mut self, ctx: &Context, snapshot: &Snapshot, clock: &Clock) {
        self.wipe_finished_forms(snapshot);
        let current = self.state.current(snapshot);
        let community = match &self.state.dialog {
            Some(Dialog::Approval(community, _) | Dialog::Quality(community)) => Some(*community),
            _ => current.map(|community| community.id),
        };
        let Some(open) = &mut self.state.dialog else {
            if let Some(before) = self.covered.take().and_then(|covered| covered.focused) {
                ctx.memory_mut(|memory| memory.request_focus(before));
            }
            return;
        };
        self.covered.get_or_insert_with(|| Covered {
            focused: ctx.memory(egui::Memory::focused),
        });
        let current = community
            .and_then(|id| snapshot.communities.iter().find(|one| one.id == id))
            .map(AsRef::as_ref);
        let shown = match open {
            Dialog::Finder(form) => dialogs::finder::show(ctx, form, snapshot, current),
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
        let (command, stays) = dialog_command(action, community);
        if !stays {
            let closed = self.state.dialog.take();
            if let (Some(Dialog::Picture(_)), Some(id)) = (closed, community) {
                let wish = CommunityCommand::File(FileCommand::View(None));
                self.send(Command::In(id, wish));
            }
        }
        if let Some(command) = command {
            self.send(command);
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
        | DialogAction::OpenLink(_)
        | DialogAction::Go(_) => return (None, false),
        DialogAction::SaveFile(file) => {
            let wish = CommunityCommand::File(FileCommand::Save { file, to: None });
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Inspect(link) => return (Some(Command::InspectLink(link)), false),
        DialogAction::Forget(id) => return (Some(Command::Forget(id)), false),
        DialogAction::Invite { uses, valid_for_s } => {
            let wish = CommunityCommand::CreateInvite { uses, valid_for_s };
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Admit(account) => {
            let wish = CommunityCommand::Admit(account);
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Create { name, voice } => CommunityCommand::CreateChannel { name, voice },
        DialogAction::CreatePrivate {
            name,
            voice,
            accounts,
        } => CommunityCommand::Private(PrivateCommand::Create {
            name,
            voice,
            accounts,
        }),
        DialogAction::AddPeople(channel, accounts) => {
            CommunityCommand::Private(PrivateCommand::Add { channel, accounts })
        }
        DialogAction::LeaveChannel(channel) => {
            CommunityCommand::Private(PrivateCommand::Leave(channel))
        }
        DialogAction::Rename(channel, name) => CommunityCommand::RenameChannel { channel, name },
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
