//! Two calls while one moves from the one to the other.

use std::time::Instant;

use dialtone_audio::TalkerId;
use dialtone_protocol::roster::VoiceStanding;
use dialtone_protocol::{ChannelId, DeviceId, StreamId};

use super::{Audible, CallPart};
use crate::voice::Switches;

/// The sound engine's numbers of each call begin at a multiple of this: those of two calls never meet.
const SERIES: u64 = 1 << 32;

impl CallPart {
    /// The call of another channel that one is about to move into: nothing of it is heard yet.
    #[must_use]
    pub fn ahead(&self, channel: ChannelId, stream: StreamId, began: Instant) -> Self {
        let mut part = Self::new(channel, stream, self.device, began);
        part.audible = Audible::Not;
        part.switches = self.switches;
        part.standings.clone_from(&self.standings);
        // One may be heard in the one channel, and listen alone in the other.
        let own = part.standings.get(&channel, &part.device);
        part.switches.silenced = own == VoiceStanding::Muted;
        part.volumes.clone_from(&self.volumes);
        part.next_talker = (self.next_talker / SERIES + 1) * SERIES;
        part
    }

    /// Takes over from the call that one moves out of: the sound, the switches, and what is shown of both. This one is heard
    /// from now on, and the other no more.
    pub fn take_over(&mut self, old: &mut Self) {
        self.audible = Audible::Now;
        old.audible = Audible::Not;
        self.sound = old.sound.take();
        self.switches = Switches {
            silenced: self.switches.silenced,
            ..old.switches
        };
        self.volumes.clone_from(&old.volumes);
        self.sending = old.sending;
        self.sound_problem = old.sound_problem.take();
        self.unheard = std::mem::take(&mut old.unheard);
    }

    /// Those whom the sound engine knows.
    pub fn talkers(&self) -> Vec<(DeviceId, TalkerId)> {
        let others = self.others.iter().filter(|(_, other)| other.talker > 0);
        others
            .map(|(device, other)| (*device, TalkerId(other.talker)))
            .collect()
    }

    /// Whether it stands, as far as one can see: there are connections, and somebody is reached or nobody else is there.
    pub fn stands(&self) -> bool {
        let mut others = self.others.values().filter(|other| !other.left).peekable();
        self.media.is_some() && (others.peek().is_none() || others.any(super::Other::is_connected))
    }
}
