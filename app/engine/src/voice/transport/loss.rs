//! Counts what arrived and what did not, by RTP sequence numbers (RFC 3550 appendix A.3).

/// Counts one stream of packets whose 16-bit sequence grows by one a packet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LossCounter {
    /// First and highest sequence, unwrapped to 64 bits.
    span: Option<(i64, i64)>,
    received: u64,
}

/// A jump that is not loss but a sender that began anew.
const RESTART_JUMP: i64 = 3_000;

impl LossCounter {
    /// Counts a packet.
    pub fn push(&mut self, sequence: u16) {
        let Some((first, highest)) = self.span else {
            self.begin(sequence);
            return;
        };
        // The nearest unwrapped number to the highest one.
        let step = i64::from(sequence.wrapping_sub(highest as u16) as i16);
        if step.abs() > RESTART_JUMP {
            self.begin(sequence);
            return;
        }
        let unwrapped = highest + step;
        self.span = Some((first.min(unwrapped), highest.max(unwrapped)));
        self.received += 1;
    }

    fn begin(&mut self, sequence: u16) {
        self.span = Some((i64::from(sequence), i64::from(sequence)));
        self.received = 1;
    }

    /// Packets that arrived.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Packets that were sent, as the sequence tells, and did not arrive (yet).
    pub fn lost(&self) -> u64 {
        let expected = self
            .span
            .map_or(0, |(first, highest)| (highest - first + 1) as u64);
        expected.saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(sequences: impl IntoIterator<Item = u16>) -> (u64, u64) {
        let mut counter = LossCounter::default();
        for sequence in sequences {
            counter.push(sequence);
        }
        (counter.received(), counter.lost())
    }

    #[test]
    fn nothing_lost_across_the_wrap() {
        let all = (0..200u16).map(|i| i.wrapping_add(65_500));
        assert_eq!(counted(all), (200, 0));
    }

    #[test]
    fn gaps_count_and_late_packets_fill_them() {
        assert_eq!(counted([10, 11, 14]), (3, 2));
        assert_eq!(counted([10, 11, 14, 12]), (4, 1));
        assert_eq!(counted([65_535, 2]), (2, 2));
    }

    #[test]
    fn an_early_packet_before_the_first_counts_too() {
        assert_eq!(counted([11, 10, 12]), (3, 0));
    }

    #[test]
    fn a_sender_that_begins_anew_is_not_loss() {
        assert_eq!(counted([10, 40_000, 40_001]), (2, 0));
    }
}
