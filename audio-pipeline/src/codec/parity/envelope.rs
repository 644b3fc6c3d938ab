//! Where parity travels: in the padding of an Opus packet, which every decoder skips.
//!
//! ```text
//! source:    TOC, frame                                                       a packet of one frame (code 0)
//! envelope:  TOC | code 3, 0x41, length of padding, frame, padding           one frame and padding (RFC 6716, 3.2.5)
//! padding:   0x01 ... (single bytes of padding), deep redundancy, 0xF2, header, sums
//! deep:      0xFD, length (8 bits), as Opus wrote it; or nothing               an extension of Opus's packets with number 126
//! parity:    0xF2, header, sums                                               one with number 121
//! header:    covers (8 bits), parts - 1 (1 bit), symbols (2 bits), counter (5 bits)
//! ```
//!
//! The padding is laid out as the extensions of draft-ietf-mlcodec-opus-extension: numbers from 32 on whose lowest bit of the first
//! byte is 0 last until the padding ends; 120 to 126 are for whoever wants to try something.

use super::{COUNTERS, FURTHEST, LONGEST_SOURCE, MOST_SYMBOLS, Parity};

/// The first byte of the extension.
const EXTENSION: u8 = 121 << 1;
/// The first byte of deep redundancy (DRED): when it lasts until the padding ends, as Opus writes it, and when its length follows.
const DEEP_LAST: u8 = 126 << 1;
const DEEP: u8 = DEEP_LAST | 1;
/// What stands before deep redundancy that parity follows: first byte and length.
const DEEP_HEADER: usize = 2;
/// A byte of padding among the extensions.
pub(super) const FILL: u8 = 0x01;
/// First byte of the extension and what says how the sums were made.
pub(super) const HEADER: usize = 3;
/// The count byte of code 3: constant size, one frame, with padding and (one byte of it: this byte) without.
const ONE_PADDED: u8 = 0x41;
const ONE: u8 = 0x01;

/// A packet of one frame, taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Opened<'a> {
    /// The first byte as it would be without padding.
    pub(super) first: u8,
    pub(super) frame: &'a [u8],
    pub(super) padding: &'a [u8],
}

impl Opened<'_> {
    /// Bytes of the source.
    pub(super) fn source_bytes(&self) -> usize {
        1 + self.frame.len()
    }
}

/// Takes a packet apart; `None` when it does not hold exactly one frame, or is longer than can be covered.
pub(super) fn open(packet: &[u8]) -> Option<Opened<'_>> {
    let (&first, rest) = packet.split_first()?;
    let opened = match first & 3 {
        0 => Opened {
            first,
            frame: rest,
            padding: &[],
        },
        3 => {
            let (&count, rest) = rest.split_first()?;
            let (frame, padding) = match count {
                ONE => (rest, &[][..]),
                ONE_PADDED => split_padding(rest)?,
                _ => return None,
            };
            Opened {
                first: first & !3,
                frame,
                padding,
            }
        }
        _ => return None,
    };
    (opened.source_bytes() <= LONGEST_SOURCE).then_some(opened)
}

/// Frame and padding, from the length of the padding on.
fn split_padding(mut rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut bytes = 0;
    loop {
        let (&length, after) = rest.split_first()?;
        rest = after;
        // 255 says: 254, and go on reading.
        bytes += usize::from(length.min(254));
        if length != 255 {
            return rest.split_at_checked(rest.len().checked_sub(bytes)?);
        }
    }
}

/// How many bytes an envelope has around its source when `padding` bytes are in it.
pub(super) fn around(padding: usize) -> usize {
    1 + length_bytes(padding) + padding
}

fn length_bytes(padding: usize) -> usize {
    padding.saturating_sub(1) / 254 + 1
}

/// Writes everything of an envelope before its padding; gives where the padding begins.
pub(super) fn begin(output: &mut [u8], first: u8, frame: &[u8], padding: usize) -> Option<usize> {
    let lengths = length_bytes(padding);
    let begins = 2 + lengths + frame.len();
    let output = output.get_mut(..begins)?;
    (output[0], output[1]) = (first | 3, ONE_PADDED);
    output[2..=lengths].fill(255);
    output[1 + lengths] = (padding - 254 * (lengths - 1)) as u8;
    output[2 + lengths..].copy_from_slice(frame);
    Some(begins)
}

/// The parity of one packet, read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Carried<'a> {
    pub(super) parity: Parity,
    pub(super) counter: u8,
    pub(super) sums: &'a [u8],
}

impl Carried<'_> {
    /// Bytes of one sum.
    pub(super) fn symbol_bytes(&self) -> usize {
        self.sums.len() / usize::from(self.parity.symbols)
    }

    /// How many packets back it covers, each.
    pub(super) fn covered(&self) -> impl Iterator<Item = usize> + use<> {
        let covers = self.parity.covers;
        (1..=FURTHEST).filter(move |back| covers >> (back - 1) & 1 == 1)
    }
}

/// The bytes of a header.
pub(super) fn header(parity: Parity, counter: u8) -> [u8; HEADER] {
    let how = (parity.parts - 1) << 7 | parity.symbols << 5 | (counter % COUNTERS);
    [EXTENSION, parity.covers, how]
}

/// The deep redundancy in `padding` as Opus makes it; empty when there is none, or when it is too long to carry.
pub(super) fn deep(padding: &[u8]) -> &[u8] {
    match unfilled(padding) {
        [DEEP_LAST, deep @ ..] if deep.len() <= usize::from(u8::MAX - 1) => deep,
        _ => &[],
    }
}

/// Writes deep redundancy so that more can follow it; gives how many bytes it takes. Nothing is written of nothing.
pub(super) fn put_deep(output: &mut [u8], deep: &[u8]) -> usize {
    let length = deep_bytes(deep);
    if let (1.., Some(room)) = (length, output.get_mut(..length)) {
        (room[0], room[1]) = (DEEP, deep.len() as u8);
        room[DEEP_HEADER..].copy_from_slice(deep);
    }
    length
}

/// How many bytes deep redundancy takes when more follows it.
pub(super) fn deep_bytes(deep: &[u8]) -> usize {
    if deep.is_empty() {
        0
    } else {
        DEEP_HEADER + deep.len()
    }
}

fn unfilled(padding: &[u8]) -> &[u8] {
    let filled = padding.iter().take_while(|&&byte| byte == FILL).count();
    &padding[filled..]
}

/// Reads the parity in `padding`, if there is any.
pub(super) fn carried(padding: &[u8]) -> Option<Carried<'_>> {
    let mut rest = unfilled(padding);
    if let [DEEP, length, after @ ..] = rest {
        rest = after.get(usize::from(*length)..)?;
    }
    let [EXTENSION, covers, how, sums @ ..] = rest else {
        return None;
    };
    let parity = Parity {
        covers: *covers,
        symbols: how >> 5 & 3,
        parts: (how >> 7) + 1,
    };
    let whole = (1..=MOST_SYMBOLS).contains(&parity.symbols)
        && !sums.is_empty()
        && sums.len().is_multiple_of(usize::from(parity.symbols));
    let carried = Carried {
        parity,
        counter: how % COUNTERS,
        sums,
    };
    let fits = || carried.symbol_bytes() * usize::from(parity.parts) <= LONGEST_SOURCE + 2;
    (parity.is_some() && whole && fits()).then_some(carried)
}
