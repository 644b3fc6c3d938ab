//! Who knows whose stay: announcements, until they are answered, and the answers.
//!
//! ```text
//! newcomer  Announce ─────────────────────────────► all, in one signal
//! others    Announce, and Heard of its stream ────► the newcomer
//! newcomer  Heard of all their streams ───────────► all, in one signal
//! ```
//!
//! Whoever is connected to directly shows by that that it knows one's stay. Over a relay nothing does, and in a call of a hundred, announcements
//! that nobody answers would be ten thousand: there each is answered by a report (`Heard`) that has the stream in it, lost or not.

use std::time::{Duration, Instant};

use dialtone_protocol::content::HeardStream;
use dialtone_protocol::{DeviceId, StreamId};

use super::{CallPart, Other};
use crate::voice::hearing;
use crate::voice::way::Way;

/// Between the first announcements to somebody who does not answer; doubled up to [`LONGEST_ANNOUNCE`].
const ANNOUNCE_AGAIN: Duration = Duration::from_secs(1);
const LONGEST_ANNOUNCE: Duration = Duration::from_secs(8);
/// The same to whom one reaches over the relay: clients of earlier versions do not answer there.
const RELAYED_ANNOUNCE: Duration = Duration::from_secs(2);
const LONGEST_RELAYED_ANNOUNCE: Duration = Duration::from_secs(64);
/// In a call of more than this whoever comes announces itself first, and is answered.
const FEW: usize = 8;
/// Whoever does not, is announced to by those who are there after so long.
const GREETED: Duration = Duration::from_secs(1);
/// An answer waits for so long for others, with which it goes in one signal.
const COLLECTED: Duration = Duration::from_millis(400);

impl Other {
    /// It has shown, in its stay `stay`, that it knows one's own.
    pub fn note_knowing(&mut self, stay: StreamId) {
        if self.stream == Some(stay) {
            self.knows = true;
        } else {
            // Its announcement is still to come: then it needs none of one's own.
            self.knew = Some(stay);
        }
    }
}

impl CallPart {
    /// When newcomers of a roll with so many devices are to be announced to; `None`: at once.
    pub(super) fn greeted(&self, devices: usize, now: Instant) -> Option<Instant> {
        // To whom has just come all the others are new.
        (devices > FEW && !self.others.is_empty()).then_some(now + GREETED)
    }

    /// How often one has announced oneself to the stay that a device begins now, and when it is due again.
    pub fn announced_to_new(&self, device: &DeviceId) -> (u32, Option<Instant>) {
        let is_relayed = self.way.rule.way() == Way::Relayed;
        let other = self.others.get(device);
        // Whose first stay it is has had the announcement, if it was made: perhaps this is the answer. Whoever came back has not.
        let other = other.filter(|other| is_relayed && other.stream.is_none() && !other.left);
        let made = other.map(|other| other.announced);
        made.filter(|(count, _)| *count > 0).unwrap_or((0, None))
    }

    /// To whom one's announcement is due now, by device, or to all (`None`); it counts as made.
    pub fn announcements(&mut self, now: Instant) -> Vec<Option<DeviceId>> {
        let is_relayed = self.way.rule.way() == Way::Relayed;
        let mut due = Vec::new();
        for (device, other) in &mut self.others {
            let (count, at) = other.announced;
            if other.knows || other.absent_since.is_some() || at.is_some_and(|at| now < at) {
                continue;
            }
            let first = if is_relayed {
                RELAYED_ANNOUNCE
            } else {
                ANNOUNCE_AGAIN
            };
            let longest = if other.reach.relayed_since.is_some() {
                LONGEST_RELAYED_ANNOUNCE
            } else {
                LONGEST_ANNOUNCE
            };
            let pause = (first * 2u32.pow(count.min(5))).min(longest);
            other.announced = (count + 1, Some(now + pause));
            due.push(*device);
        }
        self.addressed(due)
    }

    /// Another has announced its stay: it is to be told that one knows it, where nothing else shows that.
    pub fn owe_answer(&mut self, device: &DeviceId, now: Instant) {
        let is_relayed = self.way.rule.way() == Way::Relayed;
        let other = self.others.get_mut(device).filter(|_| is_relayed);
        if let Some(other) = other.filter(|other| other.stream.is_some()) {
            other.answer_since.get_or_insert(now);
        }
    }

    /// The answers that are due now, each with the device that it is for, or for all (`None`); they count as given.
    pub fn answers(&mut self, now: Instant) -> Vec<(Option<DeviceId>, Vec<HeardStream>)> {
        let since = self.others.values().filter_map(|other| other.answer_since);
        let waited = since
            .min()
            .map(|since| now.saturating_duration_since(since));
        if waited.is_none_or(|waited| waited < COLLECTED) {
            return Vec::new();
        }
        let (mut devices, mut streams) = (Vec::new(), Vec::new());
        for (device, other) in &mut self.others {
            let owed = other.answer_since.take().is_some() && !other.left;
            if let Some(stream) = other.stream.filter(|_| owed) {
                devices.push(*device);
                streams.push(hearing::to_wire(stream, other.observed));
            }
        }
        match &self.addressed(devices)[..] {
            [None] => {
                let parts = streams.chunks(HeardStream::MOST);
                parts.map(|part| (None, part.to_vec())).collect()
            }
            each => {
                let answers = each.iter().copied().zip(streams);
                answers.map(|(to, stream)| (to, vec![stream])).collect()
            }
        }
    }

    /// As one signal to all, if that is to most of them: the server hands it out, and those whom it does not concern read it.
    fn addressed(&self, devices: Vec<DeviceId>) -> Vec<Option<DeviceId>> {
        if devices.len() > 2 && devices.len() * 2 > self.others.len() {
            return vec![None];
        }
        devices.into_iter().map(Some).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dialtone_protocol::frame::CallState as Roll;
    use dialtone_protocol::{AccountId, CallId, ChannelId};

    use super::*;

    const TICK: u64 = 500;

    fn device(number: usize) -> DeviceId {
        DeviceId([number as u8; 32])
    }

    fn stream(number: usize) -> StreamId {
        StreamId([number as u8; 16])
    }

    #[expect(clippy::unnecessary_wraps, reason = "the shape that the roll asks for")]
    fn anybody(device: &DeviceId) -> Option<AccountId> {
        Some(AccountId(device.0))
    }

    enum Said {
        Announce,
        Heard(Vec<StreamId>),
    }

    /// A relayed call into which one after the other comes.
    struct Crowd {
        began: Instant,
        ms: u64,
        parts: Vec<CallPart>,
        under_way: Vec<(usize, Option<DeviceId>, Said)>,
        sealed: usize,
        opened: usize,
        /// Announcements to all that nobody gets.
        lost: usize,
    }

    impl Crowd {
        fn new() -> Self {
            Self {
                began: Instant::now(),
                ms: 0,
                parts: Vec::new(),
                under_way: Vec::new(),
                sealed: 0,
                opened: 0,
                lost: 0,
            }
        }

        fn now(&self) -> Instant {
            self.began + Duration::from_millis(self.ms)
        }

        fn come(&mut self) {
            let (now, me) = (self.now(), self.parts.len());
            let channel = ChannelId([1; 16]);
            self.parts
                .push(CallPart::new(channel, stream(me), device(me), now));
            let roll = Roll {
                channel,
                call: CallId([2; 16]),
                devices: (0..=me).map(device).collect(),
            };
            for part in &mut self.parts {
                part.set_roll(&roll, anybody, now);
                part.way.rule.decide(now, me.max(8), false);
            }
            self.announce();
        }

        fn announce(&mut self) {
            let now = self.now();
            for (from, part) in self.parts.iter_mut().enumerate() {
                let due = part.announcements(now).into_iter();
                self.under_way
                    .extend(due.map(|to| (from, to, Said::Announce)));
            }
            self.deliver();
        }

        fn deliver(&mut self) {
            while let Some((from, to, said)) = self.under_way.pop() {
                self.sealed += 1;
                if to.is_none() && self.lost > 0 {
                    self.lost -= 1;
                    continue;
                }
                for at in (0..self.parts.len()).filter(|at| *at != from) {
                    if to.is_none_or(|to| to == device(at)) {
                        self.opened += 1;
                        self.hear(at, from, to.is_some(), &said);
                    }
                }
            }
        }

        /// As a session does it.
        fn hear(&mut self, at: usize, from: usize, to_me: bool, said: &Said) {
            let (now, by) = (self.now(), device(from));
            let part = &mut self.parts[at];
            let (own, announced) = (part.stream, part.announced_to_new(&by));
            let other = part.others.get_mut(&by).unwrap();
            if let Said::Heard(streams) = said {
                if streams.contains(&own) {
                    other.note_knowing(stream(from));
                }
                return;
            }
            let is_new = other.stream.replace(stream(from)).is_none();
            if is_new {
                other.knows = other.knew == Some(stream(from));
                other.announced = announced;
                let due = part.announcements(now).into_iter();
                let due = due.map(|to| (at, to, Said::Announce));
                self.under_way.extend(due);
            }
            if is_new || to_me {
                part.owe_answer(&by, now);
            }
        }

        fn pass(&mut self, ms: u64) {
            for _ in 0..ms / TICK {
                self.ms += TICK;
                self.announce();
                let now = self.now();
                for (from, part) in self.parts.iter_mut().enumerate() {
                    for (to, streams) in part.answers(now) {
                        let streams = streams.iter().map(|heard| heard.stream).collect();
                        self.under_way.push((from, to, Said::Heard(streams)));
                    }
                }
                self.deliver();
            }
        }

        fn all_know(&self) -> bool {
            let mut others = self.parts.iter().flat_map(|part| part.others.values());
            others.all(|other| other.knows && other.stream.is_some())
        }
    }

    #[test]
    fn in_a_call_of_a_hundred_each_is_told_once_and_then_it_is_quiet() {
        let mut crowd = Crowd::new();
        for _ in 0..100 {
            crowd.come();
            crowd.pass(1_000);
        }
        crowd.pass(3_000);
        assert!(crowd.all_know());
        // Of each pair: an announcement and an answer each way.
        let pairs = 100 * 99 / 2;
        assert!(
            crowd.opened < pairs * 5,
            "{} sealed, {} opened",
            crowd.sealed,
            crowd.opened
        );
        assert!(crowd.sealed < pairs * 5 / 2, "{} sealed", crowd.sealed);
        let before = crowd.sealed;
        crowd.pass(200_000);
        assert_eq!(crowd.sealed, before);
    }

    #[test]
    fn what_was_lost_for_want_of_a_key_is_said_again_soon() {
        let mut crowd = Crowd::new();
        for _ in 0..20 {
            crowd.come();
            crowd.pass(1_000);
        }
        crowd.pass(3_000);
        crowd.lost = 1;
        crowd.come();
        assert_eq!(crowd.lost, 0, "it was said to all");
        let newcomer = crowd.parts.len() - 1;
        let deaf = |crowd: &Crowd| {
            let others = crowd.parts[..newcomer].iter();
            let heard = others.filter(|part| part.others[&device(newcomer)].stream.is_some());
            heard.count()
        };
        assert_eq!(deaf(&crowd), 0);
        // They announce themselves after a second; it does so again after two.
        crowd.pass(1_000);
        let known = crowd.parts[newcomer].others.values();
        assert!(known.into_iter().all(|other| other.stream.is_some()));
        crowd.pass(1_000);
        assert_eq!(deaf(&crowd), newcomer);
        crowd.pass(1_000);
        assert!(crowd.all_know());
    }

    #[test]
    fn many_answers_are_one_signal_and_no_more_than_fit() {
        let (began, mut part) = (Instant::now(), Crowd::new());
        part.come();
        let call = &mut part.parts[0];
        let roll = Roll {
            channel: ChannelId([1; 16]),
            call: CallId([2; 16]),
            devices: (0..100).map(device).collect(),
        };
        call.set_roll(&roll, anybody, began);
        for number in 1..100 {
            call.others.get_mut(&device(number)).unwrap().stream = Some(stream(number));
            call.owe_answer(&device(number), began);
        }
        assert!(call.answers(began).is_empty(), "more may come");
        let answers = call.answers(began + COLLECTED);
        let sizes: Vec<_> = answers.iter().map(|(to, of)| (*to, of.len())).collect();
        assert_eq!(
            sizes,
            [(None, HeardStream::MOST), (None, 99 - HeardStream::MOST)]
        );
        call.owe_answer(&device(3), began);
        let answers: BTreeMap<_, _> = call.answers(began + COLLECTED).into_iter().collect();
        assert_eq!(answers[&Some(device(3))][0].stream, stream(3));
        // Where they are connected to directly they see it.
        let mut direct = CallPart::new(ChannelId([1; 16]), stream(0), device(0), began);
        direct.set_roll(&roll, anybody, began);
        direct.others.get_mut(&device(3)).unwrap().stream = Some(stream(3));
        direct.owe_answer(&device(3), began);
        assert!(direct.answers(began + COLLECTED).is_empty());
    }
}
