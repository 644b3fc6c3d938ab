//! Opens the window and runs it until it is closed.

use std::path::PathBuf;

use dialtone_desktop::{WindowPlace, screen_size};
use dialtone_engine::EngineHandle;
use dialtone_words::say;
use eframe::NativeOptions;
use egui::{IconData, ViewportBuilder};

use crate::app::App;
use crate::desktop::DesktopOptions;
use crate::driver::Driver;
use crate::meter_window::MeterWindow;
use crate::state::Page;
use crate::time::Clock;

/// The size of the voice meter's window in points: all of a usual chain is in sight.
const METER_SIZE: [f32; 2] = [1000.0, 880.0];

/// How to open the window.
#[derive(Debug, Clone)]
pub struct WindowOptions {
    /// The window's title.
    pub title: String,
    /// A link to look at first.
    pub initial_link: Option<String>,
    /// The size of the window in points.
    pub size: [f32; 2],
    /// No animations.
    pub reduced_motion: bool,
    /// What the window shows first.
    pub page: Page,
    /// A clock that stands still, for demonstrations.
    pub clock: Option<Clock>,
    /// The desktop that it belongs to; without one, nothing happens beside the window.
    pub desktop: Option<DesktopOptions>,
    /// It stays out of sight at first.
    pub hidden: bool,
    /// The program did not come to its end the last time.
    pub ended_badly: bool,
}

impl Default for WindowOptions {
    fn default() -> Self {
        Self {
            title: "Dialtone".to_owned(),
            initial_link: None,
            size: [1280.0, 800.0],
            reduced_motion: false,
            page: Page::Chat,
            clock: None,
            desktop: None,
            hidden: false,
            ended_badly: false,
        }
    }
}

/// The window could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum GuiError {
    /// No display, or no OpenGL on it.
    #[error(
        "the window could not be opened: {0}. Check that a display is set (DISPLAY or WAYLAND_DISPLAY) and that OpenGL works, or run a subcommand without a window"
    )]
    Open(#[from] eframe::Error),
}

/// Opens the window on `engine` and runs it until it is closed; must be called on the main thread.
///
/// # Errors
/// When there is no display or no OpenGL.
pub fn run(engine: EngineHandle, options: WindowOptions) -> Result<(), GuiError> {
    run_driven(engine, options, None)
}

/// The same for a window that is driven by somebody else than the user, to be measured.
///
/// # Errors
/// When there is no display or no OpenGL.
pub fn run_driven(
    engine: EngineHandle,
    options: WindowOptions,
    driver: Option<Box<dyn Driver>>,
) -> Result<(), GuiError> {
    speak(&engine);
    let file = options.desktop.as_ref();
    let file = file.and_then(|desktop| desktop.window_file.as_ref());
    let place = file.and_then(|file| WindowPlace::load(file, screen_size()));
    let size = place.map_or(options.size, |place| place.size);
    let mut native = native(&options.title, size);
    native.viewport.maximized = place.map(|place| place.maximised);
    if let Some(position) = place.and_then(|place| place.position) {
        native.viewport.position = Some(position.into());
        native.centered = false;
    }
    eframe::run_native(
        "dialtone",
        native,
        Box::new(move |creation| {
            let app = App::new(&creation.egui_ctx, engine, &options);
            Ok(Box::new(app.driven_by(driver)))
        }),
    )?;
    Ok(())
}

/// Opens the voice meter by itself and runs it until it is closed; must be called on the main thread. `folder` is where `engine`
/// keeps what is changed.
///
/// # Errors
/// When there is no display or no OpenGL.
pub fn run_meter(engine: EngineHandle, folder: PathBuf) -> Result<(), GuiError> {
    speak(&engine);
    eframe::run_native(
        "dialtone",
        native(say!("desk-voice-meter-title"), METER_SIZE),
        Box::new(move |creation| {
            let window = MeterWindow::new(&creation.egui_ctx, engine, folder, false);
            Ok(Box::new(window))
        }),
    )?;
    Ok(())
}

/// Speaks what the settings say from the beginning, before anything is shown.
fn speak(engine: &EngineHandle) {
    dialtone_words::set_system(&dialtone_words::system_locale());
    dialtone_words::set_language(engine.snapshot().settings.look.language.as_deref());
}

fn native(title: &str, size: [f32; 2]) -> NativeOptions {
    let viewport = ViewportBuilder::default()
        .with_title(title)
        .with_app_id("dialtone")
        .with_inner_size(size)
        .with_min_inner_size([420.0, 360.0])
        .with_icon(icon());
    NativeOptions {
        viewport,
        centered: true,
        ..NativeOptions::default()
    }
}

/// The sign of Dialtone as pixels: a wave on a dark ground.
fn icon() -> IconData {
    const SIDE: u32 = 64;
    let accent = crate::theme::DARK.accent;
    let ground = crate::theme::DARK.bg_2;
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let along = (x as f32 - 10.0) / 44.0;
            let wave = 32.0 - (along * 1.5 * std::f32::consts::TAU).sin() * 13.0;
            let slope = (along * 1.5 * std::f32::consts::TAU).cos() * 13.0 * 0.214;
            let distance = (y as f32 - wave).abs() / (1.0 + slope * slope).sqrt();
            let inside = (0.0..=1.0).contains(&along) && distance < 3.2;
            let color = if inside { accent } else { ground };
            rgba.extend_from_slice(&color.to_array());
        }
    }
    IconData {
        rgba,
        width: SIDE,
        height: SIDE,
    }
}
