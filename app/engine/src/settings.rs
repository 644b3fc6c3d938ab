//! What a person chose on this device: sound, look. Kept as TOML, nothing secret in it.

mod notifications;
mod shortcuts;

use std::fmt;
use std::path::PathBuf;

pub use dialtone_audio::Preset;
use serde::{Deserialize, Serialize};

pub use crate::ptt::BackendChoice;
pub use notifications::{DesktopSettings, DoNotDisturb, NotificationSettings, NotifyLevel};
pub use shortcuts::ShortcutSettings;

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

/// How far text and lines stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contrast {
    /// Calm.
    #[default]
    Normal,
    /// As far as they can.
    High,
}

/// The one colour that means oneself, what is live and what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accent {
    /// Green as the sea.
    #[default]
    Sea,
    /// Blue.
    Sky,
    /// Violet.
    Violet,
    /// Rose.
    Rose,
    /// Ochre.
    Sand,
}

/// How much is to be seen at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    /// With room around each thing.
    #[default]
    Comfortable,
    /// More of them.
    Compact,
}

/// How big text is, beside everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextSize {
    /// A tenth smaller.
    Small,
    /// As it was drawn.
    #[default]
    Normal,
    /// Bigger.
    Large,
    /// Bigger still.
    Larger,
}

impl TextSize {
    /// What sizes of text are multiplied by.
    pub fn scale(self) -> f32 {
        match self {
            Self::Small => 0.9,
            Self::Normal => 1.0,
            Self::Large => 1.15,
            Self::Larger => 1.3,
        }
    }
}

/// How the window looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LookSettings {
    /// Dark or light.
    pub theme: Theme,
    /// How far text and lines stand out.
    pub contrast: Contrast,
    /// The one colour.
    pub accent: Accent,
    /// How much is to be seen at a time.
    pub density: Density,
    /// How big text is, while icons and what is between things stay.
    pub text: TextSize,
    /// How big everything is, in percent of the display's own scale.
    pub zoom_percent: u16,
    /// Nothing moves on the screen.
    pub reduced_motion: bool,
    /// The tag of the language that the window speaks ("de"); `None` is the system's.
    pub language: Option<String>,
    /// Headings of the channels' list that are folded: each the community's id, a slash, and its words.
    pub folded: Vec<String>,
    /// Lock the keys after so many minutes in which nobody touched keyboard or mouse; 0: never.
    pub lock_after_min: u16,
}

impl Default for LookSettings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            contrast: Contrast::default(),
            accent: Accent::default(),
            density: Density::default(),
            text: TextSize::default(),
            zoom_percent: 100,
            reduced_motion: false,
            language: None,
            folded: Vec::new(),
            lock_after_min: 0,
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
    /// When one speaks, but not while a key is held.
    PushToMute,
    /// Always (for measuring and for instruments).
    Open,
}

impl TalkMode {
    /// Whether a key decides.
    pub fn by_key(self) -> bool {
        matches!(self, Self::PushToTalk | Self::PushToMute)
    }

    /// Whether one's voice opens the microphone, as far as no key is held.
    pub fn by_voice(self) -> bool {
        matches!(self, Self::VoiceActivity | Self::PushToMute)
    }
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
    /// Voice activity, push-to-talk or push-to-mute.
    pub talk_mode: TalkMode,
    /// The key that is held to talk, or not to talk, as [`Hotkey`](crate::ptt::Hotkey) reads it: "F8", "Mouse8", "Ctrl+Space".
    pub push_to_talk_key: String,
    /// What hears that key while other programs have the keyboard.
    pub push_to_talk_backend: BackendChoice,
    /// How long the key counts as held after it was let go, in ms (0-2000).
    pub push_to_talk_release_ms: u16,
    /// Play short sounds when the key begins and stops to count.
    pub push_to_talk_sounds: bool,
    /// The user was told what the desktop is going to ask, and wants it to ask.
    pub push_to_talk_portal: bool,
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
    /// ... by the stronger network, which costs more and delays by 20 ms more.
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
            push_to_talk_backend: BackendChoice::default(),
            push_to_talk_release_ms: 200,
            push_to_talk_sounds: true,
            push_to_talk_portal: false,
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
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct IceSettings {
    /// `stun:host:port` URLs.
    pub stun: Vec<String>,
    /// `turn:host:port`, `turn:host:port?transport=tcp` and `turns:host:port` URLs. Without any, those of the server are used.
    pub turn: Vec<String>,
    /// User name at the TURN servers.
    pub turn_user: String,
    /// Password at the TURN servers.
    pub turn_pass: String,
    /// A PEM file with authorities whose certificates are taken for TURN over TLS, besides the system's.
    pub turn_ca: Option<PathBuf>,
    /// Others in a call do not learn this device's address: each call is relayed by the server.
    pub hide_address: bool,
}

/// Passwords are not printed.
impl fmt::Debug for IceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = f.debug_struct("IceSettings");
        told.field("stun", &self.stun).field("turn", &self.turn);
        told.field("turn_user", &self.turn_user);
        told.finish_non_exhaustive()
    }
}

/// What the program writes to standard error while it runs, for those who look for a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DebugSettings {
    /// The microphone's level and the threshold, once a second.
    pub voice_meter: bool,
    /// What the voice engine counts and where the delay is, once a second.
    pub voice_debug: bool,
}

impl DebugSettings {
    /// Whether anything is to be written.
    pub fn reports(self) -> bool {
        self.voice_meter || self.voice_debug
    }
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
    /// Looking for mistakes.
    pub debug: DebugSettings,
    /// Of what one is told.
    pub notifications: NotificationSettings,
    /// What happens beside the window.
    pub desktop: DesktopSettings,
    /// Keys of the window.
    pub shortcuts: ShortcutSettings,
}
