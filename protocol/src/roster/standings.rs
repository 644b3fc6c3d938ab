//! Whom an admin muted for everybody, and who is heard before others: what the roster says of members' voices, by device.

use std::collections::{BTreeMap, BTreeSet};

use super::{RosterView, VoiceStanding};
use crate::DeviceId;

/// Devices that are not heard as everybody is. The relay and every client hold to the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings(BTreeMap<DeviceId, VoiceStanding>);

impl Standings {
    /// Those that the roster names. It bounds them: members, and the devices of each.
    pub fn of(view: &RosterView) -> Self {
        view.voice_standings().collect()
    }

    /// How a device is heard.
    pub fn get(&self, device: &DeviceId) -> VoiceStanding {
        // Mostly there are none, and this is asked for each packet.
        if self.0.is_empty() {
            return VoiceStanding::Ordinary;
        }
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

impl FromIterator<(DeviceId, VoiceStanding)> for Standings {
    fn from_iter<I: IntoIterator<Item = (DeviceId, VoiceStanding)>>(all: I) -> Self {
        let other =
            |(_, standing): &(DeviceId, VoiceStanding)| *standing != VoiceStanding::Ordinary;
        Self(all.into_iter().filter(other).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_named_is_heard_as_everybody_is() {
        let device = |number| DeviceId([number; 32]);
        let none = Standings::default();
        assert_eq!(none.get(&device(1)), VoiceStanding::Ordinary);
        let some: Standings = [
            (device(1), VoiceStanding::Muted),
            (device(2), VoiceStanding::Priority),
            (device(3), VoiceStanding::Ordinary),
        ]
        .into_iter()
        .collect();
        assert_eq!(some.get(&device(1)), VoiceStanding::Muted);
        assert_eq!(some.get(&device(2)), VoiceStanding::Priority);
        assert_eq!(some.get(&device(4)), VoiceStanding::Ordinary);
        assert_eq!(some.muted(), [device(1)].into());
        assert!(some.has_priority(&device(2)) && !some.has_priority(&device(1)));
        // What says nothing makes no difference.
        let fewer: Standings = [
            (device(2), VoiceStanding::Priority),
            (device(1), VoiceStanding::Muted),
        ]
        .into_iter()
        .collect();
        assert_eq!(some, fewer);
    }
}
