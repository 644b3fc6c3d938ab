//! `dialtone bench-connect`: how long it takes from the click on a call until its first voice is heard, directly and over the relay.
//!
//! ```text
//! anna (a process, hums all the time) ── server ── mikael (here): JoinCall ─► anna is shown as speaking
//! ```
//!
//! Each time both have left the call before, so that neither has any connection of it. Voices are shown some moments after they are
//! heard: every 60 ms the meters of the sound are looked at.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, CommunityCommand, Engine, EngineConfig, Secret, Snapshot};
use serde_json::json;

use crate::bot::Order;
use crate::call::{Goal, join};
use crate::story::{Actor, Server, Voice, hum, in_scratch, stop};

/// How often mikael's state is looked at.
const LOOK: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);
const CHANNEL: &str = "lounge";

#[derive(Args)]
pub(crate) struct BenchConnectArguments {
    /// The server's program.
    #[arg(long)]
    server_bin: PathBuf,
    /// How often, each way.
    #[arg(long, default_value_t = 40)]
    times: usize,
}

/// Runs it, and prints one line of JSON last.
pub(crate) fn run(arguments: &BenchConnectArguments) -> anyhow::Result<()> {
    stop::listen();
    let [direct, relayed] = in_scratch("connect", |folder| measure(arguments, folder))?;
    println!(
        "{}",
        json!({
            "direct_p50_ms": percentile(&direct, 50), "direct_p95_ms": percentile(&direct, 95),
            "relay_p50_ms": percentile(&relayed, 50), "relay_p95_ms": percentile(&relayed, 95),
            "n": arguments.times,
        })
    );
    Ok(())
}

/// Milliseconds, sorted: directly, and relayed.
fn measure(arguments: &BenchConnectArguments, folder: &Path) -> anyhow::Result<[Vec<f64>; 2]> {
    anyhow::ensure!(arguments.times > 0, "--times is to be at least 1");
    let server = Server::start(&arguments.server_bin, &folder.join("server"))?;
    let sound = folder.join("hum.wav");
    hum::write(&sound, hum::LONGEST)?;
    hum::settle(&folder.join("anna"), false)?;
    let voice = Voice::Files {
        speak: Some(&sound),
        hear: folder.join("anna.wav"),
    };
    let mut anna = Actor::start("anna", folder, &voice)?;
    anna.join(&server.founding_link, Some("Bench"))?;
    anna.wait("its channels are there", |me| me.knows_channel(CHANNEL))?;
    let mut both = [Vec::new(), Vec::new()];
    for ((name, hides), took) in [("mikael", false), ("saga", true)]
        .into_iter()
        .zip(&mut both)
    {
        let link = anna.invite(1)?;
        let listener = Listener::open(folder, name, hides, link)?;
        for _ in 0..arguments.times {
            took.push(listener.once(&mut anna)?.as_secs_f64() * 1_000.0);
        }
        listener.end();
        took.sort_by(f64::total_cmp);
        let way = if hides { "relayed" } else { "direct" };
        println!("{way}, ms: {took:.0?}");
    }
    anna.end()?;
    Ok(both)
}

/// Whoever clicks.
struct Listener(Engine);

impl Listener {
    fn open(folder: &Path, name: &str, hides: bool, link: String) -> anyhow::Result<Self> {
        let profile = folder.join(name);
        hum::settle(&profile, hides)?;
        let engine = Engine::spawn(EngineConfig {
            profile,
            audio: AudioChoice::Files {
                speak: None,
                hear: Some(folder.join(format!("{name}.wav"))),
                repeat: false,
                cue: None,
            },
            loopback_calls: true,
            ..EngineConfig::default()
        })?;
        let goal = Goal {
            channel: CHANNEL.to_owned(),
            link: Some(link),
            name: Some(name.to_owned()),
            password: Secret::new("a password of the benchmark".to_owned()),
        };
        join(&engine, goal, PATIENCE)?;
        Ok(Self(engine))
    }

    /// Both leave; anna comes back; and then this one: how long until anna is heard.
    fn once(&self, anna: &mut Actor) -> anyhow::Result<Duration> {
        let snapshot = self.0.handle.snapshot();
        let community = snapshot.communities.first().context("no community")?;
        let channel = community
            .channels
            .iter()
            .find(|channel| channel.name.as_deref() == Some(CHANNEL))
            .context("no channel to call in")?;
        self.command(&snapshot, CommunityCommand::LeaveCall)?;
        anna.order(&Order::Leave)?;
        self.until("both have left", |snapshot| {
            let community = snapshot.communities.first();
            community.is_some_and(|community| {
                let talkers = community
                    .channels
                    .iter()
                    .map(|channel| channel.talkers.len());
                community.call.is_none() && talkers.sum::<usize>() == 0
            })
        })?;
        anna.wait("it has left", |me| me.state.call.is_none())?;
        anna.order(&Order::Call {
            channel: CHANNEL.to_owned(),
        })?;
        // Its file is long, and takes its time to be read.
        anna.wait("it talks in the call", |me| {
            let call = me.state.call.as_ref();
            call.is_some_and(|call| call.speaking.contains(&me.name))
        })?;
        let clicked = Instant::now();
        self.command(&snapshot, CommunityCommand::JoinCall(channel.id))?;
        self.until("anna is heard", |snapshot| {
            let community = snapshot.communities.first();
            community.is_some_and(|community| {
                community
                    .others_in_call()
                    .any(|talker| talker.connected && talker.speaking)
            })
        })?;
        Ok(clicked.elapsed())
    }

    fn command(&self, snapshot: &Snapshot, command: CommunityCommand) -> anyhow::Result<()> {
        let community = snapshot.communities.first().context("no community")?;
        Ok(self.0.handle.send(Command::In(community.id, command))?)
    }

    fn until(&self, what: &str, is_true: impl Fn(&Snapshot) -> bool) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        while !is_true(&self.0.handle.snapshot()) {
            stop::check()?;
            anyhow::ensure!(Instant::now() < until, "waited in vain until {what}");
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    fn end(self) {
        let _ = self.0.handle.send(Command::Shutdown);
        self.0.join();
    }
}

/// The value below which so many percent of the sorted values lie, rounded to tenths.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).map(|value| (value * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sorted: Vec<f64> = (1..=40).map(f64::from).collect();
        assert_eq!(percentile(&sorted, 50), Some(20.0));
        assert_eq!(percentile(&sorted, 95), Some(38.0));
        assert_eq!(percentile(&[7.04], 95), Some(7.0));
        assert_eq!(percentile(&[], 50), None);
    }
}
