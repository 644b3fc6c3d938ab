//! `check`: is everything there, and does it fit?

use dialtone_server::check::{Depth, Found, check};
use dialtone_server::config::Settings;

use super::progress::Progress;
use super::say;

/// What is asked for.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// Read every byte of every file, too.
    #[arg(long)]
    deep: bool,
}

impl Check {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let depth = if self.deep { Depth::Deep } else { Depth::Quick };
        let progress = Progress::default();
        let found = check(settings, depth, &|step| progress.say(step)).await?;
        tell(&found)
    }
}

/// Says what was found; the program ends with 1 if it is something.
pub(super) fn tell(found: &[Found]) -> anyhow::Result<()> {
    for one in found {
        say(&one.to_string())?;
    }
    if !found.iter().any(|one| one.is_fault) {
        return say("Everything is as it should be.");
    }
    anyhow::bail!("something is wrong with what this server keeps: see above")
}
