//! Whom an admin muted for everybody, and who is heard before others, by the member list.

use std::collections::{BTreeMap, BTreeSet};

use dialtone_protocol::DeviceId;
use dialtone_protocol::roster::{RosterView, VoiceStanding};

/// Devices that are not heard as everybody is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings(BTreeMap<DeviceId, VoiceStanding>);

impl Standings {
    /// As the member list has them.
    pub fn of(view: &RosterView) -> Self {
        Self(view.voice_standings().collect())
    }

    /// How a device is heard.
    pub fn get(&self, device: &DeviceId) -> VoiceStanding {
        self.0.get(device).copied().unwrap_or_default()
    }

    /// Those who are heard by nobody.
    pub fn muted(&self) -> BTreeSet<DeviceId> {
        let all = self.0.iter();
        let muted = all.filter(|(_, standing)| **standing == VoiceStanding::Muted);
        muted.map(|(device, _)| *device).collect()
    }

    /// Whether others are lowered while this device is heard.
    pub fn has_priority(&self, device: &DeviceId) -> bool {
        self.get(device) == VoiceStanding::Priority
    }
}
