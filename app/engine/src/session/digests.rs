//! Digests of voices that did not come: asked for, and told again.
//!
//! ```text
//! Openers: heard, passed over by later digests -> Missed -> the talker's voice thread -> in its next packets
//! ```

use std::time::{Duration, Instant};

use dialtone_protocol::DeviceId;
use dialtone_protocol::content::{MissedFrame, SignalContent};

use super::run::Session;
use crate::voice::Whose;

/// One asks once in this time at most.
const ASKED_EVERY: Duration = Duration::from_secs(1);

impl Session {
    /// Whose voice a device's is, by the member list.
    pub(super) fn whose(&self, device: &DeviceId) -> Option<Whose> {
        let device = self.state.roster.as_ref()?.view().device(device)?;
        Some(Whose {
            key: device.keys.signature_key,
            community: self.state.me.community,
        })
    }

    /// Asks each talker for the digests of theirs that were missed.
    pub(super) fn ask_for_digests(&mut self, now: Instant) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let is_early = |at: Instant| now.saturating_duration_since(at) < ASKED_EVERY;
        if call.asked_digests.is_some_and(is_early) {
            return;
        }
        call.asked_digests = Some(now);
        let missed = call.media.as_ref().map(|media| media.openers.missed());
        for (talker, frames) in missed.unwrap_or_default() {
            self.send_signal(Some(talker), &SignalContent::Missed { frames });
        }
    }

    /// Another has missed digests of one's own voice.
    pub(super) fn missed_by(&mut self, frames: &[MissedFrame]) {
        let call = self.state.call.as_ref();
        if let Some(sound) = call.and_then(|call| call.sound.as_ref()) {
            sound.keys.tell_again(frames);
        }
    }
}
