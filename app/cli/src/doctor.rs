//! `dialtone doctor`: what works here, what does not, and what to do.

use std::process::exit;

use clap::Args;
use dialtone_engine::doctor::{Finding, Outcome, Plan, Target, examine};
use dialtone_engine::profile::peek_settings;
use dialtone_engine::ptt::Desktop;
use dialtone_engine::voice::AudioChoice;
use serde::Serialize;

use crate::Common;

#[derive(Args)]
pub(crate) struct DoctorArguments {
    /// The server: a host, with its port if that is another than 7440, or an invite link, whose pin is then compared. Without one,
    /// sound and push-to-talk are checked alone.
    #[arg(value_name = "HOST or LINK")]
    server: Option<Target>,
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
    let kept = peek_settings(&common.profile()?);
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
        settings,
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
    // Checks that hang are left behind: they must not keep the program.
    exit(i32::from(!well))
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
