//! One WebRTC connection: the only file that speaks to the engine.
//!
//! The engine's callbacks hold nothing but the ends of two channels, and the connection has a single owner: nothing
//! keeps it alive after [`Link::close`].

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use dialtone_protocol::direct::SignalError;
use dialtone_words::say;
use rtc::interceptor::Slot;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCCertificate,
    RTCConfigurationBuilder, RTCIceCandidateInit, RTCIceGatheringState, RTCIceServer,
    RTCIceTransportPolicy, RTCPeerConnectionIceEvent, RTCPeerConnectionState,
    RTCSessionDescription, Registry, SettingEngineBuilder, StatsSelector,
};

use super::config::TransportConfig;
use super::description::{hide, hide_candidate, parse_answer, parse_offer};
use super::error::TransportError;
use super::event::PeerStats;
use super::flow::{Counters, Inflow, OPUS, OtherEnd, Outflow};
use super::found::WayFound;
use super::ice::{IceServers, Resolved};
use super::media::{MediaIn, MediaOut};
use super::resend;
use super::turn::{Nudge, TurnRuntime};

/// Candidates that a peer may name for one connection.
const MAX_CANDIDATES: usize = 64;
/// Tracks of a peer that are listened to.
const MAX_TRACKS: usize = 2;
/// The level of a packet, for relays alone (RFC 6464).
const LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// Silence until a connection counts as disconnected, then as failed. The other end answers checks also while nobody speaks: four lost
/// in a row are no chance any more, and another way is looked for while there is still something to save.
const SILENCE: (Duration, Duration) = (Duration::from_millis(2_200), Duration::from_secs(15));
/// Between two checks of a pair of addresses (RFC 8445 section 14.2: not below 50 ms), and how many there are: 2 s.
const CHECKS: (Duration, u16) = (Duration::from_millis(50), 40);
/// Between connectivity checks of a standing connection; each measures the round trip.
const KEEPALIVE: Duration = Duration::from_millis(500);
/// Engine calls answer at once; this is for the case that they do not.
const ENGINE: Duration = Duration::from_secs(5);
/// Packets that may come before one that was sent again.
const REPLAY: usize = 1_024;
/// Candidates and tracks that wait for the peer's task.
const EVENTS: usize = 128;

/// What the engine tells.
pub(super) enum LinkEvent {
    /// A local candidate was found.
    Candidate(String),
    /// No more candidates will come in this round.
    Gathered,
    /// The peer's sound arrives.
    Track(Arc<dyn TrackRemote>),
    /// The connection changed.
    State(RTCPeerConnectionState),
    /// The engine has stopped by itself.
    Broken,
}

/// One connection to one peer, or to a relay.
pub(super) struct Link {
    other_end: OtherEnd,
    connection: Box<dyn PeerConnection>,
    events: mpsc::Receiver<LinkEvent>,
    state: watch::Receiver<RTCPeerConnectionState>,
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    counters: Arc<Counters>,
    /// The sender and receivers of media; each ends only with the connection.
    media: JoinSet<()>,
    remote_candidates: usize,
    remote_description: String,
    /// What the other end asks for again: on its way, and, until sending begins, to whom.
    asks: mpsc::Sender<Vec<u16>>,
    asked: Option<mpsc::Receiver<Vec<u16>>>,
    servers: Vec<RTCIceServer>,
    policy: RTCIceTransportPolicy,
    /// A TURN server relays, in this round.
    relayed: bool,
    nudge: Nudge,
}

impl Link {
    /// A connection that is ready to offer or answer.
    pub(super) async fn open(
        config: &TransportConfig,
        certificate: &RTCCertificate,
        resolved: Resolved,
        other_end: OtherEnd,
    ) -> Result<Self, TransportError> {
        let servers = resolved.servers.clone();
        let is_turn = |server: &RTCIceServer| server.urls.iter().any(|url| url.starts_with("turn"));
        let nudge = Nudge::new(servers.iter().any(is_turn));
        let to_relay = matches!(other_end, OtherEnd::Relay(_));
        let (asks, asked) = mpsc::channel(resend::ASKS);
        let (events_in, events) = mpsc::channel(EVENTS);
        let (state_in, state) = watch::channel(RTCPeerConnectionState::New);
        let handler = Handler {
            hides: config.relay_only,
            events: events_in,
            state: state_in,
        };
        let connection = bounded(
            "opening",
            // Boxed: what the engine builds is large, and this future is held by every peer's task.
            Box::pin(build(
                config,
                certificate,
                resolved,
                &nudge,
                handler,
                (!to_relay).then(|| asks.clone()),
            )),
        )
        .await?;
        let ssrc = rand::random();
        let track = Arc::new(TrackLocalStaticRTP::new(voice_track(ssrc)));
        let local: Arc<dyn TrackLocal> = track.clone();
        bounded(say!("reach-doing-sound"), connection.add_track(local)).await?;
        Ok(Self {
            other_end,
            connection,
            events,
            state,
            track,
            ssrc,
            counters: Arc::default(),
            media: JoinSet::new(),
            remote_candidates: 0,
            remote_description: String::new(),
            asks,
            asked: Some(asked),
            servers,
            policy: policy(config),
            relayed: false,
            nudge,
        })
    }

    /// Waits for the next thing that the engine tells. Cancel-safe.
    pub(super) async fn next(&mut self) -> LinkEvent {
        let event = tokio::select! {
            changed = self.state.changed() => match changed {
                Ok(()) => LinkEvent::State(*self.state.borrow_and_update()),
                Err(_) => LinkEvent::Broken,
            },
            event = self.events.recv() => event.unwrap_or(LinkEvent::Broken),
            Some(_) = self.media.join_next() => LinkEvent::Broken,
        };
        if let LinkEvent::Candidate(candidate) = &event {
            self.relayed |= candidate.contains(" typ relay");
        }
        event
    }

    /// Whether a TURN server relays, as far as is known.
    pub(super) fn is_relayed(&self) -> bool {
        self.relayed
    }

    /// Lets the next round begin with the present user name and password at the TURN servers.
    async fn renew(&mut self, ice: &IceServers) -> Result<(), TransportError> {
        let (user, password) = ice.login();
        let is_old = |server: &&mut RTCIceServer| {
            !server.username.is_empty()
                && (server.username != user || server.credential != password)
        };
        let mut is_news = false;
        for server in self.servers.iter_mut().filter(is_old) {
            (server.username, server.credential) = (user.to_owned(), password.to_owned());
            is_news = true;
        }
        if !is_news {
            return Ok(());
        }
        let configuration = RTCConfigurationBuilder::new()
            .with_ice_servers(self.servers.clone())
            .with_ice_transport_policy(self.policy)
            .build();
        let set = self.connection.set_configuration(configuration);
        bounded(say!("reach-doing-password"), set).await
    }

    /// Whether the engine says that media can flow.
    pub(super) fn is_connected(&self) -> bool {
        *self.state.borrow() == RTCPeerConnectionState::Connected
    }

    /// Makes an offer, of an ICE restart if this is not the first, and begins to gather.
    pub(super) async fn offer(
        &mut self,
        restart: bool,
        ice: &IceServers,
    ) -> Result<(), TransportError> {
        self.relayed = false;
        if restart {
            self.remote_candidates = 0;
            self.renew(ice).await?;
            bounded(say!("reach-doing-restart"), self.connection.restart_ice()).await?;
        }
        let offer = bounded(
            say!("reach-doing-offer"),
            self.connection.create_offer(None),
        )
        .await?;
        bounded(
            say!("reach-doing-offer"),
            self.connection.set_local_description(offer),
        )
        .await
    }

    /// Takes an offer, makes an answer and begins to gather.
    pub(super) async fn answer(
        &mut self,
        offer: String,
        ice: &IceServers,
    ) -> Result<(), TransportError> {
        self.remote_candidates = 0;
        self.relayed = false;
        self.renew(ice).await?;
        let offer = parse_offer(offer)?;
        self.take_description(offer).await?;
        let answer = bounded(
            say!("reach-doing-answer"),
            self.connection.create_answer(None),
        )
        .await?;
        bounded(
            say!("reach-doing-answer"),
            self.connection.set_local_description(answer),
        )
        .await
    }

    /// Takes the answer to this side's offer.
    pub(super) async fn accept(&mut self, answer: String) -> Result<(), TransportError> {
        let answer = parse_answer(answer)?;
        self.take_description(answer).await
    }

    async fn take_description(
        &mut self,
        description: RTCSessionDescription,
    ) -> Result<(), TransportError> {
        let named = description.sdp.matches("a=candidate:").count();
        self.count_candidates(named)?;
        self.remote_description.clone_from(&description.sdp);
        let set = self.connection.set_remote_description(description);
        bounded(say!("reach-doing-take"), set).await
    }

    /// Takes a candidate that the peer found later.
    pub(super) async fn add_candidate(&mut self, candidate: String) -> Result<(), TransportError> {
        self.count_candidates(1)?;
        let candidate = RTCIceCandidateInit {
            candidate,
            sdp_mline_index: Some(0),
            ..RTCIceCandidateInit::default()
        };
        let add = self.connection.add_ice_candidate(candidate);
        bounded(say!("reach-doing-candidate"), add).await
    }

    fn count_candidates(&mut self, more: usize) -> Result<(), SignalError> {
        if self.remote_candidates + more > MAX_CANDIDATES {
            return Err(SignalError::TooManyCandidates(MAX_CANDIDATES));
        }
        self.remote_candidates += more;
        Ok(())
    }

    /// This side's description with the candidates found so far, as others may see it.
    pub(super) async fn description(&self) -> Result<String, TransportError> {
        let description = self.connection.local_description().await;
        let sdp = description.map(|description| description.sdp);
        let hides = self.policy == RTCIceTransportPolicy::Relay;
        sdp.map(|sdp| if hides { hide(&sdp) } else { sdp })
            .ok_or_else(|| TransportError::Engine {
                doing: say!("reach-doing-describe"),
                reason: say!("reach-no-description").to_owned(),
            })
    }

    /// Begins to send what comes through `ring`; later calls do nothing.
    ///
    /// # Errors
    /// When the peer's certificate is not the one its description names.
    pub(super) async fn begin_sending(
        &mut self,
        ring: broadcast::Receiver<Arc<MediaOut>>,
    ) -> Result<(), TransportError> {
        if self.asked.is_none() {
            return Ok(());
        }
        self.check_fingerprint().await?;
        let Some(asks) = self.asked.take() else {
            return Ok(());
        };
        self.nudge.connected();
        let outflow = Outflow {
            ring,
            track: self.track.clone(),
            ssrc: self.ssrc,
            with_level: matches!(self.other_end, OtherEnd::Relay(_)),
            asks,
            nudge: self.nudge.clone(),
            counters: self.counters.clone(),
        };
        self.media.spawn(outflow.run());
        Ok(())
    }

    /// Begins to receive what comes over `track`. A peer has one voice; many more tracks are not heard.
    pub(super) fn receive(&mut self, track: Arc<dyn TrackRemote>, media: mpsc::Sender<MediaIn>) {
        if self.media.len() > MAX_TRACKS {
            return;
        }
        let inflow = Inflow {
            track,
            from: self.other_end.clone(),
            media,
            ssrc: self.ssrc,
            asks: self.asks.clone(),
            counters: self.counters.clone(),
        };
        self.media.spawn(inflow.run());
    }

    /// The engine has compared already; a call stands or falls with this, so it is compared once more.
    async fn check_fingerprint(&self) -> Result<(), TransportError> {
        let senders = self.connection.get_senders().await;
        let sender = senders.first().ok_or(TransportError::Fingerprint)?;
        let transport = bounded(say!("reach-doing-check"), sender.transport()).await?;
        let transport = transport.ok_or(TransportError::Fingerprint)?;
        let shown = bounded(
            say!("reach-doing-check"),
            transport.get_remote_certificates(),
        )
        .await?;
        let shown = shown.first().ok_or(TransportError::Fingerprint)?;
        if super::fingerprint::matches(&self.remote_description, shown) {
            Ok(())
        } else {
            Err(TransportError::Fingerprint)
        }
    }

    /// Counts since the connection was made.
    pub(super) async fn stats(&self) -> PeerStats {
        let now = Instant::now();
        let report = self.connection.get_stats(now, StatsSelector::None).await;
        let pair = report
            .candidate_pairs()
            .filter(|pair| pair.nominated && pair.current_round_trip_time > 0.0)
            .max_by_key(|pair| pair.responses_received);
        let round_trip =
            pair.and_then(|pair| Duration::try_from_secs_f64(pair.current_round_trip_time).ok());
        if let Some(round_trip) = round_trip {
            self.counters.measured(round_trip);
        }
        let loss = *self.counters.loss.lock();
        PeerStats {
            round_trip,
            way: pair.map(|pair| WayFound::of(&report, pair)),
            received: loss.received(),
            lost: loss.lost(),
            refused: self.counters.refused.load(Ordering::Relaxed),
            unsent: self.counters.unsent.load(Ordering::Relaxed),
        }
    }

    /// Closes the sockets and ends the tasks.
    pub(super) async fn close(mut self) {
        self.media.shutdown().await;
        if let Err(error) = bounded(say!("reach-doing-close"), self.connection.close()).await {
            tracing::debug!(%error, "connection did not close cleanly");
        }
    }
}

async fn bounded<T>(
    doing: &'static str,
    call: impl Future<Output = webrtc::error::Result<T>>,
) -> Result<T, TransportError> {
    match tokio::time::timeout(ENGINE, call).await {
        Ok(done) => done.map_err(TransportError::engine(doing)),
        Err(_) => Err(TransportError::Engine {
            doing,
            reason: say!("reach-no-answer").to_owned(),
        }),
    }
}

async fn build(
    config: &TransportConfig,
    certificate: &RTCCertificate,
    resolved: Resolved,
    nudge: &Nudge,
    handler: Handler,
    asks: Option<mpsc::Sender<Vec<u16>>>,
) -> webrtc::error::Result<Box<dyn PeerConnection>> {
    let mut media = MediaEngine::default();
    let codec = RTCRtpCodecParameters {
        rtp_codec: opus(),
        payload_type: OPUS,
    };
    media.register_codec(codec, RtpCodecKind::Audio)?;
    // A relay asks within its stream, and is told levels.
    if asks.is_none() {
        let level = RTCRtpHeaderExtensionCapability { uri: LEVEL.into() };
        media.register_header_extension(level, RtpCodecKind::Audio, None)?;
    }
    let configuration = RTCConfigurationBuilder::new()
        .with_ice_servers(resolved.servers)
        .with_ice_transport_policy(policy(config))
        .with_certificates(vec![certificate.clone()])
        .build();
    let no_wait = Some(Duration::ZERO);
    let settings = SettingEngineBuilder::new()
        .with_include_loopback_candidate(config.include_loopback)
        .with_ice_timeouts(Some(SILENCE.0), Some(SILENCE.1), Some(KEEPALIVE))
        .with_ice_connection_attempts(Some(CHECKS.0), Some(CHECKS.1))
        .with_relay_acceptance_min_wait(no_wait)
        .with_srflx_acceptance_min_wait(no_wait)
        .with_prflx_acceptance_min_wait(no_wait)
        // A restart follows the machine to another network.
        .with_discard_local_candidates_during_ice_restart(true)
        // From a relay that forwards eight talkers 400 packets come a second, and some of them again.
        .with_srtp_replay_protection_window(REPLAY)
        .build();
    // No others: loss is counted here, the round trip comes from ICE, and packets are sent again by `flow`.
    let interceptors = match asks {
        Some(asks) => Registry::new().with(Slot::NackResponder, resend::Listener::new(asks)),
        None => Registry::new(),
    };
    let building = PeerConnectionBuilder::new()
        .with_configuration(configuration)
        .with_media_engine(media)
        .with_interceptor_registry(interceptors)
        .with_setting_engine(settings)
        .with_handler(Arc::new(handler))
        .with_runtime(Arc::new(TurnRuntime::new(resolved.streams, nudge.clone())))
        .with_udp_addrs(config.addresses())
        .build();
    Ok(Box::new(Box::pin(building).await?))
}

fn policy(config: &TransportConfig) -> RTCIceTransportPolicy {
    if config.relay_only {
        RTCIceTransportPolicy::Relay
    } else {
        RTCIceTransportPolicy::All
    }
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: Vec::new(),
    }
}

fn voice_track(ssrc: u32) -> MediaStreamTrack {
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            ssrc: Some(ssrc),
            ..RTCRtpCodingParameters::default()
        },
        codec: opus(),
        ..RTCRtpEncodingParameters::default()
    };
    MediaStreamTrack::new(
        "dialtone".to_owned(),
        "voice".to_owned(),
        "voice".to_owned(),
        RtpCodecKind::Audio,
        vec![encoding],
    )
}

/// Passes the engine's callbacks on. They run on the engine's own task, so they never wait.
struct Handler {
    /// Others are not to learn one's own address.
    hides: bool,
    events: mpsc::Sender<LinkEvent>,
    state: watch::Sender<RTCPeerConnectionState>,
}

impl Handler {
    fn tell(&self, event: LinkEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("a connection event found no room");
        }
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let found = event.candidate.to_json().map(|found| found.candidate);
        let found = found.ok().filter(|found| !found.is_empty());
        let told = match found {
            Some(found) if self.hides => hide_candidate(&found),
            found => found,
        };
        if let Some(told) = told {
            self.tell(LinkEvent::Candidate(told));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(LinkEvent::Gathered);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.tell(LinkEvent::Track(track));
    }
}
