//! The plugins of the file.

use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfo, AudioPortType};
use clack_plugin::plugin::features::{AUDIO_EFFECT, INSTRUMENT, MONO, STEREO};
use clack_plugin::prelude::*;

/// One kind of plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Mono; changes the level.
    Gain,
    /// The same, 96 samples later.
    Delay,
    /// Stereo with a side chain: its right channel is silent.
    Stereo,
    /// Gives what is no number.
    NotANumber,
    /// Does not let itself be activated.
    Refuse,
    /// Does not begin to process.
    Idle,
    /// Has no input.
    Synth,
    /// Has six channels.
    Surround,
}

/// By how many samples [`Kind::Delay`] delays.
pub(crate) const DELAY: usize = 96;

impl Kind {
    /// All of them, in the order of the file.
    pub(crate) const ALL: [Self; 8] = [
        Self::Gain,
        Self::Delay,
        Self::Stereo,
        Self::NotANumber,
        Self::Refuse,
        Self::Idle,
        Self::Synth,
        Self::Surround,
    ];

    /// The last part of its id.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Gain => "gain",
            Self::Delay => "delay",
            Self::Stereo => "stereo",
            Self::NotANumber => "not-a-number",
            Self::Refuse => "refuse",
            Self::Idle => "idle",
            Self::Synth => "synth",
            Self::Surround => "surround",
        }
    }

    /// What the file says of it.
    pub(crate) fn descriptor(self) -> PluginDescriptor {
        let word = self.word();
        let features = match self {
            Self::Synth => [INSTRUMENT, STEREO],
            Self::Stereo => [AUDIO_EFFECT, STEREO],
            _ => [AUDIO_EFFECT, MONO],
        };
        // The line break is for the host to clean.
        PluginDescriptor::new(
            &format!("org.dialtone.probe.{word}"),
            &format!("Probe\n{word}"),
        )
        .with_vendor("Dialtone")
        .with_version("1.0")
        .with_features(features)
    }

    /// How many channels each of its ports has.
    pub(crate) fn ports(self, is_input: bool) -> &'static [u32] {
        match (self, is_input) {
            (Self::Stereo, true) => &[2, 2],
            (Self::Stereo | Self::Synth, false) => &[2],
            (Self::Synth, true) => &[],
            (Self::Surround, _) => &[6],
            _ => &[1],
        }
    }

    /// Port `index`.
    pub(crate) fn port(self, index: u32, is_input: bool) -> Option<AudioPortInfo<'static>> {
        let channels = *self.ports(is_input).get(index as usize)?;
        let main = index == 0;
        Some(AudioPortInfo {
            id: ClapId::new(index + if is_input { 10 } else { 20 }),
            name: if main { b"Voice" } else { b"Side" },
            channel_count: channels,
            flags: if main {
                AudioPortFlags::IS_MAIN
            } else {
                AudioPortFlags::empty()
            },
            port_type: AudioPortType::from_channel_count(channels),
            in_place_pair: None,
        })
    }
}
