//! How far back a packet tells of the sound before it.

use super::CodecError;
use super::ffi::RawRedundancy;

/// Which part of the sound before a packet can be restored from it, in samples at 48 kHz, counted back from the
/// packet's first sample.
///
/// ```text
///            furthest                 nearest   0
///   ------------|========================|------|[packet]
///                what can be restored     silence
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Where it begins.
    pub furthest: usize,
    /// Where it ends. More than 0 when the sender said nothing just before the packet; concealment fits there.
    pub nearest: usize,
}

impl Reach {
    /// Nothing can be restored.
    pub const NONE: Self = Self {
        furthest: 0,
        nearest: 0,
    };

    /// Whether sound that begins `offset` samples before the packet is covered.
    #[must_use]
    pub const fn holds(self, offset: usize) -> bool {
        offset > self.nearest && offset <= self.furthest
    }
}

/// The deep redundancy of one packet at a time.
pub(super) struct Redundancy {
    raw: RawRedundancy,
    reach: Reach,
}

impl Redundancy {
    pub(super) fn new() -> Result<Self, CodecError> {
        Ok(Self {
            raw: RawRedundancy::new()?,
            reach: Reach::NONE,
        })
    }

    /// Reads that of `packet` in place of the one before.
    pub(super) fn read(&mut self, packet: &[u8]) -> Result<Reach, CodecError> {
        self.forget();
        let (furthest, nearest) = self
            .raw
            .find(packet)
            .map_err(|code| CodecError::Damaged { code })?;
        if nearest < furthest {
            self.reach = Reach { furthest, nearest };
        }
        Ok(self.reach)
    }

    /// From now on nothing can be restored.
    pub(super) fn forget(&mut self) {
        self.reach = Reach::NONE;
    }

    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    pub(super) fn raw(&mut self) -> &mut RawRedundancy {
        &mut self.raw
    }
}
