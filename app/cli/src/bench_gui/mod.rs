//! `dialtone bench-gui`: the real window with a hundred thousand stored messages.
//!
//! ```text
//! fill    a server, its founder (here): 20 channels, 100,000 messages, written and taken in like any others
//! window  a process of its own: opens that profile, scrolls, looks for words, rests, talks ─► one line of JSON
//! password the same profile opened by its password, not by the keyring: the first frame alone
//! empty   the same window on an empty profile: what a window takes by itself
//! ```

mod fill;
mod keyring;
mod steps;
mod window;

use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use crate::story::{Actor, Server, Voice, hum, in_scratch, stop};

pub(crate) use window::{BenchGuiWindowArguments, run as run_window};

/// Of the founder's profile.
const PASSWORD: &str = "a password of the benchmark";
/// It ends by itself after so long, whatever happens.
const LONGEST: Duration = Duration::from_mins(40);

#[derive(Args)]
pub(crate) struct BenchGuiArguments {
    /// The server's program.
    #[arg(long)]
    server_bin: PathBuf,
    /// How many messages are stored.
    #[arg(long, default_value_t = 100_000)]
    messages: usize,
    /// In how many channels.
    #[arg(long, default_value_t = 20)]
    channels: usize,
    /// How long the window rests, in seconds.
    #[arg(long, default_value_t = 60)]
    rest: u64,
}

/// Runs it, and prints one line of JSON last.
pub(crate) fn run(arguments: &BenchGuiArguments) -> anyhow::Result<()> {
    stop::listen_for(LONGEST);
    let measured = in_scratch("gui", |folder| measure(arguments, folder))?;
    println!("{measured}");
    Ok(())
}

fn measure(arguments: &BenchGuiArguments, folder: &Path) -> anyhow::Result<Value> {
    let (profile, kept) = (folder.join("anna"), folder.join("keyring"));
    let mut server = Server::start(&arguments.server_bin, &folder.join("server"))?;
    let link = fill::fill(
        &profile,
        keyring::in_folder(&kept),
        &server.founding_link,
        arguments.channels,
        arguments.messages,
    )?;
    let sound = folder.join("hum.wav");
    hum::write(&sound, hum::LONGEST)?;
    hum::settle(&folder.join("mikael"), false)?;
    let voice = Voice::Files {
        speak: Some(&sound),
        hear: folder.join("mikael.wav"),
    };
    let mut mikael = Actor::start("mikael", folder, &voice)?;
    mikael.join(&link, None)?;
    mikael.wait("its channels are there", |me| me.knows_channel(fill::CALL))?;
    mikael.order(&crate::bot::Order::Call {
        channel: fill::CALL.into(),
    })?;
    let rest = arguments.rest.to_string();
    let empty = window(&folder.join("nobody"), None, &["--rest", &rest])?;
    println!("the empty window: {empty}");
    let by_password = window(&profile, Some(PASSWORD), &["--rest", "0", "--first-frame"])?;
    println!("opened by the password: {by_password}");
    let kept = kept.to_string_lossy();
    let full = window(&profile, None, &["--rest", &rest, "--keyring", &kept])?;
    println!("the full window: {full}");
    mikael.end()?;
    server.stop();
    let number = |from: &Value, key: &str| from.get(key).and_then(Value::as_f64);
    let above = number(&full, "rss_mb").zip(number(&empty, "rss_mb"));
    let mut told = full;
    if let (Some(told), Some((full, empty))) = (told.as_object_mut(), above) {
        told.insert(
            "rss_above_empty_window_mb".into(),
            json!(((full - empty) * 10.0).round() / 10.0),
        );
        for (key, from) in [
            ("first_frame_password_ms", "first_frame_ms"),
            ("unlock_screen_ms", "unlock_screen_ms"),
        ] {
            told.insert(key.into(), json!(number(&by_password, from)));
        }
        told.insert("messages".into(), json!(arguments.messages));
    }
    Ok(told)
}

/// A window in a process of its own, and what it says at its end.
fn window(profile: &Path, password: Option<&str>, arguments: &[&str]) -> anyhow::Result<Value> {
    let me = std::env::current_exe().context("this program cannot be found")?;
    let mut child = Process::new(me)
        .arg("--loopback-calls")
        .arg("--profile")
        .arg(profile)
        .arg("bench-gui-window")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the window's process cannot be started")?;
    {
        use std::io::Write as _;
        let mut input = child.stdin.take().context("the window takes no input")?;
        writeln!(input, "{}", password.unwrap_or_default())
            .context("the window takes no password")?;
    }
    let output = child
        .wait_with_output()
        .context("the window's process is lost")?;
    stop::check()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| format!("the window ended without a result: {text}"))
}
