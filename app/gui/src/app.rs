//! The window's one object: takes the newest snapshot, lets a screen draw it, sends what follows.
//!
//! logic: events from the engine -> state; keys -> commands     ui: snapshot -> screen -> commands

mod deeds;
mod desktop;
mod dialogs;
mod entering;
mod events;
mod idle;
mod input;

use std::collections::HashMap;
use std::sync::Arc;

use dialtone_engine::handle::CommandError;
use dialtone_engine::settings::ShortcutSettings;
use dialtone_engine::{Command, CommunityCommand, EngineHandle, FileCommand, FileSource, Snapshot};
use dialtone_words::say;
use egui::{Context, Id, Ui};
use jiff::tz::TimeZone;

use crate::appearance::Appearance;
use crate::banners;
use crate::chooser::{Choice, chain_chosen};
use crate::desktop::Companion;
use crate::dialogs::Dialog;
use crate::driver::{Driver, Painted, Seat};
use crate::panels::within;
use crate::run::WindowOptions;
use crate::screens::ask::AskForm;
use crate::screens::main::calls;
use crate::screens::settings::voice_meter::ask_for_path;
use crate::screens::{self, Screen, moved, stopped};
use crate::state::UiState;
use crate::theme;
use crate::time::Clock;
use crate::wake::Inbox;

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
    /// What had the keyboard before a menu opened.
    before_menu: Option<Id>,
    menu: bool,
    idle: idle::Idle,
    /// The desktop's services, where the window belongs to one.
    companion: Option<Companion>,
    presence: desktop::Presence,
    seat: Seat,
    /// Since when good news is shown, in seconds of the window's clock.
    seen_notices: HashMap<u64, f64>,
    /// The shortcuts that the window hears.
    bound: Option<ShortcutSettings>,
}

/// What lies under the dialog that is open.
struct Covered {
    /// What had the keyboard, to give it back.
    focused: Option<Id>,
}

impl App {
    /// A window on `engine`, drawn by `ctx`.
    pub fn new(ctx: &Context, engine: EngineHandle, options: &WindowOptions) -> Self {
        theme::install(ctx);
        // The size has shortcuts of its own, which one may change.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let started = options.desktop.as_ref();
        let companion = started.map(|desktop| Companion::start(ctx, &engine, desktop));
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
            before_menu: None,
            menu: false,
            idle: idle::Idle::default(),
            companion,
            presence: desktop::Presence::new(options.hidden),
            seat: Seat::default(),
            seen_notices: HashMap::new(),
            bound: None,
        };
        app.state.page = options.page;
        app.state.ask = app.snapshot.asking.as_ref().map(|_| AskForm::default());
        if options.ended_badly {
            app.state.dialog = Some(Dialog::EndedBadly);
        }
        if let Some(link) = options.initial_link.clone() {
            app.send(Command::InspectLink(link));
        }
        app
    }

    /// Somebody else drives it.
    pub(crate) fn driven_by(mut self, driver: Option<Box<dyn Driver>>) -> Self {
        self.seat = Seat::of(driver);
        self
    }

    /// What only the window knows, for tests and demonstrations.
    pub fn state_mut(&mut self) -> &mut UiState {
        &mut self.state
    }

    /// Takes the newest snapshot and what happened; reads the keys. Paints nothing.
    pub fn update(&mut self, ctx: &Context) {
        let before = std::mem::replace(&mut self.snapshot, self.engine.snapshot());
        self.notice_arrival(&before);
        while let Some(event) = self.inbox.take() {
            self.on_event(ctx, event);
        }
        let (look, system) = (&self.snapshot.settings.look, self.system_look());
        if let Some(look) = self.appearance.follow(ctx, look, system) {
            self.send(Command::SetLook(look));
        }
        self.desktop(ctx);
        self.chosen(ctx);
        self.follow_shortcuts(ctx);
        self.record_shortcut(ctx);
        self.capture_key(ctx);
        self.push_to_talk(ctx);
        self.meter();
        self.ask_versions();
        self.old_notices(ctx);
        self.lock_when_idle(ctx);
        self.attend(ctx);
        self.keep_drafts(ctx);
        self.keep_emojis();
    }

    /// Files that were chosen in the system's dialog.
    fn chosen(&mut self, ctx: &Context) {
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
            Some((Choice::ImportProfile, paths)) => {
                if let Some(path) = paths.first() {
                    self.state.moved.path = path.display().to_string();
                }
            }
            Some((Choice::Folder(_), paths)) => {
                if let Some(Dialog::Diagnostics(form)) = &mut self.state.dialog {
                    form.folder = paths.into_iter().next();
                }
            }
            Some((Choice::Recovery(community), paths)) => {
                if let Some(path) = paths.into_iter().next() {
                    self.send(Command::SaveRecovery(community, path));
                }
            }
            Some((choice @ (Choice::ImportChain | Choice::ExportChain(_)), paths)) => {
                if let Some(wish) = chain_chosen(&choice, paths) {
                    self.send(wish);
                }
            }
            None => {}
        }
        match self.state.chooser.take_failed() {
            Some(Choice::ImportChain) => ask_for_path(ctx, true),
            Some(Choice::ExportChain(_)) => ask_for_path(ctx, false),
            Some(_) => self.send(Command::Warn(say!("panel-no-dialog").to_owned())),
            None => {}
        }
    }

    /// Draws the snapshot last taken into all of `ui`.
    pub fn show(&mut self, ui: &mut Ui) {
        let clock = self.clock();
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
                self.unlocking(ui, &snapshot);
            }
            Screen::Moved => {
                let moving = snapshot.moving.as_ref();
                let action = moved::show(ui, moving, &mut self.state.moved);
                self.moves(ui.ctx(), action);
            }
            Screen::Main if self.state.comes_back(&snapshot) => {
                let area = ui.max_rect();
                let call = calls::strip(area, &snapshot, None);
                let rest = calls::above(call.as_ref(), area);
                within(ui, "coming back", rest, |ui| self.welcome(ui, &snapshot));
                calls::show(ui, call, &mut self.state, &mut commands);
            }
            Screen::Main if self.state.arrives => self.arriving(ui, &snapshot),
            Screen::Main => {
                commands = screens::main::show(ui, &snapshot, &mut self.state, &clock);
            }
        }
        for command in commands {
            self.send(command);
        }
        if let Some(part) = self.state.diagnose.take() {
            self.diagnose(part);
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
        self.after_menus(ui.ctx());
    }

    fn send(&mut self, command: Command) {
        let written = match &command {
            Command::In(
                community,
                CommunityCommand::Submit {
                    channel,
                    text,
                    reply_to,
                },
            ) => Some((*community, *channel, text.clone(), *reply_to, Vec::new())),
            Command::In(
                community,
                CommunityCommand::File(FileCommand::Send {
                    channel,
                    files,
                    text,
                    reply_to,
                }),
            ) => {
                let written = (*community, *channel, text.clone(), *reply_to, files.clone());
                Some(written)
            }
            _ => None,
        };
        let Err(error) = self.engine.send(command) else {
            return;
        };
        if let Some((community, channel, text, reply_to, files)) = written {
            let drafts = &mut self.state.drafts;
            drafts.give_back(community, channel, &text, reply_to);
            self.state.attached.of(community, channel).extend(files);
        }
        match error {
            CommandError::Busy => tracing::warn!("the engine is busy: a command was dropped"),
            CommandError::Stopped => self.stopped = true,
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut egui::RawInput) {
        self.seat.input(input);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.show(ui);
        let painted = Painted {
            snapshot: &self.snapshot,
            last_s: frame.info().cpu_usage,
        };
        self.seat.painted(ui.ctx(), painted);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if self.state.asked.talking {
            self.send(Command::PushToTalk(false));
        }
        self.keep_place_at_end();
        self.keep_drafts_now();
        self.send(Command::Shutdown);
    }
}
