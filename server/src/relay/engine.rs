//! All relayed calls and connections: datagrams and wishes in, datagrams and news out. No socket, and time is told.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use dialtone_protocol::datagram::{Datagram, answer_binding, classify};
use dialtone_protocol::relay::{DownHeader, RelayTalker, UpHeader};
use dialtone_protocol::roster::{Standings, VoiceStanding};
use dialtone_protocol::{CallId, ChannelId, DeviceId};
use tokio::sync::mpsc;

use super::connection::{Connection, Ground, OfferError, Turn, Voice};
use super::counters::Counters;
use super::outbox::Outbox;
use super::room::{Packet, Port, Room, To};

/// The most connections of a relay.
const MOST_PORTS: usize = 8_192;
/// Connections of one device in one call: one that stands, and the next being made.
const MOST_PORTS_EACH: usize = 3;
/// A connection that does not stand after so long is given up.
const CONNECT: Duration = Duration::from_secs(20);
/// One from which nothing came for so long is over; a living one sends checks each second.
const SILENT: Duration = Duration::from_secs(30);
/// So long after a newer one stands the older one of a device is ended: what is under way on it still arrives.
const OVERLAP: Duration = Duration::from_secs(3);
/// Nobody else takes an address over from a connection from which something came so lately.
const ITS_OWN: Duration = Duration::from_secs(5);

/// A device in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which call.
    pub call: CallId,
    /// Of which channel.
    pub channel: ChannelId,
    /// Which device.
    pub device: DeviceId,
}

/// A connection over TLS, for as long as it is meant: ports are used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TunnelKey {
    port: Port,
    serial: u64,
}

/// Whom the relay reaches in a call; they are to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// Which call.
    pub call: CallId,
    /// Them.
    pub talkers: Vec<RelayTalker>,
}

enum Way {
    Udp(Box<Connection>),
    Tunnel(mpsc::Sender<Bytes>),
}

struct Held {
    place: Place,
    serial: u64,
    made: Instant,
    seen: Instant,
    connected: Option<Instant>,
    way: Way,
}

/// All relayed calls.
pub(super) struct Engine {
    ground: Option<Ground>,
    counters: Arc<Counters>,
    rooms: HashMap<CallId, Room>,
    ports: Vec<Option<Held>>,
    free: Vec<Port>,
    by_ufrag: HashMap<String, Port>,
    by_address: HashMap<SocketAddr, Port>,
    serial: u64,
    changed: BTreeSet<CallId>,
    voices: Vec<Voice>,
    standings: Standings,
    /// What is to be sent.
    pub(super) out: Outbox,
}

impl Engine {
    /// Nobody is relayed. Without `ground` there is no UDP, and only tunnels are taken.
    pub(super) fn new(ground: Option<Ground>, counters: Arc<Counters>) -> Self {
        Self {
            ground,
            counters,
            rooms: HashMap::new(),
            ports: Vec::new(),
            free: Vec::new(),
            by_ufrag: HashMap::new(),
            by_address: HashMap::new(),
            serial: 0,
            changed: BTreeSet::new(),
            voices: Vec::new(),
            standings: Standings::default(),
            out: Outbox::default(),
        }
    }

    /// Whether anybody is, or is to be, relayed.
    pub(super) fn is_busy(&self) -> bool {
        self.free.len() < self.ports.len()
    }

    /// Everybody who is, or is to be, relayed.
    pub(super) fn places(&self) -> Vec<Place> {
        let rooms = self.rooms.iter();
        let places = rooms.flat_map(|(call, room)| {
            room.members.iter().map(|member| Place {
                call: *call,
                channel: room.channel,
                device: member.device,
            })
        });
        places.collect()
    }

    // ---- coming and going -----------------------------------------------------------------------------------------

    /// A client's offer; gives the answer.
    pub(super) fn offer(
        &mut self,
        now: Instant,
        place: Place,
        offer: &str,
    ) -> Result<String, OfferError> {
        let Some(ground) = &self.ground else {
            return Err(OfferError::Full);
        };
        let (connection, answer) = Connection::answer(ground, now, offer)?;
        let ufrag = connection.ufrag.clone();
        let port = self.hold(now, place, Way::Udp(Box::new(connection)))?;
        self.by_ufrag.insert(ufrag, port);
        self.look_after(now, port);
        Ok(answer)
    }

    /// A connection over TLS; it stands at once.
    pub(super) fn open_tunnel(
        &mut self,
        now: Instant,
        place: Place,
        out: mpsc::Sender<Bytes>,
    ) -> Result<TunnelKey, OfferError> {
        let port = self.hold(now, place, Way::Tunnel(out))?;
        self.stands(now, port);
        Ok(TunnelKey {
            port,
            serial: self.serial,
        })
    }

    /// The connection over TLS is over.
    pub(super) fn close_tunnel(&mut self, key: TunnelKey) {
        if self.has(key) {
            self.end(key.port);
        }
    }

    fn has(&self, key: TunnelKey) -> bool {
        let held = self.ports.get(key.port).and_then(Option::as_ref);
        held.is_some_and(|held| held.serial == key.serial)
    }

    /// A device is relayed no more in a call.
    pub(super) fn leave(&mut self, call: CallId, device: DeviceId) {
        let Some(room) = self.rooms.get_mut(&call) else {
            return;
        };
        for port in room.leave(&device) {
            self.end(port);
        }
        self.after_leaving(call);
    }

    /// A device is in no call but these.
    pub(super) fn only_in(&mut self, device: DeviceId, calls: &[CallId]) {
        let others: Vec<CallId> = self.rooms.keys().copied().collect();
        for other in others.into_iter().filter(|other| !calls.contains(other)) {
            self.leave(other, device);
        }
    }

    /// Whom a device wants to hear in any case.
    pub(super) fn pin(&mut self, call: CallId, device: DeviceId, pins: Vec<DeviceId>) {
        if let Some(room) = self.rooms.get_mut(&call) {
            room.pin(&device, pins);
        }
    }

    /// These are heard otherwise than everybody.
    pub(super) fn set_standings(&mut self, standings: Standings) {
        self.standings = standings;
    }

    fn hold(&mut self, now: Instant, place: Place, way: Way) -> Result<Port, OfferError> {
        if self.ports.len() - self.free.len() >= MOST_PORTS {
            return Err(OfferError::Full);
        }
        let fresh = || Room::new(place.channel);
        let room = self.rooms.entry(place.call).or_insert_with(fresh);
        let Some(member) = room.enter(place.device, now) else {
            return Err(OfferError::Full);
        };
        let used = member.port;
        let too_many = member.ports.len() >= MOST_PORTS_EACH;
        let oldest = member
            .ports
            .iter()
            .find(|port| Some(**port) != used)
            .copied();
        if let Some(oldest) = oldest.filter(|_| too_many) {
            self.end(oldest);
        }
        self.serial += 1;
        let held = Held {
            place,
            serial: self.serial,
            made: now,
            seen: now,
            connected: None,
            way,
        };
        let port = self.free.pop().unwrap_or(self.ports.len());
        match self.ports.get_mut(port) {
            Some(slot) => *slot = Some(held),
            None => self.ports.push(Some(held)),
        }
        let room = self.rooms.entry(place.call).or_insert_with(fresh);
        if let Some(member) = room.enter(place.device, now) {
            member.ports.push(port);
        }
        Ok(port)
    }

    /// A connection stands: its device is reached by it from now on.
    fn stands(&mut self, now: Instant, port: Port) {
        let Some(held) = self.ports.get_mut(port).and_then(Option::as_mut) else {
            return;
        };
        held.connected = Some(now);
        self.counters.connected.one();
        let place = held.place;
        if let Some(room) = self.rooms.get_mut(&place.call)
            && let Some(member) = room.enter(place.device, now)
        {
            member.port = Some(port);
            self.changed.insert(place.call);
        }
    }

    /// Ends a connection. Whoever has no other is relayed no more.
    fn end(&mut self, port: Port) {
        let Some(mut held) = self.ports.get_mut(port).and_then(Option::take) else {
            return;
        };
        self.free.push(port);
        self.counters.ended.one();
        if let Way::Udp(connection) = &mut held.way {
            connection.close(&mut self.out);
            self.by_ufrag.remove(&connection.ufrag);
            for address in &connection.addresses {
                if self.by_address.get(address) == Some(&port) {
                    self.by_address.remove(address);
                }
            }
        }
        let Place { call, device, .. } = held.place;
        let Some(room) = self.rooms.get_mut(&call) else {
            return;
        };
        let Some(member) = room.place(&device).and_then(|at| room.members.get_mut(at)) else {
            return;
        };
        member.ports.retain(|other| *other != port);
        if member.port == Some(port) {
            let stands = |port: &&Port| {
                let held = self.ports.get(**port).and_then(Option::as_ref);
                held.is_some_and(|held| held.connected.is_some())
            };
            member.port = member.ports.iter().rev().find(stands).copied();
        }
        if member.ports.is_empty() {
            room.leave(&device);
        }
        self.after_leaving(call);
    }

    fn after_leaving(&mut self, call: CallId) {
        self.changed.insert(call);
        if self
            .rooms
            .get(&call)
            .is_some_and(|room| room.members.is_empty())
        {
            self.rooms.remove(&call);
        }
    }

    /// Calls whose reached devices are others now.
    pub(super) fn take_rolls(&mut self) -> Vec<Roll> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        let rolls = changed.filter_map(|call| {
            let talkers = self.rooms.get(&call)?.roll();
            Some(Roll { call, talkers })
        });
        rolls.collect()
    }

    /// The news could not be told; they are told again.
    pub(super) fn tell_again(&mut self, call: CallId) {
        self.changed.insert(call);
    }

    // ---- packets --------------------------------------------------------------------------------------------------

    /// A datagram came.
    pub(super) fn datagram(&mut self, now: Instant, source: SocketAddr, bytes: &[u8]) {
        match classify(bytes) {
            Datagram::Unknown => self.counters.malformed.one(),
            Datagram::Binding { transaction } => {
                self.counters.bindings.one();
                self.out.write(source, |bytes| {
                    answer_binding(bytes, transaction, source);
                    Some(())
                });
            }
            Datagram::Check { ufrag, nominates } => match self.by_ufrag.get(ufrag).copied() {
                Some(port) => self.check(now, port, source, bytes, nominates),
                None => self.counters.unknown.one(),
            },
            Datagram::Media => match self.by_address.get(&source).copied() {
                Some(port) => self.media(now, port, source, bytes),
                None => self.counters.unknown.one(),
            },
        }
    }

    fn check(
        &mut self,
        now: Instant,
        port: Port,
        source: SocketAddr,
        bytes: &[u8],
        nominates: bool,
    ) {
        let owner = self.by_address.get(&source).copied();
        if owner.is_some_and(|owner| owner != port && self.heard_lately(now, owner)) {
            self.counters.unproven.one();
            return;
        }
        let Some(held) = self.ports.get_mut(port).and_then(Option::as_mut) else {
            return;
        };
        let Way::Udp(connection) = &mut held.way else {
            return;
        };
        let Some(turn) = connection.check(now, source, bytes, nominates, &mut self.out) else {
            self.counters.unproven.one();
            return;
        };
        held.seen = now;
        self.by_address.insert(source, port);
        if let Some(forgotten) = turn.forgotten
            && self.by_address.get(&forgotten) == Some(&port)
        {
            self.by_address.remove(&forgotten);
        }
        self.after(now, port, &turn);
    }

    fn heard_lately(&self, now: Instant, port: Port) -> bool {
        let held = self.ports.get(port).and_then(Option::as_ref);
        held.is_some_and(|held| now.saturating_duration_since(held.seen) < ITS_OWN)
    }

    fn media(&mut self, now: Instant, port: Port, source: SocketAddr, bytes: &[u8]) {
        let Some(held) = self.ports.get_mut(port).and_then(Option::as_mut) else {
            return;
        };
        let Way::Udp(connection) = &mut held.way else {
            return;
        };
        let voices = &mut self.voices;
        let turn = connection.media(now, source, bytes, &mut self.out, &mut |voice| {
            voices.push(voice);
        });
        let place = held.place;
        if !self.voices.is_empty() {
            held.seen = now;
        }
        self.after(now, port, &turn);
        let voices = std::mem::take(&mut self.voices);
        for voice in &voices {
            self.forward(now, place, voice.level, voice.header(), &voice.sealed);
        }
        self.voices = voices;
        self.voices.clear();
    }

    /// A packet came over TLS.
    pub(super) fn tunnel_packet(&mut self, now: Instant, key: TunnelKey, packet: &[u8]) {
        if !self.has(key) {
            return;
        }
        let Some(held) = self.ports.get(key.port).and_then(Option::as_ref) else {
            return;
        };
        let place = held.place;
        match UpHeader::read(packet) {
            Some((header, sealed)) => {
                let down = DownHeader {
                    talker: 0,
                    sequence: header.sequence,
                    timestamp: header.timestamp,
                    marker: header.marker,
                    resumed: false,
                    resent: false,
                };
                self.forward(now, place, header.level, down, &sealed.into());
            }
            None => self.counters.refused.one(),
        }
    }

    /// Gives one packet to all who are to hear it.
    fn forward(
        &mut self,
        now: Instant,
        from: Place,
        level: u8,
        mut header: DownHeader,
        sealed: &Arc<[u8]>,
    ) {
        self.counters.received.one();
        let standing = self.standings.get(&from.channel, &from.device);
        if standing == VoiceStanding::Muted {
            self.counters.muted.one();
            return;
        }
        let Some(room) = self.rooms.get_mut(&from.call) else {
            return;
        };
        let packet = Packet {
            level,
            bytes: sealed.len(),
            priority: standing == VoiceStanding::Priority,
        };
        let Some(routed) = room.packet(now, &from.device, packet) else {
            self.counters.over_limit.one();
            return;
        };
        if routed.to == To::Pinned {
            self.counters.not_selected.one();
        }
        header.talker = routed.talker;
        header.resumed = routed.resumed;
        let bytes = header.bytes();
        let mut sent = 0;
        for port in room.receivers(from.device, routed) {
            let Some(held) = self.ports.get_mut(port).and_then(Option::as_mut) else {
                continue;
            };
            let written = match &mut held.way {
                Way::Udp(connection) => {
                    connection.send(now, header.timestamp, bytes, sealed, &mut self.out)
                }
                Way::Tunnel(out) => out.try_send([&bytes[..], sealed].concat().into()).is_ok(),
            };
            sent += u64::from(written);
        }
        self.counters.forwarded.add(sent);
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /// Looks after what is due.
    pub(super) fn tick(&mut self, now: Instant) {
        for port in 0..self.ports.len() {
            self.look_after(now, port);
        }
    }

    fn look_after(&mut self, now: Instant, port: Port) {
        let Some(held) = self.ports.get_mut(port).and_then(Option::as_mut) else {
            return;
        };
        let passed = |since: Instant| now.saturating_duration_since(since);
        let (is_over, turn) = match &mut held.way {
            Way::Udp(connection) => {
                let due = connection.due <= now;
                let turn = due.then(|| connection.tick(now, &mut self.out));
                let is_late = held.connected.is_none() && passed(held.made) >= CONNECT;
                (is_late || passed(held.seen) >= SILENT, turn)
            }
            Way::Tunnel(out) => (out.is_closed(), None),
        };
        let (place, serial) = (held.place, held.serial);
        if is_over || self.is_replaced(now, place, serial) {
            self.end(port);
        } else if let Some(turn) = turn {
            self.after(now, port, &turn);
        }
    }

    /// Whether the device has been reached by a newer connection for long enough.
    fn is_replaced(&self, now: Instant, place: Place, serial: u64) -> bool {
        let Some(room) = self.rooms.get(&place.call) else {
            return true;
        };
        let member = room
            .place(&place.device)
            .and_then(|at| room.members.get(at));
        let used = member.and_then(|member| member.port);
        let newer = used.and_then(|port| self.ports.get(port)?.as_ref());
        newer.is_some_and(|newer| {
            let since = newer.connected.map(|at| now.saturating_duration_since(at));
            newer.serial > serial && since.is_some_and(|since| since >= OVERLAP)
        })
    }

    fn after(&mut self, now: Instant, port: Port, turn: &Turn) {
        self.counters.refused.add(turn.refused);
        self.counters.again.add(turn.again);
        if turn.connected {
            self.stands(now, port);
        }
        if turn.over {
            self.end(port);
        }
    }
}

impl Voice {
    /// What is before it on its way out; whose it is, is filled in.
    fn header(&self) -> DownHeader {
        DownHeader {
            talker: 0,
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: self.marker,
            resumed: false,
            resent: self.resent,
        }
    }
}
