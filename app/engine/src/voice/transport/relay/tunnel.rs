//! The relay through TLS: opened when there is no UDP, closed when there is again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dialtone_protocol::relay::UpHeader;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, sleep, sleep_until, timeout};

use super::ways::{Stand, Standing};
use super::{RelayEvent, RelayOutputs, RelayServer, TunnelEnds};
use crate::voice::transport::event::PeerStats;
use crate::voice::transport::media::{MediaOut, MediaSender};
use crate::voice::transport::talkers::{FromRelay, Talkers};

/// UDP has so long before the tunnel is opened beside it. Once it was lost it has nothing: voices wait.
const HEAD_START: Duration = Duration::from_millis(1_500);
/// How long opening may take; a network that answers takes less, and one that came back meanwhile is asked anew.
const OPEN: Duration = Duration::from_secs(4);
/// So long after UDP stands, what is under way in the tunnel still arrives.
const OVERLAP: Duration = Duration::from_secs(1);
/// Between two readings of the counts.
const STATS: Duration = Duration::from_secs(1);

/// What keeps the relay connected through TLS, while it is needed.
pub(super) struct ByTunnel {
    pub(super) ring: MediaSender,
    pub(super) talkers: Talkers,
    pub(super) server: Arc<dyn RelayServer>,
    pub(super) outputs: RelayOutputs,
    pub(super) standing: Standing,
}

impl ByTunnel {
    pub(super) async fn run(mut self) {
        loop {
            self.needed().await;
            self.standing.now(Stand::Trying);
            if let Ok(Some(ends)) = timeout(OPEN, self.server.open_tunnel()).await {
                self.standing.now(Stand::Up);
                self.through(ends).await;
                self.standing.now(Stand::Trying);
            } else {
                self.standing.now(Stand::Failed);
                self.standing.rest().await;
            }
        }
    }

    /// Waits until there is no UDP.
    async fn needed(&mut self) {
        loop {
            let ways = self.standing.ways();
            match ways.udp {
                Stand::Failed => return,
                Stand::Trying if ways.udp_lost => return,
                Stand::Trying => tokio::select! {
                    () = sleep(HEAD_START) => return,
                    () = self.standing.changed() => {}
                },
                Stand::Up => self.standing.changed().await,
            }
        }
    }

    /// Until the tunnel has ended, or UDP has stood for long enough.
    async fn through(&mut self, mut ends: TunnelEnds) {
        let mut ring = self.ring.subscribe();
        let mut counts = TunnelCounts::default();
        let mut stats = tokio::time::interval(STATS);
        stats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut spare_since = None;
        loop {
            let by_udp = self.standing.ways().udp == Stand::Up;
            spare_since = by_udp.then(|| spare_since.unwrap_or_else(tokio::time::Instant::now));
            tokio::select! {
                // What goes by UDP goes there alone.
                packet = ring.recv() => {
                    if !counts.send(packet, (!by_udp).then_some(&ends.out)) {
                        return;
                    }
                }
                packet = ends.back.recv() => match packet {
                    Some(packet) => self.take(&packet, &mut counts),
                    None => return,
                },
                _ = stats.tick(), if !by_udp => {
                    let _ = self.outputs.events.try_send(RelayEvent::Stats(counts.read()));
                }
                () = self.standing.changed() => {}
                () = sleep_until(spare_since.unwrap_or_else(tokio::time::Instant::now) + OVERLAP),
                    if spare_since.is_some() => return,
            }
        }
    }

    fn take(&self, packet: &Bytes, counts: &mut TunnelCounts) {
        // A relay asks for nothing where nothing is lost.
        let FromRelay::Voice(packet) = self.talkers.read(packet, Instant::now()) else {
            return;
        };
        counts.received += 1;
        if self.outputs.media.try_send(packet).is_err() {
            counts.refused += 1;
        }
    }
}

/// TLS loses nothing; what finds no room is not sent.
#[derive(Default)]
struct TunnelCounts {
    received: u64,
    refused: u64,
    unsent: u64,
}

impl TunnelCounts {
    /// Gives one packet to the tunnel, if it is to go there; `false` when either end is gone.
    fn send(
        &mut self,
        packet: Result<Arc<MediaOut>, RecvError>,
        out: Option<&mpsc::Sender<Bytes>>,
    ) -> bool {
        let packet = match packet {
            Ok(packet) => packet,
            Err(RecvError::Lagged(missed)) => {
                self.unsent += missed;
                return true;
            }
            Err(RecvError::Closed) => return false,
        };
        let Some(out) = out else { return true };
        let header = UpHeader {
            level: packet.level,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            marker: packet.marker,
        };
        let bytes = Bytes::from([&header.bytes(), &*packet.payload].concat());
        match out.try_send(bytes) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.unsent += 1;
                true
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    fn read(&self) -> PeerStats {
        PeerStats {
            round_trip: None,
            received: self.received,
            lost: 0,
            refused: self.refused,
            unsent: self.unsent,
            way: None,
        }
    }
}
