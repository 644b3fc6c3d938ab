//! Networks that are late in a known way, and how late a fixed delay must be to bear them.

use super::dice::Dice;

/// How the travel times of packets differ from the shortest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Each packet is late by itself, evenly between nothing and the most; they overtake each other.
    Even,
    /// A queue that fills now and then, at once up to the most, and empties slowly; nothing overtakes.
    Queue,
}

impl Shape {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Even => "even",
            Self::Queue => "queue",
        }
    }
}

/// Time between two packets, in microseconds.
pub(crate) const PACKET_US: i64 = 20_000;
/// How often the queue fills, for each packet: about once in two seconds.
const FILLS: f64 = 0.01;
/// By how much the queue is shorter at the next packet, in microseconds.
const DRAINS: f64 = 4_000.0;

/// How late each of `count` packets comes, in microseconds on top of the shortest travel time.
pub(crate) fn lateness(shape: Shape, jitter_ms: u32, count: usize, seed: u64) -> Vec<i64> {
    let mut dice = Dice::new(seed);
    let most = f64::from(jitter_ms) * 1_000.0;
    let mut queue = 0.0_f64;
    (0..count)
        .map(|_| match shape {
            Shape::Even => (dice.throw() * most) as i64,
            Shape::Queue => {
                queue = (queue - DRAINS).max(0.0);
                if dice.throw() < FILLS {
                    queue = queue.max(dice.throw() * most);
                }
                // A tenth of the most is there always; what is behind another cannot leave before it.
                (queue + dice.throw() * (most / 10.0).min(queue.max(2_000.0))).min(most) as i64
            }
        })
        .collect()
}

/// Holds back what would arrive within the span `begins..ends` (microseconds) until its end.
pub(crate) fn stall(lateness: &mut [i64], begins: i64, ends: i64) {
    for (index, late) in lateness.iter_mut().enumerate() {
        let arrives = (index as i64 + 1) * PACKET_US + *late;
        if (begins..ends).contains(&arrives) {
            *late += ends - arrives;
        }
    }
}

/// The smallest fixed delay, in ms, with which less than `share` of the packets come too late.
pub(crate) fn oracle_ms(lateness: &[i64], share: f64) -> f64 {
    let mut sorted = lateness.to_vec();
    sorted.sort_unstable();
    // So many may be later than the delay: the largest number below the share.
    let too_late = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted
        .get(sorted.len().saturating_sub(too_late + 1))
        .map_or(0.0, |late| *late as f64 / 1_000.0)
}
