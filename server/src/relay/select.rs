//! Who is forwarded: the loudest of those who talk, without flapping between people who are equally loud.
//!
//! While at most [`MOST`] talk, all of them are forwarded. Beyond that a newcomer takes the place of the quietest, if that one is
//! quieter by [`LOUDER`] and has had its place for [`HOLD`]. Whoever sends nothing for [`QUIET`] gives its place up. Whom the
//! roster gives priority is not asked for here: it is forwarded beside them.

use std::time::{Duration, Instant};

use dialtone_protocol::relay::SILENCE;

/// The most talkers that are forwarded to everybody.
pub(super) const MOST: usize = 8;
/// Whoever is forwarded keeps the place at least so long: a word is not cut in the middle.
const HOLD: Duration = Duration::from_millis(700);
/// Whoever sends nothing for so long has stopped talking.
const QUIET: Duration = Duration::from_millis(400);
/// A newcomer is louder by so many dB than the one whose place it takes.
const LOUDER: f32 = 4.0;
/// How far the loudness follows a packet that is louder, and one that is quieter: a pause between two syllables is not the end.
const ATTACK: f32 = 0.4;
const RELEASE: f32 = 0.06;

/// How loud one talker has been lately, in dB above silence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loudness {
    value: f32,
    at: Option<Instant>,
}

impl Loudness {
    /// Takes a packet's level in (RFC 6464: dB below the loudest).
    pub(super) fn update(&mut self, now: Instant, level: u8) -> f32 {
        let loud = f32::from(SILENCE - level.min(SILENCE));
        let pause = self.at.map(|at| now.saturating_duration_since(at));
        if pause.is_none_or(|pause| pause > QUIET) {
            self.value = loud;
        } else {
            let follow = if loud > self.value { ATTACK } else { RELEASE };
            self.value += (loud - self.value) * follow;
        }
        self.at = Some(now);
        self.value
    }
}

/// Those who are forwarded now.
#[derive(Debug, Default)]
pub(super) struct Loudest {
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    talker: u16,
    loudness: f32,
    since: Instant,
    heard: Instant,
}

impl Loudest {
    /// A packet of `talker` came, who is so loud: whether it is forwarded.
    pub(super) fn hears(&mut self, now: Instant, talker: u16, loudness: f32) -> bool {
        let passed = |since: Instant| now.saturating_duration_since(since);
        self.places
            .retain(|place| place.talker == talker || passed(place.heard) <= QUIET);
        if let Some(place) = self.places.iter_mut().find(|place| place.talker == talker) {
            (place.loudness, place.heard) = (loudness, now);
            return true;
        }
        let newcomer = Place {
            talker,
            loudness,
            since: now,
            heard: now,
        };
        if self.places.len() < MOST {
            self.places.push(newcomer);
            return true;
        }
        let settled = self
            .places
            .iter_mut()
            .filter(|place| passed(place.since) >= HOLD);
        let quietest = settled.min_by(|a, b| a.loudness.total_cmp(&b.loudness));
        match quietest {
            Some(place) if place.loudness + LOUDER <= loudness => {
                *place = newcomer;
                true
            }
            _ => false,
        }
    }

    /// The talker is gone.
    pub(super) fn forget(&mut self, talker: u16) {
        self.places.retain(|place| place.talker != talker);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody sends a packet each 20 ms for so long, each at a level of its own; gives who was forwarded, packet by packet.
    struct Table {
        began: Instant,
        ms: u64,
        loudest: Loudest,
        loudness: Vec<Loudness>,
    }

    impl Table {
        fn new(people: usize) -> Self {
            Self {
                began: Instant::now(),
                ms: 0,
                loudest: Loudest::default(),
                loudness: vec![Loudness::default(); people],
            }
        }

        /// Talks on for `ms`; gives each one's share of packets that were forwarded, and how often it came or went.
        fn talk(&mut self, ms: u64, level: impl Fn(usize, u64) -> Option<u8>) -> Vec<(f32, u32)> {
            let people = self.loudness.len();
            let mut counts = vec![(0_u32, 0_u32, 0_u32); people];
            let mut last = vec![None; people];
            for _ in 0..ms / 20 {
                let now = self.began + Duration::from_millis(self.ms);
                for one in 0..people {
                    let Some(level) = level(one, self.ms) else {
                        continue;
                    };
                    let loudness = self.loudness[one].update(now, level);
                    let forwarded = self.loudest.hears(now, one as u16, loudness);
                    counts[one].0 += u32::from(forwarded);
                    counts[one].1 += 1;
                    counts[one].2 += u32::from(last[one].is_some_and(|last| last != forwarded));
                    last[one] = Some(forwarded);
                }
                self.ms += 20;
            }
            let share = |(forwarded, all, turns): &(u32, u32, u32)| {
                (*forwarded as f32 / (*all).max(1) as f32, *turns)
            };
            counts.iter().map(share).collect()
        }
    }

    #[test]
    fn while_few_talk_all_of_them_are_heard_however_quiet() {
        let shares = Table::new(MOST).talk(5_000, |one, _| Some(20 + one as u8 * 12));
        assert!(shares.iter().all(|(share, _)| *share > 0.999));
    }

    #[test]
    fn of_many_the_loudest_are_heard() {
        let mut table = Table::new(20);
        let level = |one: usize, _| Some(20 + one as u8 * 4);
        table.talk(3_000, level);
        let shares = table.talk(5_000, level);
        assert!(shares[..MOST].iter().all(|(share, _)| *share > 0.999));
        assert!(shares[MOST..].iter().all(|(share, _)| *share < 0.001));
    }

    #[test]
    fn whoever_raises_their_voice_is_heard_at_once_and_for_a_whole_word() {
        let mut table = Table::new(12);
        table.talk(3_000, |one, _| Some(if one < MOST { 40 } else { 60 }));
        let shares = table.talk(1_000, |one, _| match one {
            11 => Some(20),
            one if one < MOST => Some(40),
            _ => Some(60),
        });
        assert!(shares[11].0 > 0.95, "{shares:?}");
        assert_eq!(shares[11].1, 1);
    }

    #[test]
    fn people_who_are_equally_loud_do_not_take_turns() {
        let mut table = Table::new(16);
        // Syllables: each one swells and fades by 20 dB four times a second, out of step.
        let level = |one: usize, ms: u64| {
            let phase = (ms + one as u64 * 37) % 250;
            Some(30 + (phase / 13) as u8)
        };
        let shares = table.talk(20_000, level);
        let turns: u32 = shares.iter().map(|(_, turns)| turns).sum();
        assert!(turns <= 8, "{shares:?}");
    }

    #[test]
    fn whoever_stops_talking_gives_the_place_up() {
        let mut table = Table::new(MOST + 1);
        table.talk(2_000, |one, _| (one < MOST).then_some(30));
        let shares = table.talk(2_000, |one, _| {
            (one > 0).then_some(if one < MOST { 30 } else { 90 })
        });
        assert!(shares[MOST].0 > 0.75, "{shares:?}");
        table.loudest.forget(1);
        assert_eq!(table.loudest.places.len(), MOST - 1);
    }
}
