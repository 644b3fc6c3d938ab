//! `resume`: one client comes back after many messages: how long until it has them all, in order.

use serde_json::json;

use crate::error::LoadError;
use crate::net::connect;
use crate::sending;
use crate::server::Kind;
use crate::stage::{Common, Stage};
use crate::statistics::{median, rounded};

const MISSED: usize = 10_000;
const SENDERS: usize = 64;
const RUNS: usize = 7;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct ResumeOptions {
    #[command(flatten)]
    common: Common,
    /// So many messages were missed.
    #[arg(long, value_name = "N", default_value_t = MISSED)]
    messages: usize,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run, or leaves out a message.
pub(crate) async fn run(options: &ResumeOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let mut stage = Stage::build(common, &Kind::default(), SENDERS).await?;
    sending::store(&mut stage, options.messages, SENDERS).await?;
    let (mut times, mut missing) = (Vec::new(), 0);
    for _ in 0..RUNS {
        let client = stage
            .community
            .clients
            .last()
            .ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
        let began = tokio::time::Instant::now();
        let (_, _, last) =
            connect(&stage.community.endpoint, client, stage.community.stand(0)).await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        missing += (options.messages as u64).saturating_sub(last);
    }
    stage.server.stop().await;
    let ms = rounded(median(times), 1);
    common.say(&format!(
        "{} messages missed: connected over TLS and caught up in {ms} ms, {missing} lost in {RUNS} runs",
        options.messages
    ));
    let line = json!({ "messages": options.messages, "ms": ms, "lost": missing, "runs": RUNS });
    Ok(line.to_string())
}
