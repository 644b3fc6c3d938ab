//! The task that owns the engine's state: the keystore, the sessions, the settings, the invitation.
//!
//! ```text
//! commands ─┐
//! sessions ─┼─► Core::handle ─► one new Snapshot, if something changed
//! jobs ─────┘        └─► session tasks, blocking jobs (unlock, inspect, join)
//! ```

mod approval;
mod at_once;
mod commands;
mod control;
mod copies;
mod diagnostics;
mod follow;
mod invitation;
mod keystore;
mod moved;
mod notices;
mod password;
mod push;
mod quiet;
mod recovery;
mod report;
mod sessions;
mod wipe;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::{CommunityId, DeviceId};
use dialtone_words::say;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::clock::Clock;
use crate::control::{Asked, ControlAnswer};
use crate::event::Event;
use crate::handle::EngineSide;
use crate::keyring::KeyringChoice;
use crate::overrides::Overrides;
use crate::profile::Profile;
use crate::ptt::PushToTalk;
use crate::runtime::EngineConfig;
use crate::session::{AtHand, SessionHandle, SessionUpdate};
use crate::snapshot::{
    AudioState, Community, Diagnostics, ProfileState, Recovering, Severity, Snapshot,
};
use crate::voice::{Audio, CallNetwork};
use crate::{Command, Settings};

pub(crate) use invitation::sentence;
pub(crate) use keystore::KeystoreFiles;

use at_once::KeyringPart;
use invitation::{InvitationPart, JobDone};
use keystore::OpenKeystore;
use notices::Notices;

/// What reaches the core beside commands.
pub(crate) enum CoreInput {
    /// From the session of a device.
    Session(CommunityId, DeviceId, SessionUpdate),
    /// A blocking job ended.
    Done(Box<JobDone>),
    /// From the control socket.
    Asked(Asked),
}

/// One device of a community: its task, and what it showed last.
struct Running {
    device: DeviceId,
    session: SessionHandle,
    view: Arc<Community>,
}

/// How a profile stands before anybody has opened it.
pub(crate) fn first_state(profile: &Profile, keyring: &KeyringChoice) -> ProfileState {
    if keyring.is_there() && profile.opens_by_keyring() {
        ProfileState::AskingKeyring
    } else {
        profile.state()
    }
}

/// The owner of everything.
pub(crate) struct Core {
    profile: Arc<Profile>,
    side: Option<EngineSide>,
    events: broadcast::Sender<Event>,
    inputs: mpsc::Sender<CoreInput>,
    state: ProfileState,
    keystore: Option<OpenKeystore>,
    keyring: KeyringPart,
    keyring_choice: KeyringChoice,
    invitation: Option<InvitationPart>,
    recovering: Option<Recovering>,
    asking: Option<approval::AskingPart>,
    joined: BTreeMap<CommunityId, Running>,
    /// Devices that are not known to be in yet, of communities that are shown as an older device knows them.
    newcomers: BTreeMap<DeviceId, Running>,
    /// Sessions that were told to end and have not yet: the same files are not opened before.
    closing: BTreeMap<DeviceId, oneshot::Receiver<()>>,
    order: Vec<CommunityId>,
    /// As they are for this run.
    settings: Settings,
    /// As they are kept.
    kept: Settings,
    overrides: Overrides,
    audio: Arc<Audio>,
    push: PushToTalk,
    notices: Notices,
    control: control::Waiting,
    call_network: CallNetwork,
    /// A window draws what is here.
    has_window: bool,
    /// Whether the user is there.
    at_hand: Arc<AtHand>,
    /// Another password is being set: the keystore is in its hands.
    changing_password: bool,
    stopping: bool,
    seat: diagnostics::Seat,
    diagnostics: Option<Arc<Diagnostics>>,
    moving: moved::MovingPart,
}

/// How often levels are shown while the microphone runs.
const METER_EVERY: Duration = Duration::from_millis(50);

/// How often what happens to one's voice is shown while its view is open.
const WATCH_EVERY: Duration = Duration::from_millis(33);

/// How often the voice is reported to standard error, where that is wanted.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// How long the sessions may take to end when the engine does.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);

impl Core {
    pub(crate) fn new(
        profile: Profile,
        config: EngineConfig,
        call_network: CallNetwork,
        side: EngineSide,
        inputs: mpsc::Sender<CoreInput>,
    ) -> Self {
        let (kept, problem) = profile.load_settings();
        let settings = config.overrides.apply(&kept);
        let mut notices = Notices::default();
        if let Some(problem) = problem {
            let text = say!("notice-settings-defaults", problem = problem);
            notices.add(Severity::Warning, text);
        }
        let state = first_state(&profile, &config.keyring);
        let keyring = KeyringPart::new(profile.opens_by_keyring());
        let audio = Arc::new(Audio::new(config.audio.clone(), settings.audio.clone()));
        audio.keep_chains_in(profile.chains());
        audio.read_own_chains();
        let push = push::start(config.desktop, &audio);
        let loopback = call_network.loopback;
        Self {
            profile: Arc::new(profile),
            events: side.events.clone(),
            side: Some(side),
            inputs,
            state,
            keystore: None,
            keyring,
            keyring_choice: config.keyring,
            invitation: None,
            recovering: None,
            asking: None,
            joined: BTreeMap::new(),
            newcomers: BTreeMap::new(),
            closing: BTreeMap::new(),
            order: Vec::new(),
            settings,
            kept,
            overrides: config.overrides,
            audio,
            push,
            notices,
            control: control::Waiting::default(),
            call_network,
            has_window: false,
            at_hand: Arc::default(),
            changing_password: false,
            stopping: false,
            seat: diagnostics::Seat {
                audio: config.audio,
                desktop: config.desktop,
                loopback,
            },
            diagnostics: None,
            moving: moved::MovingPart::default(),
        }
    }

    /// Runs until it is told to stop, or nobody is left to tell it.
    pub(crate) async fn run(mut self, mut inputs: mpsc::Receiver<CoreInput>) {
        let Some(mut side) = self.side.take() else {
            return;
        };
        let mut meter = tokio::time::interval(METER_EVERY);
        meter.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut watch = tokio::time::interval(WATCH_EVERY);
        watch.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut report = tokio::time::interval(REPORT_EVERY);
        report.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut quiet = tokio::time::interval(quiet::LOOK_EVERY);
        quiet.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let push = self.push.clone();
        let delay = tokio::spawn(push.clone().watch_delay());
        self.configure_push();
        self.apply_audio();
        self.audio.set_meter(self.settings.debug.voice_meter);
        self.open_by_keyring();
        side.publish(self.snapshot());
        while !self.stopping {
            let changed = tokio::select! {
                command = side.commands.recv() => match command {
                    Some(command) => self.command(command),
                    None => break,
                },
                Some(input) = inputs.recv() => self.input(input),
                _ = meter.tick(), if self.audio.is_running() => true,
                _ = watch.tick(), if self.audio.is_watched() => true,
                () = push.changed() => true,
                _ = quiet.tick() => self.end_quiet(Clock::system().now_ms()),
                _ = report.tick(), if self.settings.debug.reports() => {
                    report::to_standard_error(&self);
                    false
                }
            };
            // Whatever else waits is taken in before the next snapshot is made.
            let mut changed = changed;
            while let Ok(input) = inputs.try_recv() {
                changed |= self.input(input);
            }
            if changed {
                self.publish(&side);
            }
        }
        self.push.stop();
        delay.abort();
        // All at once: none waits for another's goodbye.
        self.close_all();
        let closing = std::mem::take(&mut self.closing).into_values();
        let all = futures_util::future::join_all(closing);
        let _ = tokio::time::timeout(LONGEST_GOODBYE, all).await;
        self.audio.stop();
        let _ = side.events.send(Event::Stopped);
    }

    fn publish(&self, side: &EngineSide) {
        let mut snapshot = self.snapshot();
        let latest = side.latest();
        snapshot.revision = latest.revision;
        if snapshot != *latest {
            side.publish(snapshot);
        }
    }

    fn input(&mut self, input: CoreInput) -> bool {
        match input {
            CoreInput::Session(community, device, update) => {
                self.told_by(community, device, update)
            }
            CoreInput::Done(done) => {
                self.job_done(*done);
                true
            }
            CoreInput::Asked(asked) => self.asked(asked),
        }
    }

    fn session_update(&mut self, id: CommunityId, update: SessionUpdate) -> bool {
        match update {
            SessionUpdate::View(view) => {
                let Some(joined) = self.joined.get_mut(&id) else {
                    return false;
                };
                joined.view = view;
                true
            }
            SessionUpdate::Invite {
                asker: 0,
                link: Ok(link),
            } => {
                let _ = self.events.send(Event::InviteReady {
                    community: id,
                    link,
                });
                false
            }
            SessionUpdate::Invite {
                asker: 0,
                link: Err(reason),
            } => {
                let text = say!("notice-no-invite", reason = reason);
                self.notices.add(Severity::Error, text);
                let community = id;
                let _ = self.events.send(Event::InviteFailed { community, reason });
                true
            }
            SessionUpdate::Unsent {
                channel,
                text,
                reply_to,
                files,
                reason,
            } => {
                let words = say!("notice-not-sent", reason = reason);
                self.notices.add(Severity::Warning, words);
                let _ = self.events.send(Event::Unsent {
                    community: id,
                    channel,
                    text,
                    reply_to,
                    files,
                    reason,
                });
                true
            }
            SessionUpdate::Invite { asker, link } => {
                self.control.answer(asker, link.map(ControlAnswer::Link));
                false
            }
            SessionUpdate::TurnServers { asker, servers } => {
                let servers = servers.map(ControlAnswer::TurnServers);
                self.control.answer(asker, servers);
                false
            }
            SessionUpdate::Message {
                channel,
                from,
                mentioned,
                text,
            } => {
                let _ = self.events.send(Event::MessageArrived {
                    community: id,
                    channel,
                    from,
                    mentioned,
                    text,
                });
                false
            }
            SessionUpdate::Notice(severity, text) => {
                self.notices.add(severity, text);
                true
            }
        }
    }

    fn snapshot(&self) -> Snapshot {
        let shown = self.order.iter().filter_map(|id| self.shown(id));
        let audio = AudioState {
            push: self.push.view(),
            ..self.audio.view()
        };
        Snapshot {
            revision: 0,
            profile: self.state.clone(),
            keyring: self.keyring_view(),
            invitation: self.invitation.as_ref().map(InvitationPart::view),
            recovering: self.recovering.clone(),
            asking: self.asking.as_ref().map(approval::AskingPart::view),
            communities: shown.collect(),
            settings: self.settings.clone(),
            audio,
            notices: self.notices.view(),
            diagnostics: self.diagnostics.clone(),
            moving: self.moving.view.clone(),
        }
    }

    fn command(&mut self, command: Command) -> bool {
        commands::apply(self, command);
        true
    }
}
