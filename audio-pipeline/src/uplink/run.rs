//! The running uplink: one block in, at most a few packets out.

use super::packetizer::Packetizer;
use super::talk::TalkControl;
use crate::chain::{ChainParam, CompiledChain, FailedStage, RunningChain, StageId, StageMeters};
use crate::frame::{BLOCK_SAMPLES, Block, SILENCE_DBFS, clean};
use crate::node::Cause;
use crate::rt::guard;

/// After a panic in encoding, sealing or sending nothing is sent for so many blocks (1 s): a mistake that comes again with
/// each packet must not take the voice thread's time.
const REST_BLOCKS: u32 = 100;
/// How long a block is, in ms.
const BLOCK_MS: u64 = 10;

/// What one block was like, for the meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UplinkReport {
    /// Level at the microphone, in dBFS.
    pub input_dbfs: f32,
    /// Level that the gate compared with its threshold, in dBFS.
    pub gate_dbfs: f32,
    /// That threshold in dBFS, if there is a gate: where it is automatic, it moves by itself.
    pub threshold_dbfs: Option<f32>,
    /// How likely it was speech, 0..=1, if a stage judged it.
    pub speech: Option<f32>,
    /// Whether voice activity would send it.
    pub voice_open: bool,
    /// Whether it was sent.
    pub sent: bool,
}

impl Default for UplinkReport {
    fn default() -> Self {
        Self {
            input_dbfs: SILENCE_DBFS,
            gate_dbfs: SILENCE_DBFS,
            threshold_dbfs: None,
            speech: None,
            voice_open: false,
            sent: false,
        }
    }
}

/// The uplink between the capture ring and the network. Lives on the voice thread.
pub struct Uplink {
    chain: RunningChain,
    /// The switches; the engine's commands turn them.
    pub talk: TalkControl,
    /// The end of the uplink.
    pub packetizer: Packetizer,
    /// Blocks for which nothing is sent, after a panic.
    resting: u32,
    /// Blocks of speech that the mute has kept back.
    kept_back: u64,
    broken: Notice,
    panicked: Notice,
}

/// A kind of fault that is told once.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Notice {
    #[default]
    Never,
    Waits,
    Told,
}

impl Notice {
    fn note(&mut self) {
        if *self == Self::Never {
            *self = Self::Waits;
        }
    }

    fn take(&mut self) -> bool {
        let waits = *self == Self::Waits;
        if waits {
            *self = Self::Told;
        }
        waits
    }
}

impl Uplink {
    /// Puts an uplink together.
    #[must_use]
    pub fn new(chain: Box<CompiledChain>, talk: TalkControl, packetizer: Packetizer) -> Self {
        Self {
            chain: RunningChain::new(chain),
            talk,
            packetizer,
            resting: 0,
            kept_back: 0,
            broken: Notice::default(),
            panicked: Notice::default(),
        }
    }

    /// Takes one block from the microphone to the sender. Voice thread; does not allocate.
    pub fn process(&mut self, block: &mut Block) -> UplinkReport {
        if clean(&mut block.samples) {
            self.broken.note();
        }
        let input_dbfs = block.level_dbfs();
        self.chain.process(block);
        self.kept_back += u64::from(self.talk.keeps_back_speech(block));
        let sent = guard(|| self.send(block)).unwrap_or_else(|_| {
            self.panicked.note();
            self.resting = REST_BLOCKS;
            // The panic came before the clock went on.
            self.packetizer.skip(BLOCK_SAMPLES as u32);
            false
        });
        UplinkReport {
            input_dbfs,
            gate_dbfs: block.gate_level_dbfs.unwrap_or_else(|| block.level_dbfs()),
            threshold_dbfs: block.gate_threshold_dbfs,
            speech: block.speech,
            voice_open: block.open,
            sent,
        }
    }

    fn send(&mut self, block: &Block) -> bool {
        if self.resting > 0 {
            self.resting -= 1;
            // What was begun before the panic is not sent; the sender's clock goes on.
            self.packetizer.skip(BLOCK_SAMPLES as u32);
            return false;
        }
        let open = self.talk.is_open(block);
        let pre_roll = if self.talk.may_pre_roll() {
            block.pre_roll_blocks
        } else {
            0
        };
        let sent = self.packetizer.push(block, open, pre_roll);
        if !self.talk.may_pre_roll() {
            self.packetizer.forget();
        }
        sent
    }

    /// Puts another chain in place: stages that both have go on, the rest fades over once what is new has settled. Gives
    /// back a chain that waited to come and is not wanted any more.
    pub fn swap(&mut self, chain: Box<CompiledChain>) -> Option<Box<CompiledChain>> {
        self.chain.swap(chain)
    }

    /// The chain that has faded out, once.
    pub fn take_faded(&mut self) -> Option<Box<CompiledChain>> {
        self.chain.take_faded()
    }

    /// A stage that has failed, once: the sound passes it by. Its processor must be dropped elsewhere.
    pub fn take_failed(&mut self) -> Option<FailedStage> {
        self.chain.take_failed()
    }

    /// What else went wrong; each cause is told once.
    pub fn take_fault(&mut self) -> Option<(StageId, Cause)> {
        if self.broken.take() {
            return Some((StageId::CAPTURE, Cause::NotANumber));
        }
        self.panicked
            .take()
            .then_some((StageId::SENDING, Cause::Panicked))
    }

    /// Changes a parameter of a stage.
    pub fn apply(&mut self, change: ChainParam) {
        self.chain.apply(change);
    }

    /// Forgets the sound so far, as after a device change.
    pub fn reset(&mut self) {
        self.chain.reset();
        self.packetizer.forget();
    }

    /// How much speech the mute has kept back so far, in ms.
    pub fn kept_back_ms(&self) -> u64 {
        self.kept_back * BLOCK_MS
    }

    /// Reads how each stage of the chain has been doing since this was last asked.
    pub fn read_meters(&mut self, meters: &mut StageMeters) {
        self.chain.read_meters(meters);
    }

    /// By how many samples the chain delays the sound.
    pub fn chain_delay_samples(&self) -> usize {
        self.chain.latency_samples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainSpec;
    use crate::codec::EncoderConfig;
    use crate::link::{NullSender, PlainSealer};
    use crate::node::Registry;
    use crate::stages::sounds::{Sound, blocks, spoken};
    use crate::uplink::TalkMode;

    fn muted(mode: TalkMode) -> Uplink {
        let encoder = EncoderConfig::default();
        let packetizer = Packetizer::new(&encoder, Box::new(PlainSealer), Box::new(NullSender));
        let chain = ChainSpec::voice().unwrap();
        let chain = chain.compile(&Registry::standard()).unwrap();
        let talk = TalkControl {
            mode,
            pressed: false,
            muted: true,
            transmit: true,
        };
        Uplink::new(Box::new(chain), talk, packetizer.unwrap())
    }

    /// How much speech was kept back of a sound, in ms; nothing of it may be sent.
    fn kept_back(uplink: &mut Uplink, sound: &[f32]) -> u64 {
        let before = uplink.kept_back_ms();
        for mut block in blocks(sound) {
            uplink.process(&mut block);
        }
        uplink.kept_back_ms() - before
    }

    #[test]
    fn whoever_speaks_while_muted_is_noticed_and_not_sent_and_noise_is_no_speech() {
        for mode in [TalkMode::VoiceActivity, TalkMode::Open] {
            let mut uplink = muted(mode);
            let noise: Vec<u64> = Sound::NOISES
                .iter()
                .map(|noise| kept_back(&mut uplink, &noise.samples(6.0)))
                .collect();
            assert!(noise.iter().all(|ms| *ms < 200), "{mode:?}: {noise:?}");
            let speech = kept_back(&mut uplink, &spoken());
            assert!(speech > 4_000, "{mode:?}: {speech} ms of twelve seconds");
            assert_eq!(uplink.packetizer.stats().sent, 0);
            uplink.talk.muted = false;
            assert_eq!(kept_back(&mut uplink, &spoken()), 0, "it is sent");
        }
    }

    #[test]
    fn who_talks_by_key_is_kept_back_by_the_mute_only_as_the_key_says() {
        let mut uplink = muted(TalkMode::PushToTalk);
        assert_eq!(kept_back(&mut uplink, &spoken()), 0, "nobody would hear it");
        uplink.talk.pressed = true;
        assert!(kept_back(&mut uplink, &spoken()) > 4_000);
        uplink.talk.mode = TalkMode::PushToMute;
        assert_eq!(kept_back(&mut uplink, &spoken()), 0, "it is to be silent");
        uplink.talk.transmit = false;
        uplink.talk.pressed = false;
        assert_eq!(kept_back(&mut uplink, &spoken()), 0, "it is no call");
    }
}
