//! `migrate`: the database's schema brought up to date. Serving does it by itself.

use dialtone_server::config::Settings;
use dialtone_server::database;

use super::say;

/// What is asked for.
#[derive(clap::Args)]
pub(crate) struct Migrate {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let Some(state) = database::schema(&settings.database).await? else {
            return say("There is no database yet: the first start makes it.");
        };
        if state.pending.is_empty() {
            return say(&format!("Up to date: schema {}.", state.found));
        }
        for (number, name) in &state.pending {
            say(&format!("{number:04} {name}"))?;
        }
        if self.dry_run {
            return say(&format!(
                "Schema {} would become {}. Take a backup before.",
                state.found, state.known
            ));
        }
        database::migrate(&settings.database).await?;
        say(&format!("Schema {} became {}.", state.found, state.known))
    }
}
