//! The last packets of a stream, to be sent again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets are kept for so long: whoever asks later has no use for them.
const KEPT: Duration = Duration::from_millis(400);
/// ... and no more than so many.
const MOST: usize = 256;
/// One packet is sent again so often at most.
const MOST_AGAIN: u8 = 4;
/// Of so many packets sent one may be sent again, in the long run, and so many at once: an ask costs less than what it brings.
const EACH: f32 = 0.6;
const AT_ONCE: f32 = 24.0;

#[derive(Debug)]
struct One<T> {
    number: u16,
    sent: Instant,
    again: u8,
    packet: T,
}

/// The last packets of a stream whose 16-bit numbers grow.
#[derive(Debug)]
pub struct Kept<T> {
    packets: VecDeque<One<T>>,
    may: f32,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            packets: VecDeque::new(),
            may: AT_ONCE,
        }
    }
}

impl<T> Kept<T> {
    /// A packet is sent for the first time.
    pub fn sent(&mut self, now: Instant, number: u16, packet: T) {
        let is_old = |one: &mut One<T>| now.saturating_duration_since(one.sent) > KEPT;
        while self.packets.len() >= MOST || self.packets.front_mut().is_some_and(is_old) {
            self.packets.pop_front();
        }
        self.packets.push_back(One {
            number,
            sent: now,
            again: 0,
            packet,
        });
        self.may = (self.may + EACH).min(AT_ONCE);
    }

    /// The packet that is to be sent again, if it is here and may be.
    pub fn asked(&mut self, now: Instant, number: u16) -> Option<&T> {
        if self.may < 1.0 {
            return None;
        }
        let mut newest_first = self.packets.iter_mut().rev();
        let one = newest_first.find(|one| one.number == number)?;
        if one.again >= MOST_AGAIN || now.saturating_duration_since(one.sent) > KEPT {
            return None;
        }
        one.again += 1;
        self.may -= 1.0;
        Some(&one.packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: Duration = Duration::from_millis(20);

    #[test]
    fn the_last_packets_are_sent_again_some_times_and_older_ones_are_not() {
        let began = Instant::now();
        let mut kept = Kept::default();
        for place in 0..30_u16 {
            kept.sent(
                began + PACKET * u32::from(place),
                65_530_u16.wrapping_add(place),
                place,
            );
        }
        let now = began + PACKET * 29;
        assert_eq!(kept.asked(now, 23), Some(&29));
        assert_eq!(kept.asked(now, 4), Some(&10));
        assert_eq!(kept.asked(now, 65_535), None, "too old");
        assert_eq!(kept.asked(now, 24), None, "not sent yet");
        let again = (0..10).filter(|_| kept.asked(now, 23).is_some());
        assert_eq!(again.count(), usize::from(MOST_AGAIN) - 1);
        assert_eq!(kept.asked(now + KEPT * 2, 22), None);
    }

    #[test]
    fn however_many_asks_come_little_is_sent_again_and_little_is_kept() {
        let began = Instant::now();
        let mut kept = Kept::default();
        let (mut again, packets) = (0_u32, 1_000_u16);
        for number in 0..packets {
            let now = began + PACKET / 20 * u32::from(number);
            kept.sent(now, number, ());
            assert!(kept.packets.len() <= MOST);
            for asked in 0..=number {
                again += u32::from(kept.asked(now, asked).is_some());
            }
        }
        assert!(again <= u32::from(packets) * 6 / 10 + 24, "{again}");
    }
}
