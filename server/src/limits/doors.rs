//! Open connections: how many there are, and of one address, of which fewer may be there while nobody has signed in on them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::Network;
use crate::config::PerAddress;

/// So many of an address's connections may be without a session: one part in this many.
const STRANGERS: usize = 4;
/// Where none is set, so many connections may one address have that is not this machine's own.
const MOST: usize = 1000;

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    open: usize,
    strangers: usize,
}

/// All connections.
pub(crate) struct Doors {
    most: Option<usize>,
    /// Whether the machine's own addresses have a bound too.
    own_too: bool,
    all: AtomicUsize,
    by_network: Mutex<HashMap<Network, Count>>,
}

/// An open connection.
#[derive(Clone)]
pub(crate) struct Door(Arc<Opened>);

struct Opened {
    doors: Arc<Doors>,
    network: Option<Network>,
    known: AtomicBool,
}

impl Doors {
    /// By what is set; `proxied`: all connections come from a proxy, which has to bound them.
    pub(crate) fn new(setting: PerAddress, proxied: bool) -> Self {
        Self {
            most: match setting {
                PerAddress::Most(most) => Some(most),
                PerAddress::Usual => (!proxied).then_some(MOST),
                PerAddress::Any => None,
            },
            own_too: matches!(setting, PerAddress::Most(_)),
            all: AtomicUsize::new(0),
            by_network: Mutex::default(),
        }
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.all.load(Ordering::Relaxed)
    }

    /// Lets a connection in; `None` when its address has too many.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Door> {
        let address = address.to_canonical();
        let bound = self.most.filter(|_| self.own_too || !address.is_loopback());
        let network = bound.map(|_| Network::from(address));
        if let (Some(network), Some(most)) = (network, bound) {
            let mut by_network = self.by_network.lock();
            let count = by_network.entry(network).or_default();
            let strangers = (most / STRANGERS).max(1);
            if count.open >= most || count.strangers >= strangers {
                return None;
            }
            count.open += 1;
            count.strangers += 1;
        }
        self.all.fetch_add(1, Ordering::Relaxed);
        Some(Door(Arc::new(Opened {
            doors: Arc::clone(self),
            network,
            known: AtomicBool::new(false),
        })))
    }
}

impl Door {
    /// Somebody signed in on it.
    pub(crate) fn known(&self) {
        if !self.0.known.swap(true, Ordering::Relaxed) {
            self.0.change(|count| count.strangers -= 1);
        }
    }
}

impl Opened {
    fn change(&self, change: impl FnOnce(&mut Count)) {
        let Some(network) = self.network else { return };
        let mut by_network = self.doors.by_network.lock();
        let Some(count) = by_network.get_mut(&network) else {
            return;
        };
        change(count);
        if count.open == 0 {
            by_network.remove(&network);
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let stranger = !*self.known.get_mut();
        self.change(|count| {
            count.open -= 1;
            count.strangers -= usize::from(stranger);
        });
        self.doors.all.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn an_address_has_so_many_connections_and_fewer_before_somebody_signs_in() {
        let doors = Arc::new(Doors::new(PerAddress::Most(8), false));
        let first = doors.enter(address(1)).unwrap();
        let second = doors.enter(address(1)).unwrap();
        assert!(doors.enter(address(1)).is_none(), "two strangers");
        assert!(doors.enter(address(2)).is_some(), "another address");
        first.known();
        first.known();
        let mut known = vec![first, second];
        while known.len() < 8 {
            known.last().unwrap().known();
            known.push(doors.enter(address(1)).unwrap());
        }
        known.last().unwrap().known();
        assert!(doors.enter(address(1)).is_none(), "eight are open");
        assert_eq!(doors.open(), 8);
        drop(known);
        assert_eq!(doors.open(), 0);
        assert!(doors.by_network.lock().is_empty());
    }

    #[test]
    fn without_a_setting_the_machine_itself_and_a_proxy_are_not_bound() {
        let many = |doors: Doors, address: IpAddr| {
            let doors = Arc::new(doors);
            let open: Vec<_> = (0..MOST).filter_map(|_| doors.enter(address)).collect();
            open.len()
        };
        let local = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(many(Doors::new(PerAddress::Usual, false), local), MOST);
        assert_eq!(many(Doors::new(PerAddress::Usual, true), address(1)), MOST);
        let bound = many(Doors::new(PerAddress::Usual, false), address(1));
        assert_eq!(bound, MOST / STRANGERS);
        assert_eq!(many(Doors::new(PerAddress::Most(4), true), local), 1);
    }
}
