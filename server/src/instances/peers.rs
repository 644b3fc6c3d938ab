//! The other instances that live: who was heard when, and whether anything of theirs is missing. Time is an argument.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::bus::Tag;

/// An instance that was not heard for so long is gone.
const SILENCE: Duration = Duration::from_secs(6);

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
#[derive(Default)]
pub(crate) struct Peers(Mutex<Known>);

#[derive(Default)]
struct Known {
    peers: HashMap<Tag, Peer>,
    /// Those that said that they stop: what is still on its way from them counts no more. An instance has another name when it starts again.
    left: VecDeque<Tag>,
}

impl Peers {
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
        let peers = &mut self.0.lock().peers;
        let is_silent = |peer: &Peer| now.saturating_duration_since(peer.heard) > SILENCE;
        let silent = peers.iter().filter(|(_, peer)| is_silent(peer));
        let silent: Vec<_> = silent.map(|(tag, _)| *tag).collect();
        peers.retain(|_, peer| !is_silent(peer));
        silent
    }

    /// Nobody could be heard: that is nobody's silence.
    pub(super) fn excuse(&self, now: Instant) {
        for peer in self.0.lock().peers.values_mut() {
            peer.heard = now;
        }
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
    pub(crate) fn is_alive(&self, whom: Tag) -> bool {
        self.0.lock().peers.contains_key(&whom)
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

    #[test]
    fn a_hole_is_seen_and_who_is_silent_is_gone() {
        let peers = Peers::default();
        let (one, two) = (Tag::of(&Hash([1; 32])), Tag::of(&Hash([2; 32])));
        let began = Instant::now();
        let later = began + SILENCE / 2;
        assert_eq!(peers.hear(one, 5, began), Heard::New);
        assert_eq!(peers.hear(two, 1, began), Heard::New);
        assert_eq!(peers.hear(one, 6, began), Heard::Next);
        assert_eq!(peers.hear(one, 8, later), Heard::Gap);
        assert_eq!(peers.hear(one, 8, later), Heard::Again);
        assert_eq!(peers.hear(one, 9, later), Heard::Next);
        let over = began + SILENCE + Duration::from_millis(1);
        assert_eq!(peers.take_silent(over), [two]);
        assert!(peers.is_alive(one) && !peers.is_alive(two));
        peers.excuse(over);
        assert!(peers.take_silent(over + SILENCE).is_empty());
        peers.forget(one);
        assert_eq!(peers.count(), 0);
        assert_eq!(peers.hear(one, 10, over), Heard::Again, "it has stopped");
        assert_eq!(peers.count(), 0);
    }
}
