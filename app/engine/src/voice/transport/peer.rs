//! The task that keeps one peer connected: offers, answers, restarts and begins anew.
//!
//! ```text
//!            offer_anew / take_offer          first candidates     answer        engine says so
//!   Idle ───────────────────────► Gathering ───────────────► Awaiting ──► Checking ──► Connected
//!    ▲                                 ▲                                     │             │
//!    │ fail: pause, then again         └────────────── restart ──────────────┼─────────────┤ silence
//!    └───────────────────────────────────────────────────────────────────────┴─────────────┘ lost
//! ```
//!
//! Every phase but `Connected` has a deadline, so the task never waits for a peer that says nothing more.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use dialtone_protocol::turn::TurnServers;
use dialtone_protocol::{DeviceId, StreamId};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use webrtc::peer_connection::{RTCCertificate, RTCPeerConnectionState as EngineState};

use super::attempt::{Attempt, Role, Verdict, judge, retry_delay};
use super::config::TransportConfig;
use super::connection::{Link, LinkEvent};
use super::error::TransportError;
use super::event::{PeerState, TransportEvent};
use super::flow::OtherEnd;
use super::ice::IceServers;
use super::media::{MediaIn, MediaSender};
use crate::clock::until;
use dialtone_protocol::direct::{Signal, SignalBody};

/// Host candidates come together; this long after the last one the description leaves.
const SETTLE: Duration = Duration::from_millis(10);
/// The description leaves after this long, whatever was found.
const GATHER: Duration = Duration::from_millis(250);
/// How long an offer waits for its answer, and an answerer for an offer.
const ANSWER: Duration = Duration::from_secs(10);
/// How long connectivity checks and DTLS may take; a relayed connection needs some seconds.
const CHECK: Duration = Duration::from_secs(15);
/// How long all that may take where a connection has stood: its network answered quickly, and when there is one again, it is to be
/// found soon. The engine asks each candidate for 1.4 s and then no more, so that a longer wait is for nothing.
const AGAIN: Duration = Duration::from_secs(3);
/// Pauses between such tries, at most, and for how long after the connection was lost.
const SOON: (Duration, Duration) = (Duration::from_millis(500), Duration::from_mins(1));
/// Requests for another attempt are heard this long after the last one began.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two readings of the counts.
const STATS: Duration = Duration::from_secs(1);

/// What all peers of a call share.
pub(super) struct Shared {
    pub(super) config: TransportConfig,
    servers: ArcSwap<IceServers>,
    pub(super) certificate: RTCCertificate,
    pub(super) ring: MediaSender,
    pub(super) events: mpsc::Sender<TransportEvent>,
    pub(super) media: mpsc::Sender<MediaIn>,
}

impl Shared {
    /// What all peers of a call share.
    pub(super) fn new(
        config: TransportConfig,
        certificate: RTCCertificate,
        events: mpsc::Sender<TransportEvent>,
        media: mpsc::Sender<MediaIn>,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            servers: ArcSwap::from_pointee(IceServers::new(&config)?),
            config,
            certificate,
            ring: MediaSender::new(),
            events,
            media,
        })
    }

    /// Lets what begins from now on use other STUN and TURN servers, or the same with another password.
    pub(super) fn hand_out(&self, servers: TurnServers) -> Result<(), TransportError> {
        let config = TransportConfig {
            handed_out: Some(servers),
            ..self.config.clone()
        };
        self.servers.store(Arc::new(IceServers::new(&config)?));
        Ok(())
    }

    /// The engine has found all candidates: where no TURN server relays, it is found out why. Beside the connection, which may not
    /// need one.
    fn look_into_turn(&self, link: Option<&Link>) {
        if link.is_none_or(Link::is_relayed) {
            return;
        }
        let (servers, events) = (self.servers.load_full(), self.events.clone());
        tokio::spawn(async move {
            if let Some(error) = servers.look_into().await {
                // Nobody hears it once the call is over.
                let _ = events.send(TransportEvent::Turn { error }).await;
            }
        });
    }
}

/// What the owner tells a peer's task.
#[derive(Debug)]
pub(super) enum PeerInput {
    /// The peer said this.
    Signal(Signal),
    /// The network may have changed: find the way anew.
    Refresh,
}

/// Where the attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No connection; waits for an offer, or for the pause to end.
    Idle,
    /// The local description waits for its candidates, until the given time at most.
    Gathering { until: Instant },
    /// The offer has left.
    Awaiting,
    /// Both descriptions are known.
    Checking,
    /// Media can flow.
    Connected,
}

enum Wake {
    Stop,
    Input(PeerInput),
    Link(LinkEvent),
    Deadline,
    Stats,
}

/// The task of one peer.
pub(super) struct PeerTask {
    shared: Arc<Shared>,
    peer: DeviceId,
    local: StreamId,
    remote: StreamId,
    role: Role,
    inbox: mpsc::Receiver<PeerInput>,
    stop: CancellationToken,
    link: Option<Link>,
    attempt: Attempt,
    began: Instant,
    phase: Phase,
    deadline: Option<Instant>,
    failures: u32,
    /// When a connection that stood fell silent.
    lost: Option<Instant>,
    reported: Option<PeerState>,
    /// The description that left last; its candidates need no signal of their own.
    described: String,
}

impl PeerTask {
    /// A task between the stays `local` and `remote`.
    pub(super) fn new(
        shared: Arc<Shared>,
        peer: DeviceId,
        (local, remote): (StreamId, StreamId),
        role: Role,
        inbox: mpsc::Receiver<PeerInput>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            shared,
            peer,
            local,
            remote,
            role,
            inbox,
            stop,
            link: None,
            attempt: Attempt::default(),
            began: Instant::now(),
            phase: Phase::Idle,
            deadline: None,
            failures: 0,
            lost: None,
            reported: None,
            described: String::new(),
        }
    }

    /// Runs until stopped or until the peer leaves, and closes the connection.
    pub(super) async fn run(mut self) {
        let mut stats = tokio::time::interval(STATS);
        stats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.report(PeerState::Connecting).await;
        match self.role {
            Role::Offerer => self.offer_anew().await,
            Role::Answerer => self.rest(ANSWER),
        }
        loop {
            let wake = tokio::select! {
                biased;
                () = self.stop.cancelled() => Wake::Stop,
                input = self.inbox.recv() => input.map_or(Wake::Stop, Wake::Input),
                event = next_event(self.link.as_mut()) => Wake::Link(event),
                () = until(self.deadline) => Wake::Deadline,
                _ = stats.tick(), if self.phase == Phase::Connected => Wake::Stats,
            };
            match wake {
                Wake::Stop => break,
                Wake::Input(PeerInput::Signal(signal)) => self.on_signal(signal).await,
                Wake::Input(PeerInput::Refresh) => self.on_refresh().await,
                Wake::Link(event) => self.on_event(event).await,
                Wake::Deadline => self.on_deadline().await,
                Wake::Stats => self.tell_stats().await,
            }
            if self.reported == Some(PeerState::Left) {
                break;
            }
        }
        self.drop_link().await;
    }

    // ---- what the peer says -------------------------------------------------------------------------------------

    async fn on_signal(&mut self, signal: Signal) {
        let verdict = judge(&signal, self.role, &self.local, &self.remote, self.attempt);
        let attempt = signal.attempt;
        match (verdict, signal.body) {
            (Verdict::Drop, body) => {
                tracing::debug!(peer = ?self.peer, ?attempt, ?body, "stale signal dropped");
            }
            (_, SignalBody::Offer { sdp }) => self.take_offer(attempt, sdp).await,
            (_, SignalBody::Answer { sdp }) => self.take_answer(sdp).await,
            (_, SignalBody::Candidate { candidate }) => self.take_candidate(candidate).await,
            (_, SignalBody::Please { fresh }) => self.on_please(fresh).await,
            (_, SignalBody::Bye) => self.report(PeerState::Left).await,
        }
    }

    async fn take_offer(&mut self, attempt: Attempt, sdp: String) {
        let renewed = attempt.generation != self.attempt.generation;
        self.begin(attempt);
        if renewed {
            self.drop_link().await;
            self.report(PeerState::Connecting).await;
        }
        match self.answered(sdp).await {
            Ok(()) => self.gather(),
            Err(error) => self.fail(Some(error)).await,
        }
    }

    async fn answered(&mut self, sdp: String) -> Result<(), TransportError> {
        if self.link.is_none() {
            self.link = Some(self.open().await?);
        }
        match &mut self.link {
            Some(link) => link.answer(sdp, &self.shared.servers.load_full()).await,
            None => Ok(()),
        }
    }

    async fn take_answer(&mut self, sdp: String) {
        if self.phase != Phase::Awaiting {
            return;
        }
        let Some(link) = &mut self.link else { return };
        match link.accept(sdp).await {
            Ok(()) => self.enter(Phase::Checking, self.limit(CHECK)),
            Err(error) => self.fail(Some(error)).await,
        }
    }

    /// A candidate that cannot be used is only one way less.
    async fn take_candidate(&mut self, candidate: String) {
        let Some(link) = &mut self.link else { return };
        if let Err(error) = link.add_candidate(candidate).await {
            self.problem(error).await;
        }
    }

    async fn on_please(&mut self, fresh: bool) {
        if matches!(self.phase, Phase::Gathering { .. }) || self.began.elapsed() < PATIENCE {
            return;
        }
        if fresh || self.phase != Phase::Connected {
            self.offer_anew().await;
        } else {
            self.offer_restart().await;
        }
    }

    async fn on_refresh(&mut self) {
        match (self.role, self.phase) {
            (Role::Offerer, Phase::Connected) => self.offer_restart().await,
            (Role::Offerer, Phase::Idle) => self.offer_anew().await,
            (Role::Offerer, _) => {}
            (Role::Answerer, Phase::Connected) => {
                self.say(SignalBody::Please { fresh: false }).await;
            }
            (Role::Answerer, _) => self.say(SignalBody::Please { fresh: true }).await,
        }
    }

    // ---- what the engine says -----------------------------------------------------------------------------------

    async fn on_event(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Candidate(candidate) => self.on_candidate(candidate).await,
            LinkEvent::Gathered => {
                if matches!(self.phase, Phase::Gathering { .. }) {
                    self.describe().await;
                }
                self.shared.look_into_turn(self.link.as_ref());
            }
            LinkEvent::Track(track) => {
                if let Some(link) = &mut self.link {
                    link.receive(track, self.shared.media.clone());
                }
            }
            LinkEvent::State(EngineState::Connected) => self.on_connected().await,
            LinkEvent::State(EngineState::Disconnected) => self.on_silence().await,
            LinkEvent::State(EngineState::Failed) | LinkEvent::Broken => self.fail(None).await,
            LinkEvent::State(_) => {}
        }
    }

    async fn on_candidate(&mut self, candidate: String) {
        match self.phase {
            Phase::Gathering { until } => {
                self.deadline = Some(until.min(Instant::now() + SETTLE));
            }
            Phase::Idle => {}
            _ => {
                if !self.described.contains(&candidate) {
                    self.say(SignalBody::Candidate { candidate }).await;
                }
            }
        }
    }

    async fn on_connected(&mut self) {
        if matches!(self.phase, Phase::Gathering { .. } | Phase::Awaiting) {
            // A restart is being negotiated; the old way still carries.
            return;
        }
        let Some(link) = &mut self.link else { return };
        let ring = self.shared.ring.subscribe();
        if let Err(error) = link.begin_sending(ring).await {
            self.fail(Some(error)).await;
            return;
        }
        self.phase = Phase::Connected;
        self.deadline = None;
        self.failures = 0;
        self.lost = None;
        self.report(PeerState::Connected).await;
    }

    async fn on_silence(&mut self) {
        self.report(PeerState::Disconnected).await;
        if self.phase != Phase::Connected {
            return;
        }
        self.lost = Some(Instant::now());
        match self.role {
            Role::Offerer => self.offer_restart().await,
            Role::Answerer => {
                self.enter(Phase::Checking, AGAIN);
                self.say(SignalBody::Please { fresh: false }).await;
            }
        }
    }

    async fn on_deadline(&mut self) {
        self.deadline = None;
        match (self.phase, self.role) {
            (Phase::Gathering { .. }, _) => self.describe().await,
            (Phase::Idle, Role::Offerer) => self.offer_anew().await,
            (Phase::Idle, Role::Answerer) => {
                self.failures = self.failures.saturating_add(1);
                self.rest(self.pause().max(PATIENCE));
                self.say(SignalBody::Please { fresh: true }).await;
            }
            // The engine keeps saying nothing when a restart leads to the same state.
            (Phase::Checking, _) if self.link.as_ref().is_some_and(Link::is_connected) => {
                self.on_connected().await;
            }
            (Phase::Awaiting | Phase::Checking, _) => self.fail(None).await,
            (Phase::Connected, _) => {}
        }
    }

    // ---- what this side does ------------------------------------------------------------------------------------

    async fn offer_anew(&mut self) {
        self.begin(self.attempt.renewed());
        self.drop_link().await;
        self.report(PeerState::Connecting).await;
        let offered = async {
            let mut link = self.open().await?;
            let offered = link.offer(false, &self.shared.servers.load_full()).await;
            self.link = Some(link);
            offered
        };
        match offered.await {
            Ok(()) => self.gather(),
            Err(error) => self.fail(Some(error)).await,
        }
    }

    async fn offer_restart(&mut self) {
        let Some(link) = &mut self.link else {
            return self.offer_anew().await;
        };
        match link.offer(true, &self.shared.servers.load_full()).await {
            Ok(()) => {
                self.begin(self.attempt.restarted());
                self.gather();
            }
            Err(error) => self.fail(Some(error)).await,
        }
    }

    async fn open(&self) -> Result<Link, TransportError> {
        let shared = &self.shared;
        let servers = shared.servers.load_full().resolve().await;
        let other_end = OtherEnd::Talker(self.peer);
        Link::open(&shared.config, &shared.certificate, servers, other_end).await
    }

    /// Sends the description with the candidates that were found by now.
    async fn describe(&mut self) {
        let Some(link) = &self.link else { return };
        let sdp = match link.description().await {
            Ok(sdp) => sdp,
            Err(error) => return self.fail(Some(error)).await,
        };
        self.described.clone_from(&sdp);
        match self.role {
            Role::Offerer => {
                self.enter(Phase::Awaiting, self.limit(ANSWER));
                self.say(SignalBody::Offer { sdp }).await;
            }
            Role::Answerer => {
                self.enter(Phase::Checking, self.limit(CHECK));
                self.say(SignalBody::Answer { sdp }).await;
            }
        }
    }

    /// Gives the connection up; another is made after a pause.
    async fn fail(&mut self, error: Option<TransportError>) {
        if let Some(error) = error {
            self.problem(error).await;
        }
        self.drop_link().await;
        self.failures = self.failures.saturating_add(1);
        self.rest(self.pause());
        self.report(PeerState::Failed).await;
    }

    async fn drop_link(&mut self) {
        if let Some(link) = self.link.take() {
            link.close().await;
        }
    }

    // ---- small steps --------------------------------------------------------------------------------------------

    fn begin(&mut self, attempt: Attempt) {
        self.attempt = attempt;
        self.began = Instant::now();
    }

    fn gather(&mut self) {
        let until = Instant::now() + GATHER;
        self.phase = Phase::Gathering { until };
        self.deadline = Some(until);
    }

    fn enter(&mut self, phase: Phase, limit: Duration) {
        self.phase = phase;
        self.deadline = Some(Instant::now() + limit);
    }

    /// How long something may take that usually may take so long.
    fn limit(&self, usual: Duration) -> Duration {
        if self.is_newly_lost() {
            AGAIN.min(usual)
        } else {
            usual
        }
    }

    fn is_newly_lost(&self) -> bool {
        self.lost.is_some_and(|lost| lost.elapsed() < SOON.1)
    }

    /// The pause before the next connection.
    fn pause(&self) -> Duration {
        let pause = retry_delay(self.failures);
        if self.is_newly_lost() {
            pause.min(SOON.0)
        } else {
            pause
        }
    }

    fn rest(&mut self, pause: Duration) {
        self.enter(Phase::Idle, pause);
    }

    async fn say(&self, body: SignalBody) {
        let signal = Signal::new(self.local, self.remote, self.attempt, body);
        let to = self.peer;
        match signal.check() {
            Ok(()) => self.emit(TransportEvent::Signal { to, signal }).await,
            Err(error) => self.problem(error.into()).await,
        }
    }

    async fn report(&mut self, state: PeerState) {
        if self.reported != Some(state) {
            self.reported = Some(state);
            let peer = self.peer;
            self.emit(TransportEvent::State { peer, state }).await;
        }
    }

    async fn problem(&self, error: TransportError) {
        let peer = self.peer;
        self.emit(TransportEvent::Problem { peer, error }).await;
    }

    /// Counts are worth nothing later: without room they are dropped.
    async fn tell_stats(&self) {
        let Some(link) = &self.link else { return };
        let stats = link.stats().await;
        let peer = self.peer;
        let _ = self
            .shared
            .events
            .try_send(TransportEvent::Stats { peer, stats });
    }

    /// Waits for room, but not longer than this task may live.
    async fn emit(&self, event: TransportEvent) {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {}
            _ = self.shared.events.send(event) => {}
        }
    }
}

async fn next_event(link: Option<&mut Link>) -> LinkEvent {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}
