//! The room between loudspeaker and microphone, learnt: a Kalman filter in the frequency domain, its impulse response cut into blocks (Enzner and Vary,
//! *Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones*, 2006; Kuech, Mabande and Enzner,
//! *State-space architecture of the partitioned-block-based acoustic echo controller*, ICASSP 2014).
//!
//! Each coefficient has an uncertainty. Where it is large against what is heard besides the echo, a block teaches much; while somebody speaks
//! here, little: so no separate detector of double talk is needed.

use super::spectrum::{BINS, Spectrum, Transform, WINDOW};
use crate::frame::{BLOCK_SAMPLES, mean_square};

/// Blocks of the room's response that are modelled: 220 ms.
const PARTITIONS: usize = 22;
/// The direct sound is sought from so many blocks before its delay on.
const HEAD: usize = 3;
/// Partitions whose response is brought back to one block each time: all in a turn, as all at once would cost too much.
const CONSTRAINED: usize = 2;
/// By how much of itself the room may change in a block: 1 less the square of the state's transition (0.9992).
const CHANGES: f32 = 1.0 - 0.9992 * 0.9992;
/// What a coefficient may be at first, as power.
const UNCERTAIN: f32 = 0.005;
/// How much of its last value the estimate of what is heard besides the echo keeps.
const NEAR_KEPT: f32 = 0.92;
/// It is averaged over so many frequencies on each side.
const ACROSS: usize = 4;
/// By how much more than estimated it counts: learning from somebody who speaks here harms more than learning slowly.
const OVER_NEAR: f32 = 3.0;
/// No division by less, as power of a frequency: what noise of -70 dBFS has there.
const LEAST: f32 = 1e-4;
/// How much of their last value the powers keep that a change of the room is told by.
const POWER_KEPT: f32 = 0.9;
/// What is left is louder than what the microphone heard, by this, for so many blocks: the computed echo is another room's.
const WORSE: f32 = 1.1;
const WORSE_BLOCKS: u32 = 12;
/// An echo that is so weak against what is heard, as power, harms nothing.
const WEAK: f32 = 0.25;
/// Power of a frequency, by the share of the window that the response does not fill.
const FILLED: f32 = BLOCK_SAMPLES as f32 / WINDOW as f32;

/// What [`EchoFilter::cancel`] found out.
pub(super) struct Left<'a> {
    /// The echo that was taken out.
    pub(super) echo: &'a [f32; BLOCK_SAMPLES],
    /// Power of the block, as it was heard and as it is.
    pub(super) heard: f32,
    pub(super) still: f32,
    /// The room is another one than was learnt.
    pub(super) is_new_room: bool,
    /// Power of the echo that is still there at each frequency, by how uncertain the response is.
    pub(super) uncertain: &'a [f32; BINS],
}

/// The adaptive filter.
pub(super) struct EchoFilter {
    transform: Transform,
    /// What was played, the newest at `at`, going backwards.
    played: Vec<Spectrum>,
    at: usize,
    last: [f32; BLOCK_SAMPLES],
    /// By how many blocks the first partition looks back.
    offset: usize,
    response: Vec<Spectrum>,
    /// Uncertainty of each coefficient.
    variance: Vec<[f32; BINS]>,
    near: [f32; BINS],
    echo: [f32; BLOCK_SAMPLES],
    sum: Spectrum,
    error: Spectrum,
    uncertain: [f32; BINS],
    constrained: usize,
    /// Powers of what is heard, left, and computed.
    powers: [f32; 3],
    worse_for: u32,
}

impl EchoFilter {
    /// One that remembers `history` blocks of what was played.
    pub(super) fn new(history: usize) -> Self {
        Self {
            transform: Transform::new(),
            played: vec![Spectrum::ZERO; history],
            at: 0,
            last: [0.0; BLOCK_SAMPLES],
            offset: 0,
            response: vec![Spectrum::ZERO; PARTITIONS],
            variance: vec![[UNCERTAIN; BINS]; PARTITIONS],
            near: [LEAST; BINS],
            echo: [0.0; BLOCK_SAMPLES],
            sum: Spectrum::ZERO,
            error: Spectrum::ZERO,
            uncertain: [0.0; BINS],
            constrained: 0,
            powers: [0.0; 3],
            worse_for: 0,
        }
    }

    /// Takes in what was played while the block was captured that comes to [`EchoFilter::cancel`] next.
    pub(super) fn hear(&mut self, played: &[f32; BLOCK_SAMPLES]) {
        self.at = (self.at + 1) % self.played.len();
        self.transform.time[..BLOCK_SAMPLES].copy_from_slice(&self.last);
        self.transform.time[BLOCK_SAMPLES..].copy_from_slice(played);
        self.last = *played;
        self.transform.forward(&mut self.played[self.at]);
    }

    /// The spectrum of what was played last.
    pub(super) fn newest(&self) -> &Spectrum {
        &self.played[self.at]
    }

    /// The place of what partition `index` looks at.
    fn place(&self, index: usize) -> usize {
        let length = self.played.len();
        (self.at + length - (self.offset + index) % length) % length
    }

    /// Takes the echo out of what the microphone heard, and learns from what is left.
    pub(super) fn cancel(&mut self, heard: &mut [f32; BLOCK_SAMPLES]) -> Left<'_> {
        self.sum = Spectrum::ZERO;
        self.uncertain = [0.0; BINS];
        for index in 0..PARTITIONS {
            let played = &self.played[self.place(index)];
            let (response, variance) = (&self.response[index], &self.variance[index]);
            accumulate(
                &mut self.sum,
                &mut self.uncertain,
                played,
                response,
                variance,
            );
        }
        self.transform.inverse(&self.sum);
        self.echo
            .copy_from_slice(&self.transform.time[BLOCK_SAMPLES..]);
        let before = mean_square(heard);
        for (sample, echo) in heard.iter_mut().zip(&self.echo) {
            *sample -= echo;
        }
        let left = mean_square(heard);
        let is_new_room = self.compare([before, left, mean_square(&self.echo)]);
        self.transform.time[..BLOCK_SAMPLES].fill(0.0);
        self.transform.time[BLOCK_SAMPLES..].copy_from_slice(heard);
        self.transform.forward(&mut self.error);
        self.learn();
        Left {
            echo: &self.echo,
            heard: before,
            still: left,
            is_new_room,
            uncertain: &self.uncertain,
        }
    }

    /// Somebody who speaks here never makes what is left louder than what is heard; a response that is none of this room does: it is learnt anew.
    fn compare(&mut self, now: [f32; 3]) -> bool {
        for (kept, now) in self.powers.iter_mut().zip(now) {
            *kept = POWER_KEPT * *kept + (1.0 - POWER_KEPT) * now;
        }
        let [heard, left, echo] = self.powers;
        let is_worse = left > WORSE * heard && echo > WEAK * heard;
        self.worse_for = if is_worse { self.worse_for + 1 } else { 0 };
        let is_new_room = self.worse_for >= WORSE_BLOCKS;
        if is_new_room {
            self.worse_for = 0;
            self.forget();
        }
        is_new_room
    }

    fn forget(&mut self) {
        self.response.fill(Spectrum::ZERO);
        self.variance.fill([UNCERTAIN; BINS]);
        self.near = [LEAST; BINS];
    }

    fn learn(&mut self) {
        let mut besides = [0.0; BINS];
        let powers = self.error.power().zip(&self.uncertain);
        for (besides, (error, uncertain)) in besides.iter_mut().zip(powers) {
            *besides = (error - uncertain).max(0.0);
        }
        // A single block says little about one frequency: its neighbours are asked too.
        let mut expected = [0.0; BINS];
        let mut sum: f32 = besides[..ACROSS].iter().sum();
        for bin in 0..BINS {
            if bin + ACROSS < BINS {
                sum += besides[bin + ACROSS];
            }
            if bin > ACROSS {
                sum -= besides[bin - ACROSS - 1];
            }
            let now = (sum / (2 * ACROSS + 1) as f32).max(0.0);
            let near = &mut self.near[bin];
            *near = NEAR_KEPT * *near + (1.0 - NEAR_KEPT) * now;
            expected[bin] = 1.0 / (self.uncertain[bin] + OVER_NEAR * *near + LEAST);
        }
        for index in 0..PARTITIONS {
            let played = &self.played[self.place(index)];
            let (response, variance) = (&mut self.response[index], &mut self.variance[index]);
            adapt(response, variance, played, &self.error, &expected);
        }
        for _ in 0..CONSTRAINED {
            let response = &mut self.response[self.constrained];
            self.constrained = (self.constrained + 1) % PARTITIONS;
            self.transform.inverse(response);
            self.transform.time[BLOCK_SAMPLES..].fill(0.0);
            self.transform.forward(response);
        }
    }

    /// The direct sound comes so many blocks after it was played: what is modelled begins just before.
    pub(super) fn look_at(&mut self, blocks: usize) {
        let most = self.played.len() - PARTITIONS;
        let offset = blocks.saturating_sub(HEAD).min(most);
        let later = offset.saturating_sub(self.offset).min(PARTITIONS);
        let earlier = self.offset.saturating_sub(offset).min(PARTITIONS);
        self.offset = offset;
        // What is known of the part that both look at is kept.
        self.response.rotate_left(later);
        self.variance.rotate_left(later);
        self.response.rotate_right(earlier);
        self.variance.rotate_right(earlier);
        let new = (PARTITIONS - later..PARTITIONS).chain(0..earlier);
        for index in new {
            self.response[index] = Spectrum::ZERO;
            self.variance[index] = [UNCERTAIN; BINS];
        }
    }

    /// Forgets the room and the sound.
    pub(super) fn reset(&mut self) {
        self.forget();
        self.played.fill(Spectrum::ZERO);
        self.powers = [0.0; 3];
        self.last = [0.0; BLOCK_SAMPLES];
        self.offset = 0;
    }
}

/// Adds the echo of one partition, and the power that is uncertain of it.
fn accumulate(
    sum: &mut Spectrum,
    uncertain: &mut [f32; BINS],
    played: &Spectrum,
    response: &Spectrum,
    variance: &[f32; BINS],
) {
    for bin in 0..BINS {
        let (xr, xi) = (played.re[bin], played.im[bin]);
        let (wr, wi) = (response.re[bin], response.im[bin]);
        sum.re[bin] += wr * xr - wi * xi;
        sum.im[bin] += wr * xi + wi * xr;
        uncertain[bin] += FILLED * variance[bin] * (xr * xr + xi * xi);
    }
}

/// One partition learns from what is left.
fn adapt(
    response: &mut Spectrum,
    variance: &mut [f32; BINS],
    played: &Spectrum,
    error: &Spectrum,
    expected: &[f32; BINS],
) {
    for bin in 0..BINS {
        let (xr, xi) = (played.re[bin], played.im[bin]);
        let (er, ei) = (error.re[bin], error.im[bin]);
        let step = variance[bin] * expected[bin];
        let wr = response.re[bin] + step * (xr * er + xi * ei);
        let wi = response.im[bin] + step * (xr * ei - xi * er);
        (response.re[bin], response.im[bin]) = (wr, wi);
        let known = FILLED * step * (xr * xr + xi * xi);
        variance[bin] =
            (1.0 - CHANGES) * (1.0 - known) * variance[bin] + CHANGES * (wr * wr + wi * wi);
    }
}
