//! `restore`: a backup put back.

use std::path::PathBuf;

use dialtone_server::backup::restore;
use dialtone_server::config::Settings;

use super::progress::Progress;
use super::{check, say};

/// What is asked for.
#[derive(clap::Args)]
pub(crate) struct Restore {
    /// The backup. It is put back into an empty data folder and an empty database only.
    #[arg(value_name = "FILE")]
    from: PathBuf,
}

impl Restore {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let progress = Progress::default();
        let restored = restore(settings, &self.from, &|step| progress.say(step)).await?;
        say(&format!(
            "Restored {} rows and {} files into {}",
            restored.rows,
            restored.files,
            settings.data_dir.display()
        ))?;
        if restored.kept_settings {
            say("server.toml was there already, and is as it was.")?;
        }
        if restored.without_secrets {
            say(
                "The keys were not in the backup: put them into the data folder before the server starts.",
            )?;
        }
        check::tell(&restored.found)
    }
}
