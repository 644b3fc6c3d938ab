//! Voice packets over one connection, out and in: each direction is a task that ends with the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use dialtone_protocol::DeviceId;
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
use super::talkers::Talkers;
use super::turn::Nudge;

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
}

/// Gives every packet of the ring to the engine, until the engine stops.
pub(super) async fn send(
    mut ring: broadcast::Receiver<Arc<MediaOut>>,
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    with_level: bool,
    nudge: Nudge,
    counters: Arc<Counters>,
) {
    loop {
        let packet = match ring.recv().await {
            Ok(packet) => packet,
            Err(RecvError::Lagged(missed)) => {
                counters.unsent.fetch_add(missed, Ordering::Relaxed);
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        let header = rtc::rtp::header::Header {
            version: 2,
            payload_type: OPUS,
            marker: packet.marker,
            sequence_number: packet.sequence,
            timestamp: packet.timestamp,
            ssrc,
            ..rtc::rtp::header::Header::default()
        };
        let payload = packet.payload.clone();
        let rtp = rtc::rtp::Packet { header, payload };
        let sent = if with_level {
            let level = AudioLevelExtension {
                level: packet.level,
                // Nothing is sent but voice.
                voice: true,
            };
            let levels = [HeaderExtension::AudioLevel(level)];
            track.write_rtp_with_extensions(rtp, &levels).await
        } else {
            track.write_rtp(rtp).await
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "media stopped");
            return;
        }
        nudge.give();
    }
}

/// Gives every packet of `track` to the downlink, until the engine stops.
pub(super) async fn receive(
    track: Arc<dyn TrackRemote>,
    from: OtherEnd,
    media: mpsc::Sender<MediaIn>,
    counters: Arc<Counters>,
) {
    while let Some(event) = track.poll().await {
        let TrackRemoteEvent::OnRtpPacket(packet) = event else {
            continue;
        };
        counters.loss.lock().push(packet.header.sequence_number);
        let arrived = Instant::now();
        let packet = match &from {
            OtherEnd::Talker(device) => Some(MediaIn {
                from: *device,
                sequence: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                marker: packet.header.marker,
                resumed: false,
                payload: packet.payload,
                arrived,
            }),
            OtherEnd::Relay(talkers) => talkers.read(&packet.payload, arrived),
        };
        let Some(packet) = packet else { continue };
        if media.try_send(packet).is_err() {
            counters.refused.fetch_add(1, Ordering::Relaxed);
        }
    }
}
