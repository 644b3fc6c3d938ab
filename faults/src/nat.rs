//! Network address translation by the words of RFC 4787: by which port a datagram leaves, and who may answer through it. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Whoever sends nothing for so long loses its mapping (RFC 4787, REQ-5: not before two minutes).
const UNUSED: Duration = Duration::from_mins(2);
/// Mappings at once; one more takes the place of the one unused for longest.
const MOST: usize = 1_024;
/// Others that may answer through one mapping.
const MOST_PARTNERS: usize = 1_024;

/// On what a mapping, or a filter, depends (RFC 4787, sections 4.1 and 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dependence {
    /// On nothing of the other end: "endpoint-independent".
    #[default]
    Independent,
    /// On the other end's address.
    Address,
    /// On its address and port.
    AddressAndPort,
}

/// What a translator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NatRules {
    /// When another port is used.
    pub mapping: Dependence,
    /// Who may answer.
    pub filtering: Dependence,
}

/// Stands for one mapping, and is never given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MappingId(u64);

type Key = (SocketAddr, Option<IpAddr>, Option<u16>);

#[derive(Debug)]
struct Mapping {
    key: Key,
    used: Instant,
    partners: BTreeSet<SocketAddr>,
}

/// The table of a translator.
#[derive(Debug)]
pub struct Nat {
    rules: NatRules,
    by_key: BTreeMap<Key, MappingId>,
    mappings: BTreeMap<MappingId, Mapping>,
    next: u64,
}

impl Nat {
    /// Nothing is mapped.
    pub fn new(rules: NatRules) -> Self {
        Self {
            rules,
            by_key: BTreeMap::new(),
            mappings: BTreeMap::new(),
            next: 0,
        }
    }

    /// The mapping by which a datagram from `inside` to `to` leaves; made if there is none.
    pub fn outbound(&mut self, now: Instant, inside: SocketAddr, to: SocketAddr) -> MappingId {
        self.expire(now);
        let key = match self.rules.mapping {
            Dependence::Independent => (inside, None, None),
            Dependence::Address => (inside, Some(to.ip()), None),
            Dependence::AddressAndPort => (inside, Some(to.ip()), Some(to.port())),
        };
        let id = match self.by_key.get(&key) {
            Some(known) => *known,
            None => self.make(now, key),
        };
        if let Some(mapping) = self.mappings.get_mut(&id) {
            mapping.used = now;
            if mapping.partners.len() < MOST_PARTNERS {
                mapping.partners.insert(to);
            }
        }
        id
    }

    /// To whom inside a datagram of `from`, which came to that mapping's port, goes; `None`: it is filtered, or the mapping is gone.
    pub fn inbound(&mut self, now: Instant, id: MappingId, from: SocketAddr) -> Option<SocketAddr> {
        self.expire(now);
        let mapping = self.mappings.get(&id)?;
        let mut partners = mapping.partners.iter();
        let may = match self.rules.filtering {
            Dependence::Independent => true,
            Dependence::Address => partners.any(|partner| partner.ip() == from.ip()),
            Dependence::AddressAndPort => mapping.partners.contains(&from),
        };
        may.then_some(mapping.key.0)
    }

    /// Whether a mapping stands.
    pub fn has(&self, id: MappingId) -> bool {
        self.mappings.contains_key(&id)
    }

    /// Forgets all: the translator was started again, or another is used.
    pub fn clear(&mut self) {
        self.by_key.clear();
        self.mappings.clear();
    }

    fn make(&mut self, now: Instant, key: Key) -> MappingId {
        if self.mappings.len() >= MOST {
            let oldest = self.mappings.iter().min_by_key(|(_, mapping)| mapping.used);
            if let Some(id) = oldest.map(|(id, _)| *id) {
                self.forget(id);
            }
        }
        let id = MappingId(self.next);
        self.next += 1;
        let partners = BTreeSet::new();
        let mapping = Mapping {
            key,
            used: now,
            partners,
        };
        self.by_key.insert(key, id);
        self.mappings.insert(id, mapping);
        id
    }

    fn expire(&mut self, now: Instant) {
        let old = |mapping: &Mapping| now.saturating_duration_since(mapping.used) >= UNUSED;
        let mappings = self.mappings.iter();
        let gone: Vec<_> = mappings.filter(|(_, one)| old(one)).collect();
        let gone: Vec<MappingId> = gone.into_iter().map(|(id, _)| *id).collect();
        for id in gone {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: MappingId) {
        if let Some(mapping) = self.mappings.remove(&id) {
            self.by_key.remove(&mapping.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    fn nat(mapping: Dependence, filtering: Dependence) -> Nat {
        Nat::new(NatRules { mapping, filtering })
    }

    #[test]
    fn mappings_depend_on_what_they_are_to_depend_on() {
        let now = Instant::now();
        let inside = at("10.0.0.1:1000");
        // Another port of the same address, and another address.
        for (mapping, same_address, same_at_all) in [
            (Dependence::Independent, true, true),
            (Dependence::Address, true, false),
            (Dependence::AddressAndPort, false, false),
        ] {
            let mut nat = nat(mapping, Dependence::Independent);
            let first = nat.outbound(now, inside, at("192.0.2.1:1"));
            assert_eq!(nat.outbound(now, inside, at("192.0.2.1:1")), first);
            let port = nat.outbound(now, inside, at("192.0.2.1:2"));
            let address = nat.outbound(now, inside, at("192.0.2.2:1"));
            assert_eq!(
                (port == first, address == first),
                (same_address, same_at_all)
            );
            let other = nat.outbound(now, at("10.0.0.1:1001"), at("192.0.2.1:1"));
            assert_ne!(other, first);
        }
    }

    #[test]
    fn who_may_answer_depends_on_to_whom_was_spoken() {
        let now = Instant::now();
        let inside = at("10.0.0.1:1000");
        for (filtering, port, address) in [
            (Dependence::Independent, true, true),
            (Dependence::Address, true, false),
            (Dependence::AddressAndPort, false, false),
        ] {
            let mut nat = nat(Dependence::Independent, filtering);
            let id = nat.outbound(now, inside, at("192.0.2.1:1"));
            let mut passes = |from| nat.inbound(now, id, at(from)) == Some(inside);
            assert!(passes("192.0.2.1:1"));
            assert_eq!(passes("192.0.2.1:2"), port);
            assert_eq!(passes("192.0.2.2:1"), address);
        }
    }

    #[test]
    fn an_unused_mapping_is_forgotten_and_a_used_one_is_not() {
        let began = Instant::now();
        let (inside, there) = (at("10.0.0.1:1000"), at("192.0.2.1:1"));
        let mut nat = nat(Dependence::Independent, Dependence::Independent);
        let id = nat.outbound(began, inside, there);
        let later = began + Duration::from_secs(100);
        assert_eq!(nat.outbound(later, inside, there), id);
        let later = later + Duration::from_secs(119);
        assert_eq!(nat.inbound(later, id, there), Some(inside));
        // What comes in keeps nothing open.
        let later = later + Duration::from_secs(1);
        assert_eq!(nat.inbound(later, id, there), None);
        assert_ne!(nat.outbound(later, inside, there), id);
    }

    #[test]
    fn there_is_an_end_to_mappings() {
        let now = Instant::now();
        let mut nat = nat(Dependence::AddressAndPort, Dependence::Independent);
        for port in 1..=2_000 {
            let there = SocketAddr::new(at("192.0.2.1:1").ip(), port);
            nat.outbound(now, at("10.0.0.1:1000"), there);
        }
        assert_eq!((nat.mappings.len(), nat.by_key.len()), (MOST, MOST));
        nat.clear();
        assert_eq!((nat.mappings.len(), nat.by_key.len()), (0, 0));
    }
}
