//! `backup`: the server in one file.

use std::path::PathBuf;

use dialtone_server::backup::{Wanted, take};
use dialtone_server::config::Settings;
use dialtone_server::{Clock as _, SystemClock};

use super::progress::Progress;
use super::say;

/// What is asked for.
#[derive(clap::Args)]
pub(crate) struct Backup {
    /// The file to make, or a folder to make one in. It holds the server's keys: keep it as you keep them.
    #[arg(value_name = "FILE|DIR")]
    to: PathBuf,
    /// Leave the keys and settings of the data folder out; a restore then needs them beside it.
    #[arg(long)]
    without_secrets: bool,
}

impl Backup {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let wanted = Wanted {
            to: self.to.clone(),
            secrets: !self.without_secrets,
        };
        let progress = Progress::default();
        let taken = take(settings, &wanted, SystemClock.now(), &|step| {
            progress.say(step);
        })
        .await?;
        say(&format!(
            "{}: {} rows, {} files ({} bytes)",
            taken.path.display(),
            taken.rows,
            taken.files,
            taken.file_bytes
        ))?;
        if taken.deleted > 0 {
            say(&format!(
                "{} files were deleted while it was taken, and are not in it.",
                taken.deleted
            ))?;
        }
        if taken.missing > 0 {
            say(&format!(
                "{} files are not where they should be, and are not in it: run `dialtone-server check`.",
                taken.missing
            ))?;
        }
        if let Some(bucket) = &taken.bucket {
            say(&format!(
                "The members' files are in {bucket}, not in the backup."
            ))?;
        }
        for path in &taken.left {
            say(&format!("Left out: {}", path.display()))?;
        }
        if self.without_secrets {
            say("The keys are not in it: without them nobody can go on with it.")?;
        } else if taken.pepper_elsewhere {
            say(
                "DIALTONE_USERNAME_PEPPER is a setting of yours and not in it: without the same one nobody can sign in on a new device.",
            )?;
        }
        Ok(())
    }
}
