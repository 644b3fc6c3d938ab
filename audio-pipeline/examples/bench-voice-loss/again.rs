//! Packets that are asked for and sent again through the same network, in virtual time: a round trip is twice its shortest way.

use std::time::{Duration, Instant};

use dialtone_audio::link::PacketHeader;
use dialtone_protocol::resend::{Came, Gaps, Kept};

use super::dice::Dice;
use super::network::{Fates, Network, TRAVEL_US};
use super::play::UnderWay;

/// Of the shortest way, as a client measures it.
const ROUND_TRIP: Duration = Duration::from_micros(2 * TRAVEL_US as u64);

type Packet = (PacketHeader, Vec<u8>);

/// Both ends' part in it.
pub(crate) struct Again {
    epoch: Instant,
    gaps: Gaps,
    kept: Kept<Packet>,
    /// What the network does to packets that are sent again, and to asks.
    there: Fates,
    back: Fates,
    dice: Dice,
    /// Asks under way: when they arrive, and for which packet.
    asks: Vec<(i64, u16)>,
    /// Bytes that were sent again.
    pub(crate) bytes: usize,
}

impl Again {
    pub(crate) fn new(network: Network, there: &[Option<i64>], epoch: Instant, seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x5eed);
        for _ in 0..16 {
            dice.throw();
        }
        let back = network.arrivals(there.len(), &mut dice);
        let mut gaps = Gaps::default();
        gaps.measured(epoch, ROUND_TRIP);
        Self {
            epoch,
            gaps,
            kept: Kept::default(),
            there: Fates::new(network, there.to_vec()),
            back: Fates::new(network, back),
            dice,
            asks: Vec::new(),
            bytes: 0,
        }
    }

    fn moment(&self, microseconds: i64) -> Instant {
        self.epoch + Duration::from_micros(microseconds.unsigned_abs())
    }

    /// A packet is sent for the first time.
    pub(crate) fn sent(&mut self, now: i64, header: PacketHeader, payload: &[u8]) {
        let now = self.moment(now);
        self.kept
            .sent(now, header.sequence as u16, (header, payload.to_vec()));
    }

    /// Whether a packet that came had been asked for.
    pub(crate) fn came(&mut self, packet: &UnderWay) -> bool {
        let now = self.moment(packet.arrives);
        self.gaps.came(now, packet.header.sequence as u16) == Came::Asked
    }

    /// The receiver asks; what the sender sends again for that is under way.
    pub(crate) fn step(&mut self, now: i64) -> Vec<UnderWay> {
        for number in self.gaps.due(self.moment(now)) {
            if let Some(arrives) = self.back.of(now, &mut self.dice) {
                self.asks.push((arrives, number));
            }
        }
        let (here, later) = self
            .asks
            .drain(..)
            .partition(|(arrives, _)| *arrives <= now);
        self.asks = later;
        let here: Vec<(i64, u16)> = here;
        let mut under_way = Vec::new();
        for (asked, number) in here {
            let asked_at = self.moment(asked);
            let Some((header, payload)) = self.kept.asked(asked_at, number) else {
                continue;
            };
            self.bytes += payload.len();
            if let Some(arrives) = self.there.of(asked, &mut self.dice) {
                under_way.push(UnderWay {
                    arrives,
                    header: *header,
                    payload: payload.clone(),
                });
            }
        }
        under_way
    }
}
