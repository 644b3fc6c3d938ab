//! What a person chose on this device: sound, look. Kept as TOML, nothing secret in it.

use std::path::PathBuf;

pub use dialtone_audio::Preset;
use serde::{Deserialize, Serialize};

/// Dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Light text on dark ground.
    #[default]
    Dark,
    /// Dark text on light ground.
    Light,
    /// As the desktop says.
    System,
}

/// How the window looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LookSettings {
    /// Dark or light.
    pub theme: Theme,
    /// How big everything is, in percent of the display's own scale.
    pub zoom_percent: u16,
    /// Nothing moves on the screen.
    pub reduced_motion: bool,
}

impl Default for LookSettings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom_percent: 100,
            reduced_motion: false,
        }
    }
}

/// When the microphone is heard by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TalkMode {
    /// When one speaks.
    #[default]
    VoiceActivity,
    /// While a key is held.
    PushToTalk,
    /// Always (for measuring and for instruments).
    Open,
}

/// How sound is captured and played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct AudioSettings {
    /// Stable id of the microphone; `None` is the system's choice.
    pub input_device: Option<String>,
    /// Stable id of the speaker; `None` is the system's choice.
    pub output_device: Option<String>,
    /// Voice activity or push-to-talk.
    pub talk_mode: TalkMode,
    /// The key that is held to talk while the window has focus, by its name in the window: "F8".
    pub push_to_talk_key: String,
    /// What the microphone is used for.
    pub preset: Preset,
    /// The gate's threshold follows the room's noise by itself.
    pub auto_threshold: bool,
    /// The level in dBFS above which the gate opens, unless it follows by itself.
    pub threshold_dbfs: f32,
    /// Bring one's own voice to an even level.
    pub auto_gain: bool,
    /// Added to the microphone, in dB (-24 to 24).
    pub input_gain_db: f32,
    /// All that one hears, in percent (0-200).
    pub output_percent: u16,
    /// Take out background noise.
    pub denoise: bool,
    /// ... by the stronger network, which costs more and delays by 10 ms more.
    pub strong_denoise: bool,
    /// Bring every talker to a common loudness.
    pub level_talkers: bool,
    /// Play short sounds in a call: who comes and goes, muting, messages.
    pub call_sounds: bool,
    /// Length of one packet in ms: 10, 20, 40 or 60.
    pub packet_ms: u8,
    /// Bits a second of a voice.
    pub bitrate: u32,
    /// Bits a second of music.
    pub music_bitrate: u32,
    /// A chain of one's own for the microphone, in TOML; then the preset only says how it is encoded.
    pub chain_file: Option<PathBuf>,
    /// A chain of one's own for all that is heard, in TOML.
    pub mix_chain_file: Option<PathBuf>,
}

impl AudioSettings {
    /// Whether the line that these settings draw decides what is sent by voice.
    #[must_use]
    pub fn has_line(&self) -> bool {
        self.preset != Preset::Music && self.chain_file.is_none()
    }
}

impl Default for AudioSettings {
    fn default() -> Self {
        Self {
            input_device: None,
            output_device: None,
            talk_mode: TalkMode::default(),
            push_to_talk_key: "F8".to_owned(),
            preset: Preset::Voice,
            auto_threshold: true,
            threshold_dbfs: -45.0,
            auto_gain: true,
            input_gain_db: 0.0,
            output_percent: 100,
            denoise: true,
            strong_denoise: false,
            level_talkers: true,
            call_sounds: true,
            packet_ms: 20,
            bitrate: 32_000,
            music_bitrate: 128_000,
            chain_file: None,
            mix_chain_file: None,
        }
    }
}

/// STUN and TURN servers for direct calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct IceSettings {
    /// `stun:host:port` URLs.
    pub stun: Vec<String>,
    /// `turn:host:port` URLs.
    pub turn: Vec<String>,
    /// User name at the TURN servers.
    pub turn_user: String,
    /// Password at the TURN servers.
    pub turn_pass: String,
}

/// Everything that is remembered for this device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// Sound.
    pub audio: AudioSettings,
    /// The window.
    pub look: LookSettings,
    /// Connecting calls.
    pub ice: IceSettings,
}
