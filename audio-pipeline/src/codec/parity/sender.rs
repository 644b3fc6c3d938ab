//! The sender's half: keeps the last sources, and puts sums of them into the padding of the next packet.

use super::envelope::{self, FILL, HEADER};
use super::{COUNTERS, FURTHEST, LONGEST_SOURCE, Parity, factor, field};

/// A source with its length before it, and zeros after it.
type Record = [u8; LONGEST_SOURCE + 2];

/// The sources of the last packets.
pub(in crate::codec) struct Sender {
    records: Box<[Record; FURTHEST]>,
    newest: usize,
    count: usize,
    counter: u8,
    frame: Box<[u8; LONGEST_SOURCE]>,
}

impl Sender {
    pub(in crate::codec) fn new() -> Self {
        Self {
            records: Box::new([[0; LONGEST_SOURCE + 2]; FURTHEST]),
            newest: 0,
            count: 0,
            counter: 0,
            frame: Box::new([0; LONGEST_SOURCE]),
        }
    }

    /// What was sent so far is not covered by what follows.
    pub(in crate::codec) fn forget(&mut self) {
        self.count = 0;
    }

    /// Puts `parity` into the packet in the first `written` bytes of `output`; gives its new length. With `source_bytes`,
    /// every packet becomes as long as one whose source has so many. A packet that cannot carry parity stays as it is.
    pub(in crate::codec) fn wrap(
        &mut self,
        output: &mut [u8],
        written: usize,
        parity: Parity,
        source_bytes: Option<usize>,
    ) -> usize {
        let Some(opened) = envelope::open(&output[..written]) else {
            self.forget();
            return written;
        };
        let (first, length) = (opened.first, opened.frame.len());
        self.frame[..length].copy_from_slice(opened.frame);
        let covers = parity.covers & super::mask(self.count as u8);
        let longest = source_bytes.unwrap_or_else(|| self.longest(covers));
        let symbol = parity.symbol_bytes(longest);
        let sums = HEADER + usize::from(parity.symbols) * symbol;
        let fill = source_bytes.map_or(0, |bytes| bytes.saturating_sub(1 + length));
        let padding = if covers == 0 && source_bytes.is_none() {
            0
        } else {
            fill + sums
        };
        let total = length + envelope::around(padding) + 1;
        let begun = (padding > 0 && total <= output.len())
            .then(|| envelope::begin(output, first, &self.frame[..length], padding));
        let total = if let Some(Some(begins)) = begun {
            let padding = &mut output[begins..begins + padding];
            padding.fill(FILL);
            if covers != 0 {
                let parity = Parity { covers, ..parity };
                self.sum(parity, symbol, &mut padding[fill..]);
            }
            total
        } else {
            written
        };
        self.remember(first, length);
        total
    }

    /// The longest of the covered sources, in bytes.
    fn longest(&self, covers: u8) -> usize {
        (1..=FURTHEST)
            .filter(|back| covers >> (back - 1) & 1 == 1)
            .map(|back| usize::from(self.record(back)[0]))
            .max()
            .unwrap_or(0)
    }

    fn record(&self, back: usize) -> &Record {
        &self.records[(self.newest + FURTHEST + 1 - back) % FURTHEST]
    }

    fn sum(&mut self, parity: Parity, symbol: usize, output: &mut [u8]) {
        let (header, sums) = output.split_at_mut(HEADER);
        header.copy_from_slice(&envelope::header(parity, self.counter));
        sums.fill(0);
        for (index, sum) in sums.chunks_exact_mut(symbol).enumerate() {
            for back in (1..=FURTHEST).filter(|back| parity.covers >> (back - 1) & 1 == 1) {
                let parts = self.record(back).chunks(symbol);
                for (part, bytes) in parts.take(usize::from(parity.parts)).enumerate() {
                    let factor = factor(self.counter, index as u8, back, part);
                    field::add_scaled(sum, bytes, factor);
                }
            }
        }
    }

    fn remember(&mut self, first: u8, length: usize) {
        self.counter = (self.counter + 1) % COUNTERS;
        self.newest = (self.newest + 1) % FURTHEST;
        self.count = (self.count + 1).min(FURTHEST);
        let record = &mut self.records[self.newest];
        record.fill(0);
        (record[0], record[1]) = (1 + length as u8, first);
        record[2..2 + length].copy_from_slice(&self.frame[..length]);
    }
}
