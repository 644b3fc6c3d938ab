//! The way of one's call: directly to each of the others, or over the server's relay; and from one to the other unheard.
//!
//! ```text
//! roll, announcements, states of connections -> mind_way -> WayRule -> relay opened or left
//!                                                        -> Reach   -> direct connections opened, kept or closed
//! ```
//!
//! Both ways stand for a while whenever the way changes. Whoever gets a packet twice opens it once.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::relay::RelayTalker;
use dialtone_protocol::{AccountId, CallId, DeviceId, StreamId};
use tokio::sync::mpsc;

use super::calls::forwarded;
use super::run::Session;
use super::state::Tag;
use crate::net::Line;
use crate::voice::transport::{
    MAX_PEERS, PeerState, PeerStats, RelayAnswer, RelayEvent, RelayOutputs, RelayServer,
    RelayState, RelayTransport, TransportConfig, TransportError, TunnelEnds,
};
use crate::voice::{CallInput, DirectWish, Relay, Way};
use dialtone_words::say;

/// What the relay's transport says, at once.
const EVENTS: usize = 64;

/// The server of a call, as the transport needs it.
struct Server {
    line: Line,
    call: CallId,
}

#[async_trait]
impl RelayServer for Server {
    async fn addresses(&self) -> Vec<IpAddr> {
        self.line.addresses().await
    }

    async fn open_tunnel(&self) -> Option<TunnelEnds> {
        match self.line.tunnel(self.call).await {
            Ok(ends) => Some(ends),
            Err(error) => {
                tracing::debug!("no way to the relay through TLS: {error}");
                None
            }
        }
    }
}

impl Session {
    /// Looks after the way of one's call.
    pub(super) fn mind_way(&mut self, now: Instant) {
        let hides = self.ice.hide_address;
        let Some(call) = &mut self.state.call else {
            return;
        };
        if call.media.is_none() || call.id.is_none() {
            return;
        }
        let told = call.way.needs_relay;
        let way = call.decide_way(now, hides);
        let is_news = call.way.needs_relay != told;
        call.note_reach(now, way);
        let has_relay = call
            .media
            .as_ref()
            .is_some_and(|media| media.relay.is_some());
        let may_leave = call.may_leave_relay(now, way);
        match way {
            Way::Relayed if !has_relay => self.open_relay(),
            Way::Direct if may_leave => self.leave_relay(),
            _ => {}
        }
        self.mind_direct(now, way);
        if is_news {
            self.announce(None);
        }
    }

    /// Opens and closes direct connections, as the way wants it.
    fn mind_direct(&mut self, now: Instant, way: Way) {
        let hides = self.ice.hide_address;
        let Some(call) = &mut self.state.call else {
            return;
        };
        let most = call.most_direct(way);
        let Some(media) = &mut call.media else {
            return;
        };
        let mut connected = media.transport.peers().count();
        let mut is_full = false;
        for (device, other) in &mut call.others {
            let Some(stream) = other.stream.filter(|_| !other.left) else {
                continue;
            };
            let wish = if hides {
                DirectWish::Close
            } else {
                other.reach.direct(now, way)
            };
            let has = media.transport.has_peer(device);
            match wish {
                DirectWish::Open if !has && connected >= most => {}
                DirectWish::Open if !has => match media.transport.add_peer(*device, stream) {
                    Ok(()) => connected += 1,
                    Err(TransportError::Full(_)) => is_full = true,
                    Err(error) => tracing::warn!("a talker could not be connected: {error}"),
                },
                DirectWish::Close if has => {
                    connected -= 1;
                    media.transport.remove_peer(device);
                    (other.state, other.stats) = (None, PeerStats::default());
                    self.state.stirs += 1;
                }
                _ => {}
            }
        }
        if is_full && !std::mem::replace(&mut call.told_full, true) {
            self.later(say!("call-too-many-peers", most = MAX_PEERS));
        }
    }

    /// A direct connection is otherwise now.
    pub(super) fn direct_changed(&mut self, peer: DeviceId, state: PeerState) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        match state {
            // The relay is asked at once, while the direct way is looked for anew: whichever carries first is heard.
            PeerState::Disconnected | PeerState::Failed => {
                call.way.unreachable.note(Instant::now(), peer);
            }
            PeerState::Connected => call.way.unreachable.reached(&peer),
            // It may begin anew in the same stay.
            PeerState::Left => {
                if let Some(media) = &mut call.media {
                    media.transport.forget_peer(&peer);
                }
                if let Some(other) = call.others.get_mut(&peer) {
                    (other.state, other.stats) = (None, PeerStats::default());
                }
            }
            PeerState::Connecting => {}
        }
        self.mind_way(Instant::now());
    }

    fn open_relay(&mut self) {
        let Some(line) = self.line.clone() else {
            return;
        };
        let to_session = self.calls.0.clone();
        let Some(call) = &mut self.state.call else {
            return;
        };
        let (Some(media), Some(id)) = (&mut call.media, call.id) else {
            return;
        };
        let (events, told) = mpsc::channel(EVENTS);
        let outputs = RelayOutputs {
            events,
            media: media.arrivals.clone(),
        };
        let config = TransportConfig {
            include_loopback: self.call_network.loopback,
            ..TransportConfig::default()
        };
        let server = Arc::new(Server { line, call: id });
        let sender = media.transport.sender();
        let opened = self
            .call_network
            .within(|| RelayTransport::new(config, &sender, server, outputs));
        let transport = match opened {
            Ok(transport) => transport,
            Err(error) => {
                tracing::warn!("the relay cannot be used: {error}");
                return;
            }
        };
        call.way.relays += 1;
        call.way.told_pins.clear();
        let (stream, number) = (call.stream, call.way.relays);
        let forwarding = forwarded(told, to_session, move |event| {
            CallInput::Relay(stream, number, event)
        });
        media.relay = Some(Relay {
            number,
            transport,
            state: RelayState::Connecting,
            stats: PeerStats::default(),
            forwarding,
            spare_since: None,
        });
        self.state.dirty = true;
    }

    fn leave_relay(&mut self) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        let relay = call.media.as_mut().and_then(|media| media.relay.take());
        if let Some(relay) = relay {
            tokio::spawn(relay.close());
        }
        if let Some(id) = call.id {
            self.state.send(ClientFrame::RelayLeave { call: id });
        }
        self.state.dirty = true;
    }

    /// Hears somebody in any case, or no longer.
    pub(super) fn set_pinned(&mut self, account: AccountId, pinned: bool) {
        let Some(call) = &mut self.state.call else {
            return;
        };
        if pinned {
            call.way.pins.insert(account);
        } else {
            call.way.pins.remove(&account);
        }
        self.state.dirty = true;
        self.tell_pins();
    }

    /// Tells the relay whom one wants to hear in any case, if that is another than it was told.
    fn tell_pins(&mut self) {
        let call = self.state.call.as_mut().filter(|call| call.is_relayed());
        let Some((call, id)) = call.and_then(|call| call.id.map(|id| (call, id))) else {
            return;
        };
        let devices = call.pinned();
        if devices == call.way.told_pins {
            return;
        }
        call.way.told_pins.clone_from(&devices);
        self.state
            .send(ClientFrame::RelayPins { call: id, devices });
    }

    fn relay(&mut self, stream: StreamId, number: u64) -> Option<&mut Relay> {
        let call = self.state.call.as_mut()?;
        let relay = call.media.as_mut()?.relay.as_mut()?;
        (call.stream == stream && relay.number == number).then_some(relay)
    }

    /// The relay's transport says something.
    pub(super) fn relay_said(&mut self, stream: StreamId, number: u64, event: RelayEvent) {
        let Some(relay) = self.relay(stream, number) else {
            return;
        };
        match event {
            RelayEvent::Offer(sdp) => {
                let call = self.state.call.as_ref().and_then(|call| call.id);
                if let Some(call) = call.filter(|_| self.state.caught_up) {
                    let frame = ClientFrame::RelayOffer { call, sdp };
                    let tag = Tag::RelayOffer(stream, number);
                    self.state.out.push_back((frame, Some(tag)));
                } else if let Some(relay) = self.relay(stream, number) {
                    relay.transport.refused();
                }
            }
            RelayEvent::State(state) => {
                relay.state = state;
                self.state.dirty = true;
            }
            RelayEvent::Stats(stats) => relay.stats = stats,
            RelayEvent::Problem(error) => tracing::warn!("relayed call: {error}"),
        }
        self.state.stirs += 1;
        self.mind_way(Instant::now());
    }

    /// The server answers an offer.
    pub(super) fn relay_answered(&mut self, tag: Option<Tag>, sdp: String, port: u16) {
        let Some(Tag::RelayOffer(stream, number)) = tag else {
            tracing::warn!("the server answers an offer that nobody made");
            return;
        };
        self.of_stream(stream, |session| {
            if let Some(relay) = session.relay(stream, number) {
                relay.transport.answer(RelayAnswer { sdp, port });
            }
        });
    }

    /// The server does not answer an offer.
    pub(super) fn relay_refused(&mut self, stream: StreamId, number: u64, message: &str) {
        tracing::info!("the call is not relayed over UDP: {message}");
        self.of_stream(stream, |session| {
            if let Some(relay) = session.relay(stream, number) {
                relay.transport.refused();
            }
        });
    }

    /// Whom the relay reaches in a call.
    pub(super) fn relay_roll(&mut self, call: CallId, talkers: &[RelayTalker]) {
        self.of_call(call, |session| session.take_relay_roll(call, talkers));
        self.take_relay_roll(call, talkers);
    }

    fn take_relay_roll(&mut self, call: CallId, talkers: &[RelayTalker]) {
        let part = self
            .state
            .call
            .as_mut()
            .filter(|part| part.id == Some(call));
        let relay = part.and_then(|part| part.media.as_mut()?.relay.as_mut());
        if let Some(relay) = relay {
            relay.transport.set_roll(talkers);
            self.state.stirs += 1;
            self.mind_way(Instant::now());
            self.tell_pins();
        }
    }
}
