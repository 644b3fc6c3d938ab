//! What the voice thread does, one turn at a time. No clock, no thread and no device inside, so a test can turn it.
//!
//! ```text
//! turn(now): commands -> packets in -> microphone blocks -> packets in (a loop-back's) -> loudspeaker pieces -> report
//! ```

use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

use super::command::VoiceCommand;
use super::event::Fault;
use super::meters::{Report, StageDelays, TalkerMeter};
use crate::chain::ChainDirection::{self, Downlink as Down, Uplink as Up};
use crate::chain::StageId;
use crate::downlink::{MixChain, Mixer, PLAYBACK_PERIOD, PLAYBACK_QUANTUM, PlaybackFeed};
use crate::frame::{BLOCK_SAMPLES, Block, samples_to_ms};
use crate::link::{PacketSource, TalkerId};
use crate::node::Cause;
use crate::rt::{Cost, RetireBin, Retired, guard};
use crate::uplink::{CaptureFeed, Tape, Uplink, UplinkReport};
use crate::watch::Scope;

/// How often a report leaves.
const REPORT_EVERY: Duration = Duration::from_millis(50);
/// Bounds on the work of one turn.
const MOST_COMMANDS: usize = 64;
const MOST_PACKETS: usize = 256;
const MOST_BLOCKS: usize = 8;
const MOST_PIECES: usize = 64;
/// A loudspeaker that has taken nothing for so long does not set the pace any more.
const STALLED: Duration = Duration::from_millis(300);
/// A microphone that has given nothing for so long is not heard: nobody speaks into it.
const UNHEARD: Duration = Duration::from_millis(200);

/// A part that panicked is not called for so long: a mistake that comes again must not take all of the thread's time.
const REST: Duration = Duration::from_secs(1);

/// The state of the voice thread.
pub struct VoiceCore {
    uplink: Uplink,
    mixer: Mixer,
    commands: Consumer<VoiceCommand>,
    packets: PacketSource,
    reports: Producer<Report>,
    faults: Producer<Fault>,
    retire: RetireBin,
    capture: Option<Box<CaptureFeed>>,
    tape: Option<Tape>,
    scope: Option<Box<Scope>>,
    capturing: Cost,
    playback: Option<Box<PlaybackFeed>>,
    block: Box<Block>,
    piece: [f32; PLAYBACK_QUANTUM],
    report: Box<Report>,
    report_due: Option<Instant>,
    unheard_due: Option<Instant>,
    last_piece: Option<Instant>,
    last_block: Option<Instant>,
    /// Since when there is no microphone: the sender's clock passes over that time with the first block after it.
    silent_since: Option<Instant>,
    up: Part,
    down: Part,
}

/// Where something failed: on which way, what, and whose sound it is.
type Place = (ChainDirection, StageId, Option<TalkerId>);

/// A part of the turn that may panic.
#[derive(Clone, Copy, Default)]
struct Part {
    told: bool,
    rests_until: Option<Instant>,
}

/// The rings that connect a core to everything else.
pub(super) struct CoreRings {
    pub(super) commands: Consumer<VoiceCommand>,
    pub(super) packets: PacketSource,
    pub(super) reports: Producer<Report>,
    pub(super) faults: Producer<Fault>,
    pub(super) retire: RetireBin,
}

impl VoiceCore {
    pub(super) fn new(uplink: Uplink, mixer: Mixer, rings: CoreRings) -> Self {
        Self {
            uplink,
            mixer,
            commands: rings.commands,
            packets: rings.packets,
            reports: rings.reports,
            faults: rings.faults,
            retire: rings.retire,
            capture: None,
            tape: None,
            scope: None,
            capturing: Cost::default(),
            playback: None,
            block: Box::new(Block::silence()),
            piece: [0.0; PLAYBACK_QUANTUM],
            report: Box::new(Report::default()),
            report_due: None,
            unheard_due: None,
            last_piece: None,
            last_block: None,
            silent_since: None,
            up: Part::default(),
            down: Part::default(),
        }
    }

    /// Does what is to be done at `now`. Neither allocates, locks, logs nor blocks; a panic in a part stays in it.
    pub fn turn(&mut self, now: Instant) {
        self.retire.flush();
        if !self.up.rests(now) && guard(|| self.run_commands_and_uplink(now)).is_err() {
            let told = self.up.rest(now);
            self.tell_fault(told, (Up, StageId::UPLINK, None), Cause::Panicked);
        }
        if !self.down.rests(now) && guard(|| self.run_packets_and_downlink(now)).is_err() {
            let told = self.down.rest(now);
            self.tell_fault(told, (Down, StageId::DOWNLINK, None), Cause::Panicked);
        }
        if let Some(faded) = self.mixer.chain().and_then(MixChain::take_faded) {
            self.retire.put(Retired::Chain(faded));
        }
        while !self.retire.is_crowded()
            && let Some(talker) = self.mixer.take_gone()
        {
            self.retire.put(Retired::Talker(talker));
        }
        if let Some(clip) = self.mixer.take_played_clip() {
            self.retire.put(Retired::Clip(clip));
        }
        self.take_faults();
        self.tell(now);
    }

    fn run_commands_and_uplink(&mut self, now: Instant) {
        self.take_commands();
        self.take_packets();
        self.run_uplink(now);
    }

    fn run_packets_and_downlink(&mut self, now: Instant) {
        self.take_packets();
        self.run_downlink(now);
    }

    /// Sends away what has failed, and says so.
    fn take_faults(&mut self) {
        while let Some(failed) = self.uplink.take_failed() {
            self.retire.put(Retired::Stage(failed.processor));
            self.tell_fault(false, (Up, failed.id, None), failed.cause);
        }
        while let Some((part, cause)) = self.uplink.take_fault() {
            self.tell_fault(false, (Up, part, None), cause);
        }
        while let Some(failed) = self.mixer.take_failed() {
            let id = failed.talker.id();
            self.retire.put(Retired::Talker(failed.talker));
            self.tell_fault(false, (Down, StageId::TALKER, Some(id)), failed.cause);
        }
        while let Some(failed) = self.mixer.chain().and_then(MixChain::take_failed) {
            self.retire.put(Retired::Stage(failed.processor));
            self.tell_fault(false, (Down, failed.id, None), failed.cause);
        }
    }

    fn tell_fault(&mut self, told: bool, (direction, stage, talker): Place, cause: Cause) {
        if !told {
            // Full only if nobody looks.
            let _ = self.faults.push(Fault {
                direction,
                stage,
                talker,
                cause,
            });
        }
    }

    /// Notes how long a turn took, for the report.
    pub fn note_turn(&mut self, took: Duration) {
        let microseconds = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        self.report.longest_turn_us = self.report.longest_turn_us.max(microseconds);
    }

    fn take_commands(&mut self) {
        for _ in 0..MOST_COMMANDS {
            if self.retire.is_crowded() {
                return;
            }
            let Ok(command) = self.commands.pop() else {
                return;
            };
            self.obey(command);
        }
    }

    fn obey(&mut self, command: VoiceCommand) {
        match command {
            VoiceCommand::Mute(muted) => self.uplink.talk.muted = muted,
            VoiceCommand::Mode(mode) => self.uplink.talk.mode = mode,
            VoiceCommand::Pressed(pressed) => self.uplink.talk.pressed = pressed,
            VoiceCommand::Transmit(transmit) => self.uplink.talk.transmit = transmit,
            VoiceCommand::Param(Up, change) => self.uplink.apply(change),
            VoiceCommand::Param(Down, change) => {
                if let Some(chain) = self.mixer.chain() {
                    chain.apply(change);
                }
            }
            VoiceCommand::Encoder(config) => self.uplink.packetizer.configure(&config),
            VoiceCommand::ExpectLoss(loss) => self.uplink.packetizer.expect_loss(loss),
            VoiceCommand::Mixer(settings) => self.mixer.set(settings),
            VoiceCommand::RemoveTalker(id) => self.mixer.dismiss(id),
            VoiceCommand::StopPlaying => self.mixer.stop_clip(),
            VoiceCommand::Cue(cue) => self.mixer.play_cue(cue),
            VoiceCommand::CueVolume(volume) => self.mixer.set_cue_volume(volume),
            VoiceCommand::Levelling(on) => self
                .mixer
                .talkers()
                .for_each(|talker| talker.set_levelling(on)),
            VoiceCommand::TalkerVolume(id, volume) => {
                if let Some(talker) = self.mixer.talker(id) {
                    talker.set_volume(volume);
                }
            }
            VoiceCommand::TalkerPriority(id, priority) => {
                if let Some(talker) = self.mixer.talker(id) {
                    talker.set_priority(priority);
                }
            }
            other => self.exchange(other),
        }
    }

    /// Commands that bring something new and leave something old.
    fn exchange(&mut self, command: VoiceCommand) {
        let old = match command {
            VoiceCommand::Chain(Up, chain) => self.uplink.swap(chain).map(Retired::Chain),
            VoiceCommand::Chain(Down, chain) => match self.mixer.chain() {
                Some(mixed) => mixed.swap(chain).map(Retired::Chain),
                None => Some(Retired::Chain(chain)),
            },
            VoiceCommand::Record(tape) => self.tape.replace(tape).map(Retired::Tape),
            VoiceCommand::Watch(scope) => self.scope.replace(scope).map(Retired::Scope),
            VoiceCommand::Play(clip) => self.mixer.play(clip).map(Retired::Clip),
            VoiceCommand::AddTalker(talker) => self.mixer.add(talker).map(Retired::Talker),
            VoiceCommand::Capture(feed) => {
                self.uplink.reset();
                self.silent_since = self.silent_since.or(self.last_block);
                std::mem::replace(&mut self.capture, feed).map(Retired::Capture)
            }
            VoiceCommand::Playback(feed) => {
                self.last_piece = None;
                std::mem::replace(&mut self.playback, feed).map(Retired::Playback)
            }
            _ => None,
        };
        if let Some(old) = old {
            self.retire.put(old);
        }
    }

    fn take_packets(&mut self) {
        for _ in 0..MOST_PACKETS {
            let Ok(packet) = self.packets.pop() else {
                return;
            };
            self.mixer.push(&packet);
        }
    }

    fn run_uplink(&mut self, now: Instant) {
        let Some(capture) = &mut self.capture else {
            return;
        };
        for _ in 0..MOST_BLOCKS {
            let began = Instant::now();
            if !capture.read(&mut self.block) {
                return;
            }
            self.capturing.note(began.elapsed(), 1);
            self.uplink.packetizer.pass_over(capture.take_left_out());
            if let Some(since) = self.silent_since.take() {
                self.uplink.packetizer.pass_over(missed(since, now));
            }
            self.last_block = Some(now);
            match &mut self.playback {
                Some(playback) => playback.read_played(now, &mut self.block.played),
                None => self.block.played.forget(),
            }
            if let Some(tape) = &mut self.tape {
                tape.write(&self.block.samples);
            }
            if let Some(scope) = &mut self.scope {
                scope.before(&self.block.samples);
            }
            let report = self.uplink.process(&mut self.block);
            if let Some(scope) = &mut self.scope {
                scope.after(&self.block.samples, report);
            }
            self.report.note_block(report);
            if let Some(faded) = self.uplink.take_faded() {
                self.retire.put(Retired::Chain(faded));
            }
        }
    }

    fn run_downlink(&mut self, now: Instant) {
        if let Some(playback) = &mut self.playback {
            for _ in 0..MOST_PIECES {
                if !playback.wants(now) {
                    break;
                }
                self.mixer.render(now, &mut self.piece);
                playback.write(now, &self.piece);
                note_talkers(&mut self.report, &self.mixer);
                self.last_piece = Some(now);
            }
            let since = *self.last_piece.get_or_insert(now);
            if now.saturating_duration_since(since) < STALLED {
                self.unheard_due = None;
                return;
            }
        }
        // Without a loudspeaker the mix runs on, at its pace, so that marks and counters do.
        let mut due = self.unheard_due.unwrap_or(now);
        for _ in 0..MOST_PIECES {
            if due > now {
                break;
            }
            self.mixer.render(now, &mut self.piece);
            note_talkers(&mut self.report, &self.mixer);
            due += PLAYBACK_PERIOD;
        }
        self.unheard_due = Some(due.max(now));
    }

    fn tell(&mut self, now: Instant) {
        let due = *self.report_due.get_or_insert(now + REPORT_EVERY);
        if now < due {
            return;
        }
        self.report_due = Some(now + REPORT_EVERY);
        let heard = self
            .last_block
            .is_some_and(|at| now.saturating_duration_since(at) < UNHEARD);
        if self.capture.is_none() || !heard {
            self.report.uplink = UplinkReport::default();
        }
        if self.scope.as_ref().is_some_and(|scope| !scope.is_watched())
            && let Some(scope) = self.scope.take()
        {
            self.retire.put(Retired::Scope(scope));
        }
        self.uplink.read_meters(&mut self.report.stages);
        self.report.packets = self.uplink.packetizer.read_meter();
        self.report.capture = self.capturing.take();
        self.report.capture_hz = self.capture.as_ref().map_or(0, |capture| capture.rate());
        if let Some(chain) = self.mixer.chain() {
            chain.read_meters(&mut self.report.downlink_stages);
        }
        self.report.kept_back_ms = self.uplink.kept_back_ms();
        let stats = self.uplink.packetizer.stats();
        self.report.packets_sent = stats.sent;
        self.report.packets_failed = stats.failed;
        self.report.clip_left_ms = self.mixer.clip_left_ms();
        self.report.unknown_packets = self.mixer.unknown_packets();
        self.report.capture_overruns = self
            .capture
            .as_ref()
            .map_or(0, |capture| capture.overruns());
        self.report.playback_underruns = self
            .playback
            .as_ref()
            .map_or(0, |playback| playback.level().underruns);
        self.report.delays = self.delays();
        // A full ring means that nobody looks: the next report is as good.
        let _ = self.reports.push(*self.report);
        self.report.begin_period();
    }

    fn delays(&self) -> StageDelays {
        let (packet, lookahead) = self.uplink.packetizer.delay_samples();
        let playback = self.playback.as_ref().map(|playback| playback.level());
        StageDelays {
            capture_ms: self
                .capture
                .as_ref()
                .map_or(0.0, |capture| capture.delay_ms()),
            chain_ms: samples_to_ms(self.uplink.chain_delay_samples() as f64),
            // The packet's first block is collected in the microphone's callback already.
            packet_ms: samples_to_ms(packet.saturating_sub(BLOCK_SAMPLES) as f64),
            encoder_ms: samples_to_ms(lookahead as f64),
            jitter_ms: self
                .mixer
                .report()
                .map(|(_, _, stats)| stats.delay_ms)
                .fold(0.0, f32::max),
            mix_ms: samples_to_ms(self.mixer.chain_delay_samples() as f64),
            ring_ms: playback.map_or(0.0, |level| level.waiting_ms),
            playback_ms: playback.map_or(0.0, |level| level.device_ms),
        }
    }
}

impl Part {
    fn rests(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }

    /// Lets it rest; gives whether its fault was told before.
    fn rest(&mut self, now: Instant) -> bool {
        self.rests_until = Some(now + REST);
        std::mem::replace(&mut self.told, true)
    }
}

/// The time between two moments in samples, in whole blocks.
fn missed(since: Instant, now: Instant) -> u32 {
    let blocks = now.saturating_duration_since(since).as_millis() / 10;
    u32::try_from(blocks * BLOCK_SAMPLES as u128).unwrap_or(0)
}

/// Keeps the loudest level of each talker since the last report.
fn note_talkers(report: &mut Report, mixer: &Mixer) {
    for (place, (talker, rendered, jitter)) in report.talkers.iter_mut().zip(mixer.report()) {
        let loudest = place
            .filter(|known| known.talker == talker)
            .map_or(rendered.level_dbfs, |known| {
                known.level_dbfs.max(rendered.level_dbfs)
            });
        let speaking = rendered.speaking;
        *place = Some(TalkerMeter {
            talker,
            level_dbfs: loudest,
            speaking,
            jitter,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_panics_rests_for_a_second_and_is_told_once() {
        let (mut part, start) = (Part::default(), Instant::now());
        assert!(!part.rests(start));
        assert!(!part.rest(start), "not told before");
        assert!(part.rests(start + Duration::from_millis(999)));
        assert!(!part.rests(start + REST));
        assert!(part.rest(start + REST), "told before");
    }
}
