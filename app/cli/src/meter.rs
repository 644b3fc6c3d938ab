//! `dialtone meter`: the voice meter and the editor of the chain in a window of their own. Nobody signs in.

use std::path::PathBuf;

use clap::Args;
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, Engine};

use crate::Common;

#[derive(Args)]
pub(crate) struct MeterArguments {
    /// Hear this WAV file, again and again, instead of a microphone.
    #[arg(long, value_name = "WAV")]
    speak: Option<PathBuf>,
}

/// Opens the window and runs until it is closed.
pub(crate) fn run(common: &Common, arguments: &MeterArguments) -> anyhow::Result<()> {
    let audio = match &arguments.speak {
        None => AudioChoice::System,
        Some(file) => AudioChoice::Files {
            speak: Some(file.clone()),
            hear: None,
            repeat: true,
            cue: None,
        },
    };
    let config = common.engine(audio)?;
    let folder = config.profile.clone();
    let engine = Engine::spawn(config)?;
    println!("Settings and chains are kept in {}.", folder.display());
    let shown = dialtone_gui::run_meter(engine.handle.clone(), folder);
    let _ = engine.handle.send(Command::Shutdown);
    engine.join();
    shown.map_err(|error| anyhow::anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::{Arguments, Command};

    #[test]
    fn it_takes_a_file_and_the_settings_for_one_run() {
        let line = [
            "dialtone",
            "meter",
            "--speak",
            "a.wav",
            "--profile",
            "p",
            "--voice-vad=-40",
        ];
        let arguments = Arguments::try_parse_from(line).unwrap();
        let Some(Command::Meter(meter)) = arguments.command else {
            panic!("another command");
        };
        assert_eq!(meter.speak, Some("a.wav".into()));
        assert_eq!(arguments.common.profile, Some("p".into()));
    }
}
