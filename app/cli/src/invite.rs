//! `dialtone invite`: asks the window that has the profile open.

use clap::Args;
use dialtone_engine::control::{self, ControlAnswer, ControlRequest};

use crate::Common;

#[derive(Args)]
pub(crate) struct InviteArguments {
    /// How many people may use it.
    #[arg(long, default_value_t = 1)]
    uses: u32,
    /// How long it opens, in hours.
    #[arg(long, default_value_t = 7 * 24)]
    hours: u64,
}

/// Prints one link.
pub(crate) fn run(common: &Common, arguments: &InviteArguments) -> anyhow::Result<()> {
    let valid_for_s = arguments.hours.saturating_mul(3600);
    let request = ControlRequest::Invite {
        uses: arguments.uses,
        valid_for_s,
    };
    match control::ask(&common.profile()?, &request)? {
        ControlAnswer::Link(link) => println!("{link}"),
        ControlAnswer::Error(reason) => anyhow::bail!("no invite was made: {reason}"),
        _ => anyhow::bail!("the client answered something else"),
    }
    Ok(())
}
