//! `big-history`: a channel with very many messages. Somebody new pages back through all of them, as a window does that is scrolled up; and somebody
//! who has nothing is caught up with all of them over the socket.

use dialtone_protocol::http::EventPage;
use serde_json::json;
use tokio::time::Instant;

use crate::accounting::{cpu_time, greatest_resident_kb, resident_kb};
use crate::community::Client;
use crate::error::LoadError;
use crate::net::{Api, connect};
use crate::sending;
use crate::server::Kind;
use crate::stage::{Common, Stage};
use crate::statistics::{percentile, rounded};

const MESSAGES: usize = 100_000;
const MOST: usize = 10_000_000;
const SENDERS: usize = 64;
/// Events of a page: the most that the server gives.
const PAGE: u64 = 200;
/// Messages that are sealed at once.
const STEP: usize = 20_000;
/// Pages of one client at once; the server takes 100 requests a second of a device in the long run.
const PAGES_OF_ONE: u64 = 1_500;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct HistoryOptions {
    #[command(flatten)]
    common: Common,
    /// So many messages.
    #[arg(long, value_name = "M")]
    messages: Option<usize>,
    /// Without TLS.
    #[arg(long)]
    plain: bool,
}

/// Measures; gives the line of JSON.
///
/// # Errors
/// When the server cannot be run.
pub(crate) async fn run(options: &HistoryOptions) -> Result<String, LoadError> {
    let common = &options.common;
    let usual = if common.quick { 10_000 } else { MESSAGES };
    let messages = options.messages.unwrap_or(usual);
    if !(1..=MOST).contains(&messages) {
        let problem = format!("1 to {MOST} messages can be read");
        return Err(LoadError::Arguments(problem));
    }
    let kind = Kind::of(options.plain);
    common.say(&format!("{messages} messages: setting up"));
    let mut stage = Stage::build(common, &kind, SENDERS).await?;
    let mut left = messages;
    while left > 0 {
        let step = left.min(STEP);
        sending::store(&mut stage, step, SENDERS).await?;
        left -= step;
    }
    stage = stage.again(&kind).await?;
    let server = stage.server.pid();
    let at_rest_kb = stage.settled_kb().await?;
    let before = cpu_time(server)?;
    let paged = page_back(&stage, messages as u64).await?;
    let paging_cpu = cpu_time(server)?.saturating_sub(before);
    let after_paging_kb = greatest_resident_kb(server)?;
    let began = Instant::now();
    let client = last(&stage)?;
    let stand = stage.community.stand(0);
    let (_, _, caught_up) = connect(&stage.community.endpoint, client, stand).await?;
    let resume_s = began.elapsed().as_secs_f64();
    let greatest_kb = greatest_resident_kb(server)?;
    let after_kb = resident_kb(server)?;
    stage.server.stop().await;
    let lost = paged.lost + (messages as u64).saturating_sub(caught_up);
    let per_s = messages as f64 / paged.seconds.max(1e-9);
    let resume_per_s = messages as f64 / resume_s.max(1e-9);
    let cpu_us = paging_cpu.as_secs_f64() * 1e6 / messages as f64;
    let mb = |kb: u64| rounded(kb as f64 / 1024.0, 1);
    common.say(&format!(
        "paged back through {messages} in {:.2} s: {per_s:.0} messages/s, a page of {PAGE} p50 {:.2} ms, p99 {:.2} ms, {cpu_us:.1} us of the server a message; \
         caught up over the socket: {resume_per_s:.0} messages/s",
        paged.seconds, paged.p50_ms, paged.p99_ms
    ));
    common.say(&format!(
        "the server's memory: {} MB before, at most {} MB while paging, {} MB with catching up; {lost} lost, {} twice, {} out of order",
        mb(at_rest_kb),
        mb(after_paging_kb),
        mb(greatest_kb),
        paged.twice,
        paged.out_of_order
    ));
    let line = json!({
        "messages": messages,
        "pages": paged.pages,
        "messages_per_s": rounded(per_s, 0),
        "page_p50_ms": rounded(paged.p50_ms, 2),
        "page_p99_ms": rounded(paged.p99_ms, 2),
        "resume_messages_per_s": rounded(resume_per_s, 0),
        "server_cpu_us_per_message": rounded(cpu_us, 1),
        "server_rss_mb_before": mb(at_rest_kb),
        "server_rss_mb_most": mb(greatest_kb),
        "server_rss_mb_after": mb(after_kb),
        "lost": lost,
        "twice": paged.twice,
        "out_of_order": paged.out_of_order,
        "tls": !options.plain,
    });
    Ok(line.to_string())
}

fn last(stage: &Stage) -> Result<&Client, LoadError> {
    let client = stage.community.clients.last();
    client.ok_or_else(|| LoadError::Broken("nobody is there".into()))
}

/// What paging back gave.
#[derive(Debug, Default, PartialEq)]
struct Paged {
    pages: u64,
    seconds: f64,
    p50_ms: f64,
    p99_ms: f64,
    lost: u64,
    twice: u64,
    out_of_order: u64,
}

impl Paged {
    /// One more page, of events before `before`; where the next one ends.
    fn take(&mut self, before: u64, sequences: &[u64]) -> u64 {
        self.pages += 1;
        let Some((first, last)) = sequences.first().zip(sequences.last()) else {
            return before;
        };
        self.twice += sequences.iter().filter(|one| **one >= before).count() as u64;
        self.lost += before.saturating_sub(last + 1);
        for pair in sequences.windows(2) {
            self.out_of_order += u64::from(pair[1] != pair[0] + 1);
        }
        *first
    }
}

/// Pages back from the last message to the first, one page after the other.
async fn page_back(stage: &Stage, messages: u64) -> Result<Paged, LoadError> {
    let community = &stage.community;
    let mut devices = community.clients.iter().rev().cycle();
    let (mut paged, mut times) = (Paged::default(), Vec::new());
    let mut before = messages + 1;
    let mut api = None;
    let began = Instant::now();
    while before > 1 {
        // A channel that is longer than a device may read at once is read by several.
        if api.is_none() || paged.pages.is_multiple_of(PAGES_OF_ONE) {
            let client = devices.next();
            let client = client.ok_or_else(|| LoadError::Broken("nobody is there".into()))?;
            let mut next = Api::new(community.endpoint.clone(), client.from);
            next.sign_in(client.token);
            api = Some(next);
        }
        let Some(api) = api.as_mut() else { break };
        let path = format!(
            "/channels/{}/events?before={before}&limit={PAGE}",
            community.channel
        );
        let asked = Instant::now();
        let page: EventPage = api.get(&path).await?;
        times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        let sequences: Vec<u64> = page.events.iter().map(|event| event.sequence).collect();
        let next = paged.take(before, &sequences);
        if next >= before {
            // What is left does not come.
            paged.lost += before - 1;
            break;
        }
        before = next;
    }
    paged.seconds = began.elapsed().as_secs_f64();
    times.sort_unstable();
    let ms = |share| f64::from(percentile(&times, share).unwrap_or(0)) / 1_000.0;
    (paged.p50_ms, paged.p99_ms) = (ms(0.5), ms(0.99));
    Ok(paged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_leaves_out_or_has_again_is_counted() {
        let mut paged = Paged::default();
        assert_eq!(paged.take(11, &[8, 9, 10]), 8);
        assert_eq!((paged.lost, paged.twice, paged.out_of_order), (0, 0, 0));
        assert_eq!(paged.take(8, &[5, 6]), 5);
        assert_eq!(paged.lost, 1, "the seventh");
        assert_eq!(paged.take(5, &[2, 4, 5]), 2);
        assert_eq!((paged.twice, paged.out_of_order), (1, 1));
        assert_eq!(paged.take(2, &[]), 2, "an empty page goes no further");
    }
}
