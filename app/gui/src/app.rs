//! The window's one object: takes the newest snapshot, lets a screen draw it, sends what follows.
//!
//! logic: events from the engine -> state; keys -> commands     ui: snapshot -> screen -> commands

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use dialtone_engine::handle::CommandError;
use dialtone_engine::settings::AudioSettings;
use dialtone_engine::snapshot::Severity;
use dialtone_engine::{
    Command, CommunityCommand, EngineHandle, Event, FileCommand, FileSource, PrivateCommand,
    Snapshot,
};
use egui::{Context, Id, Ui, ViewportCommand};
use jiff::tz::TimeZone;

use crate::appearance::Appearance;
use crate::banners;
use crate::chooser::Choice;
use crate::dialogs::{self, Dialog, DialogAction};
use crate::keys::{self, Captured, Shortcut};
use crate::panels::within;
use crate::run::WindowOptions;
use crate::screens::ask::{self, AskAction, AskForm};
use crate::screens::join::{self, JoinAction};
use crate::screens::main::calls;
use crate::screens::recover::{self, RecoverAction, RecoverForm};
use crate::screens::welcome::{self, WelcomeAction};
use crate::screens::{self, Screen, stopped, unlock};
use crate::state::{Page, SettingsPage, UiState};
use crate::theme;
use crate::time::Clock;
use crate::wake::Inbox;
use crate::widgets::Comparison;

/// The window.
pub struct App {
    engine: EngineHandle,
    inbox: Inbox,
    snapshot: Arc<Snapshot>,
    state: UiState,
    zone: TimeZone,
    fixed_clock: Option<Clock>,
    appearance: Appearance,
    stopped: bool,
    covered: Option<Covered>,
    /// Since when good news is shown, in seconds of the window's clock.
    seen_notices: HashMap<u64, f64>,
}

/// What lies under the dialog that is open.
struct Covered {
    /// What had the keyboard, to give it back.
    focused: Option<Id>,
}

/// How long good news is shown.
const NOTICE_LASTS_S: f64 = 12.0;

impl App {
    /// A window on `engine`, drawn by `ctx`.
    pub fn new(ctx: &Context, engine: EngineHandle, options: &WindowOptions) -> Self {
        theme::install(ctx);
        let inbox = Inbox::listen(ctx, &engine);
        let mut app = Self {
            snapshot: engine.snapshot(),
            engine,
            inbox,
            state: UiState::default(),
            zone: TimeZone::system(),
            fixed_clock: options.clock.clone(),
            appearance: Appearance::new(options.reduced_motion),
            stopped: false,
            covered: None,
            seen_notices: HashMap::new(),
        };
        app.state.page = options.page;
        app.state.ask = app.snapshot.asking.as_ref().map(|_| AskForm::default());
        if let Some(link) = options.initial_link.clone() {
            app.send(Command::InspectLink(link));
        }
        app
    }

    /// What only the window knows, for tests and demonstrations.
    pub fn state_mut(&mut self) -> &mut UiState {
        &mut self.state
    }

    /// Takes the newest snapshot and what happened; reads the keys. Paints nothing.
    pub fn update(&mut self, ctx: &Context) {
        self.snapshot = self.engine.snapshot();
        while let Some(event) = self.inbox.take() {
            self.on_event(ctx, event);
        }
        let look = &self.snapshot.settings.look;
        if let Some(look) = self.appearance.follow(ctx, look) {
            self.send(Command::SetLook(look));
        }
        self.chosen();
        self.capture_key(ctx);
        self.push_to_talk(ctx);
        self.meter();
        self.old_notices(ctx);
    }

    /// Files that were chosen in the system's dialog.
    fn chosen(&mut self) {
        match self.state.chooser.take() {
            Some((Choice::Attach(community, channel), paths)) => {
                let files = self.state.attached.of(community, channel);
                files.extend(paths.into_iter().map(FileSource::Path));
            }
            Some((Choice::Portrait(community), paths)) => {
                let source = paths.into_iter().next().map(FileSource::Path);
                let wish = CommunityCommand::File(FileCommand::SetPicture(source));
                self.send(Command::In(community, wish));
            }
            None => {}
        }
    }

    /// Draws the snapshot last taken into all of `ui`.
    pub fn show(&mut self, ui: &mut Ui) {
        let clock = self
            .fixed_clock
            .clone()
            .unwrap_or_else(|| Clock::system(&self.zone));
        let snapshot = Arc::clone(&self.snapshot);
        let screen = screens::choose(&snapshot);
        let mut commands = Vec::new();
        match screen {
            Screen::Welcome => {
                self.welcome(ui, &snapshot);
            }
            Screen::Join => {
                let area = ui.max_rect();
                let call = calls::strip(area, &snapshot, None);
                let rest = calls::above(call.as_ref(), area);
                within(ui, "joining", rest, |ui| self.joining(ui, &snapshot));
                calls::show(ui, call, &mut self.state, &mut commands);
            }
            Screen::Unlock => {
                let model = unlock::build(&snapshot.profile, snapshot.invitation.is_some());
                if let Some(password) = unlock::show(ui, &model, &mut self.state.unlock) {
                    self.send(Command::Unlock(password));
                }
            }
            Screen::Main if self.state.comes_back(&snapshot) => {
                let area = ui.max_rect();
                let call = calls::strip(area, &snapshot, None);
                let rest = calls::above(call.as_ref(), area);
                within(ui, "coming back", rest, |ui| self.welcome(ui, &snapshot));
                calls::show(ui, call, &mut self.state, &mut commands);
            }
            Screen::Main => {
                commands = screens::main::show(ui, &snapshot, &mut self.state, &clock);
            }
        }
        for command in commands {
            self.send(command);
        }
        if screen != Screen::Main {
            let notices = banners::notices(&snapshot);
            if let Some(read) = banners::show_notices(ui, ui.max_rect(), notices) {
                self.send(Command::DismissNotice(read));
            }
        }
        if self.stopped {
            stopped::show(ui.ctx());
        } else {
            self.new_device(ui.ctx(), &snapshot);
            self.dialog(ui.ctx(), &snapshot, &clock);
        }
        self.shortcuts(ui.ctx(), &snapshot);
    }

    fn send(&mut self, command: Command) {
        let written = match &command {
            Command::In(community, CommunityCommand::Submit { channel, text }) => {
                Some((*community, *channel, text.clone(), Vec::new()))
            }
            Command::In(
                community,
                CommunityCommand::File(FileCommand::Send {
                    channel,
                    files,
                    text,
                }),
            ) => Some((*community, *channel, text.clone(), files.clone())),
            _ => None,
        };
        let Err(error) = self.engine.send(command) else {
            return;
        };
        if let Some((community, channel, text, files)) = written {
            self.state.drafts.give_back(community, channel, &text);
            self.state.attached.of(community, channel).extend(files);
        }
        match error {
            CommandError::Busy => tracing::warn!("the engine is busy: a command was dropped"),
            CommandError::Stopped => self.stopped = true,
        }
    }

    fn on_event(&mut self, ctx: &Context, event: Event) {
        match event {
            Event::InviteReady { community, link } => self.invite_ready(community, link),
            Event::InviteFailed { community, reason } => {
                if let Some(Dialog::Invite(form)) = &mut self.state.dialog
                    && form.community == community
                {
                    form.failed(reason);
                }
            }
            Event::Unsent {
                community,
                channel,
                text,
                files,
                ..
            } => {
                self.state.drafts.give_back(community, channel, &text);
                self.state.attached.of(community, channel).extend(files);
            }
            Event::Stopped => {
                self.stopped = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            Event::MessageArrived { .. } => {
                let away = !ctx.input(|input| input.focused);
                if away {
                    let wish = egui::UserAttentionType::Informational;
                    ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(wish));
                }
            }
            _ => {}
        }
    }

    /// The link goes to the dialog that asked for it; one made by a slash command opens the dialog.
    fn invite_ready(&mut self, community: dialtone_engine::CommunityId, link: String) {
        if let Some(Dialog::Invite(form)) = &mut self.state.dialog
            && form.community == community
        {
            form.link = Some(link);
            return;
        }
        let found = self
            .snapshot
            .communities
            .iter()
            .find(|one| one.id == community);
        let name = found.map_or_else(String::new, |one| one.name.clone());
        let mut form = dialogs::InviteForm::new(community, &name);
        form.link = Some(link);
        self.state.dialog = Some(Dialog::Invite(form));
    }

    fn joining(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
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

    fn dialog(&mut self, ctx: &Context, snapshot: &Snapshot, clock: &Clock) {
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
        let Some(action) = dialogs::show(ctx, open, current, clock) else {
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
    fn wipe_finished_forms(&mut self, snapshot: &Snapshot) {
        if snapshot.invitation.is_none() && !self.state.join.password.text.is_empty() {
            self.state.join = join::JoinForm::default();
        }
    }

    fn shortcuts(&mut self, ctx: &Context, snapshot: &Snapshot) {
        let call = screens::main::calls::ongoing(snapshot);
        let on_main = screens::choose(snapshot) == Screen::Main && self.state.dialog.is_none();
        match keys::shortcut(ctx, on_main) {
            None => {}
            Some(Shortcut::Settings) => self.state.page = Page::Settings(SettingsPage::Audio),
            Some(Shortcut::Escape) => {
                let free = !egui::Popup::is_any_open(ctx);
                self.state.close_what_is_open(free);
            }
            Some(Shortcut::Mute) => {
                if let Some((community, call)) = call {
                    let wish = CommunityCommand::SetMuted(!(call.muted || call.deafened));
                    self.send(Command::In(community.id, wish));
                }
            }
            Some(Shortcut::Deafen) => {
                if let Some((community, call)) = call {
                    let wish = CommunityCommand::SetDeafened(!call.deafened);
                    self.send(Command::In(community.id, wish));
                }
            }
        }
    }

    /// The key that is pressed next becomes that of push-to-talk, while the settings wait for it.
    fn capture_key(&mut self, ctx: &Context) {
        if self.state.page != Page::Settings(SettingsPage::Talking) {
            self.state.capture = None;
        }
        let Some(captured) = self.state.capture.as_mut().and_then(|one| one.read(ctx)) else {
            return;
        };
        self.state.capture = None;
        if let Captured::Hotkey(hotkey) = captured {
            self.send(Command::SetAudio(AudioSettings {
                push_to_talk_key: hotkey.to_string(),
                ..self.snapshot.settings.audio.clone()
            }));
        }
    }

    fn push_to_talk(&mut self, ctx: &Context) {
        let audio = &self.snapshot.settings.audio;
        let by_key = audio.talk_mode.by_key() && self.state.capture.is_none();
        let hotkey = audio.push_to_talk_key.parse();
        let talks = hotkey.is_ok_and(|hotkey| keys::held(ctx, &hotkey, by_key).talks());
        if talks != self.state.asked.talking {
            self.state.asked.talking = talks;
            self.send(Command::PushToTalk(talks));
        }
    }

    fn meter(&mut self) {
        let main = screens::choose(&self.snapshot) == Screen::Main;
        let wanted = main
            && matches!(self.state.page, Page::Settings(page) if screens::settings::wants_meter(page));
        if wanted != self.state.asked.meter {
            self.state.asked.meter = wanted;
            self.send(Command::SetMeter(wanted));
        }
    }

    /// Good news leaves by itself after a while in which the window was looked at; warnings and errors stay.
    fn old_notices(&mut self, ctx: &Context) {
        let (now, focused) = ctx.input(|input| (input.time, input.focused));
        let there = &self.snapshot.notices;
        self.seen_notices
            .retain(|id, _| there.iter().any(|notice| notice.id == *id));
        let mut old = Vec::new();
        for notice in there.iter().filter(|one| one.severity == Severity::Info) {
            let since = *self.seen_notices.entry(notice.id).or_insert(now);
            if focused && now - since > NOTICE_LASTS_S {
                old.push(notice.id);
            }
        }
        if old.len() < self.seen_notices.len() {
            ctx.request_repaint_after(Duration::from_secs(1));
        }
        for id in old {
            self.send(Command::DismissNotice(id));
        }
    }
}

impl App {
    /// A new device asks to be added: shown by itself, once, as soon as no other dialog is in the way.
    fn new_device(&mut self, ctx: &Context, snapshot: &Snapshot) {
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

    /// A link, another device, or a recovery key.
    fn welcome(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
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
        match welcome::show(ui, &mut self.state.link) {
            Some(WelcomeAction::Link(link)) => self.send(Command::InspectLink(link)),
            Some(WelcomeAction::Ask) => self.state.ask = Some(AskForm::default()),
            Some(WelcomeAction::Recover) => self.state.recover = Some(RecoverForm::default()),
            None => {}
        }
    }
}

/// The command for what a dialog decided, and whether the dialog stays open.
fn dialog_command(
    action: DialogAction,
    community: Option<dialtone_engine::CommunityId>,
) -> (Option<Command>, bool) {
    let wish = match action {
        DialogAction::Close | DialogAction::ComeBack { .. } => return (None, false),
        DialogAction::SaveFile(file) => {
            let wish = CommunityCommand::File(FileCommand::Save { file, to: None });
            return (community.map(|id| Command::In(id, wish)), true);
        }
        DialogAction::Inspect(link) => return (Some(Command::InspectLink(link)), false),
        DialogAction::RevokeDevice(id, device) => {
            let wish = CommunityCommand::RevokeDevice(device);
            return (Some(Command::In(id, wish)), false);
        }
        DialogAction::Forget(id) => return (Some(Command::Forget(id)), false),
        DialogAction::Approve(id) => {
            let wish = CommunityCommand::Approve(true);
            return (Some(Command::In(id, wish)), true);
        }
        DialogAction::RefuseDevice(id) => {
            let wish = CommunityCommand::Approve(false);
            return (Some(Command::In(id, wish)), false);
        }
        DialogAction::CodesSame(id) => {
            let wish = CommunityCommand::CompareCode { same: true };
            return (Some(Command::In(id, wish)), true);
        }
        DialogAction::CodesDiffer(id) => {
            let wish = CommunityCommand::CompareCode { same: false };
            return (Some(Command::In(id, wish)), false);
        }
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
            role: dialtone_engine::snapshot::Role::Founder,
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

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if self.state.asked.talking {
            self.send(Command::PushToTalk(false));
        }
        self.send(Command::Shutdown);
    }
}
