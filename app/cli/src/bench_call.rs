//! `dialtone bench-call`: two real clients in a call over one room's devices, for as long as somebody measures.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use crate::bot::{Order, SoundStats};
use crate::story::{Actor, Server, Voice, in_scratch, stop};

#[derive(Args)]
pub(crate) struct BenchCallArguments {
    /// The server's program.
    #[arg(long)]
    server_bin: PathBuf,
    /// The sink that is both rooms: one client captures its monitor, the other plays into it.
    #[arg(long, default_value = "air")]
    device: String,
    /// How long the call lasts.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Where to write what the clients measured.
    #[arg(long)]
    stats: PathBuf,
    /// Length of a packet: 10, 20, 40 or 60.
    #[arg(long)]
    packet_ms: Option<u8>,
}

/// Runs the call.
pub(crate) fn run(arguments: &BenchCallArguments) -> anyhow::Result<()> {
    stop::listen();
    in_scratch("bench", |folder| call(arguments, folder))
}

fn call(arguments: &BenchCallArguments, folder: &std::path::Path) -> anyhow::Result<()> {
    let server = Server::start(&arguments.server_bin, folder)?;
    let mut speaker = Actor::start("speaker", folder, &Voice::Devices)?;
    let mut listener = Actor::start("listener", folder, &Voice::Devices)?;
    let room = &arguments.device;
    for (actor, input, output) in [
        (
            &mut speaker,
            format!("pulseaudio:{room}.monitor"),
            "pulseaudio:spkA".to_owned(),
        ),
        (
            &mut listener,
            "pulseaudio:micB_in".to_owned(),
            format!("pulseaudio:{room}"),
        ),
    ] {
        actor.order(&Order::Audio {
            input: Some(input),
            output: Some(output),
            measure: true,
            packet_ms: arguments.packet_ms,
        })?;
    }
    speaker.join(&server.founding_link, Some("Bench"))?;
    speaker.wait("its channels are there", |me| me.knows_channel("lounge"))?;
    let link = speaker.invite(1)?;
    listener.join(&link, None)?;
    listener.wait("the channels are there", |me| me.knows_channel("lounge"))?;
    for actor in [&mut listener, &mut speaker] {
        actor.order(&Order::Call {
            channel: "lounge".into(),
        })?;
    }
    // Only one direction is measured: the room must not be sent back.
    listener.order(&Order::Mute { muted: true })?;
    speaker.wait("it is connected", |me| me.is_connected_to(&["listener"]))?;
    println!("in the call");
    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    let mut seen = [Vec::new(), Vec::new()];
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(200));
        for (actor, seen) in [&mut speaker, &mut listener].into_iter().zip(&mut seen) {
            actor.catch_up()?;
            seen.extend(actor.state.call.clone().and_then(|call| call.stats));
        }
    }
    for actor in [&speaker, &listener] {
        let call = actor.state.call.as_ref();
        let connected = call.is_some_and(|call| call.state == "connected");
        anyhow::ensure!(connected, "{} is not in the call any more", actor.name);
    }
    std::fs::write(&arguments.stats, serde_json::to_vec(&stats_json(&seen))?)?;
    speaker.end()?;
    listener.end()
}

/// The speaker's share of the way, and the listener's: medians over the call. What nobody measured is null: it is unknown,
/// not zero.
fn stats_json(seen: &[Vec<SoundStats>; 2]) -> serde_json::Value {
    let [speaker, listener] = seen;
    let ms = |seen: &[SoundStats], stage: &str| -> Option<f32> {
        let mut values: Vec<f32> = seen
            .iter()
            .filter_map(|stats| stats.delays_ms.get(stage).copied())
            .collect();
        values.sort_by(f32::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let up = ["capture", "chain", "packet", "encoder"];
    let down = ["jitter", "mix", "ring", "playback"];
    let stages = up.iter().map(|stage| (*stage, ms(speaker, stage)));
    let stages = stages.chain(down.iter().map(|stage| (*stage, ms(listener, stage))));
    serde_json::json!({
        "underruns": listener.last().map(|stats| stats.underruns),
        "stages_ms": stages.collect::<std::collections::BTreeMap<_, _>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_value_counts_and_what_is_unknown_is_null() {
        let known = [10.0, 500.0, 8.0].map(|capture| SoundStats {
            delays_ms: [("capture".to_owned(), capture)].into(),
            underruns: 2,
        });
        let line = stats_json(&[known.to_vec(), Vec::new()]);
        assert_eq!(line["stages_ms"]["capture"], 10.0);
        assert!(line["stages_ms"]["packet"].is_null());
        assert!(line["stages_ms"]["jitter"].is_null());
        assert!(line["underruns"].is_null());
    }
}
