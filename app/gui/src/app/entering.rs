//! Coming in: the screens before the main one, and what is asked of the engine there.

use dialtone_engine::snapshot::ProfileState;
use dialtone_engine::{Command, CommunityId, MoveCommand, Snapshot};
use egui::{Context, Ui};

use super::App;
use crate::chooser::Choice;
use crate::dialogs::Dialog;
use crate::screens::arrive::{self, ArriveAction};
use crate::screens::ask::{self, AskAction, AskForm};
use crate::screens::join::{self, JoinAction};
use crate::screens::moved::{self, MovedAction, MovedForm};
use crate::screens::recover::{self, RecoverAction, RecoverForm};
use crate::screens::unlock::{self, UnlockAction};
use crate::screens::welcome::{self, WelcomeAction};
use crate::state::Page;

impl App {
    pub(super) fn joining(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        let Some(invitation) = &snapshot.invitation else {
            return;
        };
        let model = join::build(invitation, !snapshot.communities.is_empty());
        let command = match join::show(ui, &model, &mut self.state.join) {
            None => return,
            Some(JoinAction::Join {
                username,
                password,
                community_name,
                by_password,
            }) => Command::Join {
                username,
                password,
                community_name,
                by_password,
            },
            Some(JoinAction::Open(community)) => {
                self.state.community = Some(community);
                self.state.page = Page::Chat;
                Command::DismissInvitation
            }
            Some(JoinAction::CheckAgain) => Command::InspectLink(invitation.link.clone()),
            Some(JoinAction::Back) => Command::DismissInvitation,
        };
        self.send(command);
    }

    /// The password, or the keyring.
    pub(super) fn unlocking(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        let model = unlock::build(snapshot);
        match unlock::show(ui, &model, &mut self.state.unlock) {
            Some(UnlockAction::Try(password)) => self.send(Command::Unlock(password)),
            Some(UnlockAction::UsePassword) => self.send(Command::UsePassword),
            Some(UnlockAction::Forgot) => self.state.dialog = Some(Dialog::Forgot),
            None => {}
        }
    }

    /// Somebody has come in where nothing was before, or into another community, which is shown then.
    pub(super) fn notice_arrival(&mut self, before: &Snapshot) {
        let now = &self.snapshot;
        if let Some(joined) = joined(before, now) {
            self.state.community = Some(joined);
            self.state.page = Page::Chat;
        }
        let was_empty = before.profile == ProfileState::Empty;
        if was_empty && now.profile != ProfileState::Empty {
            // What was brought is here, and a passphrase need not wait for the day on which this computer is wiped.
            self.state.bringing = false;
            self.state.moved = MovedForm::default();
        }
        if was_empty && now.profile == ProfileState::Unlocked && !now.communities.is_empty() {
            self.state.arrives = true;
        } else if now.profile != ProfileState::Unlocked || now.communities.is_empty() {
            self.state.arrives = false;
        }
    }

    /// Microphone and loudspeaker, before one goes in.
    pub(super) fn arriving(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        match arrive::show(ui, snapshot) {
            Some(ArriveAction::Send(command)) => self.send(command),
            Some(ArriveAction::GoIn(command)) => {
                self.state.arrives = false;
                if let Some(command) = command {
                    self.send(command);
                }
            }
            None => {}
        }
    }

    /// A link, another device, or a recovery key.
    pub(super) fn welcome(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        let another = !snapshot.communities.is_empty();
        if let Some(form) = &mut self.state.ask {
            match ask::show(ui, form, snapshot.asking.as_ref(), another) {
                Some(AskAction::Send(command)) => self.send(command),
                Some(AskAction::Recover) => {
                    self.state.ask = None;
                    self.state.recover = Some(RecoverForm::default());
                    self.send(Command::DismissAsking);
                }
                Some(AskAction::Back) => {
                    self.state.ask = None;
                    self.send(Command::DismissAsking);
                }
                None => {}
            }
            return;
        }
        if let Some(form) = &mut self.state.recover {
            match recover::show(ui, form, snapshot.recovering.as_ref(), another) {
                Some(RecoverAction::Send(command)) => self.send(command),
                Some(RecoverAction::Ask) => {
                    self.state.recover = None;
                    self.state.ask = Some(AskForm::default());
                    self.send(Command::DismissRecovery);
                }
                Some(RecoverAction::Back) => {
                    self.state.recover = None;
                    self.send(Command::DismissRecovery);
                }
                None => {}
            }
            return;
        }
        let empty = snapshot.profile == ProfileState::Empty;
        if self.state.bringing && empty {
            let moving = snapshot.moving.as_ref();
            let action = moved::show_import(ui, moving, &mut self.state.moved);
            return self.moves(ui.ctx(), action);
        }
        match welcome::show(ui, &mut self.state.link, empty) {
            Some(WelcomeAction::Bring) => self.state.bringing = true,
            Some(WelcomeAction::Link(link)) => self.send(Command::InspectLink(link)),
            Some(WelcomeAction::Ask) => self.state.ask = Some(AskForm::default()),
            Some(WelcomeAction::Recover) => self.state.recover = Some(RecoverForm::default()),
            None => {}
        }
    }

    /// What follows for a profile that goes to another computer, or comes from one.
    pub(super) fn moves(&mut self, ctx: &Context, action: Option<MovedAction>) {
        match action {
            None => {}
            Some(MovedAction::Send(wish)) => self.send(Command::Move(wish)),
            Some(MovedAction::Choose) => self.state.chooser.open(ctx, Choice::ImportProfile),
            Some(MovedAction::Back) => {
                self.state.bringing = false;
                self.state.moved = MovedForm::default();
                self.send(Command::Move(MoveCommand::Dismiss));
            }
        }
    }
}

/// The community into which one has just come by a link, another device or a recovery key.
fn joined(before: &Snapshot, now: &Snapshot) -> Option<CommunityId> {
    let on_the_way =
        before.invitation.is_some() || before.asking.is_some() || before.recovering.is_some();
    if before.profile != ProfileState::Unlocked || !on_the_way {
        return None;
    }
    let mut here = now.communities.iter().map(|one| one.id);
    here.find(|id| before.communities.iter().all(|old| old.id != *id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn whoever_joins_another_community_is_shown_it() {
        let now = demo::harbour();
        let mut before = now.clone();
        let last = before.communities.pop().map(|one| one.id);
        assert!(!before.communities.is_empty());
        // Unlocked, or brought by another device of one's own: nobody asked to come in here.
        before.invitation = None;
        assert_eq!(joined(&before, &now), None);
        before.invitation = Some(demo::invitation());
        assert_eq!(joined(&before, &now), last);
        assert_eq!(joined(&now, &now), None);
    }
}
