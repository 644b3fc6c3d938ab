//! What the other end asks for again, as the engine brings it.

use std::collections::VecDeque;
use std::time::Instant;

use dialtone_protocol::resend::{MOST_ASKED, feedback};
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp;
use rtc::rtcp::raw_packet::RawPacket;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use tokio::sync::mpsc;

/// Lists that wait for the task that sends; what finds no room is asked for again.
pub(super) const ASKS: usize = 16;

/// Asks another client for packets of the source `about` (RFC 4585 section 6.2.1).
pub(super) fn ask_client(from: u32, about: u32, numbers: &[u16]) -> Box<dyn rtcp::Packet> {
    Box::new(TransportLayerNack {
        sender_ssrc: from,
        media_ssrc: about,
        nacks: nack_pairs_from_sequence_numbers(numbers),
    })
}

/// Asks a relay for packets of its stream `about`.
pub(super) fn ask_relay(from: u32, about: u32, numbers: &[u16]) -> Option<Box<dyn rtcp::Packet>> {
    let bytes = feedback(from, about, numbers)?;
    Some(Box::new(RawPacket(bytes.into())))
}

/// Takes the other end's requests out of what comes. Everything passes on as it is.
pub(super) struct Listener {
    asks: mpsc::Sender<Vec<u16>>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Listener {
    pub(super) fn new(asks: mpsc::Sender<Vec<u16>>) -> Self {
        Self {
            asks,
            read: VecDeque::new(),
            write: VecDeque::new(),
        }
    }

    fn look(&self, packet: &Packet) {
        let Packet::Rtcp(packets) = packet else {
            return;
        };
        let nacks = packets
            .iter()
            .filter_map(|packet| packet.as_any().downcast_ref::<TransportLayerNack>());
        let pairs = nacks.flat_map(|nack| &nack.nacks);
        let numbers: Vec<u16> = pairs.copied().flatten().take(MOST_ASKED).collect();
        if !numbers.is_empty() {
            let _ = self.asks.try_send(numbers);
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Listener {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        self.look(&msg.message.packet);
        self.read.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        self.write.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.write.pop_front()
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), Error> {
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        None
    }
}

impl Interceptor for Listener {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
