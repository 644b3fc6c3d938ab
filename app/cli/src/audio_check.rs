//! `dialtone audio check`: the sound check of a recording, without devices.

use std::path::PathBuf;

use clap::Args;
use dialtone_engine::voice::check_file::{CheckFile, Found, check_file};

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// The recording: a WAV file that begins with some seconds of silence and goes on with speech.
    recording: PathBuf,
    /// Where nobody speaks, in seconds.
    #[arg(long, value_name = "FROM-TO", default_value = "0-5", value_parser = span)]
    silence: (f64, f64),
    /// Where somebody speaks, in seconds; else all that follows the silence.
    #[arg(long, value_name = "FROM-TO", value_parser = span)]
    speech: Option<(f64, f64)>,
    /// The stages: a TOML file; else the preset "Voice".
    #[arg(long, value_name = "FILE")]
    chain: Option<PathBuf>,
    /// Leave a stage out, by its id; can be given again.
    #[arg(long, value_name = "STAGE")]
    without: Vec<String>,
    /// Write what others would hear into this WAV file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// `2-7.5` as two times in seconds.
fn span(text: &str) -> Result<(f64, f64), String> {
    let times = text.split_once('-');
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|at| at.is_finite());
    times
        .and_then(|(from, to)| number(from).zip(number(to)))
        .filter(|(from, to)| from < to)
        .ok_or_else(|| "two times in seconds are needed, as in 0-5".to_owned())
}

/// Checks a recording and prints what was found.
pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<()> {
    let found = check_file(&CheckFile {
        recording: arguments.recording.clone(),
        silence_s: arguments.silence,
        speech_s: arguments.speech,
        chain: arguments.chain.clone(),
        without: arguments.without.clone(),
        output: arguments.out.clone(),
    })?;
    if arguments.json {
        println!("{}", serde_json::to_string(&found)?);
    } else {
        print(&found);
    }
    Ok(())
}

fn print(found: &Found) {
    println!("{}", found.words);
    println!(
        "Room {:.1} dBFS, voice {:.1} dBFS; a threshold of {:.1} dBFS suits.",
        found.room_dbfs, found.voice_dbfs, found.threshold_dbfs
    );
    println!(
        "With it, {:.0} % of the recording would be sent, at {:.1} kb/s.",
        found.sent_percent,
        found.bitrate / 1_000.0
    );
    println!();
    println!(
        "{:<16} {:>8} {:>8} {:>8} {:>9}",
        "stage", "in dBFS", "out dBFS", "delay ms", "us/10 ms"
    );
    for stage in &found.stages {
        println!(
            "{:<16} {:>8.1} {:>8.1} {:>8.1} {:>9.1}",
            stage.id, stage.input_dbfs, stage.output_dbfs, stage.delay_ms, stage.cpu_us
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_or_refused_in_words() {
        assert_eq!(span("0-5"), Ok((0.0, 5.0)));
        assert_eq!(span("2 - 7.5"), Ok((2.0, 7.5)));
        for wrong in ["", "5", "5-2", "a-b", "-1-2", "0-inf", "0-NaN"] {
            assert!(span(wrong).unwrap_err().contains("seconds"), "{wrong}");
        }
    }
}
