//! `invite`: a link of the server's own.

use dialtone_protocol::http::ServerInviteMade;
use dialtone_server::config::Settings;
use dialtone_server::make_link;

/// What is asked for.
#[derive(clap::Args)]
pub(crate) struct Invite {
    /// How many may use it.
    #[arg(long, default_value_t = 1)]
    uses: u32,
    /// How long it opens, in hours.
    #[arg(long, default_value_t = 7 * 24)]
    hours: u64,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Invite {
    pub(super) async fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let seconds = self.hours.saturating_mul(60 * 60);
        let link = make_link(settings, self.uses, seconds).await?;
        let link = link.to_string();
        if self.json {
            return super::say(&serde_json::to_string(&ServerInviteMade { link })?);
        }
        super::say(&link)
    }
}
