//! All talkers into one sound, limited.

use std::time::Instant;

use super::MixChain;
use super::clip::Clip;
use super::cue::{Cue, Cues};
use super::jitter::{Accept, JitterStats};
use super::lowering::Lowering;
use super::playback::PLAYBACK_QUANTUM;
use super::talker::{Rendered, Talker, Volume};
use crate::frame::{SILENCE_DBFS, is_sound, mean_square};
use crate::link::{ReceivedPacket, TalkerId};
use crate::node::Cause;
use crate::rt::guard;
use crate::stages::{Limiter, LimiterNode};

/// How many talkers can be mixed at once.
pub const MAX_TALKERS: usize = 128;
/// Whoever leaves dies out over so many samples (20 ms), instead of breaking off.
const LEAVING: usize = 960;

/// What applies to the whole mix.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MixerSettings {
    /// Master volume, 0 to 4.
    pub volume: Volume,
    /// Whether nothing is heard; talkers are still played, so that their marks go on.
    pub deafened: bool,
}

struct Place {
    talker: Box<Talker>,
    rendered: Rendered,
    lowering: Lowering,
    /// How many samples are still to be heard, once it leaves.
    leaves: Option<usize>,
}

impl Place {
    /// Whether others are lowered for this one: by what is heard of it, and not by what it claims.
    fn lowers_others(&self) -> bool {
        self.talker.has_priority() && self.rendered.speaking && self.talker.is_audible()
    }

    /// Lets the sound of whoever leaves die out.
    fn fade(&mut self, piece: &mut [f32]) {
        let Some(left) = &mut self.leaves else {
            return;
        };
        for sample in piece {
            *left = left.saturating_sub(1);
            *sample *= *left as f32 / LEAVING as f32;
        }
    }
}

/// The mixer. Lives on the voice thread; nothing in it allocates after `new`.
pub struct Mixer {
    places: Vec<Place>,
    settings: MixerSettings,
    current: f32,
    chain: Option<MixChain>,
    cues: Cues,
    clip: Option<Box<Clip>>,
    limiter: Limiter,
    piece: Vec<f32>,
    unknown: u64,
    /// Talkers whose sound could not be made, until they are taken away.
    failed: Vec<FailedTalker>,
    /// Talkers that have left, likewise.
    gone: Vec<Place>,
}

/// A talker who had to be taken out of the mix: to be dropped elsewhere than on the voice thread.
pub struct FailedTalker {
    /// Who.
    pub talker: Box<Talker>,
    /// Why.
    pub cause: Cause,
}

impl Mixer {
    /// A mixer without talkers, for pieces of at most `longest` samples.
    #[must_use]
    pub fn new(settings: MixerSettings, longest: usize) -> Self {
        Self {
            places: Vec::with_capacity(MAX_TALKERS),
            settings,
            current: factor(settings),
            chain: None,
            cues: Cues::new(),
            clip: None,
            limiter: Limiter::new(&LimiterNode::default()),
            piece: vec![0.0; longest],
            unknown: 0,
            failed: Vec::with_capacity(MAX_TALKERS),
            gone: Vec::with_capacity(MAX_TALKERS),
        }
    }

    /// The same with stages between the mix and its limiter, for pieces of [`PLAYBACK_QUANTUM`] samples.
    #[must_use]
    pub fn with_chain(mut self, chain: MixChain) -> Self {
        self.chain = Some(chain);
        self
    }

    /// The stages between the mix and its limiter, if it has such a place.
    pub fn chain(&mut self) -> Option<&mut MixChain> {
        self.chain.as_mut()
    }

    /// By how many samples those stages delay the sound.
    pub fn chain_delay_samples(&self) -> usize {
        self.chain.as_ref().map_or(0, MixChain::delay_samples)
    }

    /// Adds a talker; gives back who must leave for it: the one with the same id, or the newcomer if all is full.
    pub fn add(&mut self, talker: Box<Talker>) -> Option<Box<Talker>> {
        let rendered = Rendered {
            level_dbfs: SILENCE_DBFS,
            speaking: false,
        };
        if let Some(place) = self
            .places
            .iter_mut()
            .find(|place| place.talker.id() == talker.id())
        {
            place.leaves = None;
            return Some(std::mem::replace(&mut place.talker, talker));
        }
        let mut leaving = None;
        if self.places.len() == MAX_TALKERS {
            let Some(index) = self.places.iter().position(|place| place.leaves.is_some()) else {
                return Some(talker);
            };
            leaving = Some(self.places.swap_remove(index).talker);
        }
        self.places.push(Place {
            talker,
            rendered,
            lowering: Lowering::NONE,
            leaves: None,
        });
        leaving
    }

    /// Lets a talker die out, within 20 ms; see [`Self::take_gone`].
    pub fn dismiss(&mut self, id: TalkerId) {
        let mut places = self.places.iter_mut();
        if let Some(place) = places.find(|place| place.talker.id() == id) {
            place.leaves.get_or_insert(LEAVING);
        }
    }

    /// A talker that has died out, once: to be dropped elsewhere than on the voice thread.
    pub fn take_gone(&mut self) -> Option<Box<Talker>> {
        self.gone.pop().map(|place| place.talker)
    }

    /// Gives a packet to its talker; `None` when there is no such talker.
    pub fn push(&mut self, packet: &ReceivedPacket) -> Option<Accept> {
        let mut places = self.places.iter_mut();
        let Some(index) = places.position(|place| place.talker.id() == packet.talker) else {
            self.unknown += 1;
            return None;
        };
        let talker = &mut self.places[index].talker;
        let accept = guard(|| talker.push(packet));
        if accept.is_err() {
            self.fail(index, Cause::Panicked);
        }
        Some(accept.unwrap_or(Accept::Damaged))
    }

    /// A talker whose sound could not be made, once: the mix goes on without.
    pub fn take_failed(&mut self) -> Option<FailedTalker> {
        self.failed.pop()
    }

    fn fail(&mut self, index: usize, cause: Cause) {
        let talker = self.places.swap_remove(index).talker;
        // There is room: whoever is here twice was taken away in between.
        self.failed.push(FailedTalker { talker, cause });
    }

    /// The talker with this id.
    pub fn talker(&mut self, id: TalkerId) -> Option<&mut Talker> {
        self.places
            .iter_mut()
            .find(|place| place.talker.id() == id)
            .map(|place| place.talker.as_mut())
    }

    /// All talkers, mutably.
    pub fn talkers(&mut self) -> impl Iterator<Item = &mut Talker> {
        self.places.iter_mut().map(|place| place.talker.as_mut())
    }

    /// Changes what applies to the whole mix.
    pub fn set(&mut self, settings: MixerSettings) {
        self.settings = settings;
    }

    /// What applies to the whole mix.
    pub fn settings(&self) -> MixerSettings {
        self.settings
    }

    /// Packets that came for nobody.
    pub fn unknown_packets(&self) -> u64 {
        self.unknown
    }

    /// Mixes the next piece, which will be heard from `now` on.
    pub fn render(&mut self, now: Instant, output: &mut [f32]) {
        output.fill(0.0);
        let length = output.len();
        // As the last piece was: who comes later in the list is not rendered yet.
        let priority_speaks = self.places.iter().any(Place::lowers_others);
        let mut index = 0;
        while let Some(place) = self.places.get_mut(index) {
            let rendered = guard(|| place.talker.render(now, &mut self.piece[..length]));
            let piece = &mut self.piece[..length];
            let cause = match rendered {
                Ok(_) if !is_sound(mean_square(piece)) => Cause::NotANumber,
                Ok(rendered) => {
                    place.rendered = rendered;
                    place.fade(piece);
                    let lowered = priority_speaks && !place.talker.has_priority();
                    let [mut gain, end] = place.lowering.next(lowered, length);
                    let step = (end - gain) / length as f32;
                    for (mixed, sample) in output.iter_mut().zip(piece) {
                        gain += step;
                        *mixed += *sample * gain;
                    }
                    if place.leaves == Some(0) && self.gone.len() < MAX_TALKERS {
                        self.gone.push(self.places.swap_remove(index));
                    } else {
                        index += 1;
                    }
                    continue;
                }
                Err(_) => Cause::Panicked,
            };
            // Another one moves up to this index.
            self.fail(index, cause);
        }
        if let Some(chain) = &mut self.chain
            && let Ok(piece) = <&mut [f32; PLAYBACK_QUANTUM]>::try_from(&mut *output)
        {
            chain.process(piece);
        }
        let wanted = factor(self.settings);
        let step = (wanted - self.current) / output.len() as f32;
        for sample in &mut output[..] {
            self.current += step;
            *sample *= self.current;
        }
        self.current = wanted;
        self.cues.mix(output);
        if let Some(clip) = &mut self.clip {
            clip.mix(output);
        }
        self.limiter.limit(output);
    }

    /// Starts a short sound.
    pub fn play_cue(&mut self, cue: Cue) {
        self.cues.play(cue);
    }

    /// Sets how loud the short sounds are, 0 to 4.
    pub fn set_cue_volume(&mut self, volume: f32) {
        self.cues.set_volume(volume);
    }

    /// Plays a recording; gives the one before it, which is heard no more.
    pub fn play(&mut self, clip: Box<Clip>) -> Option<Box<Clip>> {
        self.clip.replace(clip)
    }

    /// Lets the recording that is being played die out.
    pub fn stop_clip(&mut self) {
        if let Some(clip) = &mut self.clip {
            clip.stop();
        }
    }

    /// The recording that was played to its end, once.
    pub fn take_played_clip(&mut self) -> Option<Box<Clip>> {
        self.clip.take_if(|clip| clip.is_over())
    }

    /// How much of the recording is still to come, in ms.
    pub fn clip_left_ms(&self) -> u32 {
        self.clip.as_ref().map_or(0, |clip| clip.left_ms())
    }

    /// Who spoke how loud in the last piece, with their counters.
    pub fn report(&self) -> impl Iterator<Item = (TalkerId, Rendered, JitterStats)> + '_ {
        let stay = self.places.iter().filter(|place| place.leaves.is_none());
        stay.map(|place| (place.talker.id(), place.rendered, place.talker.stats()))
    }
}

fn factor(settings: MixerSettings) -> f32 {
    if settings.deafened {
        0.0
    } else {
        settings.volume.factor()
    }
}
