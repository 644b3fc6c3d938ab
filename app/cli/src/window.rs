//! The window: an engine, and the panels that draw it.

use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, Engine};
use dialtone_gui::WindowOptions;

use crate::Common;

/// Opens the window and runs until it is closed.
pub(crate) fn run(common: &Common, link: Option<String>) -> anyhow::Result<()> {
    let engine = Engine::spawn(common.engine(AudioChoice::System)?)?;
    let options = WindowOptions {
        initial_link: link,
        ..WindowOptions::default()
    };
    let shown = dialtone_gui::run(engine.handle.clone(), options);
    let _ = engine.handle.send(Command::Shutdown);
    engine.join();
    shown.map_err(|error| anyhow::anyhow!("{error}"))
}
