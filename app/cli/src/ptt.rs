//! `dialtone ptt`: the key of push-to-talk or push-to-mute, pressed from outside the window.

use anyhow::bail;
use clap::{Args, ValueEnum};
use dialtone_engine::control::{ControlAnswer, ControlRequest, KeyAction, ask};

use crate::Common;

#[derive(Args)]
pub(crate) struct PttArguments {
    /// What happens to the key.
    #[arg(value_enum)]
    action: Action,
}

#[derive(Clone, Copy, ValueEnum)]
enum Action {
    /// It goes down, until it is released.
    Press,
    /// It goes up.
    Release,
    /// Down if it was up, and the other way round.
    Toggle,
    /// Print what hears the key, and why other ways do not.
    Status,
}

/// Tells the client that has the profile open.
pub(crate) fn run(common: &Common, arguments: &PttArguments) -> anyhow::Result<()> {
    let action = match arguments.action {
        Action::Press => KeyAction::Press,
        Action::Release => KeyAction::Release,
        Action::Toggle => KeyAction::Toggle,
        Action::Status => KeyAction::Status,
    };
    match ask(&common.profile()?, &ControlRequest::Ptt { action })? {
        ControlAnswer::Key(key) if action == KeyAction::Status => {
            println!("{}", key.words);
            for remark in key.remarks {
                println!("{remark}");
            }
            println!("It is {}.", if key.held { "held" } else { "not held" });
            Ok(())
        }
        ControlAnswer::Key(_) => Ok(()),
        ControlAnswer::Error(words) => bail!("{words}"),
        _ => bail!("the client answered something else"),
    }
}
