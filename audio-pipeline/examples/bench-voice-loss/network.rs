//! Networks that lose and delay packets in a known way; the same seed gives the same network.

use super::dice::Dice;

/// Time between two packets, in microseconds.
pub(crate) const PACKET_US: i64 = 20_000;
/// The shortest travel time, in microseconds.
pub(crate) const TRAVEL_US: i64 = 20_000;
/// Packets lost in a row in bursts, on average.
const BURST: f64 = 4.0;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Network {
    /// Loses this share, each packet by itself.
    Random(f64),
    /// Loses this share in runs of four on average (Gilbert-Elliott: two states, everything lost in one of them).
    Burst(f64),
    /// As traces of wireless networks in houses look: a queue that fills now and then to 60 ms, half a percent lost.
    Wifi,
    /// As traces of mobile networks look: packets come in groups, now and then nothing for 150 ms, bursts of 2 %.
    Mobile,
}

impl Network {
    /// `none`, `random-10`, `burst-20`, `trace-wifi`, `trace-mobile`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let share = |text: &str| text.parse::<f64>().ok().map(|percent| percent / 100.0);
        match name.split_once('-') {
            None if name == "none" => Some(Self::Random(0.0)),
            Some(("random", text)) => share(text).map(Self::Random),
            Some(("burst", text)) => share(text).map(Self::Burst),
            Some(("trace", "wifi")) => Some(Self::Wifi),
            Some(("trace", "mobile")) => Some(Self::Mobile),
            _ => None,
        }
    }

    /// When each of `count` packets arrives, in microseconds after the first is sent; `None` for those that do not.
    pub(crate) fn arrivals(self, count: usize, dice: &mut Dice) -> Vec<Option<i64>> {
        let (mut bad, mut queue, mut held) = (false, 0.0_f64, 0_i64);
        (0..count as i64)
            .map(|index| {
                let sent = index * PACKET_US + TRAVEL_US;
                match self {
                    Self::Random(share) => (dice.throw() >= share).then_some(sent),
                    Self::Burst(share) => {
                        bad = gilbert_elliott(bad, share, dice);
                        (!bad).then_some(sent)
                    }
                    Self::Wifi => {
                        queue = (queue - 4_000.0).max(0.0);
                        if dice.throw() < 0.015 {
                            queue = queue.max(dice.throw() * 60_000.0);
                        }
                        let late = queue + dice.throw() * 3_000.0;
                        (dice.throw() >= 0.005).then_some(sent + late as i64)
                    }
                    Self::Mobile => {
                        bad = gilbert_elliott(bad, 0.02, dice);
                        if dice.throw() < 0.002 {
                            held = sent + 150_000;
                        }
                        // Groups: what is sent within 30 ms leaves together.
                        let group = (sent / 30_000 + 1) * 30_000;
                        let late = group.max(held) + (dice.throw() * 8_000.0) as i64;
                        (!bad).then_some(late)
                    }
                }
            })
            .collect()
    }
}

/// What becomes of packets beside the regular ones.
pub(crate) struct Fates {
    network: Network,
    arrivals: Vec<Option<i64>>,
}

impl Fates {
    /// Beside those that arrive so.
    pub(crate) fn new(network: Network, arrivals: Vec<Option<i64>>) -> Self {
        Self { network, arrivals }
    }

    /// When one arrives that is sent at `sent`, in microseconds: it shares what becomes of the regular one of that moment, but where each
    /// is lost by itself.
    pub(crate) fn of(&self, sent: i64, dice: &mut Dice) -> Option<i64> {
        if let Network::Random(share) = self.network {
            return (dice.throw() >= share).then_some(sent + TRAVEL_US);
        }
        let slot = (sent / PACKET_US).max(0);
        let arrives = self.arrivals.get(slot as usize).copied().flatten()?;
        Some(sent + (arrives - slot * PACKET_US))
    }
}

fn gilbert_elliott(bad: bool, share: f64, dice: &mut Dice) -> bool {
    let leave = 1.0 / BURST;
    let enter = share / (1.0 - share) * leave;
    dice.throw() < if bad { 1.0 - leave } else { enter }
}
