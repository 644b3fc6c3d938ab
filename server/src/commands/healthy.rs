//! `healthy`: whether the server that runs here can do its work.

use dialtone_server::ask_health;
use dialtone_server::config::Settings;

pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    ask_health(settings).await?;
    super::say("healthy")
}
