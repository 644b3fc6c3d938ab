//! How well one hears the others of a call.

use std::sync::Arc;
use std::time::Instant;

use dialtone_audio::Meters;
use dialtone_protocol::DeviceId;

use super::{CallPart, Other};
use crate::snapshot::{Path, Quality, Verdict};
use crate::voice::media::Relay;
use crate::voice::quality::{PAUSE, Seen};
use crate::voice::transport::{PeerState, RelayState, WayFound};

impl CallPart {
    /// Takes a reading of everybody, if it is time to; `true` if it was. Whoever has left is kept for as long as a history is: they
    /// may only have lost the connection.
    pub fn note_quality(&mut self, now: Instant, meters: Option<&Meters>) -> bool {
        // All in the same moment: in a call of many, each at its own would be news for the window at every look.
        let since = self.noted.map(|at| now.saturating_duration_since(at));
        if since.is_some_and(|since| since < PAUSE) {
            return false;
        }
        self.noted = Some(now);
        let relay = self.media.as_ref().and_then(|media| media.relay.as_ref());
        let mut noted = false;
        for (device, other) in &self.others {
            let seen = seen(other, relay, meters);
            noted |= self.gauges.entry(*device).or_default().note(now, &seen);
        }
        let others = &self.others;
        self.gauges
            .retain(|device, gauge| others.contains_key(device) || gauge.is_recent(now));
        noted
    }

    /// How well one hears a device, once that is known.
    pub fn quality_of(&self, device: &DeviceId) -> Option<Arc<Quality>> {
        let gauge = self.gauges.get(device)?;
        Some(Arc::clone(gauge.view()))
    }

    /// The worst of what is said of the others who are here.
    pub(super) fn verdict(&self) -> Verdict {
        let known = self.others.keys();
        let verdicts = known.filter_map(|device| Some(&self.gauges.get(device)?.view().verdict));
        let worst = verdicts.max_by_key(|verdict| verdict.grade);
        worst.cloned().unwrap_or_default()
    }
}

fn seen(other: &Other, relay: Option<&Relay>, meters: Option<&Meters>) -> Seen {
    let relay = relay.filter(|_| other.reach.relayed_since.is_some());
    let (path, round_trip) = match (relay, relay.map(|relay| relay.state)) {
        (Some(relay), Some(RelayState::Connected { over_tls })) => {
            let path = if over_tls {
                Path::RelayOverTcp
            } else {
                Path::Relay
            };
            (Some(path), relay.stats.round_trip)
        }
        _ if other.state == Some(PeerState::Connected) => {
            let path = other.stats.way.map(|way| match way {
                WayFound::Host => Path::Direct,
                WayFound::ThroughNat => Path::DirectThroughNat,
                WayFound::Turn => Path::Turn,
            });
            (path, other.stats.round_trip)
        }
        _ => (None, None),
    };
    let mut talkers = meters.into_iter().flat_map(|meters| &meters.talkers);
    let meter = talkers.find(|meter| other.talker > 0 && meter.talker.0 == other.talker);
    Seen {
        path,
        round_trip,
        jitter: meter.map(|meter| (other.talker, meter.jitter)),
        playback_ms: meters.map(|meters| meters.delays.ring_ms + meters.delays.playback_ms),
    }
}
