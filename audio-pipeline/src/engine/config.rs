//! With what a voice engine starts.

use crate::backend::DeviceId;
use crate::chain::ChainSpec;
use crate::codec::EncoderConfig;
use crate::downlink::{MixerSettings, TalkerConfig};
use crate::node::Registry;
use crate::uplink::TalkMode;

/// With what a voice engine starts. All of it but `registry`, `listen_only` and the talkers' jitter buffers can be changed while
/// it runs.
#[derive(Clone, Debug)]
pub struct VoiceConfig {
    /// The stages between microphone and encoder.
    pub chain: ChainSpec,
    /// The stages between the mix of all talkers and its limiter.
    pub downlink_chain: ChainSpec,
    /// Which stages there are.
    pub registry: Registry,
    /// How to encode.
    pub encoder: EncoderConfig,
    /// What opens the microphone.
    pub talk_mode: TalkMode,
    /// Whether the microphone starts muted.
    pub muted: bool,
    /// Whether packets are sent; without, the chain runs for the meter alone, as in a settings page.
    pub transmit: bool,
    /// Master volume and deafening.
    pub mixer: MixerSettings,
    /// How talkers are played who are added without settings of their own.
    pub talker: TalkerConfig,
    /// The chosen microphone; `None` follows the system's default.
    pub input: Option<DeviceId>,
    /// The chosen loudspeaker; `None` follows the system's default.
    pub output: Option<DeviceId>,
    /// Whether a microphone is opened at all.
    pub listen_only: bool,
}

impl VoiceConfig {
    /// A call with the preset "Voice" and the system's default devices.
    ///
    /// # Errors
    /// Only if the preset itself is broken.
    pub fn voice() -> Result<Self, crate::chain::ChainError> {
        Ok(Self::with_chain(ChainSpec::voice()?))
    }

    /// A call with this chain and the system's default devices.
    #[must_use]
    pub fn with_chain(chain: ChainSpec) -> Self {
        Self {
            chain,
            downlink_chain: ChainSpec::plain(),
            registry: Registry::standard(),
            encoder: EncoderConfig::default(),
            talk_mode: TalkMode::default(),
            muted: false,
            transmit: true,
            mixer: MixerSettings::default(),
            talker: TalkerConfig::default(),
            input: None,
            output: None,
            listen_only: false,
        }
    }

    /// The same without sending: for a settings page with a meter.
    #[must_use]
    pub fn meter_only(mut self) -> Self {
        self.transmit = false;
        self
    }
}
