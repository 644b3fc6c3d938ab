//! The Dialtone window: models, panels, screens, theme.
//!
//! snapshot -> `screens::choose` -> a screen -> panels: `build` a model (pure), `show` it, answer an action -> one command
//!
//! The window never waits: it draws the newest [`Snapshot`](dialtone_engine::Snapshot), sends
//! [`Command`](dialtone_engine::Command)s, and repaints when the engine says that something changed.

mod app;
mod appearance;
pub mod banners;
pub mod chooser;
pub mod demo;
pub mod desktop;
pub mod dialogs;
pub mod drafts;
mod driver;
pub mod emoji;
pub mod finder;
pub mod keys;
pub mod layout;
mod meter_window;
pub mod panels;
pub mod password;
mod pictures;
pub mod rich;
pub mod run;
pub mod screens;
pub mod shortcuts;
pub mod state;
pub mod theme;
pub mod time;
mod wake;
pub mod widgets;

pub use app::App;
pub use driver::{Driver, Painted, Steer};
pub use egui;
pub use meter_window::MeterWindow;
pub use run::{GuiError, WindowOptions, run, run_driven, run_meter};
