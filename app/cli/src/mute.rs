//! `dialtone mute`: the microphone of the call that one is in, from outside the window.

use anyhow::bail;
use clap::{Args, ValueEnum};
use dialtone_engine::control::{ControlAnswer, ControlRequest, ask};

use crate::Common;

#[derive(Args)]
pub(crate) struct MuteArguments {
    /// What happens to it.
    #[arg(value_enum, default_value = "toggle")]
    action: Action,
}

#[derive(Clone, Copy, ValueEnum)]
enum Action {
    /// Others do not hear you.
    On,
    /// They hear you again.
    Off,
    /// The other way round.
    Toggle,
}

/// Tells the client that has the profile open.
pub(crate) fn run(common: &Common, arguments: &MuteArguments) -> anyhow::Result<()> {
    let muted = match arguments.action {
        Action::On => Some(true),
        Action::Off => Some(false),
        Action::Toggle => None,
    };
    match ask(&common.profile()?, &ControlRequest::Mute { muted })? {
        ControlAnswer::Muted(muted) => {
            println!("{}", if muted { "muted" } else { "not muted" });
            Ok(())
        }
        ControlAnswer::Error(words) => bail!("{words}"),
        _ => bail!("the client answered something else"),
    }
}
