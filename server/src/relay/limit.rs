//! How much one sender may send: a bucket of packets and one of bytes.

use std::time::Instant;

/// Packets a second that are let through for long: one each 10 ms, and half as many again for what a clock is off or a network
/// bunches up.
const PACKETS_PER_SECOND: f32 = 150.0;
/// Packets at once: what a network held back for half a second.
const PACKETS_AT_ONCE: f32 = 75.0;
/// Bytes a second: 256 kbit/s of Opus with what is around it.
const BYTES_PER_SECOND: f32 = 48_000.0;
const BYTES_AT_ONCE: f32 = 48_000.0;

/// What one sender may send now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    packets: f32,
    bytes: f32,
    at: Instant,
}

impl Allowance {
    /// Full buckets.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            packets: PACKETS_AT_ONCE,
            bytes: BYTES_AT_ONCE,
            at: now,
        }
    }

    /// Whether a packet of so many bytes may pass; it then counts.
    pub(super) fn take(&mut self, now: Instant, bytes: usize) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f32();
        self.at = self.at.max(now);
        self.packets = (self.packets + passed * PACKETS_PER_SECOND).min(PACKETS_AT_ONCE);
        self.bytes = (self.bytes + passed * BYTES_PER_SECOND).min(BYTES_AT_ONCE);
        let bytes = bytes as f32;
        if self.packets < 1.0 || self.bytes < bytes {
            return false;
        }
        self.packets -= 1.0;
        self.bytes -= bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Packets of `bytes` that pass in 10 s, if `per_second` are sent.
    fn passed(per_second: u32, bytes: usize) -> u32 {
        let began = Instant::now();
        let mut allowance = Allowance::new(began);
        let pause = Duration::from_secs(1) / per_second;
        let times = (0..per_second * 10).map(|n| began + pause * n);
        times.filter(|now| allowance.take(*now, bytes)).count() as u32
    }

    #[test]
    fn voice_passes_whatever_its_packets_length() {
        assert_eq!(passed(50, 400), 500);
        assert_eq!(passed(100, 300), 1_000);
    }

    #[test]
    fn a_flood_is_held_to_the_bound() {
        assert!((1_500..1_600).contains(&passed(10_000, 100)));
        // 480,000 bytes in 10 s, and what was in the bucket.
        assert!((400..450).contains(&passed(100, 1_200)));
    }

    #[test]
    fn what_was_held_back_for_half_a_second_passes_at_once() {
        let now = Instant::now();
        let mut allowance = Allowance::new(now);
        assert_eq!((0..50).filter(|_| allowance.take(now, 200)).count(), 50);
    }
}
