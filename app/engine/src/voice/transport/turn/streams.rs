//! Which socket of a connection has the stream to which TURN server.

use std::net::SocketAddr;

use parking_lot::Mutex;

use super::connect::StreamServer;
use super::standin::StandIn;

/// A socket of one connection. Those of a later round, which an ICE restart binds, are newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    round: u32,
    number: u32,
}

/// The streams of one connection: each leads from one socket, else a machine with several networks would make as many
/// connections to the same server.
#[derive(Debug)]
pub(super) struct Streams {
    servers: Vec<(StandIn, StreamServer)>,
    claims: Mutex<Claims>,
}

#[derive(Debug)]
struct Claims {
    /// Who has the stream of each server.
    owners: Vec<Option<Owner>>,
    newest: Owner,
    /// Something was sent since the newest socket was made: one that is made now is of the next round.
    sent: bool,
}

impl Streams {
    /// Nobody has one yet.
    pub(super) fn new(servers: Vec<(StandIn, StreamServer)>) -> Self {
        let claims = Claims {
            owners: vec![None; servers.len()],
            newest: Owner {
                round: 0,
                number: 0,
            },
            sent: false,
        };
        Self {
            servers,
            claims: Mutex::new(claims),
        }
    }

    /// The next socket that is made.
    pub(super) fn next_owner(&self) -> Owner {
        let mut claims = self.claims.lock();
        let began = std::mem::take(&mut claims.sent);
        claims.newest = Owner {
            round: claims.newest.round + u32::from(began),
            number: claims.newest.number + 1,
        };
        claims.newest
    }

    /// Whether this socket may have the stream: nobody has it, or one of an earlier round.
    pub(super) fn claim(&self, index: usize, owner: Owner) -> bool {
        let mut claims = self.claims.lock();
        claims.sent = true;
        let Some(place) = claims.owners.get_mut(index) else {
            return false;
        };
        if place.is_none_or(|earlier| earlier.round < owner.round) {
            *place = Some(owner);
        }
        *place == Some(owner)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Which server an address stands for.
    pub(super) fn index_of(&self, address: SocketAddr) -> Option<usize> {
        let mut servers = self.servers.iter();
        servers.position(|(stand_in, _)| stand_in.addresses().contains(&address))
    }

    /// One of the servers.
    pub(super) fn server(&self, index: usize) -> &StreamServer {
        &self.servers[index].1
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn streams() -> Streams {
        let server = StreamServer {
            url: "turn:example.org?transport=tcp".parse().unwrap(),
            addresses: Vec::new(),
            trust: Arc::default(),
        };
        Streams::new(vec![(StandIn::new(1), server)])
    }

    #[test]
    fn both_addresses_of_a_stand_in_lead_to_its_server_and_no_other_does() {
        let streams = streams();
        let [four, six] = streams.servers[0].0.addresses();
        assert_eq!(
            (streams.index_of(four), streams.index_of(six)),
            (Some(0), Some(0))
        );
        let other = SocketAddr::new(four.ip(), four.port() ^ 1);
        assert_eq!(streams.index_of(other), None);
    }

    #[test]
    fn one_socket_of_each_round_has_the_stream() {
        let streams = streams();
        let (one, other) = (streams.next_owner(), streams.next_owner());
        assert!(streams.claim(0, other));
        assert!(!streams.claim(0, one));
        assert!(streams.claim(0, other), "it keeps it");
        // A restart binds anew.
        let (third, fourth) = (streams.next_owner(), streams.next_owner());
        assert!(streams.claim(0, third));
        assert!(!streams.claim(0, fourth));
        assert!(!streams.claim(0, other), "the older round is over");
        assert!(!streams.claim(1, third), "there is no such server");
    }
}
