//! `dialtone bench-gui-window`: the window that is measured, in a process of its own. Reads a password, or an empty line, from standard input.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, Engine, Secret};
use dialtone_gui::WindowOptions;
use serde_json::Value;

use super::keyring;
use super::steps::{Opens, Steps};
use crate::Common;

#[derive(Args)]
pub(crate) struct BenchGuiWindowArguments {
    /// How long it rests, in seconds.
    #[arg(long)]
    rest: u64,
    /// It closes once its first frame was painted.
    #[arg(long)]
    first_frame: bool,
    /// The folder of the keyring that opens the profile.
    #[arg(long)]
    keyring: Option<PathBuf>,
}

/// Opens the window, takes its steps, and prints what was measured.
pub(crate) fn run(common: &Common, arguments: &BenchGuiWindowArguments) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut password = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut password)
        .context("the password cannot be read")?;
    let password = password.trim_end().to_owned();
    let mut config = common.engine(AudioChoice::Null)?;
    let mut opens = Opens::Nothing;
    if let Some(folder) = &arguments.keyring {
        config.keyring = keyring::in_folder(folder);
        opens = Opens::ByItself;
    } else if !password.is_empty() {
        opens = Opens::With(Secret::new(password));
    }
    let engine = Engine::spawn(config)?;
    let told = Arc::new(Mutex::new(Value::Null));
    let steps = Steps::new(
        engine.handle.clone(),
        opens,
        began,
        (!arguments.first_frame).then(|| Duration::from_secs(arguments.rest)),
        Arc::clone(&told),
    );
    let shown = dialtone_gui::run_driven(
        engine.handle.clone(),
        WindowOptions::default(),
        Some(Box::new(steps)),
    );
    let _ = engine.handle.send(Command::Shutdown);
    engine.join();
    shown.map_err(|error| anyhow::anyhow!("{error}"))?;
    let told = told.lock().ok().map(|told| told.clone());
    println!("{}", told.context("the window's thread has panicked")?);
    Ok(())
}
