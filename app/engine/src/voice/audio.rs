//! The sound of this program: one voice engine at a time, for a call or for the settings' meter.
//!
//! Core and sessions share it behind an `Arc`; its lock is never taken on the sound's own threads.

mod editing;
mod view;

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use dialtone_audio::{
    Backend, ChainError, ChainSpec, Cue, Direction, EngineError, FrameSealer, Meters, NullSender,
    ObservedLoss, PacketInput, PacketSender, PlainSealer, TalkerId, VoiceEngine, VoiceEvent,
};
use dialtone_protocol::CommunityId;
use parking_lot::Mutex;

use super::Switches;
use super::desk::Desk;
use super::devices::AudioChoice;
use super::own_chain::OwnChains;
use super::sound_check::SoundCheck;
use super::translate::{
    chain, cue_volume, encoder, key_cue, params, stages_of, talk_mode, voice_config,
};
use super::watching::Watch;
use crate::command::CheckSound;
use crate::settings::AudioSettings;
use crate::snapshot::AudioState;

/// What runs, and what for.
struct Running {
    engine: VoiceEngine,
    events: Receiver<VoiceEvent>,
    in_call: bool,
}

/// Whose call has the sound: there is one microphone, so there is one.
struct Owner {
    community: CommunityId,
    switches: Switches,
}

struct Inner {
    settings: AudioSettings,
    owner: Option<Owner>,
    running: Option<Running>,
    meter_wanted: bool,
    /// A thread lists the devices now.
    is_listing: bool,
    view: AudioState,
    input_problem: Option<String>,
    output_problem: Option<String>,
    /// What failed in the running sound and is left out, and what is wrong with one's own chains.
    faults: Vec<String>,
    own: Arc<OwnChains>,
    check: SoundCheck,
    /// The voice meter, while its view is open.
    watch: Option<Watch>,
    /// The chain editor.
    desk: Desk,
    /// Readings of the user's own chains.
    reads: Reads,
    /// What the microphone is called that runs.
    microphone: Option<String>,
    /// The key of push-to-talk or push-to-mute counts as held.
    pressed: bool,
}

/// Readings of the user's own chains: what an older one finds must not replace what a newer one has found.
#[derive(Default)]
struct Reads {
    begun: u64,
    done: u64,
}

impl Reads {
    /// Begins one, by this number: what those before it find counts no more.
    fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    fn is_under_way(&self) -> bool {
        self.begun != self.done
    }
}

/// The sound of this program.
pub struct Audio {
    choice: AudioChoice,
    inner: Mutex<Inner>,
}

impl Audio {
    /// Nothing runs yet.
    pub fn new(choice: AudioChoice, settings: AudioSettings) -> Self {
        let inner = Inner {
            settings,
            owner: None,
            running: None,
            meter_wanted: false,
            is_listing: false,
            view: AudioState::default(),
            input_problem: None,
            output_problem: None,
            faults: Vec::new(),
            own: Arc::default(),
            check: SoundCheck::default(),
            watch: None,
            desk: Desk::default(),
            reads: Reads::default(),
            microphone: None,
            pressed: false,
        };
        Self {
            choice,
            inner: Mutex::new(inner),
        }
    }

    /// Reads the chains that the settings name, if they name any, on a thread of its own: plugins take their time. Sound that
    /// runs by then gets them; one that is named no more gives way to the preset's.
    pub fn read_own_chains(self: &Arc<Self>) {
        let (settings, read) = {
            let mut inner = self.inner.lock();
            let read = inner.reads.begin();
            let named = [&inner.settings.chain_file, &inner.settings.mix_chain_file];
            if named.iter().all(|file| file.is_none()) {
                inner.reads.done = read;
                inner.take_own_chains(OwnChains::default());
                return;
            }
            (inner.settings.clone(), read)
        };
        let audio = Arc::clone(self);
        let read = move || {
            let own = OwnChains::read(&settings, &crate::plugins::registry());
            let mut inner = audio.inner.lock();
            if inner.reads.begun == read {
                inner.reads.done = read;
                inner.take_own_chains(own);
            }
        };
        let thread = std::thread::Builder::new().name("dialtone-chains".to_owned());
        if let Err(error) = thread.spawn(read) {
            tracing::warn!("no thread could be started to read the chains: {error}");
        }
    }

    fn backend(&self) -> Box<dyn Backend> {
        self.choice.backend()
    }

    /// Takes the sound for this community's call. Whoever had it has it no more: its sound has stopped when this returns.
    /// Blocks while it stops: call from a blocking thread.
    pub fn claim(&self, community: CommunityId, switches: Switches) {
        let mut inner = self.inner.lock();
        let is_same = inner.is_owned_by(community);
        if !is_same && inner.in_call() {
            inner.running = None;
        }
        inner.owner = Some(Owner {
            community,
            switches,
        });
    }

    /// Whether this community's call has the sound.
    pub fn is_owned_by(&self, community: CommunityId) -> bool {
        self.inner.lock().is_owned_by(community)
    }

    /// Starts sound for the call of who has claimed it; `None` when another has claimed it since. Blocks for a moment:
    /// call from a blocking thread. Devices open later, by themselves.
    ///
    /// # Errors
    /// When no thread or no codec is to be had; a missing device is none.
    pub fn start_call(
        &self,
        community: CommunityId,
        sealer: Box<dyn FrameSealer>,
        sender: Box<dyn PacketSender>,
    ) -> Result<Option<PacketInput>, EngineError> {
        let mut inner = self.inner.lock();
        let Some(owner) = inner.owned_by(community) else {
            return Ok(None);
        };
        let switches = owner.switches;
        inner.running = None;
        if let AudioChoice::Opened(opened) = &self.choice {
            return Ok(Some(opened.begin()));
        }
        let mut config = voice_config(&inner.settings, &inner.own)?;
        config.muted = switches.is_silent();
        config.mixer.deafened = switches.deafened;
        config.transmit = true;
        let (engine, events) = VoiceEngine::start(config, self.backend(), sealer, sender)?;
        let words = inner.own.words.clone();
        inner.faults = words;
        let input = engine.input();
        inner.running = Some(Running {
            engine,
            events,
            in_call: true,
        });
        inner.tune();
        Ok(Some(input))
    }

    /// Ends the sound of this community's call, if it has it; the meter goes on if it is wanted.
    pub fn stop_call(&self, community: CommunityId) {
        let mut inner = self.inner.lock();
        if !inner.is_owned_by(community) {
            return;
        }
        inner.owner = None;
        if inner.in_call() {
            inner.running = None;
        }
        let wanted = inner.meter_wanted;
        drop(inner);
        self.set_meter(wanted);
    }

    /// Runs the microphone for the settings' meter, unless a call runs it already.
    pub fn set_meter(&self, on: bool) {
        let mut inner = self.inner.lock();
        inner.meter_wanted = on;
        if inner.in_call() || inner.running.is_some() == on {
            return;
        }
        inner.running = None;
        if on {
            let started = voice_config(&inner.settings, &inner.own).and_then(|config| {
                let sender = Box::new(NullSender);
                VoiceEngine::start(
                    config.meter_only(),
                    self.backend(),
                    Box::new(PlainSealer),
                    sender,
                )
            });
            match started {
                Ok((engine, events)) => {
                    let words = inner.own.words.clone();
                    inner.faults = words;
                    inner.running = Some(Running {
                        engine,
                        events,
                        in_call: false,
                    });
                    inner.tune();
                    inner.send_for_looks();
                }
                Err(error) => inner.input_problem = Some(error.to_string()),
            }
        }
    }

    /// Whether anything runs.
    pub fn is_running(&self) -> bool {
        self.inner.lock().running.is_some()
    }

    /// Stops everything.
    pub fn stop(&self) {
        self.inner.lock().running = None;
    }

    /// Other settings, at once.
    pub fn apply(self: &Arc<Self>, settings: AudioSettings) {
        let mut inner = self.inner.lock();
        let old = std::mem::replace(&mut inner.settings, settings);
        inner.retune(&old);
        inner.know_chain();
        let new = &inner.settings;
        let named = old.chain_file != new.chain_file || old.mix_chain_file != new.mix_chain_file;
        drop(inner);
        if named {
            self.read_own_chains();
        }
    }

    /// Looks for devices. Returns at once: the list comes when the sound system has answered.
    pub fn refresh(self: &Arc<Self>) {
        let mut inner = self.inner.lock();
        if let Some(running) = &inner.running {
            let _ = running.engine.refresh_devices();
            return;
        }
        if std::mem::replace(&mut inner.is_listing, true) {
            return;
        }
        drop(inner);
        let (audio, mut backend) = (Arc::clone(self), self.backend());
        let list = move || {
            let listed = backend.devices();
            let mut inner = audio.inner.lock();
            inner.is_listing = false;
            match listed {
                Ok(list) => inner.show_devices(&list),
                Err(error) => inner.input_problem = Some(error.to_string()),
            }
        };
        let thread = std::thread::Builder::new().name("dialtone-audio-list".to_owned());
        if thread.spawn(list).is_err() {
            self.inner.lock().is_listing = false;
        }
    }

    /// The key of push-to-talk or push-to-mute counts as held, or no more. Sound that begins later knows it, too.
    pub fn push_to_talk(&self, pressed: bool) {
        let mut inner = self.inner.lock();
        inner.pressed = pressed;
        let Some(running) = &inner.running else {
            return;
        };
        told(running.engine.set_pressed(pressed));
        let owner = inner.owner.as_ref().filter(|_| running.in_call);
        let heard = owner.is_some_and(|owner| !owner.switches.is_silent());
        if let Some(cue) = key_cue(&inner.settings, pressed).filter(|_| heard) {
            told(running.engine.play_cue(cue));
        }
    }

    /// Mutes the microphone of this community's call, or not; who unmutes also hears again.
    pub fn set_muted(&self, community: CommunityId, muted: bool) {
        self.change_talk(community, |switches| switches.mute(muted));
    }

    /// Silences everybody else in this community's call, and the microphone; or lets both be as they were before.
    pub fn set_deafened(&self, community: CommunityId, deafened: bool) {
        self.change_talk(community, |switches| switches.deafen(deafened));
    }

    /// An admin has muted one for everybody, or lets one speak again.
    pub fn set_silenced(&self, community: CommunityId, silenced: bool) {
        self.change_talk(community, |switches| switches.silenced = silenced);
    }

    fn change_talk(&self, community: CommunityId, change: impl FnOnce(&mut Switches)) {
        let mut inner = self.inner.lock();
        let Some(owner) = inner.owned_by(community) else {
            return;
        };
        let was_silent = owner.switches.is_silent();
        change(&mut owner.switches);
        let switches = owner.switches;
        if let Some(running) = inner.running.as_ref().filter(|running| running.in_call) {
            match (was_silent, switches.is_silent()) {
                (false, true) => told(running.engine.play_cue(Cue::Mute)),
                (true, false) => told(running.engine.play_cue(Cue::Unmute)),
                _ => {}
            }
            let muting = running.engine.set_muted(switches.is_silent());
            told(muting.and(running.engine.set_deafened(switches.deafened)));
        }
    }

    /// Somebody in this community's call is heard from now on.
    pub fn add_talker(&self, community: CommunityId, talker: TalkerId, percent: u16) {
        let volume = f32::from(percent) / 100.0;
        self.with(community, |engine| engine.add_talker(talker, volume));
    }

    /// Somebody in this community's call is not heard any more.
    pub fn remove_talker(&self, community: CommunityId, talker: TalkerId) {
        self.with(community, |engine| engine.remove_talker(talker));
    }

    /// How loud one hears somebody in this community's call, in percent.
    pub fn set_volume(&self, community: CommunityId, talker: TalkerId, percent: u16) {
        let volume = f32::from(percent) / 100.0;
        self.with(community, |engine| engine.set_talker_volume(talker, volume));
    }

    /// Everybody else in this community's call is lowered while this one speaks, or no more.
    pub fn set_priority(&self, community: CommunityId, talker: TalkerId, priority: bool) {
        self.with(community, |engine| {
            engine.set_talker_priority(talker, priority)
        });
    }

    /// What the others in this community's call lose of one's voice.
    pub fn expect_loss(&self, community: CommunityId, loss: ObservedLoss) {
        self.with(community, |engine| engine.expect_loss(loss));
    }

    /// Plays a short sound in this community's call.
    pub fn play_cue(&self, community: CommunityId, cue: Cue) {
        self.with(community, |engine| engine.play_cue(cue));
    }

    /// A step of the sound check.
    pub fn check_sound(&self, step: &CheckSound) {
        let mut inner = self.inner.lock();
        let Inner {
            check,
            running,
            settings,
            own,
            ..
        } = &mut *inner;
        let engine = running.as_ref().filter(|running| !running.in_call);
        check.step(step, engine.map(|running| &running.engine), settings, own);
    }

    /// Levels and counters, while something runs.
    pub fn meters(&self) -> Option<Meters> {
        self.inner
            .lock()
            .running
            .as_ref()
            .map(|running| running.engine.meters())
    }

    /// What is wrong with the microphone, the loudspeaker, and what is done to the sound: each in a sentence.
    pub fn sound_problem(&self) -> Option<String> {
        let inner = self.inner.lock();
        let devices = [&inner.input_problem, &inner.output_problem].into_iter();
        let all: Vec<&str> = devices
            .flatten()
            .chain(&inner.faults)
            .map(String::as_str)
            .collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    fn with(
        &self,
        community: CommunityId,
        change: impl FnOnce(&VoiceEngine) -> Result<(), EngineError>,
    ) {
        let inner = self.inner.lock();
        if !inner.is_owned_by(community) {
            return;
        }
        if let Some(running) = inner.running.as_ref().filter(|running| running.in_call) {
            told(change(&running.engine));
        }
    }
}

/// Whoever turned a switch cannot do anything about it.
fn told(done: Result<(), EngineError>) {
    if let Err(error) = done {
        tracing::warn!("the voice engine did not take a change: {error}");
    }
}

impl Inner {
    fn is_owned_by(&self, community: CommunityId) -> bool {
        let owner = self.owner.as_ref();
        owner.is_some_and(|owner| owner.community == community)
    }

    fn owned_by(&mut self, community: CommunityId) -> Option<&mut Owner> {
        let owner = self.owner.as_mut();
        owner.filter(|owner| owner.community == community)
    }

    fn in_call(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.in_call)
    }

    /// Takes other chains of the user's own; sound that runs goes over to what has changed.
    fn take_own_chains(&mut self, own: OwnChains) {
        self.desk.know(own.written.clone(), own.stages.clone());
        let before = std::mem::replace(&mut self.own, Arc::new(own));
        self.faults.retain(|words| !before.words.contains(words));
        self.faults.extend(self.own.words.iter().cloned());
        self.know_chain();
        let Some(running) = &self.running else { return };
        let engine = &running.engine;
        if before.uplink != self.own.uplink {
            let chain = chain(&self.settings, &self.own);
            told(chain.and_then(|chain| engine.swap_chain(&chain)));
        }
        if before.downlink != self.own.downlink {
            let mix = self.own.downlink.clone();
            told(engine.swap_chain(&mix.unwrap_or_else(ChainSpec::plain)));
        }
        self.tune();
    }

    /// Another chain is in use now: the sound check shows its stages.
    fn know_chain(&mut self) {
        self.check.know_chain(&self.settings, &self.own);
    }

    /// Lets the sound check go on, and shows it.
    fn mind_check(&mut self) -> crate::snapshot::SoundCheck {
        let running = self.running.as_ref().filter(|running| !running.in_call);
        let engine = running.map(|running| &running.engine);
        self.check.mind(engine, &self.settings, &self.own)
    }

    /// What is set while it runs.
    fn tune(&mut self) {
        let Some(running) = &self.running else { return };
        let engine = &running.engine;
        let own = self.own.uplink.is_some();
        let mut params = params(&self.settings).into_iter().filter(|_| !own);
        let done = params
            .try_for_each(|(stage, param, value)| {
                // Not every preset has every stage.
                match engine.set_param(stage, param, value) {
                    Err(EngineError::Chain(ChainError::NoSuchStage { .. })) => Ok(()),
                    done => done,
                }
            })
            .and_then(|()| engine.set_pressed(self.pressed))
            .and_then(|()| engine.set_talk_mode(talk_mode(self.settings.talk_mode)))
            .and_then(|()| {
                engine.set_master_volume(f32::from(self.settings.output_percent) / 100.0)
            })
            .and_then(|()| engine.set_levelling(self.settings.level_talkers))
            .and_then(|()| engine.set_cue_volume(cue_volume(&self.settings)));
        if let Err(error) = done {
            tracing::warn!("the voice engine did not take a setting: {error}");
        }
    }

    fn retune(&mut self, old: &AudioSettings) {
        let Some(running) = &self.running else { return };
        let engine = &running.engine;
        let new = &self.settings;
        let id = |id: &Option<String>| id.clone().map(dialtone_audio::DeviceId);
        let mut done = Ok(());
        if old.input_device != new.input_device {
            done = done.and(engine.choose_device(Direction::Input, id(&new.input_device)));
        }
        if old.output_device != new.output_device {
            done = done.and(engine.choose_device(Direction::Output, id(&new.output_device)));
        }
        if stages_of(old, &self.own) != stages_of(new, &self.own) {
            done = done.and(chain(new, &self.own).and_then(|chain| engine.swap_chain(&chain)));
        }
        if encoder(old) != encoder(new) {
            done = done.and(engine.set_encoder(&encoder(new)));
        }
        if let Err(error) = done {
            tracing::warn!("the voice engine did not take a setting: {error}");
        }
        self.tune();
    }
}
