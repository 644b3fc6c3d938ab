//! `dialtone doctor`: what works here, what does not, and what to do.

use std::process::exit;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use dialtone_engine::doctor::{Finding, Outcome, Plan, Target, examine};
use dialtone_engine::profile::{ProfileError, peek_settings};
use dialtone_engine::ptt::Desktop;
use dialtone_engine::snapshot::{Connection, ProfileState};
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, Engine, EngineConfig, StartError};
use serde::Serialize;

use crate::Common;
use crate::call::password;

/// How long an opened profile may take to connect.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Args)]
pub(crate) struct DoctorArguments {
    /// The server: a host, with its port if that is another than 7440, or an invite link, whose pin is then compared. Without one,
    /// sound and push-to-talk are checked alone.
    #[arg(value_name = "HOST or LINK")]
    server: Option<Target>,
    /// Open the profile, too, where no window has it open: it knows the server's pin, and is told of TURN servers. Its password is read from
    /// standard input.
    #[arg(long)]
    unlock: bool,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
    /// Speak this WAV file instead of a microphone, for tests.
    #[arg(long, hide = true, value_name = "FILE")]
    speak: Option<std::path::PathBuf>,
}

/// All that was found.
#[derive(Serialize)]
struct Report {
    well: bool,
    findings: Vec<Finding>,
}

/// Checks everything and ends the program: with 0 if nothing fails, else with 1.
pub(crate) fn run(common: &Common, arguments: &DoctorArguments) -> anyhow::Result<()> {
    let opened = if arguments.unlock {
        open(common)?
    } else {
        None
    };
    let profile = common.profile()?;
    let kept = peek_settings(&profile);
    let settings = common.voice.overrides()?.apply(&kept);
    let audio = match &arguments.speak {
        Some(file) => AudioChoice::Files {
            speak: Some(file.clone()),
            hear: None,
            repeat: true,
            cue: None,
        },
        None => AudioChoice::System,
    };
    let plan = Plan {
        target: arguments.server.clone(),
        profile: Some(profile),
        settings,
        loopback_calls: common.loopback_calls,
        audio,
        desktop: Desktop::of_this_process(),
    };
    let mut findings = Vec::new();
    let well = examine(&plan, &mut |finding| {
        if !arguments.json {
            print(&finding);
        }
        findings.push(finding);
    });
    if arguments.json {
        println!("{}", serde_json::to_string(&Report { well, findings })?);
    }
    if let Some(engine) = opened {
        let _ = engine.handle.send(Command::Shutdown);
        engine.join();
    }
    // Checks that hang are left behind: they must not keep the program.
    exit(i32::from(!well))
}

/// Opens the profile, and waits until its communities are connected or are not going to be; none where a window has it open already.
fn open(common: &Common) -> anyhow::Result<Option<Engine>> {
    let config = EngineConfig {
        // Its own check looks at the key.
        desktop: Desktop::default(),
        ..common.engine(AudioChoice::Null)?
    };
    let engine = match Engine::spawn(config) {
        Ok(engine) => engine,
        Err(StartError::Profile(ProfileError::InUse)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if engine.handle.snapshot().profile == ProfileState::Empty {
        return Ok(Some(engine));
    }
    engine.handle.send(Command::Unlock(password::read()?))?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let snapshot = engine.handle.snapshot();
        if let ProfileState::Locked { error: Some(error) } = &snapshot.profile {
            bail!("the profile was not opened: {error}");
        }
        let is_under_way = |connection: &Connection| {
            matches!(
                connection,
                Connection::Opening | Connection::Connecting | Connection::CatchingUp
            )
        };
        let mut communities = snapshot.communities.iter();
        if snapshot.profile == ProfileState::Unlocked
            && !communities.any(|community| is_under_way(&community.connection))
        {
            break;
        }
        sleep(LOOK);
    }
    Ok(Some(engine))
}

fn print(finding: &Finding) {
    let mark = match finding.outcome {
        Outcome::Good => "ok",
        Outcome::Bad => "FAILS",
        Outcome::Skipped => "-",
    };
    println!(
        "{mark:<6} {:<13} {}",
        finding.subject.words(),
        finding.words
    );
    if let Some(advice) = &finding.advice {
        println!("{:<20} What to do: {advice}", "");
    }
}
