//! Brings a voice to one level, whatever the microphone makes of it; what others hear then does not depend on how far away
//! somebody sits. The system's own volume of the microphone is never touched.
//!
//! ```text
//! speech (as judged) -> its mean power over the last seconds -> gain wanted, within bounds -> glides there, while speech lasts
//! anything else      -> the gain stays as it is: no pause swells, and no noise is brought up
//! others are heard   -> it may only fall: what comes back of them is speech too
//! ```
//!
//! A limiter has to stand after it: a shout after soft words is louder than anything known before. Who judges speech is
//! [`super::VoiceDetectNode`] or another stage before; without, this stage does it by the same network.

use serde::{Deserialize, Serialize};

use super::noise_floor::NoiseFloor;
use super::voice_detect::SpeechDetector;
use crate::frame::{BLOCK_SAMPLES, Block, SILENCE_DBFS, from_db, level_dbfs};
use crate::node::{Node, NodeError, NodeInfo, NodeType, ParamInfo, Processor, StageFault};

const PARAMS: &[ParamInfo] = &[
    ParamInfo::new("target_dbfs", "dBFS", -40.0, -10.0),
    ParamInfo::new("max_gain_db", "dB", 0.0, 30.0),
    ParamInfo::new("min_gain_db", "dB", -30.0, 0.0),
];

/// A block that is speech with this probability counts, ...
const SPEECH: f32 = 0.6;
/// ... unless it is so far below the level of the speech so far: the gaps between syllables, in dB.
const GAP_DB: f32 = 20.0;
/// The level is the mean over so many blocks of speech: three seconds.
const MEMORY_BLOCKS: f32 = 300.0;
/// The gain first moves once so many blocks of speech are known (half a second): a word alone says little.
const FIRST_BLOCKS: f32 = 50.0;
/// Within this distance of the target nothing is done, in dB.
const TOLERANCE_DB: f32 = 1.0;
/// How fast the gain rises and falls, in dB for a block of speech (4 and 12 dB a second) ...
const RISE_DB: f32 = 0.04;
const FALL_DB: f32 = 0.12;
/// ... and falls (40 dB a second) while what comes out is so far above the target.
const LOUD_FALL_DB: f32 = 0.4;
const LOUD_DB: f32 = 10.0;
/// Others are heard from the loudspeaker above this level, in dBFS, and come back for so many blocks (0.5 s).
const PLAYED_DBFS: f32 = -55.0;
const ECHO_BLOCKS: u16 = 50;
/// The noise between the words is brought up to this level at most, in dBFS.
const NOISE_DBFS: f32 = -45.0;

/// Makes a voice as loud as the target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AutoGainNode {
    /// The level of speech that is aimed at, in dBFS.
    pub target_dbfs: f32,
    /// The most that is added, in dB.
    pub max_gain_db: f32,
    /// The most that is taken away, in dB; not above 0.
    pub min_gain_db: f32,
}

impl Default for AutoGainNode {
    fn default() -> Self {
        Self {
            target_dbfs: -20.0,
            max_gain_db: 20.0,
            min_gain_db: -15.0,
        }
    }
}

impl NodeType for AutoGainNode {
    const NAME: &'static str = "auto-gain";
}

impl Node for AutoGainNode {
    fn info(&self) -> NodeInfo {
        NodeInfo::new(Self::NAME, PARAMS).for_uplink_only()
    }

    fn values(&self) -> Vec<f32> {
        vec![self.target_dbfs, self.max_gain_db, self.min_gain_db]
    }

    fn processor(&self) -> Result<Box<dyn Processor>, NodeError> {
        Ok(Box::new(AutoGainProcessor {
            settings: self.clone(),
            detector: SpeechDetector::new(),
            floor: NoiseFloor::default(),
            power: 0.0,
            known: 0.0,
            gain_db: 0.0,
            factor: 1.0,
            echo: 0,
        }))
    }
}

struct AutoGainProcessor {
    settings: AutoGainNode,
    detector: SpeechDetector,
    floor: NoiseFloor,
    /// Mean power of the speech that came in.
    power: f32,
    /// Over how many blocks, at most [`MEMORY_BLOCKS`].
    known: f32,
    gain_db: f32,
    /// The gain at the end of the block before.
    factor: f32,
    /// Blocks for which what is heard may come from the loudspeaker.
    echo: u16,
}

impl AutoGainProcessor {
    /// Hears a block of this level that may be speech.
    fn note(&mut self, level_dbfs: f32) {
        let power = 10.0_f32.powf(level_dbfs / 10.0);
        if power < self.power * 10.0_f32.powf(-GAP_DB / 10.0) {
            return;
        }
        self.known = (self.known + 1.0).min(MEMORY_BLOCKS);
        self.power += (power - self.power) / self.known;
        if self.known >= FIRST_BLOCKS {
            self.follow(level_dbfs);
        }
    }

    fn follow(&mut self, level_dbfs: f32) {
        let away = self.settings.target_dbfs - 10.0 * self.power.max(1e-10).log10();
        let needed = (away.abs() - TOLERANCE_DB).max(0.0).copysign(away);
        let quiet = (NOISE_DBFS - self.floor.dbfs()).max(0.0);
        let wanted = needed
            .min(quiet)
            .clamp(self.settings.min_gain_db, self.settings.max_gain_db);
        let loud = level_dbfs + self.gain_db > self.settings.target_dbfs + LOUD_DB;
        let fall = if loud { LOUD_FALL_DB } else { FALL_DB };
        let rise = if self.echo > 0 { 0.0 } else { RISE_DB };
        self.gain_db += (wanted - self.gain_db).clamp(-fall, rise);
    }
}

impl Processor for AutoGainProcessor {
    fn process(&mut self, block: &mut Block) -> Result<(), StageFault> {
        let level = block.level_dbfs();
        let speech = self.detector.judge(block);
        self.floor.note(level, speech);
        let played = block
            .played
            .samples()
            .map_or(SILENCE_DBFS, |played| level_dbfs(played));
        self.echo = if played > PLAYED_DBFS {
            ECHO_BLOCKS
        } else {
            self.echo.saturating_sub(1)
        };
        // What the gate keeps back is nobody's voice for others; what is too loud is not an echo that was soft enough.
        let too_loud = level + self.gain_db > self.settings.target_dbfs;
        if speech >= SPEECH && block.open && (self.echo == 0 || too_loud) {
            self.note(level);
        }
        // New bounds hold at once, in a pause as well.
        let (min, max) = (self.settings.min_gain_db, self.settings.max_gain_db);
        let outside = self.gain_db - self.gain_db.clamp(min, max);
        self.gain_db -= outside.clamp(-LOUD_FALL_DB, LOUD_FALL_DB);
        let wanted = from_db(self.gain_db);
        let step = (wanted - self.factor) / BLOCK_SAMPLES as f32;
        for sample in &mut block.samples {
            self.factor += step;
            *sample *= self.factor;
        }
        self.factor = wanted;
        Ok(())
    }

    fn set_param(&mut self, index: usize, value: f32) {
        match index {
            0 => self.settings.target_dbfs = value,
            1 => self.settings.max_gain_db = value,
            2 => self.settings.min_gain_db = value,
            _ => {}
        }
    }

    fn reset(&mut self) {
        // Another microphone may be another voice's, or far louder.
        self.detector.reset();
        self.floor = NoiseFloor::default();
        self.power = 0.0;
        self.known = 0.0;
        self.gain_db = 0.0;
        self.echo = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::sounds::{Sound, at, blocks, spoken};
    use crate::stages::{Limiter, LimiterNode};

    fn stage() -> Box<dyn Processor> {
        AutoGainNode::default().processor().unwrap()
    }

    fn through(stage: &mut dyn Processor, sound: &[f32]) -> Vec<f32> {
        let process = |mut block: Block| {
            stage.process(&mut block).unwrap();
            block.samples
        };
        blocks(sound).flat_map(process).collect()
    }

    /// The level of the loud parts: the voice without its pauses.
    fn active_dbfs(sound: &[f32]) -> f32 {
        let levels = sound.chunks_exact(BLOCK_SAMPLES).map(level_dbfs);
        let loudest = levels.clone().fold(-100.0, f32::max);
        let active: Vec<f32> = levels
            .filter(|level| *level > loudest - 25.0)
            .map(|level| 10.0_f32.powf(level / 10.0))
            .collect();
        10.0 * (active.iter().sum::<f32>() / active.len() as f32).log10()
    }

    #[test]
    fn a_soft_and_a_loud_voice_come_to_the_target_within_seconds_and_stay() {
        let twice = [spoken(), spoken()].concat();
        for strong in [-38.0, -30.0, -20.0, -10.0] {
            let mut sound = at(&twice, strong);
            let ambience = at(&Sound::Fan.samples(twice.len() as f32 / 48_000.0), -75.0);
            sound
                .iter_mut()
                .zip(&ambience)
                .for_each(|(sample, noise)| *sample += noise);
            let heard = through(stage().as_mut(), &sound);
            for (from, to) in [(6, 12), (12, 18), (18, 24)] {
                let level = active_dbfs(&heard[from * 48_000..to * 48_000]);
                let away = (level + 20.0).abs();
                assert!(away < 3.0, "{strong} dBFS became {level} after {from} s");
            }
        }
    }

    #[test]
    fn no_noise_is_brought_up_and_a_pause_does_not_swell() {
        for noise in Sound::NOISES {
            let sound = at(&noise.samples(10.0), -45.0);
            let heard = through(stage().as_mut(), &sound);
            assert_eq!(heard, sound, "{noise:?} before anybody spoke");
        }
        let mut stage = stage();
        through(stage.as_mut(), &at(&spoken(), -35.0));
        let noise = at(&Sound::Fan.samples(10.0), -60.0);
        let heard = through(stage.as_mut(), &noise);
        let (early, late) = (
            level_dbfs(&heard[48_000..96_000]),
            level_dbfs(&heard[9 * 48_000..]),
        );
        assert!(
            (early - late).abs() < 0.5,
            "{early} dBFS, later {late} dBFS"
        );
    }

    #[test]
    fn what_the_gate_keeps_back_changes_nothing() {
        let mut stage = stage();
        for mut block in blocks(&at(&spoken(), -40.0)) {
            block.open = false;
            let before = block.samples;
            stage.process(&mut block).unwrap();
            assert_eq!(block.samples.map(f32::to_bits), before.map(f32::to_bits));
        }
    }

    #[test]
    fn what_comes_back_from_the_loudspeaker_is_not_brought_up() {
        let (mut stage, mut alone) = (stage(), stage());
        for mut block in blocks(&at(&spoken(), -40.0)) {
            let before = block.samples;
            block.played.fill(|played| {
                *played = before.map(|sample| sample * 10.0);
                true
            });
            stage.process(&mut block).unwrap();
            assert_eq!(block.samples.map(f32::to_bits), before.map(f32::to_bits));
        }
        // Somebody speaks too loud while others do: that is brought down.
        let heard = |stage: &mut dyn Processor, far: f32| {
            let process = |mut block: Block| {
                block.played.fill(|played| {
                    played.fill(far);
                    true
                });
                stage.process(&mut block).unwrap();
                block.samples
            };
            let heard: Vec<f32> = blocks(&at(&spoken(), -10.0)).flat_map(process).collect();
            active_dbfs(&heard[6 * 48_000..])
        };
        assert!((heard(stage.as_mut(), 0.1) + 20.0).abs() < 4.0);
        assert!((heard(alone.as_mut(), 0.0) + 20.0).abs() < 3.0);
    }

    #[test]
    fn in_noise_a_voice_is_not_brought_up_so_far_that_the_noise_is_loud() {
        let mut sound = at(&spoken(), -40.0);
        let noise = at(&Sound::Fan.samples(sound.len() as f32 / 48_000.0), -50.0);
        sound
            .iter_mut()
            .zip(&noise)
            .for_each(|(sample, noise)| *sample += noise);
        let mut stage = stage();
        through(stage.as_mut(), &sound);
        let heard = through(stage.as_mut(), &at(&noise, -50.0));
        let level = level_dbfs(&heard);
        assert!(
            (-49.0..-42.0).contains(&level),
            "the noise is at {level} dBFS"
        );
    }

    #[test]
    fn a_shout_after_soft_words_is_brought_down_quickly_and_does_not_clip() {
        let mut stage = stage();
        let mut limiter = Limiter::new(&LimiterNode::default());
        through(stage.as_mut(), &at(&spoken(), -38.0));
        let mut heard = through(stage.as_mut(), &at(&spoken(), -14.0));
        let loud = active_dbfs(&heard[2 * 48_000..4 * 48_000]);
        assert!((loud + 20.0).abs() < 4.0, "{loud} dBFS after two seconds");
        limiter.limit(&mut heard);
        let peak = heard
            .iter()
            .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(peak <= from_db(-1.0) + 1e-6, "{peak}");
    }

    #[test]
    fn the_gain_has_no_steps_and_moves_slowly() {
        let mut stage = stage();
        let sound = [at(&spoken(), -40.0), at(&spoken(), -8.0)].concat();
        let mut heard = Vec::new();
        for (index, mut block) in blocks(&sound).enumerate() {
            if index == 600 {
                stage.set_param(1, 0.0);
            }
            stage.process(&mut block).unwrap();
            heard.extend(block.samples);
        }
        // Samples that are loud enough tell what they were multiplied by.
        let gains: Vec<Option<f32>> = sound
            .iter()
            .zip(&heard)
            .map(|(before, after)| (before.abs() > 1e-3).then(|| after / before))
            .collect();
        let steps = gains
            .windows(2)
            .filter_map(|pair| Some((pair[1]? / pair[0]?).ln().abs()));
        let step = 8.686 * steps.fold(0.0, f32::max);
        assert!(step < 0.005, "a step of {step} dB");
        let gains = gains.into_iter().flatten();
        let (low, high) = gains.fold((1.0_f32, 1.0_f32), |(low, high), gain| {
            (low.min(gain), high.max(gain))
        });
        assert!(high > 2.0 && low < 0.5, "it moved: {low} to {high}");
    }

    #[test]
    fn another_microphone_begins_anew() {
        let mut stage = stage();
        through(stage.as_mut(), &at(&spoken(), -35.0));
        stage.reset();
        let silence = through(stage.as_mut(), &[0.0; 960]);
        assert!(silence.iter().all(|sample| sample.abs() < 1e-9));
        let mut block = Block::silence();
        block.samples.fill(0.1);
        stage.process(&mut block).unwrap();
        assert!((block.samples[479] - 0.1).abs() < 1e-6);
    }
}
