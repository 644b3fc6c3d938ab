//! One relayed call: who is reached, under which number, and to whom a packet goes.

use std::time::Instant;

use dialtone_protocol::frame::MOST_PINS;
use dialtone_protocol::relay::RelayTalker;
use dialtone_protocol::{ChannelId, DeviceId};

use super::limit::Allowance;
use super::select::{Loudest, Loudness};

/// Where a connection is kept.
pub(super) type Port = usize;

/// The most devices that are relayed in one call.
pub(super) const MOST_MEMBERS: usize = 128;

/// One device in a relayed call.
pub(super) struct Member {
    /// Stands for it in packets.
    pub(super) number: u16,
    /// Which.
    pub(super) device: DeviceId,
    /// Its connections that stand or are being made, the newest last.
    pub(super) ports: Vec<Port>,
    /// The one that it is reached by.
    pub(super) port: Option<Port>,
    pins: Vec<DeviceId>,
    loudness: Loudness,
    allowance: Allowance,
    held_back: bool,
}

/// What a packet is chosen by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet {
    /// How loud its talker says that it is (RFC 6464).
    pub(super) level: u8,
    /// How long it is.
    pub(super) bytes: usize,
    /// It is forwarded however loud others are, and takes no place among them.
    pub(super) priority: bool,
}

/// To whom a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// To everybody else.
    Everybody,
    /// Others are louder: only to those who pinned its talker.
    Pinned,
}

/// What is to be done with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Routed {
    /// Whose.
    pub(super) talker: u16,
    /// To whom.
    pub(super) to: To,
    /// Those before it did not go to everybody.
    pub(super) resumed: bool,
}

/// One relayed call.
pub(super) struct Room {
    /// Whose call it is.
    pub(super) channel: ChannelId,
    /// Who is in it.
    pub(super) members: Vec<Member>,
    next: u16,
    loudest: Loudest,
}

impl Room {
    /// Nobody is in it yet.
    pub(super) fn new(channel: ChannelId) -> Self {
        Self {
            channel,
            members: Vec::new(),
            next: 0,
            loudest: Loudest::default(),
        }
    }

    /// The device's place; a new one has a number of its own. `None` when the call is full.
    pub(super) fn enter(&mut self, device: DeviceId, now: Instant) -> Option<&mut Member> {
        if let Some(known) = self.place(&device) {
            return self.members.get_mut(known);
        }
        if self.members.len() >= MOST_MEMBERS || self.next == u16::MAX {
            return None;
        }
        self.next += 1;
        self.members.push(Member {
            number: self.next,
            device,
            ports: Vec::new(),
            port: None,
            pins: Vec::new(),
            loudness: Loudness::default(),
            allowance: Allowance::new(now),
            held_back: false,
        });
        self.members.last_mut()
    }

    /// Takes a device out; gives its connections.
    pub(super) fn leave(&mut self, device: &DeviceId) -> Vec<Port> {
        let Some(place) = self.place(device) else {
            return Vec::new();
        };
        let gone = self.members.remove(place);
        self.loudest.forget(gone.number);
        gone.ports
    }

    /// Whom a device wants to hear in any case.
    pub(super) fn pin(&mut self, device: &DeviceId, mut pins: Vec<DeviceId>) {
        pins.truncate(MOST_PINS);
        if let Some(place) = self.place(device) {
            self.members[place].pins = pins;
        }
    }

    /// Where a device is among the members.
    pub(super) fn place(&self, device: &DeviceId) -> Option<usize> {
        self.members
            .iter()
            .position(|member| member.device == *device)
    }

    /// What is to be done with a packet of `device`. `None`: it sends too much.
    pub(super) fn packet(
        &mut self,
        now: Instant,
        device: &DeviceId,
        packet: Packet,
    ) -> Option<Routed> {
        let place = self.place(device)?;
        let member = &mut self.members[place];
        if !member.allowance.take(now, packet.bytes) {
            return None;
        }
        let (talker, loudness) = (member.number, member.loudness.update(now, packet.level));
        let forwarded = packet.priority || self.loudest.hears(now, talker, loudness);
        let member = &mut self.members[place];
        let held_back = std::mem::replace(&mut member.held_back, !forwarded);
        let to = if forwarded { To::Everybody } else { To::Pinned };
        let resumed = forwarded && held_back;
        Some(Routed {
            talker,
            to,
            resumed,
        })
    }

    /// Those who get it.
    pub(super) fn receivers(
        &self,
        from: DeviceId,
        routed: Routed,
    ) -> impl Iterator<Item = Port> + '_ {
        let others = self.members.iter().filter(move |member| {
            member.number != routed.talker
                && (routed.to == To::Everybody || member.pins.contains(&from))
        });
        others.filter_map(|member| member.port)
    }

    /// Whom the relay reaches.
    pub(super) fn roll(&self) -> Vec<RelayTalker> {
        let reached = self.members.iter().filter(|member| member.port.is_some());
        reached
            .map(|member| RelayTalker {
                number: member.number,
                device: member.device,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::select::MOST;
    use super::*;

    const CHANNEL: ChannelId = ChannelId([1; 16]);

    fn device(number: usize) -> DeviceId {
        DeviceId([number as u8; 32])
    }

    /// A room of so many, each reached by the port of its number.
    fn room(people: usize, now: Instant) -> Room {
        let mut room = Room::new(CHANNEL);
        for number in 0..people {
            room.enter(device(number), now).unwrap().port = Some(number);
        }
        room
    }

    fn at(level: u8) -> Packet {
        Packet {
            level,
            bytes: 100,
            priority: false,
        }
    }

    fn receivers(room: &Room, from: usize, routed: Routed) -> Vec<Port> {
        room.receivers(device(from), routed).collect()
    }

    #[test]
    fn a_packet_goes_to_everybody_but_its_sender() {
        let now = Instant::now();
        let mut room = room(4, now);
        let routed = room.packet(now, &device(2), at(30)).unwrap();
        assert_eq!(receivers(&room, 2, routed), [0, 1, 3]);
        room.members[1].port = None;
        assert_eq!(receivers(&room, 2, routed), [0, 3]);
        assert_eq!(room.packet(now, &device(9), at(30)), None);
    }

    #[test]
    fn whoever_is_not_among_the_loudest_is_heard_by_those_who_pinned_them() {
        let began = Instant::now();
        let quiet = MOST;
        let mut room = room(MOST + 3, began);
        room.pin(&device(MOST + 1), vec![device(quiet)]);
        let mut routed = None;
        for step in 0..50 {
            let now = began + Duration::from_millis(step * 20);
            for loud in 0..MOST {
                room.packet(now, &device(loud), at(20)).unwrap();
            }
            routed = room.packet(now, &device(quiet), at(90));
        }
        let routed = routed.unwrap();
        assert_eq!((routed.to, routed.resumed), (To::Pinned, false));
        assert_eq!(receivers(&room, quiet, routed), [MOST + 1]);
        // One of the loud is gone: there is a place, and what was held back is said not to be lost.
        room.leave(&device(0));
        let now = began + Duration::from_secs(1);
        let routed = room.packet(now, &device(quiet), at(90)).unwrap();
        assert_eq!((routed.to, routed.resumed), (To::Everybody, true));
        assert!(!room.packet(now, &device(quiet), at(90)).unwrap().resumed);
    }

    #[test]
    fn priority_is_forwarded_beside_the_loudest_and_takes_no_place_of_theirs() {
        let began = Instant::now();
        let mut room = room(MOST + 2, began);
        let priority = Packet {
            priority: true,
            ..at(100)
        };
        for step in 0..100 {
            let now = began + Duration::from_millis(step * 20);
            let first = room.packet(now, &device(MOST), priority).unwrap();
            assert_eq!((first.to, first.resumed), (To::Everybody, false));
            for loud in 0..MOST {
                let routed = room.packet(now, &device(loud), at(20)).unwrap();
                assert_eq!(routed.to, To::Everybody);
            }
            let quiet = room.packet(now, &device(MOST + 1), at(100)).unwrap();
            assert_eq!(quiet.to, To::Pinned);
        }
    }

    #[test]
    fn a_number_is_never_given_twice_and_a_call_has_an_end() {
        let now = Instant::now();
        let mut room = room(MOST_MEMBERS, now);
        assert!(room.enter(DeviceId([255; 32]), now).is_none());
        assert_eq!(room.enter(device(5), now).unwrap().number, 6);
        room.leave(&device(5));
        let back = room.enter(device(5), now).unwrap().number;
        assert_eq!(usize::from(back), MOST_MEMBERS + 1);
    }

    #[test]
    fn pins_are_bounded() {
        let now = Instant::now();
        let mut room = room(2, now);
        room.pin(&device(0), vec![device(1); 1_000]);
        assert_eq!(room.members[0].pins.len(), MOST_PINS);
    }
}
