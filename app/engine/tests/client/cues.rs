//! What happens in a call is heard: the short sounds in what the loudspeaker plays.

use std::f32::consts::TAU;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dialtone_engine::snapshot::CallState;
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, CommunityCommand};

use crate::house::{Client, House, PATIENCE};
use crate::lounge::{call, join_lounge};

/// The notes of all the sounds in use here, in Hz.
const NOTES: [f32; 5] = [329.6, 493.9, 659.3, 987.8, 1_318.5];
/// 40 ms: apart enough to tell the notes from each other, short enough for two of a sound.
const WINDOW: usize = 1_920;
/// A note has begun, where its amplitude is more than this; it begins with 0.1.
const LOUD: f32 = 0.02;

/// The amplitude of one pitch in a window (Goertzel's algorithm, as a sum).
fn amplitude(window: &[f32], hz: f32) -> f32 {
    let (mut cosine, mut sine) = (0.0, 0.0);
    for (index, sample) in window.iter().enumerate() {
        let angle = TAU * hz * index as f32 / 48_000.0;
        cosine += sample * angle.cos();
        sine += sample * angle.sin();
    }
    2.0 * f32::hypot(cosine, sine) / window.len() as f32
}

/// The notes of a recording, one after the other: the loudest of each moment, if any; and whether it ends in silence.
fn notes(samples: &[f32]) -> (Vec<f32>, bool) {
    let mut heard: Vec<Option<f32>> = samples
        .chunks_exact(WINDOW)
        .map(|window| {
            let all = NOTES.map(|hz| (hz, amplitude(window, hz)));
            let loudest = all.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
            loudest.filter(|(_, loud)| *loud > LOUD).map(|(hz, _)| hz)
        })
        .collect();
    heard.dedup();
    let is_over = heard.last() == Some(&None);
    (heard.into_iter().flatten().collect(), is_over)
}

/// Somebody whose loudspeaker is recorded while it plays, and who says nothing.
struct Listener {
    client: Client,
    recording: PathBuf,
    heard: usize,
}

impl Listener {
    fn new(folder: &Path) -> Self {
        let recording = folder.join("heard.wav");
        let audio = AudioChoice::Files {
            speak: None,
            hear: Some(recording.clone()),
            repeat: false,
            cue: None,
        };
        Self {
            client: Client::with_audio("anna", &folder.join("anna"), audio),
            recording,
            heard: 0,
        }
    }

    /// Waits until these notes, and no others, have come and died away: the next sound may begin as this one ends.
    fn hears_next(&mut self, what: &str, wanted: &[f32]) {
        let until = Instant::now() + PATIENCE;
        loop {
            let recorded: Vec<i16> = hound::WavReader::open(&self.recording)
                .map(|recording| recording.into_samples().flatten().collect())
                .unwrap_or_default();
            let samples: Vec<f32> = recorded
                .into_iter()
                .map(|sample| f32::from(sample) / 32_768.0)
                .collect();
            let (all, is_over) = notes(&samples);
            let new = all.get(self.heard..).unwrap_or_default();
            if new.len() >= wanted.len() && is_over {
                assert_eq!(new, wanted, "{what}");
                self.heard = all.len();
                return;
            }
            assert!(Instant::now() < until, "{what}: {new:?} of {wanted:?}");
            // The recording grows ten times a second.
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn who_comes_what_is_written_who_goes_and_muting_are_heard_in_a_call() {
    let house = House::new();
    let folder = tempfile::tempdir().unwrap();
    let mut anna = Listener::new(folder.path());
    anna.client = house.founded_by(anna.client);
    anna.client.open_channel("general");
    let mikael = house.client("mikael");
    mikael.join(&anna.client.invite(1, 3600), None);
    join_lounge(&anna.client);
    anna.client.wait("anna is in the call", |snapshot| {
        call(snapshot).is_some_and(|call| call.state == CallState::Connected)
    });
    join_lounge(&mikael);
    anna.hears_next("mikael comes", &[659.3, 987.8]);
    mikael.open_channel("lounge");
    mikael.say("Is anybody there?");
    anna.hears_next("mikael writes", &[1_318.5]);
    anna.client.in_community(CommunityCommand::SetMuted(true));
    anna.hears_next("anna is muted", &[493.9, 329.6]);
    anna.client.in_community(CommunityCommand::SetMuted(false));
    anna.hears_next("anna is not", &[329.6, 493.9]);
    mikael.in_community(CommunityCommand::LeaveCall);
    anna.hears_next("mikael goes", &[987.8, 659.3]);
    anna.client.send(Command::Shutdown);
}

#[test]
fn notes_are_told_from_each_other_in_the_order_in_which_they_come() {
    let tone = |hz: f32| {
        (0..9_600_usize).map(move |at| {
            let time = at as f32 / 48_000.0;
            0.1 * 10.0_f32.powf(-3.0 * time / 0.22) * (TAU * hz * time).sin()
        })
    };
    let silence = std::iter::repeat_n(0.0, 4_800);
    let sound: Vec<f32> = tone(659.3)
        .chain(silence)
        .chain(tone(987.8))
        .chain(tone(329.6))
        .collect();
    let all = vec![659.3, 987.8, 329.6];
    assert_eq!(notes(&sound[..sound.len() - 7_200]), (all.clone(), false));
    let after = [&sound[..], &vec![0.0; 4_800]].concat();
    assert_eq!(notes(&after), (all, true));
    assert_eq!(notes(&vec![0.0; 48_000]), (Vec::new(), true));
}
