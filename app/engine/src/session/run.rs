//! The loop of a session: connect, catch up, live; after a break again, with growing pauses.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_protocol::frame::{ClientFrame, Cursor, GroupCursor};
use dialtone_protocol::http::{
    Challenge, ChallengeRequest, ErrorCode, SessionOpened, SessionRequest,
};
use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::{ChannelId, Hash};
use dialtone_words::say;
use tokio::sync::mpsc;

use super::backoff::Backoff;
use super::comeback::Naps;
use super::elsewhere::Elsewhere;
use super::files::FileInput;
use super::pace::Pace;
use super::state::State;
use super::supervise::End;
use super::turn::HandedOut;
use super::{SessionCommand, SessionConfig, SessionUpdate, load, view};
use crate::clock::until;
use crate::core::sentence;
use crate::local::{Database, LocalError};
use crate::net::{Incoming, Line, NetError, Network, Socket, SocketReader, SocketWriter};
use crate::settings::IceSettings;
use crate::snapshot::{Community, Connection, Severity};
use crate::voice::{Audio, CallInput, CallNetwork};

/// A promise that something was told.
pub(super) type Telling = Pin<Box<dyn Future<Output = ()> + Send>>;
/// Tells the core.
pub(super) type Tell = Arc<dyn Fn(SessionUpdate) -> Telling + Send + Sync>;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(500);
/// How long a wait lasts without a look at what is shown.
const LONGEST_NAP: Duration = Duration::from_secs(1);
const METER: Duration = Duration::from_millis(60);

/// Why a session's connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// The network, or the server.
    #[error(transparent)]
    Net(#[from] NetError),
    /// This device's disk.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// What came does not follow what is here: begin again from the cursors.
    #[error("{}", say!("engine-does-not-follow", what = *_0))]
    Resync(&'static str),
    /// The user wants another connection at once.
    #[error("{}", say!("engine-connecting-anew"))]
    Reconnect,
    /// This machine slept, and the call has to be found again.
    #[error("{}", say!("engine-slept"))]
    Slept,
    /// One is no member any more.
    #[error("{}", say!("engine-removed"))]
    Removed,
    /// The core wants the session to end.
    #[error("{}", say!("engine-stopped"))]
    Stopped,
}

impl Ended {
    /// The server has said no, and the connection holds.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Net(NetError::Refused(_)))
    }

    /// The session has run out: another one is opened when it is connected again.
    pub(super) fn is_signed_out(&self) -> bool {
        matches!(self, Self::Net(error) if error.code() == Some(ErrorCode::NotSignedIn))
    }
}

/// A community's task: state, database, connection.
pub(super) struct Session {
    pub(super) state: State,
    pub(super) database: Database,
    pub(super) audio: Arc<Audio>,
    pub(super) ice: IceSettings,
    /// Servers for calls that the community's server names.
    pub(super) turn: HandedOut,
    pub(super) call_network: CallNetwork,
    pub(super) network: Arc<dyn Network>,
    pub(super) line: Option<Line>,
    /// Another machine of the server, where one's call is.
    pub(super) elsewhere: Elsewhere,
    pub(super) calls: (mpsc::Sender<CallInput>, mpsc::Receiver<CallInput>),
    pub(super) files: (mpsc::Sender<FileInput>, mpsc::Receiver<FileInput>),
    /// One was told that one's clock and the server's are apart.
    pub(super) told_clocks: bool,
    tell: Tell,
    shown: Option<Arc<Community>>,
    /// When the view is built again.
    pub(super) pace: Pace,
    resyncs: u32,
}

/// Runs until the core drops its end of `commands`, or the disk fails.
pub(super) async fn run(
    config: &mut SessionConfig,
    commands: &mut mpsc::Receiver<SessionCommand>,
    tell: &Tell,
) -> End {
    let mut session = match load::open(config) {
        Ok((state, database, parts)) => Session::new(state, database, parts, Arc::clone(tell)),
        Err(error) => return error.end(),
    };
    let open = config.open.or(session.state.looking.last);
    let now_ms = session.state.clock.now_ms();
    let vanished = session.vanish(now_ms);
    let opened =
        vanished.and_then(|()| open.map_or(Ok(()), |channel| session.open_channel(channel)));
    let end = match opened {
        Ok(()) => session.run(commands).await,
        Err(error) => End::Broke(error.to_string()),
    };
    session.leave_call().await;
    session.give_back_unsealed().await;
    end
}

impl Session {
    /// A session that is not connected yet.
    pub(super) fn new(state: State, database: Database, parts: load::Parts, tell: Tell) -> Self {
        Self {
            state,
            database,
            audio: parts.audio,
            ice: parts.ice,
            turn: HandedOut::default(),
            call_network: parts.call_network,
            network: parts.network,
            line: None,
            elsewhere: Elsewhere::default(),
            calls: mpsc::channel(256),
            files: mpsc::channel(64),
            told_clocks: false,
            tell,
            shown: None,
            pace: Pace::default(),
            resyncs: 0,
        }
    }

    async fn run(&mut self, commands: &mut mpsc::Receiver<SessionCommand>) -> End {
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        self.state.files.want_trim();
        loop {
            if self.state.is_removed() {
                self.leave_call().await;
                return self.stay_out(commands).await;
            }
            self.state.connection = Connection::Connecting;
            self.show().await;
            let ended = match self.connect_in_time().await {
                Ok(socket) => {
                    let ended = self.live(socket, commands).await;
                    if self.state.caught_up {
                        backoff.reset();
                        self.resyncs = 0;
                    }
                    ended
                }
                Err(ended) => {
                    self.elsewhere.lost();
                    ended
                }
            };
            self.offline();
            tracing::info!("connection ended: {ended}");
            // The server has as long for what it was asked as it has with a connection that holds.
            if let Err(error) = self.mind_ahead(self.state.clock.now_ms()) {
                return End::Broke(error.to_string());
            }
            match &ended {
                Ended::Stopped => return End::Stopped,
                Ended::Reconnect | Ended::Removed => continue,
                // What is in memory may be ahead of the disk now, so it is read anew.
                Ended::Local(error) => return error.into(),
                Ended::Resync(what) => {
                    if let Some(end) = self.resync(what) {
                        return end;
                    }
                }
                Ended::Net(_) | Ended::Slept => {}
            }
            let pause = backoff.next(self.state.clock.random_u32());
            let pause = self.pause(&ended, pause);
            if let Some(end) = self
                .wait(pause, &sentence(&ended.to_string()), commands)
                .await
            {
                return end;
            }
        }
    }

    /// What came did not follow. A server that goes on like that is not believed any more.
    fn resync(&mut self, what: &str) -> Option<End> {
        // A longer member list that was named has a time of its own to come, and words of its own.
        if self.state.ahead.is_some() {
            return None;
        }
        self.resyncs += 1;
        if self.resyncs <= 3 {
            return None;
        }
        let raised = self.raise_alarm(say!("engine-keeps-not-following", what = what));
        raised.err().map(|error| End::Broke(error.to_string()))
    }

    /// Meets the server, opens a session, connects the socket.
    pub(super) async fn connect(&mut self) -> Result<Socket, Ended> {
        self.state.caught_up = false;
        let mut line = match self.line.clone() {
            Some(line) => line,
            None => self.open_session().await?,
        };
        let socket = match line.socket().await {
            Err(error) if error.code() == Some(ErrorCode::NotSignedIn) => {
                line = self.open_session().await?;
                line.socket().await
            }
            connected => connected,
        };
        // Without one the server may have a new TLS key: it is met again.
        self.line = socket.is_ok().then_some(line);
        let socket = socket?;
        if let Some(revision) = socket.revision() {
            self.state.server_revision = revision;
        }
        Ok(socket)
    }

    async fn open_session(&mut self) -> Result<Line, Ended> {
        let me = self.state.me.clone();
        let roster_key = self
            .state
            .roster
            .as_ref()
            .map(|roster| *roster.view().server_key());
        let pin = roster_key.unwrap_or(me.server_key);
        let nonce = Hash(self.state.clock.random());
        let now_s = self.state.clock.now_ms() / 1000;
        let address = self.elsewhere.or(&me.server);
        let met = self.network.meet(address, pin, nonce, now_s).await?;
        let line = Line::new(met);
        let device = me.device.id();
        let challenge: Challenge = line
            .post("/auth/challenge", &ChallengeRequest { device })
            .await?;
        let proof = SessionProof {
            version: 1,
            nonce: challenge.nonce,
            server_key: pin,
            tls_key: line.tls_key(),
        };
        let (proof, signature) = me.device.sign_session(&me.community, &proof);
        let request = SessionRequest {
            device,
            nonce: challenge.nonce,
            proof: proof.into(),
            signature,
            revision: REVISION,
        };
        let opened: SessionOpened = line.post("/auth/session", &request).await?;
        self.state.server_revision = opened.revision;
        Ok(line.with_session(opened.token))
    }

    /// Everything while connected.
    async fn live(
        &mut self,
        socket: Socket,
        commands: &mut mpsc::Receiver<SessionCommand>,
    ) -> Ended {
        let (mut reader, mut writer) = socket.split();
        self.state.out.clear();
        self.state.requests.clear();
        self.state.entering.clear();
        self.ask_for_missed();
        let ended = self.live_loop(&mut reader, &mut writer, commands).await;
        writer.close().await;
        ended
    }

    /// Asks for everything that was missed, of every channel that is known now.
    pub(super) fn ask_for_missed(&mut self) {
        self.state.caught_up = false;
        self.state.connection = Connection::CatchingUp;
        self.state.dirty = true;
        let followed = self.channels_to_follow();
        for channel in followed.difference(&self.state.asked) {
            self.state.entering.entry(*channel).or_default();
        }
        self.state.asked = followed;
        let resume = self.resume();
        self.state.send(resume);
    }

    /// Open channels, and the directory.
    pub(super) fn channels_to_follow(&self) -> BTreeSet<ChannelId> {
        let state = &self.state;
        state
            .open_channels()
            .chain([state.directory_id()])
            .collect()
    }

    fn resume(&self) -> ClientFrame {
        let state = &self.state;
        let roster_length = state
            .roster
            .as_ref()
            .map_or(0, |roster| roster.position().length);
        let after = |channel| {
            state
                .channels
                .get(channel)
                .map_or(0, |part| part.checker.position().sequence)
        };
        ClientFrame::Resume {
            roster_length,
            channels: state
                .asked
                .iter()
                .map(|channel| Cursor {
                    channel: *channel,
                    after: after(channel),
                })
                .collect(),
            groups: state
                .groups
                .values()
                .filter_map(|part| part.group.as_ref())
                .map(|group| GroupCursor {
                    group: group.id(),
                    epoch: group.epoch(),
                })
                .collect(),
        }
    }

    async fn live_loop(
        &mut self,
        reader: &mut SocketReader,
        writer: &mut SocketWriter,
        commands: &mut mpsc::Receiver<SessionCommand>,
    ) -> Ended {
        let mut tick = tokio::time::interval(TICK);
        let mut meter = tokio::time::interval(METER);
        meter.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut naps = Naps::new(self.state.clock.now_ms(), Instant::now());
        let mut is_look = false;
        loop {
            if let Err(ended) = self.settle(writer, is_look).await {
                return ended;
            }
            is_look = false;
            let due = self.view_due();
            reader.watch(self.watch());
            // In this order whatever is ready: the server can send without an end, the others cannot.
            let step = tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(SessionCommand::Reconnect) => Err(Ended::Reconnect),
                    Some(command) => {
                        self.pace.at_once();
                        self.command(command).await
                    }
                    None => Err(Ended::Stopped),
                },
                Some(input) = self.calls.1.recv() => {
                    self.call_input(input);
                    Ok(())
                }
                Some(input) = self.files.1.recv() => self.file_input(input).await,
                _ = meter.tick(), if self.state.call.is_some() => {
                    is_look = true;
                    self.call_meters().await;
                    Ok(())
                }
                _ = tick.tick() => self.beat(&mut naps),
                () = until(due) => {
                    is_look = true;
                    Ok(())
                }
                incoming = reader.next() => match incoming {
                    Ok(Incoming::Frame(frame)) => self.frame(frame).await,
                    Ok(Incoming::Quiet) => writer.ping().await.map_err(Ended::from),
                    Err(error) => Err(error.into()),
                },
                // Last, so that nothing waits for it.
                () = tokio::task::yield_now(), if self.state.reads_on() => self.read_on(),
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    /// Sends what waits, does what must be done, shows what changed. After a look at the meters alone (`is_look`) the gate is as it was,
    /// and is not asked: that takes a look at every device of the group, and meters are looked at many times a second.
    async fn settle(&mut self, writer: &mut SocketWriter, is_look: bool) -> Result<(), Ended> {
        let mut may_differ = !is_look;
        loop {
            self.fill_outbox(self.state.clock.now_ms())?;
            self.mind_farewells();
            if may_differ {
                self.mind_voice_gate();
            }
            may_differ = true;
            while let Some((frame, tag)) = self.state.out.pop_front() {
                let request = writer.send(&frame).await?;
                if let Some(tag) = tag {
                    self.state.requests.insert(request, tag);
                }
            }
            if !self.state.caught_up {
                break;
            }
            let Some(job) = self.state.jobs.pop_front() else {
                break;
            };
            self.show().await;
            self.job(job).await?;
        }
        self.tell_words().await;
        if self
            .view_due()
            .is_some_and(|due| due <= tokio::time::Instant::now())
        {
            self.show().await;
        }
        Ok(())
    }

    /// What is due from time to time, at `now` ms since 1970, which is `steady` of the clock that nobody sets.
    pub(super) fn tick(&mut self, now: u64, steady: Instant) -> Result<(), Ended> {
        for part in self.state.channels.values_mut() {
            let before = part.typing.len();
            part.typing.retain(|_, until| *until > now);
            self.state.dirty |= part.typing.len() != before;
        }
        self.vanish(now)?;
        self.state.signals.expire(steady);
        self.ask_for_keys(now);
        self.mind_groups(now);
        self.mind_private(now);
        self.mind_invites(now);
        self.mind_recovery(now);
        self.mind_approval(now);
        self.mind_files(now);
        self.mind_call(steady);
        self.mind_lacking(now);
        self.mind_ahead(now)
    }

    fn offline(&mut self) {
        self.state.caught_up = false;
        self.state.online.clear();
        self.state.away.others.clear();
        self.state.out.clear();
        self.state.requests.clear();
        for part in self.state.channels.values_mut() {
            part.in_flight = None;
        }
        self.call_cut();
        self.drop_approval();
        self.state.dirty = true;
    }

    /// Waits before the next try; commands are still taken. `Some`: the session ends.
    async fn wait(
        &mut self,
        pause: Duration,
        reason: &str,
        commands: &mut mpsc::Receiver<SessionCommand>,
    ) -> Option<End> {
        let until = tokio::time::Instant::now() + pause;
        let (network, address) = (Arc::clone(&self.network), self.state.me.server.clone());
        let reaching = async move { network.reach(&address).await };
        tokio::pin!(reaching);
        let mut is_reached = false;
        loop {
            let left = until.saturating_duration_since(tokio::time::Instant::now());
            let retry_in_s = left.as_secs_f32().ceil() as u32;
            self.state.connection = Connection::Offline {
                reason: reason.to_owned(),
                retry_in_s,
            };
            self.state.dirty = true;
            self.call_meters().await;
            let now = Instant::now();
            self.state.signals.expire(now);
            self.mind_call(now);
            self.mind_voice_gate();
            if let Err(Ended::Local(error)) = self.vanish(self.state.clock.now_ms()) {
                return Some((&error).into());
            }
            self.show().await;
            // In a call one connects as soon as there is something to connect to, and does not hang in a network that is gone.
            let is_probed = self.wants_call();
            if left.is_zero() && (is_reached || !is_probed) {
                return None;
            }
            // A call goes on meanwhile: who speaks is shown.
            let nap = if self.state.call.is_some() {
                METER
            } else {
                LONGEST_NAP
            };
            let step = tokio::select! {
                biased;
                command = commands.recv() => match command {
                    None => return Some(End::Stopped),
                    Some(SessionCommand::Reconnect) => return None,
                    Some(command) => self.command(command).await,
                },
                Some(input) = self.calls.1.recv() => {
                    self.call_input(input);
                    Ok(())
                }
                Some(input) = self.files.1.recv() => self.file_input(input).await,
                () = &mut reaching, if is_probed && !is_reached => {
                    is_reached = true;
                    Ok(())
                }
                () = tokio::task::yield_now(), if self.state.reads_on() => self.read_on(),
                () = tokio::time::sleep(if left.is_zero() { nap } else { left.min(nap) }) => Ok(()),
            };
            match step {
                Ok(()) => {}
                Err(Ended::Local(error)) => return Some((&error).into()),
                Err(ended) => self.notice(Severity::Error, ended.to_string()).await,
            }
        }
    }

    /// When the state is to be shown, if it is another one.
    fn view_due(&self) -> Option<tokio::time::Instant> {
        let news = self.state.news()?;
        let calls = self.state.calls.values();
        let devices = calls.map(|call| call.devices.len()).max().unwrap_or(0);
        Some(self.pace.due(tokio::time::Instant::now(), news, devices))
    }

    /// Shows the state now, if it is another one.
    pub(super) async fn show(&mut self) {
        if self.state.news().is_none() && self.shown.is_some() {
            return;
        }
        if self.state.dirty {
            self.state.look_at_affairs(false);
        }
        (self.state.dirty, self.state.stirs) = (false, 0);
        let community = view::community(&self.state);
        if self.shown.as_deref() != Some(&community) {
            let community = Arc::new(community);
            self.shown = Some(Arc::clone(&community));
            (self.tell)(SessionUpdate::View(community)).await;
        }
        self.pace.built(tokio::time::Instant::now());
    }

    /// Tells the core something.
    pub(super) async fn tell(&self, update: SessionUpdate) {
        (self.tell)(update).await;
    }

    /// Tells the user something.
    pub(super) async fn notice(&self, severity: Severity, text: String) {
        self.tell(SessionUpdate::Notice(severity, text)).await;
    }
}
