//! The voice meter: what happens to one's voice between the microphone and the network, as a window shows it.

use dialtone_audio::watch::BANDS;

/// One reading, of the last seconds; there is one only while the view is open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VoiceMeter {
    /// The microphone that is heard, and its rate in samples a second; none while there is none.
    pub microphone: Option<(String, u32)>,
    /// The last seconds, one of 10 ms after the other, the oldest first; at most [`VoiceMeter::LONGEST`].
    pub moments: Vec<Moment>,
    /// How many moments there were since the view was opened: what has scrolled out counts.
    pub count: u64,
    /// How loud each band of 250 Hz is as the microphone gives it, from 0 Hz on, in dBFS.
    pub spectrum_before: Vec<f32>,
    /// The same after the chain.
    pub spectrum_after: Vec<f32>,
    /// The level at the microphone, in dBFS: it rises at once and falls slowly.
    pub capture_dbfs: f32,
    /// Taking sound from the microphone.
    pub capture: Cost,
    /// The stages that run, in order.
    pub stages: Vec<StageReading>,
    /// Making packets.
    pub packets: PacketReading,
}

impl VoiceMeter {
    /// The most moments that are kept: four seconds.
    pub const LONGEST: usize = 400;
    /// How many bands the spectra have.
    pub const BANDS: usize = BANDS;

    /// The latest moment.
    #[must_use]
    pub fn now(&self) -> Option<&Moment> {
        self.moments.last()
    }

    /// What the stage of this id says.
    #[must_use]
    pub fn stage(&self, id: &str) -> Option<&StageReading> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// What all of it takes of each 10 ms, in microseconds.
    #[must_use]
    pub fn total_us(&self) -> f32 {
        let stages: f32 = self.stages.iter().map(|stage| stage.cost.mean_us).sum();
        let packets = self.packets.encoding.mean_us + self.packets.sending.mean_us;
        self.capture.mean_us + stages + packets
    }
}

/// 10 ms of one's voice.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moment {
    /// The highest sample as the microphone gave it, 1 being full scale.
    pub before: f32,
    /// ... and as the chain left it.
    pub after: f32,
    /// The level that the gate compares with its threshold, in dBFS.
    pub level_dbfs: f32,
    /// That threshold, in dBFS, if there is a gate.
    pub threshold_dbfs: Option<f32>,
    /// How likely it is speech (0-1), if a stage judges it.
    pub speech: Option<f32>,
    /// Voice activity would send it.
    pub open: bool,
    /// It went on to the encoder.
    pub sent: bool,
    /// By how much limiter and automatic gain lower it, in dB; 0 and more.
    pub reduction_db: f32,
}

/// What some work takes of each 10 ms, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// An average over about half a second; 0: nothing was done yet.
    pub mean_us: f32,
    /// The longest time in the last five seconds.
    pub worst_us: f32,
}

/// How one stage of the chain does.
#[derive(Debug, Clone, PartialEq)]
pub struct StageReading {
    /// Which one, by its id.
    pub id: String,
    /// The level after it, in dBFS: it rises at once and falls slowly.
    pub level_dbfs: f32,
    /// By how much it changes the level, in dB, over about half a second of sound.
    pub change_db: f32,
    /// What it takes.
    pub cost: Cost,
    /// By how much it delays the sound, in ms.
    pub delay_ms: f32,
    /// It has failed, and the sound passes it by.
    pub failed: bool,
}

/// How packets are made.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PacketReading {
    /// Bits a second.
    pub bitrate: u32,
    /// Length of one packet, in ms.
    pub packet_ms: u8,
    /// Each packet can carry a copy of what was in the one before.
    pub repairs: bool,
    /// The last packet's length, in bytes; 0: none was made yet.
    pub bytes: u32,
    /// Encoding by Opus.
    pub encoding: Cost,
    /// Sealing and handing over to the network.
    pub sending: Cost,
}
