//! The short sounds that say what happened in a call: computed once, mixed with the talkers.
//!
//! Rising is "on" and "here", falling is "off" and "away". They are mixed after the master volume, so that somebody who has
//! deafened themselves hears that they have.

use std::f32::consts::TAU;

use serde::{Deserialize, Serialize};

use crate::frame::SAMPLE_RATE;

/// What a short sound tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cue {
    /// Somebody has come into the call.
    Join,
    /// Somebody has left the call.
    Leave,
    /// One's own microphone is off.
    Mute,
    /// One's own microphone is on.
    Unmute,
    /// A message has come.
    Message,
    /// One is heard from now on, by push-to-talk.
    Talk,
    /// ... and no more.
    TalkEnd,
}

impl Cue {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Join,
        Self::Leave,
        Self::Mute,
        Self::Unmute,
        Self::Message,
        Self::Talk,
        Self::TalkEnd,
    ];

    /// Its notes: pitch in Hz, and when they begin, in ms. Fifths of A major, apart enough for small loudspeakers.
    const fn notes(self) -> &'static [(f32, f32)] {
        match self {
            Self::Join => &[(659.3, 0.0), (987.8, 90.0)],
            Self::Leave => &[(987.8, 0.0), (659.3, 90.0)],
            Self::Mute => &[(493.9, 0.0), (329.6, 70.0)],
            Self::Unmute => &[(329.6, 0.0), (493.9, 70.0)],
            Self::Message => &[(1_318.5, 0.0)],
            Self::Talk => &[(880.0, 0.0)],
            Self::TalkEnd => &[(440.0, 0.0)],
        }
    }
}

/// How loud the loudest moment of a note is, as a share of full scale: -20 dBFS.
const PEAK: f32 = 0.1;
/// How long a note takes to come, in seconds.
const ATTACK_S: f32 = 0.006;
/// How long a note takes to fall by 60 dB, in seconds.
const DECAY_S: f32 = 0.22;
/// The same sound within so many samples (120 ms) is heard once: twenty people who come at once are no machine gun.
const AGAIN: usize = 5_760;

/// The sounds, and where each of them stands.
pub(super) struct Cues {
    sounds: Vec<(Cue, Box<[f32]>)>,
    /// Which sample comes next, while it is played.
    playing: [Option<usize>; Cue::ALL.len()],
    volume: f32,
}

impl Cues {
    /// Computes all sounds. Allocates.
    pub(super) fn new() -> Self {
        Self {
            sounds: Cue::ALL.map(|cue| (cue, synthesize(cue))).into(),
            playing: [None; Cue::ALL.len()],
            volume: 1.0,
        }
    }

    /// Sets how loud they are, 0 to 4. Voice thread.
    pub(super) fn set_volume(&mut self, volume: f32) {
        self.volume = volume;
    }

    /// Starts one. Voice thread.
    pub(super) fn play(&mut self, cue: Cue) {
        let sounds = self.sounds.iter().zip(&mut self.playing);
        for ((known, _), playing) in sounds {
            if *known == cue && playing.is_none_or(|at| at >= AGAIN) {
                *playing = Some(0);
            }
        }
    }

    /// Adds what is being played to a piece of the mix. Voice thread; does not allocate.
    pub(super) fn mix(&mut self, output: &mut [f32]) {
        for ((_, sound), playing) in self.sounds.iter().zip(&mut self.playing) {
            let Some(at) = *playing else { continue };
            let rest = sound.get(at..).unwrap_or_default();
            for (mixed, sample) in output.iter_mut().zip(rest) {
                *mixed += sample * self.volume;
            }
            let next = at + output.len();
            *playing = (next < sound.len()).then_some(next);
        }
    }
}

/// One sound at 48 kHz, silent at both ends.
fn synthesize(cue: Cue) -> Box<[f32]> {
    let rate = SAMPLE_RATE as f32;
    let last = cue.notes().last().map_or(0.0, |note| note.1) / 1_000.0;
    let length = ((last + DECAY_S) * rate) as usize;
    let sample = |index: usize| {
        let notes = cue.notes().iter();
        let heard = notes.map(|(pitch_hz, begins_ms)| {
            let time = index as f32 / rate - begins_ms / 1_000.0;
            if time < 0.0 {
                return 0.0;
            }
            let attack = (time / ATTACK_S).min(1.0);
            let decay = 10.0_f32.powf(-3.0 * time / DECAY_S);
            // An octave above, softly, so that it does not sound like a test tone.
            let tone = (TAU * pitch_hz * time).sin() + 0.25 * (TAU * 2.0 * pitch_hz * time).sin();
            PEAK * attack * decay * tone
        });
        heard.sum()
    };
    (0..length).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::level_dbfs;

    /// All of one sound, as pieces of 5 ms bring it.
    fn heard(cues: &mut Cues) -> Vec<f32> {
        let mut sound = Vec::new();
        for _ in 0..100 {
            let mut piece = [0.0; 240];
            cues.mix(&mut piece);
            sound.extend_from_slice(&piece);
        }
        sound
    }

    /// The strength of a tone in a sound (Goertzel).
    fn strength(sound: &[f32], pitch_hz: f32) -> f32 {
        let turn = TAU * pitch_hz / SAMPLE_RATE as f32;
        let sums = sound.iter().enumerate().map(|(index, sample)| {
            let angle = turn * index as f32;
            (sample * angle.cos(), sample * angle.sin())
        });
        let (re, im) = sums.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        re.hypot(im) / sound.len() as f32
    }

    #[test]
    fn each_sound_begins_and_ends_in_silence_and_is_softer_than_a_voice() {
        for cue in Cue::ALL {
            let mut cues = Cues::new();
            assert!(heard(&mut cues).iter().all(|sample| *sample == 0.0));
            cues.play(cue);
            let sound = heard(&mut cues);
            let peak = sound.iter().fold(0.0_f32, |most, one| most.max(one.abs()));
            assert!((0.05..0.2).contains(&peak), "{cue:?}: {peak}");
            assert!(sound[..2].iter().all(|sample| sample.abs() < 0.001));
            let jump = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            assert!(jump.fold(0.0, f32::max) < 0.04, "{cue:?} clicks");
            assert!(
                sound[20_000..].iter().all(|sample| *sample == 0.0),
                "it ends"
            );
        }
    }

    #[test]
    fn coming_rises_and_going_falls() {
        let pitch = |cue| {
            let mut cues = Cues::new();
            cues.play(cue);
            let sound = heard(&mut cues);
            let (first, second) = (&sound[..4_000], &sound[5_000..12_000]);
            let high = |part: &[f32]| strength(part, 987.8) > strength(part, 659.3);
            (high(first), high(second))
        };
        assert_eq!(pitch(Cue::Join), (false, true));
        assert_eq!(pitch(Cue::Leave), (true, false));
    }

    #[test]
    fn many_at_once_are_heard_as_one_and_different_ones_together() {
        let mut one = Cues::new();
        one.play(Cue::Join);
        let single = heard(&mut one);
        let mut many = Cues::new();
        for _ in 0..20 {
            many.play(Cue::Join);
        }
        assert_eq!(heard(&mut many), single);
        many.play(Cue::Join);
        many.play(Cue::Message);
        let both = heard(&mut many);
        assert!(level_dbfs(&both[..4_800]) > level_dbfs(&single[..4_800]) + 1.0);
    }

    #[test]
    fn the_volume_counts() {
        let mut cues = Cues::new();
        cues.set_volume(0.0);
        cues.play(Cue::Leave);
        assert!(heard(&mut cues).iter().all(|sample| *sample == 0.0));
    }
}
