//! The microphone and the loudspeaker: which there are, and whether the chosen one opens and gives sound.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_audio::backend::{BackendErrorKind, OpenStream};
use dialtone_audio::downlink::playback_ring;
use dialtone_audio::frame::Block;
use dialtone_audio::uplink::{CaptureFeed, capture_ring};
use dialtone_audio::{Backend, BackendError, DeviceId, Direction};

use super::bounded::within;
use super::{Finding, Subject};

/// Listing, opening and listening, together.
const LIMIT: Duration = Duration::from_secs(8);
/// How long is listened.
const LISTEN: Duration = Duration::from_millis(500);
/// Between two looks at what came.
const LOOK: Duration = Duration::from_millis(10);
/// Frames in one callback of a loudspeaker, at 48 kHz.
const CALLBACK: u32 = 480;

/// Opens the microphone for half a second, and says how loud it is.
pub(super) fn microphone(backend: Box<dyn Backend>, chosen: Option<String>) -> Finding {
    let hear = move || hear(backend, chosen);
    match within(LIMIT, hear) {
        None => hangs(Subject::Microphone),
        Some(Err(error)) => failed(Subject::Microphone, &error),
        Some(Ok((devices, name, level))) => match level {
            Some(level) if level > 0.0 => {
                let dbfs = 20.0 * level.log10();
                let words =
                    format!("{name} ({devices}) gives sound, {dbfs:.0} dBFS at the loudest.");
                Finding::good(Subject::Microphone, words)
            }
            Some(_) => Finding::bad(
                Subject::Microphone,
                format!("{name} ({devices}) opens, and gives nothing but silence."),
                "It may be muted at the device or in the system, or the system may not let programs hear it. Look there, or choose \
                 another one in the settings.",
            ),
            None => Finding::bad(
                Subject::Microphone,
                format!("{name} ({devices}) opens, and gives no sound."),
                "Plug it in anew, or choose another one in the settings.",
            ),
        },
    }
}

/// Opens the loudspeaker for half a second, with silence.
pub(super) fn speaker(backend: Box<dyn Backend>, chosen: Option<String>) -> Finding {
    let play = move || play(backend, chosen);
    match within(LIMIT, play) {
        None => hangs(Subject::Speaker),
        Some(Err(error)) => failed(Subject::Speaker, &error),
        Some(Ok((devices, name))) => {
            let words = format!("{name} ({devices}) opens. Nothing was played on it.");
            Finding::good(Subject::Speaker, words)
        }
    }
}

/// How many devices there are, what the open one is called, and how loud it was; no level when nothing came.
type Heard = (String, String, Option<f32>);

fn hear(mut backend: Box<dyn Backend>, chosen: Option<String>) -> Result<Heard, BackendError> {
    let devices = count(backend.as_mut(), Direction::Input)?;
    let (sink, ring) = capture_ring();
    let id = chosen.map(DeviceId);
    let open = backend.open_input(id.as_ref(), sink, Arc::new(|_| {}))?;
    let name = open.device.name.clone();
    let feed = CaptureFeed::new(ring, open.rate);
    let mut feed = feed.map_err(|error| unsupported(&error))?;
    let mut block = Block::default();
    let (mut loudest, until) = (None, Instant::now() + LISTEN);
    while Instant::now() < until {
        while feed.read(&mut block) {
            let peak = block
                .samples
                .iter()
                .fold(0.0_f32, |peak, one| peak.max(one.abs()));
            loudest = Some(loudest.unwrap_or(0.0_f32).max(peak));
        }
        std::thread::sleep(LOOK);
    }
    give_up(open);
    Ok((devices, name, loudest))
}

fn play(
    mut backend: Box<dyn Backend>,
    chosen: Option<String>,
) -> Result<(String, String), BackendError> {
    let devices = count(backend.as_mut(), Direction::Output)?;
    let (sink, _ring) = playback_ring(CALLBACK);
    let id = chosen.map(DeviceId);
    let open = backend.open_output(id.as_ref(), sink, Arc::new(|_| {}))?;
    let name = open.device.name.clone();
    std::thread::sleep(LISTEN);
    give_up(open);
    Ok((devices, name))
}

fn unsupported(error: &dyn std::fmt::Display) -> BackendError {
    BackendError::new(BackendErrorKind::Unsupported, error.to_string())
}

/// Dropping a stream may hang when its sound server has died.
fn give_up(open: OpenStream) {
    // If there is no thread, it is dropped here: the limit holds all the same.
    let _ = std::thread::Builder::new().spawn(move || drop(open));
}

fn count(backend: &mut dyn Backend, direction: Direction) -> Result<String, BackendError> {
    let list = backend.devices()?;
    let devices = list.of(direction);
    if devices.is_empty() {
        let words = format!("no {direction}");
        return Err(BackendError::new(BackendErrorKind::NotThere, words));
    }
    let default = list.default_of(direction);
    let default = default.map_or_else(String::new, |one| format!("; the system's is {}", one.name));
    Ok(match devices.len() {
        1 => "the only one".to_owned(),
        many => format!("one of {many}{default}"),
    })
}

fn hangs(subject: Subject) -> Finding {
    Finding::bad(
        subject,
        "The sound system has not answered in time.",
        "Start the system's sound server again (on Linux: systemctl --user restart pipewire), or plug the device in anew.",
    )
}

fn failed(subject: Subject, error: &BackendError) -> Finding {
    let advice = match error.kind {
        BackendErrorKind::NotThere => "Plug one in, or choose another one in the settings.",
        BackendErrorKind::Busy => {
            "Close the other program that uses it, or choose another one in the settings."
        }
        BackendErrorKind::NotAllowed => "Allow programs to use it in the system's settings.",
        BackendErrorKind::SystemDown => "Start the system's sound server.",
        _ => "Plug it in anew, or choose another one in the settings.",
    };
    Finding::bad(subject, sentence(&error.to_string()), advice)
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use dialtone_audio::NullBackend;

    use super::*;
    use crate::doctor::Outcome;

    #[test]
    fn a_silent_microphone_is_a_fault_and_a_speaker_that_opens_is_none() {
        let found = microphone(Box::new(NullBackend), None);
        assert_eq!(found.outcome, Outcome::Bad);
        assert!(found.words.contains("nothing but silence"), "{found:?}");
        let found = speaker(Box::new(NullBackend), None);
        assert_eq!(found.outcome, Outcome::Good, "{found:?}");
    }

    #[test]
    fn each_fault_of_a_device_says_what_to_do() {
        for (kind, words) in [
            (BackendErrorKind::Busy, "Close the other program"),
            (BackendErrorKind::NotAllowed, "Allow programs"),
            (BackendErrorKind::NotThere, "Plug one in"),
        ] {
            let found = failed(Subject::Microphone, &BackendError::new(kind, "-"));
            assert!(found.advice.unwrap().starts_with(words));
        }
    }
}
