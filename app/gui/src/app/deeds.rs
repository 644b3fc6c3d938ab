//! What the window does itself: goes to a place, does what was found by name, puts an emoji into the text.

use dialtone_engine::journal::PartKind;
use dialtone_engine::settings::LookSettings;
use dialtone_engine::snapshot::Community;
use dialtone_engine::{
    Command, CommunityCommand, DiagnosticsCommand, JumpTo, MessageCommand, PrivateCommand, Snapshot,
};
use egui::{Context, OpenUrl, Rect, vec2};

use super::App;
use crate::chooser::Choice;
use crate::desktop::DesktopWish;
use crate::dialogs::{
    CalendarForm, ChannelForm, DiagnosticsForm, Dialog, DialogAction, EmojiFor, FinderForm,
    InviteForm, WipeForm,
};
use crate::finder::{Deed, Goal};
use crate::screens::main::{aside, calls, messages};
use crate::screens::recover::RecoverForm;
use crate::state::{Aside, Page};
use crate::time::Clock;

impl App {
    /// Does what a dialog wants of the window; what it wants of the engine is given back.
    pub(super) fn done_by_window(
        &mut self,
        ctx: &Context,
        action: DialogAction,
        snapshot: &Snapshot,
    ) -> Option<DialogAction> {
        match action {
            DialogAction::InsertEmoji(emoji) => {
                self.state.dialog = None;
                self.insert(&emoji, snapshot);
            }
            DialogAction::OpenLink(address) => {
                self.state.dialog = None;
                ctx.open_url(OpenUrl::new_tab(address));
            }
            DialogAction::Go(goal) => {
                self.state.dialog = None;
                self.go(ctx, goal, snapshot);
            }
            DialogAction::React(channel, target, emoji) => {
                if let Some(community) = self.state.current(snapshot).map(|one| one.id) {
                    self.state.used_emojis.push((community, emoji.clone()));
                }
                return Some(DialogAction::React(channel, target, emoji));
            }
            DialogAction::Diagnose => self.diagnose(None),
            DialogAction::SaveDiagnostics(folder) => {
                self.send(Command::Diagnose(DiagnosticsCommand::Save(folder)));
            }
            DialogAction::ChooseFolder(from) => {
                self.state.chooser.open(ctx, Choice::Folder(from));
            }
            DialogAction::ShowFile(file) => {
                self.state.desktop_wishes.push(DesktopWish::ShowFile(file));
            }
            DialogAction::AskWipe { comes_back } => {
                self.state.dialog = Some(Dialog::Wipe(WipeForm::new(comes_back)));
            }
            DialogAction::Wipe { typed, comes_back } => {
                self.state.recover = comes_back.then(RecoverForm::default);
                return Some(DialogAction::Wipe { typed, comes_back });
            }
            DialogAction::SaveRecovery(community) => {
                self.state.chooser.open(ctx, Choice::Recovery(community));
            }
            other => return Some(other),
        }
        None
    }

    /// Lets the bundle be put together, and shows it, with this part of it first.
    pub(super) fn diagnose(&mut self, part: Option<PartKind>) {
        self.send(Command::Diagnose(DiagnosticsCommand::Make));
        self.state.dialog = Some(Dialog::Diagnostics(DiagnosticsForm {
            part,
            ..DiagnosticsForm::default()
        }));
    }

    fn insert(&mut self, emoji: &str, snapshot: &Snapshot) {
        let community = self.state.current(snapshot);
        let place = community.and_then(|community| Some((community.id, community.open?)));
        if let Some((community, channel)) = place {
            self.state.used_emojis.push((community, emoji.to_owned()));
            let text = &mut self.state.drafts.of(community, channel).text;
            self.state.composer.insert(text, emoji);
        }
    }

    fn go(&mut self, ctx: &Context, goal: Goal, snapshot: &Snapshot) {
        let community = match goal {
            Goal::Deed(deed) => return self.act(ctx, deed, snapshot),
            Goal::Channel(community, _)
            | Goal::Person(community, _)
            | Goal::Community(community) => community,
        };
        self.state.community = Some(community);
        self.state.page = Page::Chat;
        self.state.drawer = false;
        let wish = match goal {
            Goal::Channel(_, channel) => CommunityCommand::Open(channel),
            Goal::Person(_, account) => {
                CommunityCommand::Private(PrivateCommand::Message(vec![account]))
            }
            Goal::Community(_) | Goal::Deed(_) => return,
        };
        self.send(Command::In(community, wish));
    }

    /// Does what was asked for by name or by key.
    pub(super) fn act(&mut self, ctx: &Context, deed: Deed, snapshot: &Snapshot) {
        let state = &mut self.state;
        match deed {
            Deed::Switch => state.dialog = Some(Dialog::Finder(FinderForm::new(false))),
            Deed::JoinCommunity => state.dialog = Some(Dialog::Link(String::new())),
            Deed::Knocks => state.dialog = Some(Dialog::Knocks),
            Deed::CreateChannel => {
                state.dialog = Some(Dialog::CreateChannel(ChannelForm::default()));
            }
            Deed::Settings(page) => state.page = Page::Settings(page),
            Deed::Look(theme) => {
                let look = snapshot.settings.look.clone();
                self.send(Command::SetLook(LookSettings { theme, ..look }));
            }
            Deed::ReducedMotion(reduced_motion) => {
                let look = snapshot.settings.look.clone();
                self.send(Command::SetLook(LookSettings {
                    reduced_motion,
                    ..look
                }));
            }
            Deed::Mute(_) | Deed::Deafen(_) | Deed::Quality | Deed::LeaveCall => {
                self.act_in_call(deed, snapshot);
            }
            deed => {
                let mut communities = snapshot.communities.iter();
                let id = state.current(snapshot).map(|community| community.id);
                if let Some(community) = communities.find(|one| Some(one.id) == id) {
                    self.act_here(ctx, deed, community);
                }
            }
        }
    }

    fn act_in_call(&mut self, deed: Deed, snapshot: &Snapshot) {
        let Some((community, _)) = calls::ongoing(snapshot) else {
            return;
        };
        let wish = match deed {
            Deed::Mute(muted) => CommunityCommand::SetMuted(muted),
            Deed::Deafen(deafened) => CommunityCommand::SetDeafened(deafened),
            Deed::LeaveCall => CommunityCommand::LeaveCall,
            _ => {
                self.state.dialog = Some(Dialog::Quality(community.id));
                return;
            }
        };
        self.send(Command::In(community.id, wish));
    }

    /// In the community and the channel that are shown.
    fn act_here(&mut self, ctx: &Context, deed: Deed, community: &Community) {
        let state = &mut self.state;
        state.page = Page::Chat;
        match deed {
            Deed::Search => return aside::open_search(ctx, state),
            Deed::Pins => {
                state.aside = Some(Aside::Pins);
                return;
            }
            Deed::Invite => {
                let form = InviteForm::new(community.id, &community.name);
                state.dialog = Some(Dialog::Invite(form));
                return;
            }
            _ => {}
        }
        let Some(channel) = community.open else {
            return;
        };
        let jump = |to| CommunityCommand::Message(MessageCommand::Jump(channel, to));
        let wish = match deed {
            Deed::FirstUnread => jump(JumpTo::FirstUnread),
            Deed::Present => jump(JumpTo::Present),
            Deed::JoinCall => CommunityCommand::JoinCall(channel),
            Deed::PickDay => {
                let clock = self.fixed_clock.clone();
                let clock = clock.unwrap_or_else(|| Clock::system(&self.zone));
                let form = CalendarForm::new(channel, clock.now_ms, &clock);
                self.state.dialog = Some(Dialog::Calendar(form));
                return;
            }
            Deed::AttachFiles => {
                let choice = Choice::Attach(community.id, channel);
                state.chooser.open(ctx, choice);
                return;
            }
            Deed::Emoji => {
                let foot = ctx.content_rect().right_bottom() - vec2(60.0, 80.0);
                let beside = Rect::from_min_size(foot, vec2(1.0, 1.0));
                return messages::pick_emoji(state, community, EmojiFor::Text, beside);
            }
            _ => return,
        };
        self.send(Command::In(community.id, wish));
    }
}
