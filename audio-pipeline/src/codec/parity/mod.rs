//! Parity: what each packet carries so that packets before it, when they are lost, can be made again to the bit.
//!
//! ```text
//! sender    sound -> Opus at a lower rate -> source ──┬─> envelope: an ordinary Opus packet with padding -> network
//!                    sources of the packets before ──> Sender: sums over GF(256) into that padding
//! receiver  envelope -> Opus decoder, which skips the padding
//!           all that came ──> Solver: linear equations, the lost sources are their unknowns -> packets as if they had come
//! ```
//!
//! A random linear code over a sliding window of packets (RFC 8681 describes one for the same purpose; this one's
//! bytes are its own, as they must fit into a packet of voice). With an equation in each packet, any `n` lost packets
//! come back from any `n` later ones that cover them. Against Opus's own copies (LBRR) and deep redundancy (DRED) it
//! costs rate, but what comes back is as good as what did not get lost.

mod envelope;
mod field;
mod sender;
mod solver;

use serde::{Deserialize, Serialize};

use super::PacketDuration;

pub(super) use sender::Sender;
pub(crate) use solver::Solver;

/// The furthest packet that can be covered.
pub(crate) const FURTHEST: usize = 8;

/// The most equations in one packet.
const MOST_SYMBOLS: u8 = 3;

/// Packets are numbered for the sake of [`factor`], and the numbers go round: by more than any equations reach.
const COUNTERS: u8 = 32;

/// The longest source that can be covered, in bytes: its length has to fit into one.
const LONGEST_SOURCE: usize = 254;

/// How much parity each packet carries, and for which packets before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Parity {
    /// Which packets it covers: bit 0 is the packet before, bit 1 the one before that. None: there is no parity.
    pub covers: u8,
    /// How many sums there are in each packet, 1 to 3.
    pub symbols: u8,
    /// Into how many parts each packet is divided, 1 or 2; a sum is as large as one part.
    pub parts: u8,
}

impl Parity {
    /// No parity.
    pub const NONE: Self = Self {
        covers: 0,
        symbols: 0,
        parts: 0,
    };

    /// A sum of the `count` packets before, as large as one of them: for losses that come one by one.
    #[must_use]
    pub const fn of_the_last(count: u8) -> Self {
        Self {
            covers: mask(count),
            symbols: 1,
            parts: 1,
        }
    }

    /// Sums that are `symbols` halves of a packet large, of the `count` packets before.
    #[must_use]
    pub const fn halves_of_the_last(count: u8, symbols: u8) -> Self {
        Self {
            covers: mask(count),
            symbols,
            parts: 2,
        }
    }

    /// The packet `back` packets before, once more: a burst of as many is bridged.
    #[must_use]
    pub const fn copy_of(back: u8) -> Self {
        Self {
            covers: mask(back) & !mask(back.saturating_sub(1)),
            symbols: 1,
            parts: 1,
        }
    }

    /// Whether there is any.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.covers != 0
    }

    /// How many packets back it reaches.
    #[must_use]
    pub const fn reach(self) -> usize {
        FURTHEST - self.covers.leading_zeros() as usize
    }

    /// The nearest that can be sent, over the same time as with packets of 20 ms.
    pub(super) fn within(self, packet: PacketDuration) -> Self {
        if self.covers == 0 {
            return Self::NONE;
        }
        let blocks = PacketDuration::Ms20.blocks();
        let covers = (1..=FURTHEST)
            .filter(|back| self.covers >> (back - 1) & 1 == 1)
            .map(|back| (back * blocks / packet.blocks()).clamp(1, FURTHEST))
            .fold(0, |covers, back| covers | 1 << (back - 1));
        Self {
            covers,
            symbols: self.symbols.clamp(1, MOST_SYMBOLS),
            parts: self.parts.clamp(1, 2),
        }
    }

    /// How large one sum is when the largest source has `source` bytes: one byte more for its length.
    fn symbol_bytes(self, source: usize) -> usize {
        (source + 1).div_ceil(usize::from(self.parts.max(1)))
    }

    /// What a packet of `total` bytes holds beside this parity, when Opus means `deep(bytes)` for deep redundancy of a packet of
    /// so many; `None` when nothing. What is left is filled with padding whose length still takes one byte.
    pub(super) fn shares(self, total: usize, deep: impl Fn(usize) -> usize) -> Option<Shares> {
        let mut shares = (1..=LONGEST_SOURCE.min(total)).rev().map(|body| {
            let source = match deep(body + 1) {
                0 => body,
                // The sound may take a quarter of what is meant for deep redundancy, and sums have to hold the longest.
                deep => (body + 1).saturating_sub(deep * 3 / 4),
            };
            Shares { source, body }
        });
        let fits = |shares: &Shares| {
            let sums = usize::from(self.symbols) * self.symbol_bytes(shares.source);
            let padding = envelope::HEADER + sums;
            let total_fits = shares.body + envelope::around(padding) <= total;
            shares.source > 0 && total_fits && shares.body + padding <= 254
        };
        shares.find(fits)
    }
}

/// How the bytes of a packet with parity are shared, beside the parity itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// The longest source that sums hold, in bytes.
    pub(super) source: usize,
    /// Source and deep redundancy together, in bytes.
    pub(super) body: usize,
}

impl Shares {
    /// How many bytes the packet has that Opus is to make: what it writes around deep redundancy is one byte more.
    pub(super) fn opus_bytes(self) -> usize {
        self.body + usize::from(self.body > self.source)
    }
}

/// The lowest `count` bits.
const fn mask(count: u8) -> u8 {
    if count as usize >= FURTHEST {
        u8::MAX
    } else {
        (1 << count) - 1
    }
}

/// The factor of one part of a covered packet in one sum of the packet with this counter: a Cauchy matrix, whose every
/// square part can be inverted. So equations that cover the same packets never say the same twice.
fn factor(counter: u8, symbol: u8, back: usize, part: usize) -> u8 {
    let row = counter % COUNTERS * MOST_SYMBOLS + symbol;
    let covered = (counter + COUNTERS).wrapping_sub(back as u8) % COUNTERS;
    let column = 0x80 | (covered * 2 + part as u8);
    field::inverse(row ^ column)
}

#[cfg(test)]
mod tests;
