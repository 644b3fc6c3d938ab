//! A window on a pretended engine, without a display: what it shows by label, what it sends.

use std::sync::Arc;

use dialtone_engine::handle::{EngineSide, channel};
use dialtone_engine::settings::TextSize;
use dialtone_engine::{Command, Snapshot};
use dialtone_gui::demo::{FakeEngine, clock};
use dialtone_gui::desktop::DesktopOptions;
use dialtone_gui::theme::Face;
use dialtone_gui::{App, WindowOptions};
use egui::FontData;
use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui_kittest::Harness;

/// The window, and the engine's ends of its channels.
pub(crate) struct Window {
    pub(crate) harness: Harness<'static, Option<App>>,
    pub(crate) engine: FakeEngine,
    side: Option<EngineSide>,
}

impl Window {
    /// Shows `snapshot` in a window of `size` points.
    pub(crate) fn new(snapshot: Snapshot, size: [f32; 2]) -> Self {
        Self::on(snapshot, size, None)
    }

    /// The same, on a desktop.
    pub(crate) fn on(snapshot: Snapshot, size: [f32; 2], desktop: Option<DesktopOptions>) -> Self {
        let (handle, far_end) = channel(Snapshot::default());
        far_end.publish(snapshot.clone());
        let options = WindowOptions {
            clock: Some(clock()),
            reduced_motion: true,
            desktop,
            ..WindowOptions::default()
        };
        let mut engine = Some(handle);
        let harness = Harness::builder()
            .with_size(size)
            .with_max_steps(60)
            .allow_missing_glyphs()
            .build_ui_state(
                move |ui, app: &mut Option<App>| {
                    if let Some(engine) = engine.take() {
                        *app = Some(App::new(ui.ctx(), engine, &options));
                        // The fonts are there from the next pass on.
                        ui.ctx().request_repaint();
                        return;
                    }
                    if let Some(app) = app {
                        app.update(ui.ctx());
                        app.show(ui);
                    }
                },
                None,
            );
        let mut window = Self {
            harness,
            engine: FakeEngine::new(snapshot, clock().now_ms),
            side: Some(far_end),
        };
        window.settle();
        window
    }

    /// Has letters of Hebrew and Arabic, which elsewhere are the system's.
    pub(crate) fn with_scripts(&mut self) {
        const SCRIPTS: &[u8] = include_bytes!("../fonts/scripts.ttf");
        let families = [
            Face::Regular,
            Face::Medium,
            Face::SemiBold,
            Face::Italic,
            Face::Mono,
        ];
        let families = families.map(|face| InsertFontFamily {
            family: face.family(),
            priority: FontPriority::Lowest,
        });
        let font = FontInsert::new("scripts", FontData::from_static(SCRIPTS), families.into());
        self.harness.ctx.add_font(font);
        // What was laid out without them is laid out anew.
        for size in [TextSize::Large, TextSize::Normal] {
            self.change_all(|all| all.settings.look.text = size);
        }
    }

    /// Runs frames until nothing moves; a blinking cursor does not count.
    pub(crate) fn settle(&mut self) {
        self.harness.run_ok();
    }

    /// The commands sent since the last call.
    pub(crate) fn sent(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if let Some(side) = &mut self.side {
            while let Ok(command) = side.commands.try_recv() {
                commands.push(command);
            }
        }
        commands
    }

    /// Lets the pretended engine carry out what was sent, until nothing more comes.
    pub(crate) fn serve(&mut self) {
        for _ in 0..8 {
            let commands = self.sent();
            if commands.is_empty() {
                return;
            }
            for command in commands {
                for event in self.engine.apply(command) {
                    if let Some(side) = &self.side {
                        let _ = side.events.send(event);
                    }
                }
            }
            self.publish();
        }
    }

    /// Something happened that is not in the state.
    pub(crate) fn tell(&mut self, event: dialtone_engine::Event) {
        if let Some(side) = &self.side {
            // Nobody listening is not an error.
            let _ = side.events.send(event);
        }
    }

    /// Shows what the pretended engine has now.
    pub(crate) fn publish(&mut self) {
        if let Some(side) = &mut self.side {
            side.publish(self.engine.state.clone());
        }
        self.settle();
    }

    /// Changes what only the window knows, and shows it.
    pub(crate) fn state(&mut self, how: impl FnOnce(&mut dialtone_gui::state::UiState)) {
        if let Some(app) = self.harness.state_mut() {
            how(app.state_mut());
        }
        self.harness.run_steps(2);
    }

    /// The engine ends without a word, as after a crash.
    pub(crate) fn end_engine(&mut self) {
        self.side = None;
    }

    /// Changes the first community without showing it yet.
    pub(crate) fn change_quietly(
        &mut self,
        how: impl FnOnce(&mut dialtone_engine::snapshot::Community),
    ) {
        how(Arc::make_mut(&mut self.engine.state.communities[0]));
    }

    /// Changes everything and shows it.
    pub(crate) fn change_all(&mut self, how: impl FnOnce(&mut Snapshot)) {
        how(&mut self.engine.state);
        self.publish();
    }

    /// Changes the first community and shows it.
    pub(crate) fn change(&mut self, how: impl FnOnce(&mut dialtone_engine::snapshot::Community)) {
        how(Arc::make_mut(&mut self.engine.state.communities[0]));
        self.publish();
    }
}
