//! The voice meter as a window of its own: no profile is unlocked for it, nobody signs in.

use std::path::PathBuf;
use std::sync::Arc;

use dialtone_desktop::SystemLook;
use dialtone_engine::handle::CommandError;
use dialtone_engine::{Command, EngineHandle, Event, Snapshot};
use dialtone_words::say;
use egui::{Context, Frame, Margin, ScrollArea, Ui, vec2};

use crate::appearance::Appearance;
use crate::banners;
use crate::chooser::{Choice, Chooser, chain_chosen};
use crate::panels::title::{self, Title};
use crate::panels::{region, within};
use crate::screens::settings::MeterAction;
use crate::screens::settings::voice_meter::{self, ask_for_path};
use crate::screens::stopped;
use crate::theme::{self, Type, palette};
use crate::wake::Inbox;
use crate::widgets::{surface, text};

/// Wider cards are hard to read across.
const WIDEST: f32 = 1_200.0;

/// The window.
pub struct MeterWindow {
    engine: EngineHandle,
    inbox: Inbox,
    snapshot: Arc<Snapshot>,
    appearance: Appearance,
    chooser: Chooser,
    /// Where settings and chains are kept.
    folder: PathBuf,
    stopped: bool,
}

impl MeterWindow {
    /// A window on `engine`, drawn by `ctx`, that keeps what is changed in `folder`. The microphone runs from now on.
    pub fn new(ctx: &Context, engine: EngineHandle, folder: PathBuf, reduced_motion: bool) -> Self {
        theme::install(ctx);
        let inbox = Inbox::listen(ctx, &engine);
        let mut window = Self {
            snapshot: engine.snapshot(),
            engine,
            inbox,
            appearance: Appearance::new(reduced_motion),
            chooser: Chooser::default(),
            folder,
            stopped: false,
        };
        window.send(Command::RefreshDevices);
        window.send(Command::SetMeter(true));
        window.send(Command::WatchVoice(true));
        window
    }

    /// Takes the newest snapshot and what happened. Paints nothing.
    pub fn update(&mut self, ctx: &Context) {
        self.snapshot = self.engine.snapshot();
        while let Some(event) = self.inbox.take() {
            self.stopped |= event == Event::Stopped;
        }
        let look = &self.snapshot.settings.look;
        if let Some(look) = self.appearance.follow(ctx, look, SystemLook::default()) {
            self.send(Command::SetLook(look));
        }
        if let Some((choice, paths)) = self.chooser.take()
            && let Some(wish) = chain_chosen(&choice, paths)
        {
            self.send(wish);
        }
        if let Some(choice) = self.chooser.take_failed() {
            ask_for_path(ctx, choice == Choice::ImportChain);
        }
    }

    /// Draws the snapshot last taken into all of `ui`.
    pub fn show(&mut self, ui: &mut Ui) {
        let snapshot = Arc::clone(&self.snapshot);
        let area = ui.max_rect();
        surface(ui, area, palette(ui).bg_2);
        let action = region(ui, say!("meter-voice-meter"), area, |ui| {
            let title = Title {
                words: say!("meter-voice-meter"),
                aside: say!("meter-window-aside"),
                ..Title::default()
            };
            let (rest, ()) = title::show(ui, area, &title, 20.0, |_| ());
            within(ui, "page", rest, |ui| self.page(ui, &snapshot))
        });
        match action {
            None => {}
            Some(MeterAction::Send(commands)) => {
                for command in commands {
                    self.send(command);
                }
            }
            Some(MeterAction::Import) => self.chooser.open(ui.ctx(), Choice::ImportChain),
            Some(MeterAction::Export(name)) => {
                self.chooser.open(ui.ctx(), Choice::ExportChain(name));
            }
        }
        let notices = banners::notices(&snapshot);
        if let Some(read) = banners::show_notices(ui, area, notices) {
            self.send(Command::DismissNotice(read));
        }
        if self.stopped {
            stopped::show(ui.ctx());
        }
    }

    fn page(&self, ui: &mut Ui, snapshot: &Snapshot) -> Option<MeterAction> {
        ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                Frame::new()
                    .inner_margin(Margin::symmetric(20, 20))
                    .show(ui, |ui| {
                        ui.set_max_width(ui.available_width().min(WIDEST));
                        ui.spacing_mut().item_spacing = vec2(12.0, 12.0);
                        // Where another one may help it is the first thing to find.
                        let wrong = snapshot.audio.problem.is_some();
                        let mut chosen = None;
                        if wrong {
                            chosen = voice_meter::microphone(ui, snapshot);
                        }
                        let action = voice_meter::show(ui, snapshot);
                        if !wrong {
                            chosen = voice_meter::microphone(ui, snapshot);
                        }
                        let color = palette(ui).text_3;
                        let words =
                            say!("meter-kept-in", folder = self.folder.display().to_string());
                        text::label(ui, &words, Type::Hint, color);
                        chosen.or(action)
                    })
                    .inner
            })
            .inner
    }

    fn send(&mut self, command: Command) {
        match self.engine.send(command) {
            Ok(()) => {}
            Err(CommandError::Busy) => {
                tracing::warn!("the engine is busy: a command was dropped");
            }
            Err(CommandError::Stopped) => self.stopped = true,
        }
    }
}

impl eframe::App for MeterWindow {
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
        self.send(Command::Shutdown);
    }
}
