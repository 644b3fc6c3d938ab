//! Which way the voices of a call go: from device to device, or over the server's relay. Pure, and the same for everybody.
//!
//! All that counts is known to all: how many are in the call, and who said that it needs the relay. So all come to the same end,
//! if not at the same moment, and until then both ways stand: a way is left only when the other one carries.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use dialtone_protocol::{AccountId, DeviceId};

/// With more devices than this in a call it is relayed: each voice then leaves a device once, not once for each of the others.
pub(super) const MOST_DIRECT: usize = 4;
/// A call is direct again when it has needed no relay for so long: people come and go.
const SETTLED: Duration = Duration::from_secs(10);
/// Both ways stand for so long before one is left: what is under way on it still arrives.
pub(super) const OVERLAP: Duration = Duration::from_secs(2);
/// Whoever should be reached over the relay and is not, for so long, is connected to directly.
const UNREACHED: Duration = Duration::from_secs(8);

/// In a relayed call of more devices than this, few are connected to directly beside the relay...
const FEW: usize = 8;
/// ... so many: the relay looks for its way again by itself, and a hundred connections at once would take the time that it needs for that.
const MOST_BESIDE: usize = 3;

/// How many of so many devices in a call, oneself among them, may be connected to directly for want of the relay. `relays`: the server
/// relays this call, if not to all.
pub(super) fn most_beside_relay(devices: usize, relays: bool) -> usize {
    if relays && devices > FEW {
        MOST_BESIDE
    } else {
        devices
    }
}

/// Which way the voices of a call go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// From device to device.
    #[default]
    Direct,
    /// Over the server.
    Relayed,
}

/// Decides it, and stays with it for a while.
#[derive(Debug, Clone, Copy, Default)]
pub struct WayRule {
    way: Way,
    fits_direct_since: Option<Instant>,
}

impl WayRule {
    /// Which way that is now.
    pub fn way(&self) -> Way {
        self.way
    }

    /// With so many devices in the call, oneself among them; `needed` when anybody needs the relay.
    pub fn decide(&mut self, now: Instant, devices: usize, needed: bool) -> Way {
        if devices > MOST_DIRECT || needed {
            self.way = Way::Relayed;
            self.fits_direct_since = None;
            return self.way;
        }
        let since = *self.fits_direct_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= SETTLED {
            self.way = Way::Direct;
        }
        self.way
    }
}

/// One's own part in it.
#[derive(Debug, Clone, Default)]
pub struct OwnWay {
    /// Which way voices go.
    pub rule: WayRule,
    /// Others that one does not reach directly, though one has tried.
    pub unreachable: Unreachable,
    /// What the others are told: whether one needs the relay.
    pub needs_relay: bool,
    /// Somebody was connected to since one joined: what is missing now was lost.
    pub was_connected: bool,
    /// Connections to the relay so far.
    pub relays: u64,
    /// Whom one wants to hear also when many others are louder.
    pub pins: BTreeSet<AccountId>,
    /// What the relay was told of that.
    pub told_pins: Vec<DeviceId>,
}

/// Whoever is not reached directly is tried again after so long; twice as long each time, up to a bound.
const TRIED_AGAIN: Duration = Duration::from_secs(30);
const MOST_DOUBLINGS: u32 = 5;

/// Others that one does not reach directly. The relay is tried first where a network lets nothing else through, but networks change.
#[derive(Debug, Clone, Default)]
pub struct Unreachable {
    /// Since when (none: it is reached by now), and how often that has happened.
    known: BTreeMap<DeviceId, (Option<Instant>, u32)>,
}

impl Unreachable {
    /// The direct way to a device is silent, or was not found.
    pub fn note(&mut self, now: Instant, device: DeviceId) {
        let (since, times) = self.known.entry(device).or_default();
        if since.is_none() {
            *times += 1;
        }
        *since = Some(now);
    }

    /// There is a direct way to a device.
    pub fn reached(&mut self, device: &DeviceId) {
        if let Some((since, _)) = self.known.get_mut(device) {
            *since = None;
        }
    }

    /// Forgets those who are gone.
    pub fn retain(&mut self, is_there: impl Fn(&DeviceId) -> bool) {
        self.known.retain(|device, _| is_there(device));
    }

    /// Whether anybody counts as unreachable now.
    pub fn any(&self, now: Instant) -> bool {
        self.known.values().any(|(since, times)| {
            let doublings = times.saturating_sub(1).min(MOST_DOUBLINGS);
            let pause = TRIED_AGAIN * 2u32.pow(doublings);
            since.is_some_and(|since| now.saturating_duration_since(since) < pause)
        })
    }
}

/// What is to be done about the direct connection to one other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectWish {
    /// It is to stand.
    Open,
    /// As it is.
    Keep,
    /// It is not to stand.
    Close,
}

/// How it stands with one other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    /// The relay carries between the two, since then.
    pub relayed_since: Option<Instant>,
    /// It does not, since then, though it should.
    pub unreached_since: Option<Instant>,
    /// The other needs the relay: it may be one who hides its address.
    pub needs_relay: bool,
}

impl Reach {
    /// Notes whether the relay carries between the two; `wanted` when it should.
    pub fn note(&mut self, now: Instant, wanted: bool, carries: bool) {
        if carries {
            self.relayed_since.get_or_insert(now);
            self.unreached_since = None;
        } else {
            self.relayed_since = None;
            self.unreached_since = if wanted {
                self.unreached_since.or(Some(now))
            } else {
                None
            };
        }
    }

    /// What is to be done about the direct connection, if one does not hide one's own address.
    pub fn direct(&self, now: Instant, way: Way) -> DirectWish {
        let passed = |since: Option<Instant>, pause| {
            since.is_some_and(|since| now.saturating_duration_since(since) >= pause)
        };
        match way {
            Way::Direct if self.needs_relay => DirectWish::Keep,
            Way::Direct => DirectWish::Open,
            Way::Relayed if passed(self.relayed_since, OVERLAP) => DirectWish::Close,
            Way::Relayed if passed(self.unreached_since, UNREACHED) && !self.needs_relay => {
                DirectWish::Open
            }
            Way::Relayed => DirectWish::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(began: Instant, ms: u64) -> Instant {
        began + Duration::from_millis(ms)
    }

    #[test]
    fn the_fifth_device_makes_a_call_relayed_at_once() {
        let (now, mut rule) = (Instant::now(), WayRule::default());
        assert_eq!(rule.decide(now, MOST_DIRECT, false), Way::Direct);
        assert_eq!(rule.decide(now, MOST_DIRECT + 1, false), Way::Relayed);
    }

    #[test]
    fn who_needs_the_relay_makes_a_call_of_two_relayed() {
        let (now, mut rule) = (Instant::now(), WayRule::default());
        assert_eq!(rule.decide(now, 2, true), Way::Relayed);
    }

    #[test]
    fn coming_and_going_does_not_make_it_flap() {
        let (began, mut rule) = (Instant::now(), WayRule::default());
        let mut turns = 0;
        let mut last = Way::Direct;
        for second in 0..120 {
            let devices = if second % 8 < 4 { 5 } else { 4 };
            let way = rule.decide(after(began, second * 1_000), devices, false);
            turns += u32::from(way != last);
            last = way;
        }
        assert_eq!((turns, last), (1, Way::Relayed));
        assert_eq!(rule.decide(after(began, 121_000), 4, false), Way::Relayed);
        assert_eq!(rule.decide(after(began, 135_000), 4, false), Way::Direct);
    }

    #[test]
    fn a_direct_connection_is_left_only_when_the_relay_has_carried_for_a_while() {
        let began = Instant::now();
        let mut reach = Reach::default();
        assert_eq!(reach.direct(began, Way::Direct), DirectWish::Open);
        reach.note(began, true, false);
        assert_eq!(reach.direct(began, Way::Relayed), DirectWish::Keep);
        reach.note(after(began, 500), true, true);
        reach.note(after(began, 1_000), true, true);
        assert_eq!(
            reach.direct(after(began, 2_400), Way::Relayed),
            DirectWish::Keep
        );
        assert_eq!(
            reach.direct(after(began, 2_500), Way::Relayed),
            DirectWish::Close
        );
        assert_eq!(
            reach.direct(after(began, 2_500), Way::Direct),
            DirectWish::Open
        );
    }

    #[test]
    fn whoever_the_relay_does_not_reach_is_reached_directly_unless_they_hide() {
        let began = Instant::now();
        let mut reach = Reach::default();
        reach.note(began, true, false);
        reach.note(after(began, 7_000), true, false);
        assert_eq!(
            reach.direct(after(began, 7_900), Way::Relayed),
            DirectWish::Keep
        );
        assert_eq!(
            reach.direct(after(began, 8_000), Way::Relayed),
            DirectWish::Open
        );
        reach.needs_relay = true;
        assert_eq!(
            reach.direct(after(began, 9_000), Way::Relayed),
            DirectWish::Keep
        );
        assert_eq!(
            reach.direct(after(began, 9_000), Way::Direct),
            DirectWish::Keep
        );
    }

    #[test]
    fn in_a_great_call_few_are_connected_to_directly_beside_the_relay() {
        assert_eq!(most_beside_relay(FEW, true), FEW);
        assert_eq!(most_beside_relay(FEW + 1, true), MOST_BESIDE);
        assert_eq!(most_beside_relay(103, true), MOST_BESIDE);
        // Where the server does not relay there is no other way.
        assert_eq!(most_beside_relay(103, false), 103);
    }

    #[test]
    fn whoever_was_not_reached_is_tried_again_ever_more_seldom() {
        let (began, mikael) = (Instant::now(), DeviceId([2; 32]));
        let mut unreachable = Unreachable::default();
        let mut at = 0;
        for seconds in [30, 60, 120, 240, 480, 960, 960] {
            unreachable.note(after(began, at), mikael);
            assert!(unreachable.any(after(began, at + seconds * 1_000 - 1)));
            at += seconds * 1_000;
            assert!(!unreachable.any(after(began, at)));
            unreachable.reached(&mikael);
        }
        unreachable.note(after(began, at), mikael);
        unreachable.reached(&mikael);
        assert!(!unreachable.any(after(began, at)));
    }

    /// Two devices that see everything with a second between them, while a third comes and goes.
    #[test]
    fn each_pair_has_a_way_at_every_moment() {
        let began = Instant::now();
        let mut rules = [WayRule::default(); 2];
        let mut reaches = [Reach::default(); 2];
        let (mut direct, mut relay) = ([true; 2], [false; 2]);
        for ms in (0..60_000).step_by(100) {
            let now = after(began, ms);
            for one in 0..2 {
                let seen = ms.saturating_sub(one as u64 * 1_000);
                let devices = if (5_000..20_000).contains(&seen) {
                    5
                } else {
                    4
                };
                let way = rules[one].decide(now, devices, false);
                // The relay is there a second after it is wanted, and left once the direct way carries.
                let both_direct = direct[0] && direct[1];
                relay[one] = match way {
                    Way::Relayed => relay[one] || seen >= 6_000,
                    Way::Direct => relay[one] && !both_direct,
                };
                let carries = relay[0] && relay[1];
                reaches[one].note(now, way == Way::Relayed, carries);
                match reaches[one].direct(now, way) {
                    DirectWish::Open => direct[one] = true,
                    DirectWish::Close => direct[one] = false,
                    DirectWish::Keep => {}
                }
                assert!(
                    (direct[0] && direct[1]) || (relay[0] && relay[1]),
                    "at {ms} ms"
                );
            }
        }
        assert_eq!((direct, relay), ([true; 2], [false; 2]));
    }
}
