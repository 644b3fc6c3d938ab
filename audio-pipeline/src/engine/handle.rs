//! The handle: starts both threads, takes commands from any thread, stops everything when dropped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rtrb::RingBuffer;

use super::command::{ControlCommand, EngineError, VoiceCommand};
use super::config::VoiceConfig;
use super::control::{CommandRing, Control, Lister, Told};
use super::core::{CoreRings, VoiceCore};
use super::device::DeviceKeeper;
use super::event::VoiceEvent;
use super::meters::Meters;
use crate::backend::{Backend, DeviceId, DeviceList, Direction};
use crate::chain::ChainDirection::{Downlink as Down, Uplink as Up};
use crate::chain::{ChainDirection, ChainError, ChainParam, ChainSpec, CompiledChain, StageId};
use crate::codec::{EncoderConfig, ObservedLoss};
use crate::downlink::{
    MixChain, Mixer, MixerSettings, PLAYBACK_QUANTUM, Talker, TalkerConfig, Volume,
};
use crate::link::{FrameSealer, PacketInput, PacketSender, PacketSource, TalkerId, packet_channel};
use crate::node::{NodeInfo, Registry};
use crate::rt::{raise_this_thread, retire_ring, warm_up_thread};
use crate::uplink::{Packetizer, TalkControl, TalkMode, Uplink};

const COMMANDS: usize = 256;
const PACKETS: usize = 512;
const REPORTS: usize = 8;
const EVENTS: usize = 256;
const FAULTS: usize = 64;
const CONTROL: usize = 64;
/// How long the voice thread rests between turns. A device callback must not make system calls to wake it.
const REST: Duration = Duration::from_millis(1);

/// A running voice engine. All methods return at once and may be called from any thread.
pub struct VoiceEngine {
    commands: CommandRing,
    control: SyncSender<ControlCommand>,
    input: PacketInput,
    meters: Arc<Mutex<Meters>>,
    devices: Arc<Mutex<DeviceList>>,
    shared: Mutex<Settings>,
    registry: Registry,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// What the handle must remember in order to check and complete commands.
struct Settings {
    chain: Described,
    mix: Described,
    mixer: MixerSettings,
    talker: TalkerConfig,
}

impl Settings {
    fn described(&mut self, direction: ChainDirection) -> &mut Described {
        match direction {
            Up => &mut self.chain,
            Down => &mut self.mix,
        }
    }
}

/// A chain that is for this direction.
fn compile(
    spec: &ChainSpec,
    direction: ChainDirection,
    registry: &Registry,
) -> Result<CompiledChain, ChainError> {
    if spec.direction != direction {
        return Err(ChainError::Direction {
            chain: spec.name.clone(),
        });
    }
    spec.compile(registry)
}

/// What the stages of the last chain are called and which parameters they take.
struct Described {
    name: String,
    stages: Vec<(StageId, NodeInfo)>,
}

impl Described {
    fn of(chain: &CompiledChain) -> Self {
        Self {
            name: chain.name().to_owned(),
            stages: chain
                .stages()
                .map(|(id, info)| (id, info.clone()))
                .collect(),
        }
    }
}

impl VoiceEngine {
    /// Starts with a way in that the engine makes itself; see [`VoiceEngine::input`].
    ///
    /// Events come through the receiver, which is bounded: whoever does not read misses some.
    ///
    /// # Errors
    /// A wrong chain or encoder setting, or no threads to be had. A missing device is no error: it is an event, and
    /// the engine goes on trying.
    pub fn start(
        config: VoiceConfig,
        backend: Box<dyn Backend>,
        sealer: Box<dyn FrameSealer>,
        sender: Box<dyn PacketSender>,
    ) -> Result<(Self, Receiver<VoiceEvent>), EngineError> {
        Self::start_with(config, backend, sealer, sender, packet_channel(PACKETS))
    }

    /// Starts with a way in that exists already, as a loop-back link needs.
    ///
    /// # Errors
    /// As [`VoiceEngine::start`].
    pub fn start_with(
        config: VoiceConfig,
        backend: Box<dyn Backend>,
        sealer: Box<dyn FrameSealer>,
        sender: Box<dyn PacketSender>,
        (input, source): (PacketInput, PacketSource),
    ) -> Result<(Self, Receiver<VoiceEvent>), EngineError> {
        let chain = compile(&config.chain, Up, &config.registry)?;
        let mix = compile(&config.downlink_chain, Down, &config.registry)?;
        let settings = Settings {
            chain: Described::of(&chain),
            mix: Described::of(&mix),
            mixer: config.mixer,
            talker: config.talker.clone(),
        };
        let talk = TalkControl {
            mode: config.talk_mode,
            pressed: false,
            muted: config.muted,
            transmit: config.transmit,
        };
        let packetizer = Packetizer::new(&config.encoder, sealer, sender)?;
        let uplink = Uplink::new(Box::new(chain), talk, packetizer);
        let mixer =
            Mixer::new(config.mixer, PLAYBACK_QUANTUM).with_chain(MixChain::new(Box::new(mix)));

        let (commands, command_source) = RingBuffer::new(COMMANDS);
        let (report_sink, reports) = RingBuffer::new(REPORTS);
        let (fault_sink, faults) = RingBuffer::new(FAULTS);
        let (retire, retired) = retire_ring();
        let rings = CoreRings {
            commands: command_source,
            packets: source,
            reports: report_sink,
            faults: fault_sink,
            retire,
        };
        let core = VoiceCore::new(uplink, mixer, rings);
        let (event_sink, events) = sync_channel(EVENTS);
        let (control_sink, inbox) = sync_channel(CONTROL);
        let commands = Arc::new(Mutex::new(commands));
        let (meters, devices) = (Arc::default(), Arc::default());
        let stop = Arc::<AtomicBool>::default();
        let control = Control {
            backend,
            lister: Lister::default(),
            commands: Arc::clone(&commands),
            inbox,
            outbox: control_sink.clone(),
            events: event_sink,
            reports,
            faults,
            retired,
            meters: Arc::clone(&meters),
            devices: Arc::clone(&devices),
            input: DeviceKeeper::new(Direction::Input, config.input, config.listen_only),
            output: DeviceKeeper::new(Direction::Output, config.output, false),
            told: Told::default(),
            stop: Arc::clone(&stop),
        };
        let mut engine = Self {
            commands,
            control: control_sink,
            input,
            meters,
            devices,
            shared: Mutex::new(settings),
            registry: config.registry,
            stop,
            threads: Vec::new(),
        };
        engine.spawn(core, control)?;
        Ok((engine, events))
    }

    fn spawn(&mut self, mut core: VoiceCore, control: Control) -> Result<(), EngineError> {
        let no_thread = |error: std::io::Error| EngineError::NoThread {
            reason: error.to_string(),
        };
        let stop = Arc::clone(&self.stop);
        let voice = move || {
            warm_up_thread();
            // Where that is not allowed, the lead before the loudspeaker grows as far as it must.
            let _ = raise_this_thread();
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                core.turn(began);
                let took = began.elapsed();
                core.note_turn(took);
                std::thread::park_timeout(REST);
            }
        };
        let named = |name: &str| std::thread::Builder::new().name(name.to_owned());
        self.threads
            .push(named("dialtone-voice").spawn(voice).map_err(no_thread)?);
        self.threads.push(
            named("dialtone-audio")
                .spawn(|| control.run())
                .map_err(no_thread)?,
        );
        Ok(())
    }

    /// The way in for packets; clone it to wherever they arrive.
    pub fn input(&self) -> PacketInput {
        self.input.clone()
    }

    /// The last levels and counters.
    pub fn meters(&self) -> Meters {
        self.meters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The devices as last listed.
    pub fn devices(&self) -> DeviceList {
        self.devices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lists the devices anew; an event follows if something changed.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn refresh_devices(&self) -> Result<(), EngineError> {
        self.tell_control(ControlCommand::Refresh)
    }

    /// Chooses a microphone or loudspeaker; `None` follows the system's default.
    ///
    /// # Errors
    /// Busy or stopped. Whether the device works is told by an event.
    pub fn choose_device(
        &self,
        direction: Direction,
        id: Option<DeviceId>,
    ) -> Result<(), EngineError> {
        self.tell_control(ControlCommand::Choose(direction, id))
    }

    /// Mutes the microphone, or not.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_muted(&self, muted: bool) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::Mute(muted))
    }

    /// Silences everybody else, or not.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_deafened(&self, deafened: bool) -> Result<(), EngineError> {
        self.change_mixer(|mixer| mixer.deafened = deafened)
    }

    /// Sets the volume of the whole mix, 0 to 4.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_master_volume(&self, factor: f32) -> Result<(), EngineError> {
        self.change_mixer(|mixer| mixer.volume = Volume::new(factor))
    }

    /// Chooses what opens the microphone.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_talk_mode(&self, mode: TalkMode) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::Mode(mode))
    }

    /// Says whether the key of push-to-talk or push-to-mute is down.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_pressed(&self, pressed: bool) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::Pressed(pressed))
    }

    /// Whether packets are sent at all; without, only the meter runs.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_transmit(&self, transmit: bool) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::Transmit(transmit))
    }

    /// Sets the gate's threshold in dBFS; -100 opens it always.
    ///
    /// # Errors
    /// The chain has no gate, the value is out of bounds, busy or stopped.
    pub fn set_threshold(&self, dbfs: f32) -> Result<(), EngineError> {
        self.set_param("gate", "threshold_dbfs", dbfs)
    }

    /// Sets the microphone's gain in dB.
    ///
    /// # Errors
    /// The chain has no gain stage, the value is out of bounds, busy or stopped.
    pub fn set_input_gain(&self, gain_db: f32) -> Result<(), EngineError> {
        self.set_param("gain", "gain_db", gain_db)
    }

    /// Sets a parameter of a stage in the running chain. The stage is named by its id: its kind, or `kind#2` for the second
    /// of a kind, or what the chain's file calls it.
    ///
    /// # Errors
    /// No such stage or parameter, the value is out of bounds, busy or stopped.
    pub fn set_param(&self, stage: &str, param: &str, value: f32) -> Result<(), EngineError> {
        self.set_param_of(Up, stage, param, value)
    }

    /// As [`VoiceEngine::set_param`], in the chain of this direction.
    ///
    /// # Errors
    /// As [`VoiceEngine::set_param`].
    pub fn set_param_of(
        &self,
        direction: ChainDirection,
        stage: &str,
        param: &str,
        value: f32,
    ) -> Result<(), EngineError> {
        // Held until the command is on its way, so that no other chain comes between.
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let chain = shared.described(direction);
        let stages = chain.stages.iter().map(|(id, info)| (*id, info));
        let change = ChainParam::check(&chain.name, stages, stage, param, value)?;
        self.tell_voice(VoiceCommand::Param(direction, change))
    }

    /// Puts another chain in place, on the way that it is for, without a click. Stages that both have (the same id and kind, and the same settings apart
    /// from parameters) go on with what they have learnt, as far as they stand in the same order; what is new is heard once
    /// it has settled.
    ///
    /// # Errors
    /// The chain is wrong (the old one goes on), busy or stopped.
    pub fn swap_chain(&self, spec: &ChainSpec) -> Result<(), EngineError> {
        let chain = spec.compile(&self.registry)?;
        let described = Described::of(&chain);
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        self.tell_voice(VoiceCommand::Chain(spec.direction, Box::new(chain)))?;
        *shared.described(spec.direction) = described;
        Ok(())
    }

    /// Changes bitrate, packet duration and so on, without a gap in what is being said.
    ///
    /// # Errors
    /// A setting that the encoder does not take, busy or stopped.
    pub fn set_encoder(&self, config: &EncoderConfig) -> Result<(), EngineError> {
        config.check()?;
        self.tell_voice(VoiceCommand::Encoder(*config))
    }

    /// Tells the encoder what the others lose.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn expect_loss(&self, loss: ObservedLoss) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::ExpectLoss(loss))
    }

    /// Adds a talker at this volume (0 to 4); a talker with the same id is replaced.
    ///
    /// # Errors
    /// No decoder to be had, busy or stopped.
    pub fn add_talker(&self, id: TalkerId, volume: f32) -> Result<(), EngineError> {
        let mut config = self
            .shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .talker
            .clone();
        config.volume = Volume::new(volume);
        self.tell_voice(VoiceCommand::AddTalker(Box::new(Talker::new(id, &config)?)))
    }

    /// Takes a talker out.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn remove_talker(&self, id: TalkerId) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::RemoveTalker(id))
    }

    /// Sets a talker's volume, 0 to 4.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_talker_volume(&self, id: TalkerId, factor: f32) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::TalkerVolume(id, Volume::new(factor)))
    }

    /// Lowers those without priority by 12 dB while a talker speaks, or does so no more. By itself no talker has priority.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_talker_priority(&self, id: TalkerId, priority: bool) -> Result<(), EngineError> {
        self.tell_voice(VoiceCommand::TalkerPriority(id, priority))
    }

    /// Turns loudness levelling on or off (off is 0 dB), for present talkers and those to come.
    ///
    /// # Errors
    /// Busy or stopped.
    pub fn set_levelling(&self, on: bool) -> Result<(), EngineError> {
        self.shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .talker
            .level
            .on = on;
        self.tell_voice(VoiceCommand::Levelling(on))
    }

    fn change_mixer(&self, change: impl FnOnce(&mut MixerSettings)) -> Result<(), EngineError> {
        let mixer = {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut shared.mixer);
            shared.mixer
        };
        self.tell_voice(VoiceCommand::Mixer(mixer))
    }

    pub(super) fn tell_voice(&self, command: VoiceCommand) -> Result<(), EngineError> {
        let mut ring = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if ring.is_abandoned() {
            return Err(EngineError::Stopped);
        }
        ring.push(command).map_err(|_| EngineError::Busy)
    }

    fn tell_control(&self, command: ControlCommand) -> Result<(), EngineError> {
        use std::sync::mpsc::TrySendError;
        self.control.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => EngineError::Stopped,
        })
    }
}

impl Drop for VoiceEngine {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // If the box is full the thread is awake anyway, and looks at `stop` next.
        let _ = self.control.try_send(ControlCommand::Stop);
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to give up.
            let _ = thread.join();
        }
    }
}
