//! `reconnect-storm`: a server with many clients is killed and comes back; all of them connect again at the same time, each for what it missed.

use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::time::Instant;

use crate::accounting::cpu_time;
use crate::error::LoadError;
use crate::net::connect;
use crate::sending;
use crate::server::Kind;
use crate::stage::{Common, Stage, check_open_files};
use crate::statistics::rounded;

const CLIENTS: usize = 5_000;
const MOST_CLIENTS: usize = 19_500;
/// Messages that everybody missed.
const MISSED: usize = 50;
const SENDERS: usize = 16;
/// Connections that are on their way at a time: the system queues so many for a server.
const AT_ONCE: usize = 1_000;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct StormOptions {
    #[command(flatten)]
    common: Common,
    /// So many clients.
    #[arg(long, value_name = "N")]
    clients: Option<usize>,
    /// Without TLS.
    #[arg(long)]
    plain: bool,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run.
pub(crate) async fn run(options: &StormOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let usual = if common.quick { 300 } else { CLIENTS };
    let clients = options.clients.unwrap_or(usual);
    if !(SENDERS..=MOST_CLIENTS).contains(&clients) {
        let problem = format!("{SENDERS} to {MOST_CLIENTS} clients can be run");
        return Err(LoadError::Arguments(problem));
    }
    check_open_files(clients)?;
    let kind = Kind {
        plain: options.plain,
        ..Kind::default()
    };
    common.say(&format!("{clients} clients: setting up"));
    let mut stage = Stage::build(common, &kind, clients).await?;
    let before = stage.connect_all(SENDERS).await?;
    common.say("all are connected; the server is killed");
    drop(before);
    // What is missed is written while nobody is there to read it.
    stage = stage.again(&kind).await?;
    sending::store(&mut stage, MISSED, SENDERS).await?;
    stage = stage.again(&kind).await?;
    let began = Instant::now();
    let (endpoint, stand) = (&stage.community.endpoint, stage.community.stand(0));
    let coming = stage.community.clients.iter().map(|client| async move {
        let (reader, writer, last) = connect(endpoint, client, stand).await?;
        Ok::<_, LoadError>((reader, writer, last))
    });
    let (mut back, mut missing) = (Vec::with_capacity(clients), 0);
    let mut coming = stream::iter(coming).buffer_unordered(AT_ONCE);
    while let Some(one) = coming.next().await {
        let (reader, writer, last) = one?;
        missing += (MISSED as u64).saturating_sub(last);
        back.push((reader, writer));
    }
    let caught_up_s = began.elapsed().as_secs_f64();
    let cpu_s = cpu_time(stage.server.pid())?.as_secs_f64();
    common.say(&format!(
        "{clients} clients back, each with {MISSED} messages: {caught_up_s:.2} s, the server's processor time {cpu_s:.2} s, {missing} lost"
    ));
    drop(coming);
    drop(back);
    stage.server.stop().await;
    let line = json!({
        "clients": clients,
        "caught_up_s": rounded(caught_up_s, 2),
        "lost": missing,
        "missed_each": MISSED,
        "server_cpu_s": rounded(cpu_s, 2),
        "tls": !options.plain,
    });
    Ok(line.to_string())
}
