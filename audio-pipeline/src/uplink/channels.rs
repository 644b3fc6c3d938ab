//! Many channels to one: which of a microphone's channels are heard.
//!
//! A microphone on one input of two is often half of a stereo device, and its neighbour is silent: the mean of both would be
//! half as loud. Of a pair with opposite poles the mean is nothing at all.
//!
//! ```text
//! each channel's power, over 100 ms -> the live ones: not far below the loudest -> their mean
//!                                      if that cancels                          -> one of them alone
//! another choice glides in over 20 ms (at 48 kHz)
//! ```

use serde::{Deserialize, Serialize};

/// Channels above these are not heard.
const MOST: usize = 32;
/// Powers are summed up over so many frames (10 ms at 48 kHz), ...
const WINDOW: u16 = 480;
/// ... and the latest counts so much.
const SHARE: f32 = 0.1;
/// How many frames it takes from one choice to another.
const GLIDE: u16 = 960;

/// While all is softer than this power (-65 dBFS), nothing is decided.
const QUIET: f32 = 3e-7;
/// A channel softer than this power (-90 dBFS) carries nothing, and goes at once.
const DEAD: f32 = 1e-9;
/// A channel comes when it is at most so far below the loudest (14 dB, in power) ...
const COMES: f32 = 0.04;
/// ... and goes when it is further below it (26 dB) ...
const GOES: f32 = 0.0025;
/// ... for so many windows: what knocks on one channel does not take another one's voice.
const GOES_AFTER: u16 = 30;

/// The power of the mean of n channels, times n, over the mean of their powers: n for the same sound, 1 for different ones, 0
/// where they cancel. Below the first a channel is taken alone, above the second all are heard again.
const CANCELS: f32 = 0.5;
const CANCELS_NO_MORE: f32 = 1.0;

/// Which channels of a microphone are heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelChoice {
    /// The mean of those that carry sound, or one alone where they would cancel each other.
    #[default]
    Automatic,
    /// The mean of all.
    Mix,
    /// This one alone, counted from 0; the last one of a device that has fewer.
    Only(u8),
}

/// Mixes frames of several channels. Lives in the device's callback: nothing in it allocates.
pub(super) struct ChannelMixer {
    choice: ChannelChoice,
    channels: usize,
    weights: [f32; MOST],
    wanted: [f32; MOST],
    gliding: u16,
    /// Whether each channel is live.
    live: [bool; MOST],
    /// The one that is taken alone, because all together cancel.
    alone: Option<usize>,
    /// Windows for which a live channel has been far below the loudest.
    faded_for: u16,
    /// Sums of squares since the window began: of each channel, and of the live ones' mean.
    sums: [f32; MOST],
    mean_sum: f32,
    frames: u16,
    powers: [f32; MOST],
    mean_power: Option<f32>,
}

impl ChannelMixer {
    pub(super) fn new(choice: ChannelChoice) -> Self {
        Self {
            choice,
            channels: 0,
            weights: [0.0; MOST],
            wanted: [0.0; MOST],
            gliding: 0,
            live: [true; MOST],
            alone: None,
            faded_for: 0,
            sums: [0.0; MOST],
            mean_sum: 0.0,
            frames: 0,
            powers: [0.0; MOST],
            mean_power: None,
        }
    }

    /// Prepares for frames of so many channels.
    pub(super) fn expect(&mut self, channels: usize) {
        let channels = channels.min(MOST);
        if channels != self.channels {
            *self = Self::new(self.choice);
            self.channels = channels;
            self.weigh();
            self.weights = self.wanted;
            self.gliding = 0;
        }
    }

    /// One frame to one sample; `frame` has the channels that were [expected](Self::expect), or more.
    pub(super) fn mix<T: Copy>(&mut self, frame: &[T], convert: impl Fn(T) -> f32) -> f32 {
        if let [only] = frame {
            return convert(*only);
        }
        if self.gliding > 0 {
            let share = 1.0 / f32::from(self.gliding);
            for (weight, wanted) in self.weights.iter_mut().zip(&self.wanted) {
                *weight += (wanted - *weight) * share;
            }
            self.gliding -= 1;
            if self.gliding == 0 {
                self.weights = self.wanted;
            }
        }
        let (mut mixed, mut sum, mut count) = (0.0, 0.0, 0.0);
        for (index, sample) in frame.iter().take(self.channels).enumerate() {
            let sample = convert(*sample);
            let weight = self.weights[index];
            // A channel that is not heard may be broken: its samples may be no numbers.
            if weight > 0.0 {
                mixed += sample * weight;
            }
            self.sums[index] += sample * sample;
            if self.live[index] {
                sum += sample;
                count += 1.0;
            }
        }
        if self.choice == ChannelChoice::Automatic {
            let mean = sum / f32::max(count, 1.0);
            self.mean_sum += mean * mean;
            self.frames += 1;
            if self.frames == WINDOW {
                self.judge();
            }
        }
        mixed
    }

    /// Ends a window: follows the powers, and chooses anew if they say so.
    fn judge(&mut self) {
        let window = f32::from(WINDOW);
        for (power, sum) in self.powers.iter_mut().zip(&mut self.sums) {
            follow(power, *sum / window);
            *sum = 0.0;
        }
        let mean = self.mean_sum / window;
        match &mut self.mean_power {
            Some(power) => follow(power, mean),
            none => *none = mean.is_finite().then_some(mean),
        }
        self.mean_sum = 0.0;
        self.frames = 0;
        let powers = &self.powers[..self.channels];
        let loudest = powers.iter().copied().fold(0.0, f32::max);
        if loudest < QUIET {
            return;
        }
        let before = (self.live, self.alone);
        self.find_live(loudest);
        self.find_alone();
        if before != (self.live, self.alone) {
            self.weigh();
        }
    }

    fn find_live(&mut self, loudest: f32) {
        let mut found = self.live;
        let mut fades = false;
        for (live, &power) in found.iter_mut().zip(&self.powers[..self.channels]) {
            if *live && power < DEAD {
                *live = false;
            } else if *live && power < loudest * GOES {
                fades = true;
                *live = self.faded_for < GOES_AFTER;
            } else if !*live && power > loudest * COMES {
                *live = true;
            }
        }
        self.faded_for = if fades { self.faded_for + 1 } else { 0 };
        if found != self.live {
            self.live = found;
            // The mean of others is not known yet.
            self.mean_power = None;
            self.faded_for = 0;
        }
    }

    fn find_alone(&mut self) {
        let live = self.live[..self.channels].iter().zip(&self.powers);
        let live = live.filter_map(|(live, power)| live.then_some(*power));
        let (count, sum) = live.fold((0.0, 0.0), |(count, sum), power| (count + 1.0, sum + power));
        if let Some(mean) = self.mean_power {
            let alike = mean * count * count / f32::max(sum, DEAD);
            if self.alone.is_none() && count > 1.0 && alike < CANCELS {
                self.alone = self.loudest();
            } else if alike > CANCELS_NO_MORE {
                self.alone = None;
            }
        }
        if self.alone.is_some_and(|alone| !self.live[alone]) {
            self.alone = None;
        }
    }

    fn loudest(&self) -> Option<usize> {
        let powers = self.powers[..self.channels].iter().enumerate();
        let loudest = powers.max_by(|(_, one), (_, other)| one.total_cmp(other));
        loudest.map(|(index, _)| index)
    }

    /// Sets out for the weights that the choice asks for.
    fn weigh(&mut self) {
        let last = self.channels.saturating_sub(1);
        let only = match self.choice {
            ChannelChoice::Only(index) => Some(usize::from(index).min(last)),
            ChannelChoice::Mix => None,
            ChannelChoice::Automatic => self.alone,
        };
        let live = self.live;
        let heard = move |index: usize| only.map_or(live[index], |only| index == only);
        let count = (0..self.channels).filter(|&index| heard(index)).count();
        let share = 1.0 / count.max(1) as f32;
        for index in 0..self.channels {
            self.wanted[index] = if heard(index) { share } else { 0.0 };
        }
        self.gliding = GLIDE;
    }
}

fn follow(power: &mut f32, latest: f32) {
    // What is no number says nothing of a channel.
    if latest.is_finite() {
        *power += (latest - *power) * SHARE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    const SECOND: usize = 48_000;

    fn tone(index: usize) -> f32 {
        0.3 * (index as f32 / 48_000.0 * 440.0 * TAU).sin()
    }

    /// What is heard of a second (or more) in which each frame is made by `frame`.
    fn heard<const N: usize>(
        choice: ChannelChoice,
        seconds: usize,
        frame: impl Fn(usize) -> [f32; N],
    ) -> Vec<f32> {
        let mut mixer = ChannelMixer::new(choice);
        mixer.expect(N);
        (0..seconds * SECOND)
            .map(|index| mixer.mix(&frame(index), |sample| sample))
            .collect()
    }

    fn level(sound: &[f32]) -> f32 {
        crate::frame::level_dbfs(sound)
    }

    /// The level of [`tone`].
    const FULL: f32 = -13.47;

    fn assert_smooth(sound: &[f32]) {
        let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let largest = steps.fold(0.0, f32::max);
        // The tone's own, and what a glide adds.
        assert!(
            largest < 0.3 * TAU * 440.0 / 48_000.0 + 0.001,
            "a step of {largest}"
        );
    }

    #[test]
    fn a_microphone_on_one_channel_is_heard_as_loud_as_it_is() {
        let dead = heard(ChannelChoice::Automatic, 1, |index| [0.0, tone(index)]);
        assert!((level(&dead[2_400..]) - FULL).abs() < 0.1, "within 50 ms");
        assert_smooth(&dead);
        let soft = heard(ChannelChoice::Automatic, 1, |index| {
            [0.002 * tone(index * 7 + 5), tone(index)]
        });
        assert!((level(&soft[24_000..]) - FULL).abs() < 0.1);
        assert_smooth(&soft);
        let eight = heard(ChannelChoice::Automatic, 1, |index| {
            [0.0, 0.0, 0.0, tone(index), 0.0, 0.0, 0.0, 0.0]
        });
        assert!((level(&eight[2_400..]) - FULL).abs() < 0.1, "of eight");
    }

    #[test]
    fn channels_that_all_carry_sound_are_heard_together() {
        let sound = heard(ChannelChoice::Automatic, 1, |index| {
            [tone(index), tone(index)]
        });
        assert!((level(&sound) - FULL).abs() < 0.01);
        let two = heard(ChannelChoice::Automatic, 1, |index| {
            [tone(index), tone(index * 3)]
        });
        let both = |index| f32::midpoint(tone(index), tone(index * 3));
        assert!((0..SECOND).all(|index| (two[index] - both(index)).abs() < 1e-6));
    }

    #[test]
    fn channels_of_opposite_poles_do_not_cancel() {
        let sound = heard(ChannelChoice::Automatic, 2, |index| {
            [tone(index), -0.9 * tone(index)]
        });
        assert!((level(&sound[4_800..]) - FULL).abs() < 0.1, "one of them");
        assert_smooth(&sound);
        let turned = heard(ChannelChoice::Automatic, 4, |index| {
            let pole = if index < 2 * SECOND { -1.0 } else { 1.0 };
            [tone(index), pole * 0.5 * tone(index)]
        });
        let mean = FULL + 20.0 * 0.75_f32.log10();
        assert!(
            (level(&turned[3 * SECOND..]) - mean).abs() < 0.1,
            "and both again"
        );
    }

    #[test]
    fn the_voice_is_followed_to_another_channel_and_a_knock_is_not() {
        let moved = heard(ChannelChoice::Automatic, 4, |index| {
            if index < 2 * SECOND {
                [tone(index), 0.0]
            } else {
                [0.0, tone(index)]
            }
        });
        assert!((level(&moved[SECOND..2 * SECOND]) - FULL).abs() < 0.1);
        assert!((level(&moved[3 * SECOND..]) - FULL).abs() < 0.1);
        let knocked = heard(ChannelChoice::Automatic, 2, |index| {
            let knock = if (SECOND..SECOND + 1_920).contains(&index) {
                0.9
            } else {
                0.01
            };
            [0.02 * tone(index), knock * tone(index * 3)]
        });
        let least = knocked[SECOND + 1_920..]
            .chunks(4_800)
            .map(level)
            .fold(0.0, f32::min);
        let before = level(&knocked[SECOND / 2..SECOND]);
        assert!(least > before - 1.0, "{before} dBFS became {least}");
    }

    #[test]
    fn who_chooses_a_channel_gets_it() {
        let frame = |index| [tone(index), 0.0, 0.25];
        let sound = heard(ChannelChoice::Only(2), 1, frame);
        assert!(sound.iter().all(|sample| (sample - 0.25).abs() < 1e-6));
        let sound = heard(ChannelChoice::Only(9), 1, frame);
        assert!(
            sound.iter().all(|sample| (sample - 0.25).abs() < 1e-6),
            "the last"
        );
        let sound = heard(ChannelChoice::Mix, 1, |index| [tone(index), 0.0]);
        assert!((level(&sound) - FULL + 6.02).abs() < 0.01, "half of it");
        let written = toml::Value::try_from(ChannelChoice::Automatic).unwrap();
        assert_eq!(written.as_str(), Some("automatic"));
    }

    #[test]
    fn silence_many_channels_and_broken_numbers_are_no_trouble() {
        let sound = heard(ChannelChoice::Automatic, 1, |_| [0.0; 40]);
        assert!(sound.iter().all(|sample| *sample == 0.0));
        let sound = heard(ChannelChoice::Automatic, 2, |index| {
            let broken = if index > SECOND { f32::NAN } else { 0.0 };
            [broken, tone(index)]
        });
        assert!(
            sound.iter().all(|sample| sample.is_finite()),
            "it is not heard"
        );
        let mut mixer = ChannelMixer::new(ChannelChoice::Automatic);
        mixer.expect(0);
        assert!(mixer.mix(&[] as &[f32], |sample| sample).abs() < 1e-9);
        mixer.expect(1);
        assert!((mixer.mix(&[0.5_f32], |sample| sample) - 0.5).abs() < 1e-9);
    }
}
