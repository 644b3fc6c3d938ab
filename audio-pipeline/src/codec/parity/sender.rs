//! The sender's half: keeps the last sources, and puts sums of them into the padding of the next packet.

use super::envelope::{self, FILL, HEADER};
use super::{COUNTERS, FURTHEST, LONGEST_SOURCE, Parity, Shares, factor, field};

/// A source with its length before it, and zeros after it.
type Record = [u8; LONGEST_SOURCE + 2];

/// The sources of the last packets.
pub(in crate::codec) struct Sender {
    records: Box<[Record; FURTHEST]>,
    newest: usize,
    count: usize,
    counter: u8,
    frame: Box<[u8; LONGEST_SOURCE]>,
    deep: Box<[u8; LONGEST_SOURCE]>,
}

impl Sender {
    pub(in crate::codec) fn new() -> Self {
        Self {
            records: Box::new([[0; LONGEST_SOURCE + 2]; FURTHEST]),
            newest: 0,
            count: 0,
            counter: 0,
            frame: Box::new([0; LONGEST_SOURCE]),
            deep: Box::new([0; LONGEST_SOURCE]),
        }
    }

    /// What was sent so far is not covered by what follows.
    pub(in crate::codec) fn forget(&mut self) {
        self.count = 0;
    }

    /// Puts `parity` into the packet in the first `written` bytes of `output`, behind the deep redundancy that is there; gives its
    /// new length. With `shares`, every packet becomes as long as one that uses them up. A packet that cannot carry parity
    /// stays as it is.
    pub(in crate::codec) fn wrap(
        &mut self,
        output: &mut [u8],
        written: usize,
        parity: Parity,
        shares: Option<Shares>,
    ) -> usize {
        let Some(opened) = envelope::open(&output[..written]) else {
            self.forget();
            return written;
        };
        let (first, length) = (opened.first, opened.frame.len());
        self.frame[..length].copy_from_slice(opened.frame);
        let deep = envelope::deep(opened.padding);
        let deep_length = deep.len();
        self.deep[..deep_length].copy_from_slice(deep);
        let deep = &self.deep[..deep_length];
        let covers = self.coverable(parity.covers, shares);
        let longest = shares.map_or_else(|| self.longest(covers), |shares| shares.source);
        let symbol = parity.symbol_bytes(longest);
        let sums = HEADER + usize::from(parity.symbols) * symbol;
        let body = 1 + length + envelope::deep_bytes(deep);
        let fill = shares.map_or(0, |shares| shares.body.saturating_sub(body));
        let padding = if covers == 0 && shares.is_none() {
            0
        } else {
            fill + envelope::deep_bytes(deep) + sums
        };
        let total = length + envelope::around(padding) + 1;
        let begun = (padding > 0 && total <= output.len())
            .then(|| envelope::begin(output, first, &self.frame[..length], padding));
        let total = if let Some(Some(begins)) = begun {
            let padding = &mut output[begins..begins + padding];
            padding.fill(FILL);
            // Until the padding ends there would be deep redundancy, if it were the last.
            let before = if covers == 0 { fill + sums } else { fill };
            let deep = envelope::put_deep(&mut padding[before..], deep);
            if covers != 0 {
                let parity = Parity { covers, ..parity };
                self.sum(parity, symbol, &mut padding[fill + deep..]);
            }
            total
        } else {
            written
        };
        self.remember(first, length);
        total
    }

    /// Those of the packets that `covers` names that are there and fit into the sums.
    fn coverable(&self, covers: u8, shares: Option<Shares>) -> u8 {
        let most = shares.map_or(LONGEST_SOURCE, |shares| shares.source);
        (1..=self.count.min(FURTHEST))
            .filter(|back| usize::from(self.record(*back)[0]) <= most)
            .fold(0, |found, back| found | 1 << (back - 1))
            & covers
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
