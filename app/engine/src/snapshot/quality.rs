//! How well one hears a talker, as a window shows it.

use dialtone_words::say;

/// Which way a talker's voice comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Path {
    /// From device to device, by addresses of the devices themselves.
    Direct,
    /// From device to device, by an address that a router made.
    DirectThroughNat,
    /// By a TURN server.
    Turn,
    /// By the server's relay, over UDP.
    Relay,
    /// By the server's relay, over TLS and so over TCP: what is lost is sent again, and what follows waits for it.
    RelayOverTcp,
}

impl Path {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Direct => say!("call-direct"),
            Self::DirectThroughNat => say!("call-direct-nat"),
            Self::Turn => say!("call-by-turn"),
            Self::Relay => say!("call-relayed"),
            Self::RelayOverTcp => say!("call-relayed-tls"),
        }
    }

    /// Whether the round trip is that to the server alone; the talker's part of the way is not known.
    pub fn is_relayed(self) -> bool {
        matches!(self, Self::Relay | Self::RelayOverTcp)
    }
}

/// Numbers of one talker: of one second, or the means of several. What is not known is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// Which way the voice comes.
    pub path: Option<Path>,
    /// There and back, in ms: to the talker, or where [`Path::is_relayed`] to the server.
    pub round_trip_ms: Option<f32>,
    /// How much later than the fastest packet the latest hundredth comes, in ms.
    pub jitter_ms: Option<f32>,
    /// Packets that did not come in time, in percent.
    pub loss_percent: Option<f32>,
    /// Speech that was lost and restored, in percent.
    pub repaired_percent: Option<f32>,
    /// Speech that was lost or late and filled with what was not said, in percent.
    pub concealed_percent: Option<f32>,
    /// Opus as it came, in kbit/s.
    pub bitrate_kbps: Option<f32>,
    /// From the talker's network to one's ear, in ms: half of the round trip, the jitter buffer, and what plays it. It takes at least so
    /// long from mouth to ear: the talker's device, and behind a relay its part of the way, are not known here.
    pub delay_ms: Option<f32>,
}

/// A plain word for it, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Grade {
    /// There is nothing to tell it by.
    #[default]
    Unknown,
    /// Nothing is to be noticed.
    Good,
    /// It is noticed, and one can talk.
    Fair,
    /// Talking is hard.
    Poor,
}

impl Grade {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => say!("call-grade-unknown"),
            Self::Good => say!("call-grade-good"),
            Self::Fair => say!("call-grade-fair"),
            Self::Poor => say!("call-grade-poor"),
        }
    }
}

/// The word, and why it is not a better one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The word.
    pub grade: Grade,
    /// Why it is not [`Grade::Good`], in words that follow "poor: ".
    pub why: Option<String>,
}

/// How well one hears a talker, now and in the last minutes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quality {
    /// Means of the last seconds.
    pub now: Reading,
    /// What they say.
    pub verdict: Verdict,
    /// One reading a second, the newest last; at most [`Quality::LONGEST`].
    pub history: Vec<Reading>,
}

impl Quality {
    /// The most readings that are kept: five minutes.
    pub const LONGEST: usize = 300;
}
