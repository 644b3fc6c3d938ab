//! `dialtone bench-call-100`: a relayed call of about a hundred, through a real server.
//!
//! ```text
//! anna, mikael, saga (processes, whole chains) ── server ─┬─ otto, ida, nils (processes, whole chains)
//!                                                         └─ 97 more (here): whole clients, but for the sound
//! ```
//!
//! All are members with an account and a device of their own. The three talkers send all the time and talk one after the other.
//! A listener without sound ([`light`]) has heard a talker when it opened 99 % of the packets that were sent ([`tally`]); one with
//! sound when the talker's speech is found in what its loudspeaker played ([`whole`]).

mod light;
mod tally;
mod whole;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use dialtone_engine::snapshot::Path as Way;
use serde_json::json;

use self::light::Light;
use self::tally::Tally;
use self::whole::{TALKING, Whole};
use crate::cpu;
use crate::story::{Server, in_scratch, stop};

const CHANNEL: &str = "lounge";
/// It ends by itself after so long, whatever happens.
const LONGEST: Duration = Duration::from_mins(14);
/// So many join the call at once.
const AT_ONCE: usize = 4;
/// Everything is connected for so long before it counts: longer than jitter buffers look back. A hundred clients that join on one machine
/// make jitter that no network has, and a buffer that becomes shorter plays faster.
const SETTLED: Duration = Duration::from_secs(16);
/// What is under way at the end arrives meanwhile.
const UNDER_WAY: Duration = Duration::from_secs(1);
/// The relay's thread in the server.
const RELAY: &str = "dialtone-relay";

#[derive(Args)]
pub(crate) struct BenchCall100Arguments {
    /// The server's program.
    #[arg(long)]
    server_bin: PathBuf,
    /// The folder with the speech that is spoken.
    #[arg(long)]
    speech: PathBuf,
    /// Folder for what was spoken, what was heard of it, and the figures (`figures.json`).
    #[arg(long)]
    out: PathBuf,
    /// Listeners without sound.
    #[arg(long, default_value_t = 97)]
    light: usize,
}

/// Runs it.
pub(crate) fn run(arguments: &BenchCall100Arguments) -> anyhow::Result<()> {
    stop::listen_for(LONGEST);
    std::fs::create_dir_all(&arguments.out)?;
    let figures = in_scratch("call-100", |folder| measure(arguments, folder))?;
    let text = serde_json::to_vec(&figures)?;
    Ok(std::fs::write(arguments.out.join("figures.json"), text)?)
}

fn measure(arguments: &BenchCall100Arguments, folder: &Path) -> anyhow::Result<serde_json::Value> {
    let out = &arguments.out;
    let server = Server::start(&arguments.server_bin, &folder.join("server"))?;
    let mut whole = Whole::join(folder, &arguments.speech, out, &server.founding_link)?;
    let lights = join(arguments.light, folder, &mut whole)?;
    call(&lights, &mut whole)?;
    let mut tally = Tally::of(lights.len());
    let used = talk(&server, &lights, &mut whole, &mut tally)?;
    let ways = ways(&lights);
    lights.iter().for_each(Light::leave);
    let heard = whole.end(folder, out)?;
    lights.into_iter().for_each(Light::end);

    let voices = tally.voices();
    let opened = tally::heard(&voices, arguments.light);
    for (number, voice) in voices.iter().enumerate() {
        let least = voice.shares.iter().copied().fold(1.0, f64::min);
        let mean = voice.shares.iter().sum::<f64>() / voice.shares.len().max(1) as f64;
        println!(
            "voice {}: {} packets sent; opened by listeners without sound: {:.2} % on average, {:.2} % at worst",
            number + 1,
            voice.sent,
            mean * 100.0,
            least * 100.0
        );
    }
    for heard in &heard {
        println!("{}", heard.line());
    }
    let light = opened
        .iter()
        .filter(|count| **count == TALKING.len())
        .count();
    let whole = heard.iter().filter(|heard| heard.all()).count();
    let all = arguments.light + heard.len();
    println!(
        "all three were heard by {light} of {} listeners without sound, {whole} of {} with sound",
        arguments.light,
        heard.len()
    );
    let shares = voices.iter().flat_map(|voice| &voice.shares);
    let least = shares.copied().fold(1.0, f64::min);
    Ok(json!({
        "heard_all_percent": tenths((light + whole) as f64 * 100.0 / all as f64),
        "relay_cpu_percent": used.relay,
        "server_cpu_percent": used.server,
        "client_cpu_percent": used.whole,
        "light_cpu_percent": used.light,
        "machine_busy_percent": used.machine,
        "opened_percent_worst": tenths(least * 100.0),
        "listeners": all,
        "voices": voices.len(),
        "relayed_over_udp": ways,
        "names": whole::names(),
    }))
}

/// The light ones become members, one after the other.
fn join(count: usize, folder: &Path, whole: &mut Whole) -> anyhow::Result<Vec<Light>> {
    let began = Instant::now();
    let link = whole.invite(u32::try_from(count)?)?;
    let mut lights = Vec::with_capacity(count);
    for number in 1..=count {
        lights.push(Light::join(folder, &format!("light-{number}"), &link)?);
        whole.pass(Duration::ZERO, &mut || ())?;
        if number.is_multiple_of(10) || number == count {
            let seconds = began.elapsed().as_secs_f64();
            println!("{number} listeners without sound are members after {seconds:.0} s");
        }
    }
    Ok(lights)
}

/// All go into the call, until all are relayed.
fn call(lights: &[Light], whole: &mut Whole) -> anyhow::Result<()> {
    let began = Instant::now();
    whole.call()?;
    for some in lights.chunks(AT_ONCE) {
        some.iter().try_for_each(Light::call)?;
        some.iter()
            .try_for_each(|light| light.until_relayed(&TALKING))?;
        whole.pass(Duration::ZERO, &mut || ())?;
    }
    whole.until_connected()?;
    whole.pass(SETTLED, &mut || ())?;
    let seconds = began.elapsed().as_secs_f64();
    println!("all are in the call and relayed after {seconds:.0} s");
    Ok(())
}

/// Processor time over the time that counts, in percent of one core.
struct Used {
    relay: f64,
    server: f64,
    /// A client with a whole chain, on average.
    whole: f64,
    /// One without sound, on average.
    light: f64,
    /// All that the machine did.
    machine: f64,
}

/// The time that counts.
fn talk(
    server: &Server,
    lights: &[Light],
    whole: &mut Whole,
    tally: &mut Tally,
) -> anyhow::Result<Used> {
    let clients = whole.processes();
    let read = || -> anyhow::Result<Vec<Duration>> {
        let mut all = vec![
            cpu::of_threads(server.process(), RELAY)?,
            cpu::of_process(server.process())?,
            cpu::of_process(std::process::id())?,
            cpu::of_machine()?,
        ];
        for process in clients.iter().flatten() {
            all.push(cpu::of_process(*process)?);
        }
        Ok(all)
    };
    for light in lights {
        light.opened.take();
    }
    let mut take = || {
        for (number, light) in lights.iter().enumerate() {
            tally.note(number, light.opened.take());
        }
    };
    let (began, before) = (Instant::now(), read()?);
    whole.talk(&mut take)?;
    let (time, after) = (began.elapsed(), read()?);
    whole.pass(UNDER_WAY, &mut take)?;
    let used = before.iter().zip(&after);
    let used: Vec<f64> = used
        .map(|(before, after)| cpu::percent(after.saturating_sub(*before), time))
        .collect();
    let [relay, server, here, machine, each @ ..] = &used[..] else {
        anyhow::bail!("nothing was accounted");
    };
    let mean = |all: &[f64]| tenths(all.iter().sum::<f64>() / all.len().max(1) as f64);
    let (talkers, listeners) = each.split_at(clients[0].len());
    println!("over {:.1} s, in percent of one core:", time.as_secs_f64());
    println!("  relay thread {relay:.1}, the server's whole process {server:.1}");
    println!("  whole clients: talkers {talkers:.1?}, listeners {listeners:.1?}");
    println!("  all listeners without sound {here:.1}; everything on this machine {machine:.1}");
    Ok(Used {
        relay: *relay,
        server: *server,
        whole: mean(each),
        light: tenths(here / lights.len().max(1) as f64),
        machine: *machine,
    })
}

/// How many of the light ones are relayed over UDP to all talkers; the rest is told.
fn ways(lights: &[Light]) -> usize {
    let is_udp = |way: &Option<Way>| *way == Some(Way::Relay);
    let mut count = 0;
    for light in lights {
        let ways = light.ways(&TALKING);
        if ways.iter().all(is_udp) {
            count += 1;
        } else {
            println!("not relayed over UDP to all talkers: {ways:?}");
        }
    }
    count
}

/// Makes a profile with these settings. Everybody hides their address, so that nobody tries direct ways beside the relay.
fn settle(profile: &Path, settings: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(profile)?;
    let settings = format!("{settings}[ice]\nhide-address = true\n");
    Ok(std::fs::write(profile.join("settings.toml"), settings)?)
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
