//! The relay over UDP: offered again whenever it is lost, and tried again while the tunnel carries.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, timeout};
use tokio_util::sync::CancellationToken;
use webrtc::peer_connection::{RTCCertificate, RTCPeerConnectionState as EngineState};

use super::ways::{Stand, Standing};
use super::{Input, RelayAnswer, RelayEvent, RelayOutputs, RelayServer};
use crate::voice::transport::config::TransportConfig;
use crate::voice::transport::connection::{Link, LinkEvent};
use crate::voice::transport::error::TransportError;
use crate::voice::transport::flow::OtherEnd;
use crate::voice::transport::ice::{IceServers, Resolved};
use crate::voice::transport::media::MediaSender;
use crate::voice::transport::talkers::Talkers;

/// How long an offer waits for its answer, and a name for its addresses.
const ANSWER: Duration = Duration::from_secs(4);
/// How long connectivity checks and DTLS may take: a server that can be reached answers at once. The engine stops asking long before.
const CHECK: Duration = Duration::from_millis(2_500);
/// Between two readings of the counts.
const STATS: Duration = Duration::from_secs(1);
/// Addresses of one server that are tried.
const MOST_ADDRESSES: usize = 8;

/// How one try ended.
enum Try {
    /// There was no way.
    NoWay,
    /// The way that stood is lost.
    Lost,
}

/// What keeps the relay connected over UDP.
pub(super) struct ByUdp {
    pub(super) config: TransportConfig,
    pub(super) certificate: RTCCertificate,
    pub(super) ring: MediaSender,
    pub(super) talkers: Talkers,
    pub(super) server: Arc<dyn RelayServer>,
    pub(super) outputs: RelayOutputs,
    pub(super) inputs: mpsc::Receiver<Input>,
    pub(super) standing: Standing,
    /// Ends it. Its future is not to be dropped before: an engine that nobody closes goes on.
    pub(super) stop: CancellationToken,
}

impl ByUdp {
    pub(super) async fn run(mut self) {
        while !self.stop.is_cancelled() {
            self.standing.now(Stand::Trying);
            match self.once().await {
                // It stood: it is looked for anew at once.
                Ok(Try::Lost) => continue,
                Ok(Try::NoWay) => {}
                Err(error) => self.tell(RelayEvent::Problem(error)).await,
            }
            self.standing.now(Stand::Failed);
            tokio::select! {
                () = self.standing.rest() => {}
                // Perhaps there is a way now.
                input = self.inputs.recv() => if input.is_none() { return },
                () = self.stop.cancelled() => {}
            }
        }
    }

    async fn once(&mut self) -> Result<Try, TransportError> {
        let other_end = OtherEnd::Relay(self.talkers.clone());
        let servers = Resolved::default();
        let mut link = Link::open(&self.config, &self.certificate, servers, other_end).await?;
        let stop = self.stop.clone();
        let ended = tokio::select! {
            ended = self.over(&mut link) => ended,
            () = stop.cancelled() => Ok(Try::NoWay),
        };
        link.close().await;
        ended
    }

    async fn over(&mut self, link: &mut Link) -> Result<Try, TransportError> {
        link.offer(false, &IceServers::default()).await?;
        // Answers to earlier offers are of no use.
        while self.inputs.try_recv().is_ok() {}
        let offer = link.description().await?;
        self.tell(RelayEvent::Offer(offer)).await;
        let Ok(Some(answer)) = timeout(ANSWER, self.answered()).await else {
            return Ok(Try::NoWay);
        };
        link.accept(answer.sdp).await?;
        let addresses = timeout(ANSWER, self.server.addresses()).await;
        let addresses = addresses.unwrap_or_default().into_iter();
        for address in addresses.take(MOST_ADDRESSES) {
            link.add_candidate(candidate(address, answer.port)).await?;
        }
        let connected = timeout(CHECK, self.connected(link)).await;
        if !matches!(connected, Ok(true)) {
            return Ok(Try::NoWay);
        }
        link.begin_sending(self.ring.subscribe()).await?;
        self.standing.now(Stand::Up);
        self.stay(link).await;
        Ok(Try::Lost)
    }

    async fn answered(&mut self) -> Option<RelayAnswer> {
        match self.inputs.recv().await? {
            Input::Answer(answer) => Some(answer),
            Input::Refused | Input::Refresh => None,
        }
    }

    /// Waits until media can flow; `false` when it never will.
    async fn connected(&self, link: &mut Link) -> bool {
        loop {
            if link.is_connected() {
                return true;
            }
            match link.next().await {
                LinkEvent::Track(track) => link.receive(track, self.outputs.media.clone()),
                LinkEvent::State(EngineState::Failed | EngineState::Closed) | LinkEvent::Broken => {
                    return false;
                }
                LinkEvent::State(_) | LinkEvent::Candidate(_) | LinkEvent::Gathered => {}
            }
        }
    }

    /// Until the way is lost. One that fell silent is not waited for: the server gives up what is older than what stands.
    async fn stay(&mut self, link: &mut Link) {
        let mut stats = tokio::time::interval(STATS);
        stats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = link.next() => match event {
                    LinkEvent::Track(track) => link.receive(track, self.outputs.media.clone()),
                    LinkEvent::State(
                        EngineState::Disconnected | EngineState::Failed | EngineState::Closed,
                    )
                    | LinkEvent::Broken => return,
                    LinkEvent::State(_) | LinkEvent::Candidate(_) | LinkEvent::Gathered => {}
                },
                input = self.inputs.recv() => match input {
                    None | Some(Input::Refresh) => return,
                    Some(Input::Answer(_) | Input::Refused) => {}
                },
                _ = stats.tick() => {
                    let stats = link.stats().await;
                    // Counts are worth nothing later: without room they are dropped.
                    let _ = self.outputs.events.try_send(RelayEvent::Stats(stats));
                }
            }
        }
    }

    async fn tell(&self, event: RelayEvent) {
        // Its owner is gone, and this task soon.
        let _ = self.outputs.events.send(event).await;
    }
}

/// The candidate attribute (RFC 8839 section 5.1) of the relay at this address.
fn candidate(address: IpAddr, port: u16) -> String {
    format!("candidate:1 1 udp 2130706431 {address} {port} typ host")
}
