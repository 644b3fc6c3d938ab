//! The name of one stage in one chain, in a form that crosses rings.

use std::fmt;
use std::ops::Deref;

/// A stage's name in its chain: its kind, or `kind#2` for the second of a kind, or what the chain's file says.
///
/// A copy costs no allocation, so that the voice thread can name a stage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId {
    length: u8,
    bytes: [u8; Self::LONGEST],
}

impl StageId {
    /// The most bytes that a name can have.
    pub const LONGEST: usize = 47;

    /// The microphone, before the chain.
    pub const CAPTURE: Self = Self::fixed("capture");
    /// The way from the microphone to the packets, as a whole.
    pub const UPLINK: Self = Self::fixed("uplink");
    /// The way from the packets to the loudspeaker, as a whole.
    pub const DOWNLINK: Self = Self::fixed("downlink");
    /// Encoding, sealing and sending.
    pub const SENDING: Self = Self::fixed("sending");
    /// One talker's way to the mix.
    pub const TALKER: Self = Self::fixed("talker");

    /// This name, unless it is empty or too long.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=Self::LONGEST).contains(&name.len());
        fits.then(|| Self::fixed(name))
    }

    /// The first bytes of a name that is known to fit.
    pub(crate) const fn fixed(name: &str) -> Self {
        let mut bytes = [0; Self::LONGEST];
        let mut length = 0;
        while length < name.len() && length < Self::LONGEST {
            bytes[length] = name.as_bytes()[length];
            length += 1;
        }
        Self {
            length: length as u8,
            bytes,
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Deref for StageId {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<&str> for StageId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for StageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

impl fmt::Debug for StageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_fits_is_kept_and_no_other_is_one() {
        let id = StageId::new("clap: Überhall#2").unwrap();
        assert_eq!(id, "clap: Überhall#2");
        assert_eq!(id.to_string(), "clap: Überhall#2");
        assert!(StageId::new("").is_none());
        assert!(StageId::new(&"x".repeat(48)).is_none());
        assert_eq!(StageId::new(&"x".repeat(47)).unwrap().len(), 47);
    }
}
