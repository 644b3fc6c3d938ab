//! The receiver's half: what came is put into the equations, and what is left of them is solved for what did not.

use super::envelope::{self, Carried, Opened};
use super::{FURTHEST, LONGEST_SOURCE, MOST_SYMBOLS, factor, field};
use crate::codec::packet::samples_in;

/// How many packets' equations are looked at.
const PACKETS: usize = 2 * FURTHEST;
const ROWS: usize = PACKETS * MOST_SYMBOLS as usize;
/// The most unknowns: two parts of each packet that can be covered.
const UNKNOWNS: usize = 2 * FURTHEST;
const BYTES: usize = LONGEST_SOURCE + 2;

/// One equation: factors of the unknowns, and what they sum up to.
#[derive(Clone, Copy)]
struct Row {
    factors: [u8; UNKNOWNS],
    sum: [u8; BYTES],
}

const EMPTY: Row = Row {
    factors: [0; UNKNOWNS],
    sum: [0; BYTES],
};

/// A packet that was made again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recovered<'a> {
    pub(crate) sequence: i64,
    /// How much sound it holds, in samples at 48 kHz.
    pub(crate) samples: usize,
    pub(crate) payload: &'a [u8],
}

/// Room for the equations of one talker. Nothing allocates after `new`, and the cost of a call is bounded.
pub(crate) struct Solver {
    rows: Vec<Row>,
    /// Sequence numbers of the unknown packets.
    unknown: [i64; FURTHEST],
    unknowns: usize,
    parts: usize,
    symbol: usize,
    /// For each unknown part the row that holds nothing else.
    solved: [Option<usize>; UNKNOWNS],
    packet: Box<[u8; BYTES]>,
}

impl Solver {
    pub(crate) fn new() -> Self {
        Self {
            rows: Vec::with_capacity(ROWS),
            unknown: [0; FURTHEST],
            unknowns: 0,
            parts: 1,
            symbol: 0,
            solved: [None; UNKNOWNS],
            packet: Box::new([0; BYTES]),
        }
    }

    /// How many packets back the parity in `packet` reaches; 0 when there is none.
    pub(crate) fn reach(packet: &[u8]) -> usize {
        envelope::open(packet)
            .and_then(|opened| envelope::carried(opened.padding))
            .map_or(0, |carried| carried.parity.reach())
    }

    /// Tries to make again what is missing among the packets before `newest`, which has just come; `packet` gives what is
    /// there. What was made again is then had from [`Solver::recovered`], whose index is below the number that this gives.
    pub(crate) fn solve<'a>(
        &mut self,
        newest: i64,
        packet: impl Fn(i64) -> Option<&'a [u8]>,
    ) -> usize {
        self.unknowns = 0;
        for back in 1..=FURTHEST as i64 {
            if packet(newest - back).is_none() {
                self.unknown[self.unknowns] = newest - back;
                self.unknowns += 1;
            }
        }
        let latest = (self.unknowns > 0)
            .then(|| packet(newest).and_then(envelope::open))
            .flatten()
            .and_then(|opened| envelope::carried(opened.padding));
        let Some(latest) = latest else {
            self.unknowns = 0;
            return 0;
        };
        self.parts = usize::from(latest.parity.parts);
        self.symbol = latest.symbol_bytes();
        self.rows.clear();
        for sequence in newest - PACKETS as i64 + 1..=newest {
            let carried = packet(sequence)
                .and_then(envelope::open)
                .and_then(|opened| envelope::carried(opened.padding));
            let Some(carried) = carried else { continue };
            let parts = usize::from(carried.parity.parts);
            // Whole packets end in zeros, however long the sums are; halves of another size begin elsewhere.
            if parts == self.parts && (parts == 1 || carried.symbol_bytes() == self.symbol) {
                self.symbol = self.symbol.max(carried.symbol_bytes());
                self.add(sequence, carried, &packet);
            }
        }
        self.eliminate();
        self.unknowns
    }

    /// The unknown packet of this index, if the equations say what it was.
    pub(crate) fn recovered(&mut self, index: usize) -> Option<Recovered<'_>> {
        let columns = index * self.parts..(index + 1) * self.parts;
        for (part, column) in columns.enumerate() {
            let row = self.rows.get(self.solved.get(column).copied()??)?;
            let at = part * self.symbol;
            let room = self.packet.get_mut(at..at + self.symbol)?;
            room.copy_from_slice(&row.sum[..self.symbol]);
        }
        let all = self.parts * self.symbol;
        let (&length, record) = self.packet.get(..all)?.split_first()?;
        let (payload, rest) = record.split_at_checked(usize::from(length))?;
        // Zeros follow a source: anything else says that the equations did not belong together.
        let sound = rest.iter().all(|&byte| byte == 0)
            && payload
                .first()
                .is_some_and(|first| first.trailing_zeros() >= 2);
        let samples = samples_in(payload).filter(|_| sound)?;
        Some(Recovered {
            sequence: self.unknown[index],
            samples,
            payload,
        })
    }

    /// Adds the equations of one packet, with what is known taken out of them.
    fn add<'a>(
        &mut self,
        sequence: i64,
        carried: Carried<'_>,
        packet: &impl Fn(i64) -> Option<&'a [u8]>,
    ) {
        // What is neither there nor among the unknowns makes its equations useless.
        let useless = |back: usize| {
            let covered = sequence - back as i64;
            packet(covered).is_none() && self.column(covered).is_none()
        };
        if carried.covered().any(useless) {
            return;
        }
        let symbol = carried.symbol_bytes();
        for (index, sum) in carried.sums.chunks_exact(symbol).enumerate() {
            let mut row = EMPTY;
            row.sum[..symbol].copy_from_slice(sum);
            for back in carried.covered() {
                let covered = sequence - back as i64;
                let known = packet(covered).and_then(envelope::open);
                for part in 0..self.parts {
                    let factor = factor(carried.counter, index as u8, back, part);
                    match (self.column(covered), known) {
                        (Some(column), _) => row.factors[column + part] = factor,
                        (None, Some(known)) => subtract(&mut row, known, part, symbol, factor),
                        // A packet that is no source was not covered.
                        (None, None) => return,
                    }
                }
            }
            if row.factors.iter().any(|&factor| factor != 0) && self.rows.len() < ROWS {
                self.rows.push(row);
            }
        }
    }

    /// The first column of an unknown packet.
    fn column(&self, sequence: i64) -> Option<usize> {
        let found = self.unknown[..self.unknowns]
            .iter()
            .position(|&unknown| unknown == sequence);
        found.map(|index| index * self.parts)
    }

    /// Gauss and Jordan: afterwards each row that solves something holds one column of its own.
    fn eliminate(&mut self) {
        self.solved = [None; UNKNOWNS];
        let columns = self.unknowns * self.parts;
        let mut settled = 0;
        for column in 0..columns {
            let Some(found) =
                (settled..self.rows.len()).find(|&row| self.rows[row].factors[column] != 0)
            else {
                continue;
            };
            self.rows.swap(settled, found);
            let inverse = field::inverse(self.rows[settled].factors[column]);
            field::scale(&mut self.rows[settled].factors[..columns], inverse);
            field::scale(&mut self.rows[settled].sum[..self.symbol], inverse);
            let own = self.rows[settled];
            for (index, row) in self.rows.iter_mut().enumerate() {
                let factor = row.factors[column];
                if index != settled && factor != 0 {
                    field::add_scaled(&mut row.factors[..columns], &own.factors[..columns], factor);
                    field::add_scaled(&mut row.sum[..self.symbol], &own.sum[..self.symbol], factor);
                }
            }
            self.solved[column] = Some(settled);
            settled += 1;
        }
        // A row that still holds columns without a row of their own solves nothing.
        for solved in &mut self.solved[..columns] {
            let alone = |&row: &usize| {
                self.rows[row]
                    .factors
                    .iter()
                    .filter(|&&factor| factor != 0)
                    .count()
                    == 1
            };
            *solved = solved.filter(alone);
        }
    }
}

/// Takes `factor` times one part of a known source out of an equation.
fn subtract(row: &mut Row, known: Opened<'_>, part: usize, symbol: usize, factor: u8) {
    let mut record = [0; BYTES];
    let length = known.frame.len();
    (record[0], record[1]) = (known.source_bytes() as u8, known.first);
    record[2..2 + length].copy_from_slice(known.frame);
    let from = (part * symbol).min(BYTES);
    field::add_scaled(&mut row.sum[..symbol], &record[from..], factor);
}
