//! Whom an admin muted for everybody, who is heard before others, and who only listens where not everybody speaks: what the roster says
//! of members' voices, by device.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::heard;
use super::{RosterView, VoiceStanding};
use crate::{ChannelId, DeviceId};

/// Devices that are not heard as everybody is. The relay and every client hold to the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    everywhere: BTreeMap<DeviceId, VoiceStanding>,
    listeners: BTreeMap<ChannelId, BTreeSet<DeviceId>>,
}

impl Standings {
    /// Those that the roster names. It bounds them: members, and the devices of each, in each channel.
    pub fn of(view: &RosterView) -> Self {
        let listeners = view.listeners();
        Self {
            everywhere: view.voice_standings().collect(),
            listeners: listeners
                .map(|(channel, devices)| (channel, devices.into_iter().collect()))
                .collect(),
        }
    }

    /// How a device is heard in the calls of a channel.
    pub fn get(&self, channel: &ChannelId, device: &DeviceId) -> VoiceStanding {
        // Mostly there are none, and this is asked for each packet.
        if self.everywhere.is_empty() && self.listeners.is_empty() {
            return VoiceStanding::Ordinary;
        }
        let everywhere = self.everywhere.get(device).copied();
        heard(
            everywhere.unwrap_or_default(),
            self.listens(channel, device),
        )
    }

    /// Whether a device may be in a channel's calls, and not speak in them.
    pub fn listens(&self, channel: &ChannelId, device: &DeviceId) -> bool {
        let listeners = self.listeners.get(channel);
        listeners.is_some_and(|listeners| listeners.contains(device))
    }

    /// Those who are heard by nobody in the calls of a channel.
    pub fn muted(&self, channel: &ChannelId) -> BTreeSet<DeviceId> {
        let all = self.everywhere.iter();
        let muted = all.filter(|(_, standing)| **standing == VoiceStanding::Muted);
        let listeners = self.listeners.get(channel).into_iter().flatten();
        muted
            .map(|(device, _)| device)
            .chain(listeners)
            .copied()
            .collect()
    }

    /// Whether others are lowered while this device is heard there.
    pub fn has_priority(&self, channel: &ChannelId, device: &DeviceId) -> bool {
        self.get(channel, device) == VoiceStanding::Priority
    }
}

impl FromIterator<(DeviceId, VoiceStanding)> for Standings {
    fn from_iter<I: IntoIterator<Item = (DeviceId, VoiceStanding)>>(all: I) -> Self {
        let other =
            |(_, standing): &(DeviceId, VoiceStanding)| *standing != VoiceStanding::Ordinary;
        Self {
            everywhere: all.into_iter().filter(other).collect(),
            listeners: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_named_is_heard_as_everybody_is() {
        let device = |number| DeviceId([number; 32]);
        let channel = ChannelId([9; 16]);
        let none = Standings::default();
        assert_eq!(none.get(&channel, &device(1)), VoiceStanding::Ordinary);
        let some: Standings = [
            (device(1), VoiceStanding::Muted),
            (device(2), VoiceStanding::Priority),
            (device(3), VoiceStanding::Ordinary),
        ]
        .into_iter()
        .collect();
        assert_eq!(some.get(&channel, &device(1)), VoiceStanding::Muted);
        assert_eq!(some.get(&channel, &device(2)), VoiceStanding::Priority);
        assert_eq!(some.get(&channel, &device(4)), VoiceStanding::Ordinary);
        assert_eq!(some.muted(&channel), [device(1)].into());
        assert!(
            some.has_priority(&channel, &device(2)) && !some.has_priority(&channel, &device(1))
        );
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
