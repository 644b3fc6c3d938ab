//! The other instances that live: who was heard when, and whether anything of theirs is missing. Time is an argument.
//!
//! Whoever was not heard is gone only where it would have been heard: one that has just started, whose NATS was gone, or that stood still
//! believes in the others for as long as silence lasts.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::bus::Tag;

/// An instance that was not heard for so long is gone.
const SILENCE: Duration = Duration::from_secs(6);
/// Who is silent is looked for each second. Whoever did not look for so long stood still, and heard nobody.
const STOOD_STILL: Duration = Duration::from_secs(3);

/// So many of those that stopped are remembered.
const REMEMBERED: usize = 100;

struct Peer {
    heard: Instant,
    count: u64,
}

/// What was heard of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// It was not known.
    New,
    /// What follows what was heard before.
    Next,
    /// Something before it is missing.
    Gap,
    /// It was heard already.
    Again,
}

/// See the module.
pub(crate) struct Peers(Mutex<Known>);

struct Known {
    /// From here on whoever lives is heard.
    since: Instant,
    /// When it was looked last for who is silent.
    looked: Instant,
    peers: HashMap<Tag, Peer>,
    /// Those that said that they stop: what is still on its way from them counts no more. An instance has another name when it starts again.
    left: VecDeque<Tag>,
}

impl Known {
    fn excuse(&mut self, now: Instant) {
        (self.since, self.looked) = (now, now);
        for peer in self.peers.values_mut() {
            peer.heard = now;
        }
    }
}

impl Peers {
    /// Nobody was heard yet.
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Known {
            since: now,
            looked: now,
            peers: HashMap::new(),
            left: VecDeque::new(),
        }))
    }

    /// An instance said its `count`th thing.
    pub(super) fn hear(&self, whom: Tag, count: u64, now: Instant) -> Heard {
        let mut known = self.0.lock();
        if known.left.contains(&whom) {
            return Heard::Again;
        }
        let Some(peer) = known.peers.get_mut(&whom) else {
            known.peers.insert(whom, Peer { heard: now, count });
            return Heard::New;
        };
        peer.heard = now;
        if count <= peer.count {
            return Heard::Again;
        }
        let missing = count - peer.count > 1;
        peer.count = count;
        if missing { Heard::Gap } else { Heard::Next }
    }

    /// Takes those out that were silent for too long.
    pub(super) fn take_silent(&self, now: Instant) -> Vec<Tag> {
        let mut known = self.0.lock();
        if now.saturating_duration_since(known.looked) > STOOD_STILL {
            known.excuse(now);
        }
        known.looked = now;
        let peers = &mut known.peers;
        let is_silent = |peer: &Peer| now.saturating_duration_since(peer.heard) > SILENCE;
        let silent = peers.iter().filter(|(_, peer)| is_silent(peer));
        let silent: Vec<_> = silent.map(|(tag, _)| *tag).collect();
        peers.retain(|_, peer| !is_silent(peer));
        silent
    }

    /// Nobody could be heard: that is nobody's silence.
    pub(super) fn excuse(&self, now: Instant) {
        self.0.lock().excuse(now);
    }

    /// An instance says that it stops.
    pub(super) fn forget(&self, whom: Tag) {
        let mut known = self.0.lock();
        known.peers.remove(&whom);
        known.left.push_back(whom);
        if known.left.len() > REMEMBERED {
            known.left.pop_front();
        }
    }

    /// Whether it was heard a short while ago.
    pub(crate) fn is_heard(&self, whom: Tag) -> bool {
        self.0.lock().peers.contains_key(&whom)
    }

    /// Whether it was heard a short while ago, or lives perhaps and could not be heard yet.
    pub(crate) fn is_alive(&self, whom: Tag, now: Instant) -> bool {
        let known = self.0.lock();
        let is_too_early = now.saturating_duration_since(known.since) <= SILENCE;
        known.peers.contains_key(&whom) || (is_too_early && !known.left.contains(&whom))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().peers.len()
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::Hash;

    use super::*;

    /// Looks each second until then; whoever was silent.
    fn silent_until(peers: &Peers, from: Instant, until: Instant) -> Vec<Tag> {
        let mut silent = Vec::new();
        let mut now = from;
        while now < until {
            now += Duration::from_secs(1);
            silent.extend(peers.take_silent(now));
        }
        silent
    }

    fn tags() -> (Tag, Tag) {
        (Tag::of(&Hash([1; 32])), Tag::of(&Hash([2; 32])))
    }

    #[test]
    fn a_hole_is_seen_and_who_is_silent_is_gone() {
        let began = Instant::now();
        let peers = Peers::new(began);
        let (one, two) = tags();
        let later = began + SILENCE / 2;
        assert_eq!(peers.hear(one, 5, began), Heard::New);
        assert_eq!(peers.hear(two, 1, began), Heard::New);
        assert_eq!(peers.hear(one, 6, began), Heard::Next);
        assert_eq!(peers.hear(one, 8, later), Heard::Gap);
        assert_eq!(peers.hear(one, 8, later), Heard::Again);
        assert_eq!(peers.hear(one, 9, later), Heard::Next);
        let over = began + SILENCE + Duration::from_secs(1);
        assert_eq!(silent_until(&peers, began, over), [two]);
        assert!(peers.is_heard(one) && !peers.is_heard(two));
        assert!(peers.is_alive(one, over) && !peers.is_alive(two, over));
        peers.excuse(over);
        assert!(silent_until(&peers, over, over + SILENCE).is_empty());
        peers.forget(one);
        assert_eq!(peers.count(), 0);
        assert!(!peers.is_alive(one, over));
        assert_eq!(peers.hear(one, 10, over), Heard::Again, "it has stopped");
        assert_eq!(peers.count(), 0);
    }

    #[test]
    fn who_was_never_heard_is_gone_only_once_it_would_have_been_heard() {
        let began = Instant::now();
        let peers = Peers::new(began);
        let (one, two) = tags();
        let early = began + SILENCE;
        assert!(peers.is_alive(one, began) && peers.is_alive(one, early));
        assert!(!peers.is_heard(one));
        // One that says that it stops is gone at once.
        peers.forget(two);
        assert!(!peers.is_alive(two, began));
        let late = early + Duration::from_millis(1);
        assert!(!peers.is_alive(one, late));
        // Without NATS nobody is heard.
        peers.excuse(late);
        assert!(peers.is_alive(one, late + SILENCE));
    }

    #[test]
    fn who_stood_still_calls_nobody_silent() {
        let began = Instant::now();
        let peers = Peers::new(began);
        let (one, two) = tags();
        peers.hear(one, 1, began);
        let awake = began + SILENCE * 3;
        assert!(peers.take_silent(awake).is_empty());
        assert!(peers.is_heard(one) && peers.is_alive(two, awake));
        let over = awake + SILENCE + Duration::from_secs(1);
        assert_eq!(silent_until(&peers, awake, over), [one]);
    }
}
