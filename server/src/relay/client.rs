//! A relay's other end, for tests and for measuring: ICE, DTLS and SRTP over a socket of its own. It blocks, and knows no sealing.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_protocol::relay::{DownHeader, UpHeader};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::crypto::{Handshake, provider, watched};
use super::srtp::SrtpReader;

/// RTP payload type of Opus.
const OPUS: u8 = 111;

/// One client of a relay.
pub struct RelayClient {
    rtc: Box<Rtc>,
    handshake: Handshake,
    socket: UdpSocket,
    local: SocketAddr,
    media: Mid,
    pending: Option<SdpPendingOffer>,
    connected: bool,
    over: bool,
    heard: VecDeque<(DownHeader, Vec<u8>)>,
}

impl RelayClient {
    /// A client on this machine, and its offer.
    ///
    /// # Errors
    /// When there is no socket, or str0m refuses.
    pub fn new() -> io::Result<(Self, String)> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let local = socket.local_addr()?;
        let config = RtcConfig::new()
            .set_crypto_provider(Arc::new(provider()))
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false);
        let (mut rtc, handshake) =
            watched(|| Box::new(config.build(Instant::now()))).ok_or_else(|| failed("no DTLS"))?;
        let candidate =
            Candidate::host(local, "udp").map_err(|error| failed(&error.to_string()))?;
        rtc.add_local_candidate(candidate);
        let mut api = rtc.sdp_api();
        let media = api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = api.apply().ok_or_else(|| failed("no offer"))?;
        let client = Self {
            rtc,
            handshake,
            socket,
            local,
            media,
            pending: Some(pending),
            connected: false,
            over: false,
            heard: VecDeque::new(),
        };
        Ok((client, offer.to_sdp_string()))
    }

    /// Takes the answer of the relay that is at `relay`.
    ///
    /// # Errors
    /// When str0m refuses it.
    pub fn accept(&mut self, answer: &str, relay: SocketAddr) -> io::Result<()> {
        let pending = self.pending.take().ok_or_else(|| failed("answered"))?;
        let answer =
            SdpAnswer::from_sdp_string(answer).map_err(|error| failed(&error.to_string()))?;
        let accepted = self.rtc.sdp_api().accept_answer(pending, answer);
        accepted.map_err(|error| failed(&error.to_string()))?;
        let candidate =
            Candidate::host(relay, "udp").map_err(|error| failed(&error.to_string()))?;
        self.rtc.add_remote_candidate(candidate);
        Ok(())
    }

    /// Runs until `done` says so; `false` when that took longer than `patience`.
    ///
    /// # Errors
    /// When the socket or str0m fails.
    pub fn run_until(
        &mut self,
        patience: Duration,
        mut done: impl FnMut(&mut Self) -> bool,
    ) -> io::Result<bool> {
        let until = Instant::now() + patience;
        loop {
            if done(self) {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            self.step()?;
        }
    }

    /// Sends what is due, and takes one datagram if one comes within some milliseconds.
    ///
    /// # Errors
    /// When the socket or str0m fails.
    pub fn step(&mut self) -> io::Result<()> {
        let due = self.poll()?;
        let wait = due.saturating_duration_since(Instant::now());
        let wait = wait.clamp(Duration::from_millis(1), Duration::from_millis(10));
        self.socket.set_read_timeout(Some(wait))?;
        let mut buffer = [0; 2_000];
        match self.socket.recv_from(&mut buffer) {
            Ok((length, source)) => self.feed(source, &buffer[..length]),
            Err(error) if is_timeout(&error) => self.tick(),
            Err(error) => Err(error),
        }
    }

    /// Takes a datagram that was read from [`Self::socket`].
    ///
    /// # Errors
    /// When the socket or str0m fails.
    pub fn feed(&mut self, source: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        if let Ok(receive) = Receive::new(Protocol::Udp, source, self.local, bytes) {
            let handled = self
                .rtc
                .handle_input(Input::Receive(Instant::now(), receive));
            handled.map_err(|error| failed(&error.to_string()))?;
        }
        self.poll().map(|_| ())
    }

    /// Sends what is due.
    ///
    /// # Errors
    /// When the socket or str0m fails.
    pub fn tick(&mut self) -> io::Result<()> {
        let handled = self.rtc.handle_input(Input::Timeout(Instant::now()));
        handled.map_err(|error| failed(&error.to_string()))?;
        self.poll().map(|_| ())
    }

    fn poll(&mut self) -> io::Result<Instant> {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => return Ok(due),
                Ok(Output::Transmit(transmit)) => {
                    self.socket
                        .send_to(&transmit.contents, transmit.destination)?;
                }
                Ok(Output::Event(Event::Connected)) => self.connected = true,
                Ok(Output::Event(Event::Closed)) => self.over = true,
                Ok(Output::Event(Event::RtpPacket(packet))) => {
                    if let Some((header, sealed)) = DownHeader::read(&packet.payload) {
                        self.heard.push_back((header, sealed.to_vec()));
                    }
                }
                Ok(Output::Event(_)) => {}
                Err(error) => return Err(failed(&error.to_string())),
            }
        }
    }

    /// Whether media flows.
    pub fn is_connected(&self) -> bool {
        self.connected && !self.is_over()
    }

    /// Whether the relay has ended it.
    pub fn is_over(&self) -> bool {
        self.over || !self.rtc.is_alive()
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.local
    }

    /// Its socket, to send anything from there.
    pub fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// Sends a voice packet. Each sequence number is used once.
    ///
    /// # Errors
    /// When str0m refuses, or the socket fails.
    pub fn send(&mut self, header: UpHeader, sealed: &[u8]) -> io::Result<()> {
        let now = Instant::now();
        let write = RtpWrite::new(
            OPUS.into(),
            u64::from(header.sequence).into(),
            header.timestamp,
            now,
            sealed,
        );
        let levels = ExtensionValues {
            audio_level: Some(-header.level.cast_signed()),
            voice_activity: Some(true),
            ..ExtensionValues::default()
        };
        let write = write.marker(header.marker).ext_vals(levels).nackable(false);
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(self.media, None);
        stream.ok_or_else(|| failed("no stream"))?.write_rtp(write);
        let handled = self.rtc.handle_input(Input::Timeout(now));
        handled.map_err(|error| failed(&error.to_string()))?;
        self.poll().map(|_| ())
    }

    /// The packets that came, and were not taken yet.
    pub fn take_heard(&mut self) -> Vec<(DownHeader, Vec<u8>)> {
        self.heard.drain(..).collect()
    }

    /// What opens packets that are read from the socket directly; none before it is connected, and none the second time.
    pub fn reader(&mut self) -> Option<SrtpReader> {
        Some(SrtpReader::new(self.handshake.lock().take()?.to_receive()?))
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::ConnectionRefused
    )
}

fn failed(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}
