//! `dialtone call`: takes part in a call without a window, for bots, recordings and load.
//!
//! ```text
//! Snapshot -> Steps::next -> Command -> engine      until it is in the call
//! Snapshot -> what is new in the call -> a line     until the file was played, the time is over, or a signal comes
//! ```
//!
//! The password comes by standard input, never by arguments.

pub(crate) mod password;
mod steps;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use dialtone_engine::voice::{AudioChoice, FileCue};
use dialtone_engine::{Command, CommunityCommand, Engine, Snapshot};

use crate::Common;
use crate::story::stop;
pub(crate) use steps::Goal;
use steps::{Next, Present, Steps};

/// How often the engine's state is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// What was said last is still under way: so long after the file's end it leaves.
const TAIL: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(crate) struct CallArguments {
    /// The channel whose call to join.
    channel: String,
    /// An invite link, to join its community with a profile that has none yet; the password read is then the new account's.
    #[arg(long, value_name = "dialtone://…", requires = "name")]
    link: Option<String>,
    /// The name to join with.
    #[arg(long, requires = "link")]
    name: Option<String>,
    /// A WAV file (8 to 192 kHz, at most ten minutes) to play to the others once one of them can hear it; at its end the call is
    /// left, unless --repeat or --seconds say otherwise.
    #[arg(long, value_name = "FILE")]
    play: Option<PathBuf>,
    /// Play it again and again.
    #[arg(long, requires = "play")]
    repeat: bool,
    /// A WAV file (48 kHz) to write what is heard into.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Leave after so many seconds in the call.
    #[arg(long, value_name = "N")]
    seconds: Option<f64>,
    /// Give up if one is not in the call after so many seconds.
    #[arg(long, value_name = "N", default_value_t = 60.0)]
    patience: f64,
}

/// Joins, stays and leaves.
pub(crate) fn run(common: &Common, arguments: &CallArguments) -> anyhow::Result<()> {
    stop::listen();
    let file = arguments.play.as_deref().map(length_of).transpose()?;
    let seconds = |value: f64, what: &str| {
        Duration::try_from_secs_f64(value)
            .with_context(|| format!("{what} needs a number of seconds"))
    };
    let leave_after = arguments
        .seconds
        .map(|value| seconds(value, "--seconds"))
        .transpose()?;
    let patience = seconds(arguments.patience, "--patience")?;
    let cue = FileCue::default();
    let engine = Engine::spawn(common.engine(AudioChoice::Files {
        speak: arguments.play.clone(),
        hear: arguments.record.clone(),
        repeat: arguments.repeat,
        cue: Some(cue.clone()),
    })?)?;
    let goal = Goal {
        channel: arguments.channel.clone(),
        link: arguments.link.clone(),
        name: arguments.name.clone(),
        password: password::read()?,
    };
    let stay = Stay {
        file: file.filter(|_| !arguments.repeat),
        leave_after,
        cue,
    };
    let done =
        join(&engine, goal, patience).and_then(|()| stay.until_over(&engine, &arguments.channel));
    leave(&engine);
    engine.join();
    done
}

/// How long a WAV file lasts.
fn length_of(path: &Path) -> anyhow::Result<Duration> {
    let reader = hound::WavReader::open(path)
        .with_context(|| format!("{} cannot be played", path.display()))?;
    let rate = reader.spec().sample_rate.max(1);
    Ok(Duration::from_secs_f64(
        f64::from(reader.duration()) / f64::from(rate),
    ))
}

/// Goes the whole way into a call.
///
/// # Errors
/// It cannot go on, or it took too long: why.
pub(crate) fn join(engine: &Engine, goal: Goal, patience: Duration) -> anyhow::Result<()> {
    let mut steps = Steps::new(goal);
    let until = Instant::now() + patience;
    let mut said = String::new();
    loop {
        stop::check()?;
        let waits_for = match steps.next(&engine.handle.snapshot())? {
            Next::Do(command) => {
                engine.handle.send(command)?;
                continue;
            }
            Next::Wait(what) => what,
            Next::InCall => return Ok(()),
        };
        if waits_for != said {
            eprintln!("{waits_for}");
            said = waits_for;
        }
        anyhow::ensure!(
            Instant::now() < until,
            "it was not in the call after {} s; it waited for this: {said}",
            patience.as_secs_f64()
        );
        std::thread::sleep(LOOK);
    }
}

/// How long it stays.
struct Stay {
    /// The length of the file that is played once.
    file: Option<Duration>,
    leave_after: Option<Duration>,
    cue: FileCue,
}

impl Stay {
    fn until_over(&self, engine: &Engine, channel: &str) -> anyhow::Result<()> {
        println!("In the call of {channel}.");
        let began = Instant::now();
        let (mut seen, mut file_ends) = (Present::default(), None);
        loop {
            let snapshot = engine.handle.snapshot();
            let present = Present::of(&snapshot)?;
            for line in present.since(&seen) {
                println!("{line}");
            }
            if file_ends.is_none() && present.is_heard() {
                self.cue.give();
                file_ends = self.file.map(|length| Instant::now() + length + TAIL);
            }
            seen = present;
            let now = Instant::now();
            let time_is_over = self.leave_after.is_some_and(|time| now >= began + time);
            let file_is_over =
                self.leave_after.is_none() && file_ends.is_some_and(|end| now >= end);
            if time_is_over || file_is_over || stop::check().is_err() {
                println!("{}", summary(&snapshot, began.elapsed()));
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
    }
}

fn summary(snapshot: &Snapshot, stayed: Duration) -> String {
    let call = snapshot
        .communities
        .iter()
        .find_map(|community| community.call.as_ref());
    let quality = call.map_or(String::new(), |call| {
        let round_trip = call
            .round_trip_ms
            .map_or(String::new(), |ms| format!(", round trip {ms:.0} ms"));
        format!(
            " {:.1} % of the packets lost{round_trip}.",
            call.loss_percent
        )
    });
    format!("Left after {:.1} s.{quality}", stayed.as_secs_f64())
}

/// Leaves the call, and ends the engine.
fn leave(engine: &Engine) {
    for community in &engine.handle.snapshot().communities {
        if community.call.is_some() {
            let _ = engine
                .handle
                .send(Command::In(community.id, CommunityCommand::LeaveCall));
        }
    }
    let _ = engine.handle.send(Command::Shutdown);
}
