//! `dialtone story`: the main job, acted out by separate processes with separate profiles.
//!
//! ```text
//! server <- anna (founds), mikael, saga (invited): a channel, messages both ways, a call in which anna speaks
//! ```
//!
//! It prints each step as it happens and what was measured, keeps what was heard and what each of them read, and fails if a message or
//! the speech did not arrive.

mod actor;
pub(crate) mod hum;
mod score;
mod scratch;
mod script;
mod server;
pub(crate) mod sound;
pub(crate) mod stop;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

#[derive(Args)]
pub(crate) struct StoryArguments {
    /// The server's program.
    #[arg(long)]
    server_bin: PathBuf,
    /// Speech to speak in the call: WAV.
    #[arg(long)]
    speech: PathBuf,
    /// Folder for what is kept.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) use actor::{Actor, Voice};
pub(crate) use score::find as speech_in;
pub(crate) use scratch::in_scratch;
pub(crate) use server::Server;

/// Acts the story out.
pub(crate) fn run(arguments: &StoryArguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.out).context("the folder for the results cannot be made")?;
    stop::listen();
    script::play(arguments)
}

/// One line of the story.
pub(crate) fn step(text: impl std::fmt::Display) {
    println!("- {text}");
}
