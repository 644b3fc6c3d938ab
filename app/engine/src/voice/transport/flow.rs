//! Voice packets over one connection, out and in: each direction is a task that ends with the engine. What was lost on the way is asked
//! for and sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dialtone_protocol::DeviceId;
use dialtone_protocol::resend::{Came, Gaps, Kept};
use parking_lot::Mutex;
use rtc::rtp::extension::HeaderExtension;
use rtc::rtp::extension::audio_level_extension::AudioLevelExtension;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::loss::LossCounter;
use super::media::{MediaIn, MediaOut};
use super::resend::{ask_client, ask_relay};
use super::talkers::{FromRelay, Talkers};
use super::turn::Nudge;
use crate::clock::until;

/// RTP payload type of Opus, as usual in WebRTC.
pub(super) const OPUS: u8 = 111;

/// Who is at the other end.
#[derive(Debug, Clone)]
pub(super) enum OtherEnd {
    /// The device whose voice it is.
    Talker(DeviceId),
    /// A relay, which says before each packet whose it is.
    Relay(Talkers),
}

/// Counts of one connection, written by its media tasks.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) loss: Mutex<LossCounter>,
    pub(super) refused: AtomicU64,
    pub(super) unsent: AtomicU64,
    /// As it was measured last, in microseconds; 0 once that was taken note of, and before.
    round_trip: AtomicU64,
}

impl Counters {
    /// The round trip was measured.
    pub(super) fn measured(&self, round_trip: Duration) {
        let microseconds = u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX);
        self.round_trip
            .store(microseconds.max(1), Ordering::Relaxed);
    }

    /// A round trip that was measured since this was asked last.
    fn round_trip(&self) -> Option<Duration> {
        let microseconds = self.round_trip.swap(0, Ordering::Relaxed);
        (microseconds > 0).then(|| Duration::from_micros(microseconds))
    }
}

/// One's own voice on its way out.
pub(super) struct Outflow {
    pub(super) ring: broadcast::Receiver<Arc<MediaOut>>,
    pub(super) track: Arc<TrackLocalStaticRTP>,
    pub(super) ssrc: u32,
    /// The other end is told how loud each packet is.
    pub(super) with_level: bool,
    /// What the other end asks for again.
    pub(super) asks: mpsc::Receiver<Vec<u16>>,
    pub(super) nudge: Nudge,
    pub(super) counters: Arc<Counters>,
}

impl Outflow {
    /// Gives every packet of the ring to the engine, and again those that are asked for, until the engine stops.
    pub(super) async fn run(mut self) {
        let mut kept = Kept::default();
        loop {
            let done = tokio::select! {
                packet = self.ring.recv() => match packet {
                    Ok(packet) => {
                        kept.sent(Instant::now(), packet.sequence, Arc::clone(&packet));
                        self.send(&packet).await
                    }
                    Err(RecvError::Lagged(missed)) => {
                        self.counters.unsent.fetch_add(missed, Ordering::Relaxed);
                        Ok(())
                    }
                    Err(RecvError::Closed) => return,
                },
                Some(numbers) = self.asks.recv() => self.send_again(&mut kept, &numbers).await,
            };
            if let Err(error) = done {
                tracing::debug!(%error, "media stopped");
                return;
            }
        }
    }

    /// The same to the bit: a packet of another content under the same number would break SRTP (RFC 3711 section 9.1).
    async fn send_again(
        &self,
        kept: &mut Kept<Arc<MediaOut>>,
        numbers: &[u16],
    ) -> webrtc::error::Result<()> {
        for number in numbers {
            if let Some(packet) = kept.asked(Instant::now(), *number) {
                self.send(packet).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, packet: &MediaOut) -> webrtc::error::Result<()> {
        let header = rtc::rtp::header::Header {
            version: 2,
            payload_type: OPUS,
            marker: packet.marker,
            sequence_number: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: self.ssrc,
            ..rtc::rtp::header::Header::default()
        };
        let payload = packet.payload.clone();
        let rtp = rtc::rtp::Packet { header, payload };
        if self.with_level {
            let level = AudioLevelExtension {
                level: packet.level,
                // Nothing is sent but voice.
                voice: true,
            };
            let levels = [HeaderExtension::AudioLevel(level)];
            self.track.write_rtp_with_extensions(rtp, &levels).await?;
        } else {
            self.track.write_rtp(rtp).await?;
        }
        self.nudge.give();
        Ok(())
    }
}

/// The other end's voice, or voices, on their way in.
pub(super) struct Inflow {
    pub(super) track: Arc<dyn TrackRemote>,
    pub(super) from: OtherEnd,
    pub(super) media: mpsc::Sender<MediaIn>,
    /// One's own source, in whose name is asked.
    pub(super) ssrc: u32,
    /// What a relay asks for again.
    pub(super) asks: mpsc::Sender<Vec<u16>>,
    pub(super) counters: Arc<Counters>,
}

impl Inflow {
    /// Gives every packet of the track to the downlink, and asks for those that are missing, until the engine stops.
    pub(super) async fn run(self) {
        let mut gaps = Gaps::default();
        let mut source = 0;
        loop {
            let due = gaps.next_due().map(tokio::time::Instant::from);
            let event = tokio::select! {
                event = self.track.poll() => match event {
                    Some(event) => event,
                    None => return,
                },
                () = until(due) => {
                    self.ask(&mut gaps, source).await;
                    continue;
                }
            };
            let TrackRemoteEvent::OnRtpPacket(packet) = event else {
                continue;
            };
            let now = Instant::now();
            source = packet.header.ssrc;
            if let Some(round_trip) = self.counters.round_trip() {
                gaps.measured(now, round_trip);
            }
            let resent = gaps.came(now, packet.header.sequence_number) == Came::Asked;
            self.take(packet, now, resent);
            self.ask(&mut gaps, source).await;
        }
    }

    async fn ask(&self, gaps: &mut Gaps, source: u32) {
        let numbers = gaps.due(Instant::now());
        if numbers.is_empty() {
            return;
        }
        let ask = match &self.from {
            OtherEnd::Talker(_) => Some(ask_client(self.ssrc, source, &numbers)),
            OtherEnd::Relay(_) => ask_relay(self.ssrc, source, &numbers),
        };
        // An engine that takes nothing any more brings nothing either, and ends this.
        let _ = self.track.write_rtcp(ask.into_iter().collect()).await;
    }

    fn take(&self, packet: rtc::rtp::Packet, arrived: Instant, resent: bool) {
        let header = &packet.header;
        self.counters.loss.lock().push(header.sequence_number);
        let packet = match &self.from {
            OtherEnd::Talker(device) => Some(MediaIn {
                from: *device,
                sequence: header.sequence_number,
                timestamp: header.timestamp,
                marker: header.marker,
                resumed: false,
                resent,
                payload: packet.payload,
                arrived,
            }),
            OtherEnd::Relay(talkers) => match talkers.read(&packet.payload, arrived) {
                FromRelay::Voice(voice) => Some(MediaIn {
                    resent: voice.resent || resent,
                    ..voice
                }),
                FromRelay::Asks(numbers) => {
                    let _ = self.asks.try_send(numbers);
                    None
                }
                FromRelay::Nothing => None,
            },
        };
        let Some(packet) = packet else { return };
        if self.media.try_send(packet).is_err() {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
        }
    }
}
