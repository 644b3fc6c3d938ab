//! By what a device is known again.

use serde::{Deserialize, Serialize};

/// A device's stable identity: survives restarts and may be stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(pub String);

impl DeviceId {
    /// Whether both mean the same device. A Bluetooth headset has another name in each of its profiles, of which one plays music and
    /// another one has a microphone too; it is the same headset.
    #[must_use]
    pub fn is_same_device(&self, other: &Self) -> bool {
        self == other
            || self
                .headset()
                .is_some_and(|one| other.headset() == Some(one))
    }

    /// The device of this identity among others; or else the same one under another name.
    pub fn find<T>(
        &self,
        devices: impl IntoIterator<Item = T>,
        id_of: impl Fn(&T) -> Option<Self>,
    ) -> Option<T> {
        let mut renamed = None;
        for device in devices {
            match id_of(&device) {
                Some(id) if id == *self => return Some(device),
                Some(id) if id.is_same_device(self) => {
                    renamed.get_or_insert(device);
                }
                _ => {}
            }
        }
        renamed
    }

    /// The name of a Bluetooth device without its profile, as `PulseAudio` (`bluez_sink.00_1A_7D_DA_71_13.a2dp_sink`) and `PipeWire`
    /// (`bluez_output.00_1A_7D_DA_71_13.1`) name them. What it plays, its monitor, is another device.
    fn headset(&self) -> Option<&str> {
        let (_, name) = self.0.split_once(':')?;
        if !name.starts_with("bluez_") || name.ends_with(".monitor") {
            return None;
        }
        let (device, _profile) = name.rsplit_once('.')?;
        device.contains('.').then_some(device)
    }
}

impl std::fmt::Display for DeviceId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headset_is_known_again_in_its_other_profile_and_nothing_else_is() {
        let same = |one: &str, other: &str| {
            DeviceId(one.to_owned()).is_same_device(&DeviceId(other.to_owned()))
        };
        let music = "pulseaudio:bluez_sink.00_1A_7D_DA_71_13.a2dp_sink";
        assert!(same(music, music));
        assert!(same(
            music,
            "pulseaudio:bluez_sink.00_1A_7D_DA_71_13.headset_head_unit"
        ));
        assert!(same(
            "pulseaudio:bluez_output.00_1A_7D_DA_71_13.1",
            "pulseaudio:bluez_output.00_1A_7D_DA_71_13.2"
        ));
        for other in [
            "pulseaudio:bluez_sink.00_1A_7D_DA_71_14.a2dp_sink",
            "pulseaudio:bluez_source.00_1A_7D_DA_71_13.headset_head_unit",
            "pulseaudio:bluez_sink.00_1A_7D_DA_71_13.a2dp_sink.monitor",
            "pulseaudio:bluez_sink",
            "bluez_sink.00_1A_7D_DA_71_13.headset_head_unit",
            "",
        ] {
            assert!(!same(music, other), "{other}");
        }
        assert!(!same(
            "alsa:hw.card0.analog-stereo",
            "alsa:hw.card0.analog-mono"
        ));
    }

    #[test]
    fn of_a_headset_in_both_profiles_the_one_that_is_meant_is_found() {
        let [music, telephone, other] = [
            "bluez_sink.1.a2dp",
            "bluez_sink.1.headset",
            "bluez_sink.2.a2dp",
        ]
        .map(|name| DeviceId(format!("pulseaudio:{name}")));
        let find = |wanted: &DeviceId, there: &[&DeviceId]| {
            wanted
                .find(there.to_vec(), |id| Some((*id).clone()))
                .cloned()
        };
        let both = [&other, &telephone, &music];
        assert_eq!(find(&music, &both), Some(music.clone()));
        assert_eq!(find(&telephone, &both), Some(telephone.clone()));
        assert_eq!(find(&music, &both[..2]), Some(telephone));
        assert_eq!(find(&music, &[&other]), None);
        assert_eq!(music.find([1, 2], |_| None), None);
    }
}
