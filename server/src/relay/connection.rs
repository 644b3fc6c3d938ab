//! One client's connection over UDP: ICE, DTLS and what comes in by str0m, what goes out by [`super::srtp`].

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dialtone_protocol::frame::MAX_RELAY_SDP;
use dialtone_protocol::relay::{DOWN_HEADER, MAX_RELAYED, SILENCE};
use dialtone_protocol::resend::read_feedback;
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpPacket;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use super::crypto::{Handshake, watched};
use super::outbox::Outbox;
use super::resend::Resend;
use super::srtp::SrtpStream;
use crate::random;

/// Addresses that a client may come from: its networks, in both families, and after a change.
const MOST_ADDRESSES: usize = 16;
/// A client whose checks come from another address for so long, and not from the one that it chose, is there now: a translator gave it
/// another port, or its network is another, and it does not know.
const MOVED: Duration = Duration::from_millis(1_200);
/// m-lines of an offer: one, of sound.
const MEDIA: &str = "\nm=";
/// Receiver reports are this far apart.
const REPORTS: Duration = Duration::from_secs(5);

/// Why an offer is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferError {
    /// Longer than any offer may be.
    #[error("the offer is too long")]
    TooLong,
    /// Not a session description with one m-line of sound.
    #[error("the offer cannot be used: {0}")]
    Unusable(String),
    /// There are as many connections as may be.
    #[error("the relay is full")]
    Full,
    /// The relay has stopped.
    #[error("the relay has stopped")]
    Stopped,
}

/// What all connections of a relay have in common.
pub(super) struct Ground {
    pub(super) crypto: Arc<CryptoProvider>,
    pub(super) certificate: DtlsCert,
    /// Where the relay is, in its own eyes.
    pub(super) local: SocketAddr,
}

/// A voice packet that came.
pub(super) struct Voice {
    pub(super) level: u8,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    /// It had been lost, and asked for.
    pub(super) resent: bool,
    pub(super) sealed: Arc<[u8]>,
}

/// What came of an input.
#[derive(Default)]
pub(super) struct Turn {
    /// The connection stands now.
    pub(super) connected: bool,
    /// It is over.
    pub(super) over: bool,
    /// Packets that are not of the form that is relayed.
    pub(super) refused: u64,
    /// Packets that were sent again.
    pub(super) again: u64,
    /// An address that is not remembered any more, because there are newer ones.
    pub(super) forgotten: Option<SocketAddr>,
}

/// One client's connection.
pub(super) struct Connection {
    rtc: Rtc,
    local: SocketAddr,
    handshake: Handshake,
    media: Option<Mid>,
    /// The handshake is over.
    secured: bool,
    /// A fault of the library left it in a state that nobody knows.
    broken: bool,
    stream: Option<SrtpStream>,
    resend: Resend,
    /// One's own half of the user name in connectivity checks.
    pub(super) ufrag: String,
    /// Where proven checks came from.
    pub(super) addresses: Vec<SocketAddr>,
    send_to: Option<SocketAddr>,
    /// When something came last, or was due.
    latest: Instant,
    /// When a check came from there last.
    confirmed: Instant,
    /// Checks come from elsewhere now, and the client has not said that it wants that: it does not know.
    moved: bool,
    /// When str0m wants to be looked after.
    pub(super) due: Instant,
}

impl Connection {
    /// Takes an offer; gives the connection and the answer.
    pub(super) fn answer(
        ground: &Ground,
        now: Instant,
        offer: &str,
    ) -> Result<(Self, String), OfferError> {
        let answer = catch_unwind(AssertUnwindSafe(|| Self::try_answer(ground, now, offer)));
        answer.unwrap_or_else(|_| Err(OfferError::Unusable("it breaks its reader".to_owned())))
    }

    fn try_answer(
        ground: &Ground,
        now: Instant,
        offer: &str,
    ) -> Result<(Self, String), OfferError> {
        if offer.len() > MAX_RELAY_SDP {
            return Err(OfferError::TooLong);
        }
        let unusable = |reason: &str| OfferError::Unusable(reason.to_owned());
        if offer.matches(MEDIA).count() != 1 || !offer.contains("\nm=audio ") {
            return Err(unusable("it has not one m-line of sound"));
        }
        // Where clients are is learnt from their checks, which are proven.
        let offer = without_candidates(offer);
        let offer = SdpOffer::from_sdp_string(&offer)
            .map_err(|error| OfferError::Unusable(error.to_string()))?;
        let config = RtcConfig::new()
            .set_crypto_provider(Arc::clone(&ground.crypto))
            .set_dtls_cert(DtlsCert {
                certificate: ground.certificate.certificate.clone(),
                private_key: ground.certificate.private_key.clone(),
            })
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_rtcp_report_interval_audio(REPORTS)
            .clear_codecs()
            .enable_opus(true, false);
        let (mut rtc, handshake) =
            watched(|| config.build(now)).ok_or_else(|| unusable("no DTLS"))?;
        let candidate =
            Candidate::host(ground.local, "udp").map_err(|error| unusable(&error.to_string()))?;
        rtc.add_local_candidate(candidate);
        let answer = rtc
            .sdp_api()
            .accept_offer(offer)
            .map_err(|error| OfferError::Unusable(error.to_string()))?;
        let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
        let connection = Self {
            rtc,
            local: ground.local,
            handshake,
            media: None,
            secured: false,
            broken: false,
            stream: None,
            resend: Resend::default(),
            ufrag,
            addresses: Vec::new(),
            send_to: None,
            latest: now,
            confirmed: now,
            moved: false,
            due: now,
        };
        Ok((connection, without_candidates(&answer.to_sdp_string())))
    }

    /// A connectivity check; `None` if it was not made with the connection's password.
    pub(super) fn check(
        &mut self,
        now: Instant,
        source: SocketAddr,
        bytes: &[u8],
        nominates: bool,
        out: &mut Outbox,
    ) -> Option<Turn> {
        let receive = Receive::new(Protocol::Udp, source, self.local, bytes).ok()?;
        let input = Input::Receive(now, receive);
        if !self.rtc.accepts(&input) {
            return None;
        }
        let mut forgotten = None;
        if !self.addresses.contains(&source) {
            if self.addresses.len() == MOST_ADDRESSES {
                forgotten = Some(self.addresses.remove(0));
            }
            self.addresses.push(source);
        }
        let was_there = self.send_to == Some(source);
        let is_gone = now.saturating_duration_since(self.confirmed) >= MOVED;
        if nominates || was_there || (is_gone && self.send_to.is_some()) {
            self.moved = !nominates && (self.moved || !was_there);
            self.send_to = Some(source);
            self.confirmed = now;
        }
        let turn = self.turn(now, input, out, &mut |_| {});
        Some(Turn { forgotten, ..turn })
    }

    /// DTLS, RTP or RTCP from an address that was proven.
    pub(super) fn media(
        &mut self,
        now: Instant,
        source: SocketAddr,
        bytes: &[u8],
        out: &mut Outbox,
        voice: &mut dyn FnMut(Voice),
    ) -> Turn {
        match Receive::new(Protocol::Udp, source, self.local, bytes) {
            Ok(receive) => self.turn(now, Input::Receive(now, receive), out, voice),
            Err(_) => Turn {
                refused: 1,
                ..Turn::default()
            },
        }
    }

    /// Looks after what is due.
    pub(super) fn tick(&mut self, now: Instant, out: &mut Outbox) -> Turn {
        self.turn(now, Input::Timeout(now), out, &mut |_| {})
    }

    /// Writes one packet to the client, if it is known where it is.
    pub(super) fn send(
        &mut self,
        now: Instant,
        timestamp: u32,
        header: [u8; DOWN_HEADER],
        sealed: &Arc<[u8]>,
        out: &mut Outbox,
    ) -> bool {
        let (Some(stream), Some(to)) = (&mut self.stream, self.send_to) else {
            return false;
        };
        let mut place = None;
        let written = out.write(to, |bytes| {
            place = stream.write(timestamp, &header, sealed, bytes);
            place.map(|_| ())
        });
        if let Some(index) = place {
            self.resend.sent(now, index, timestamp, header, sealed);
        }
        written
    }

    /// Writes packets again that the client has not got; says how many.
    fn send_again(&mut self, now: Instant, numbers: &[u16], out: &mut Outbox) -> u64 {
        let (Some(stream), Some(to)) = (&self.stream, self.send_to) else {
            return 0;
        };
        let resend = &mut self.resend;
        let written = numbers
            .iter()
            .filter(|number| out.write(to, |bytes| resend.again(now, **number, stream, bytes)));
        written.count() as u64
    }

    /// Asks the client for what is missing.
    fn ask(&mut self, now: Instant, out: &mut Outbox) {
        let (Some(stream), Some(to)) = (&mut self.stream, self.send_to) else {
            return;
        };
        if let Some((header, asks)) = self.resend.ask(now) {
            out.write(to, |bytes| {
                stream.write(0, &header, &asks, bytes).map(|_| ())
            });
        }
    }

    /// Lets the client know that it is over.
    pub(super) fn close(&mut self, out: &mut Outbox) {
        if !self.broken && self.rtc.close().is_ok() {
            self.poll(out, &mut |_| {});
        }
    }

    /// One input, and all that comes of it. Whatever a client sends: a fault of the library ends this connection alone.
    fn turn(
        &mut self,
        now: Instant,
        input: Input<'_>,
        out: &mut Outbox,
        voice: &mut dyn FnMut(Voice),
    ) -> Turn {
        self.latest = now;
        let over = Turn {
            over: true,
            ..Turn::default()
        };
        let turn = catch_unwind(AssertUnwindSafe(|| match self.rtc.handle_input(input) {
            Ok(()) => Some(self.poll(out, voice)),
            Err(error) => {
                tracing::debug!(%error, "a relayed connection failed");
                None
            }
        }));
        if let Ok(turn) = turn {
            turn.unwrap_or(over)
        } else {
            self.broken = true;
            tracing::error!("a relayed connection was ended by a fault in the relay");
            over
        }
    }

    fn poll(&mut self, out: &mut Outbox, voice: &mut dyn FnMut(Voice)) -> Turn {
        let mut turn = Turn::default();
        let (now, mut came) = (self.latest, false);
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => {
                    self.due = due;
                    break;
                }
                Ok(Output::Transmit(transmit)) => {
                    // Checks are answered to where they came from; all else goes the way that the client wants.
                    if !self.moved && !matches!(transmit.contents.first(), Some(0 | 1)) {
                        self.send_to = Some(transmit.destination);
                    }
                    out.write(transmit.destination, |bytes| {
                        bytes.extend_from_slice(&transmit.contents);
                        Some(())
                    });
                }
                Ok(Output::Event(Event::RtpPacket(packet))) => {
                    came = true;
                    self.packet(now, &packet, &mut turn, voice);
                }
                Ok(Output::Event(Event::AppSpecificFeedback(feedback))) => {
                    let numbers = read_feedback(&feedback.payload).unwrap_or_default();
                    turn.again += self.send_again(now, &numbers, out);
                }
                Ok(Output::Event(event)) => self.event(event, &mut turn),
                Err(error) => {
                    tracing::debug!(%error, "a relayed connection failed");
                    turn.over = true;
                    break;
                }
            }
        }
        if came {
            self.ask(now, out);
        }
        turn.over |= !self.rtc.is_alive();
        turn
    }

    fn packet(
        &mut self,
        now: Instant,
        packet: &RtpPacket,
        turn: &mut Turn,
        voice: &mut dyn FnMut(Voice),
    ) {
        let resent = self.resend.came(now, packet.header.sequence_number);
        match read(packet) {
            Some(packet) => voice(Voice { resent, ..packet }),
            None => turn.refused += 1,
        }
    }

    fn event(&mut self, event: Event, turn: &mut Turn) {
        match event {
            // Either comes first.
            Event::MediaAdded(added) => {
                self.media = Some(added.mid);
                self.stand(turn);
            }
            Event::Connected => {
                self.secured = true;
                self.stand(turn);
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => turn.over = true,
            _ => {}
        }
    }

    /// Media can flow, once the handshake is over and it is known what was agreed on.
    fn stand(&mut self, turn: &mut Turn) {
        if !self.secured || self.media.is_none() || self.stream.is_some() {
            return;
        }
        self.stream = self.open_stream();
        turn.connected = self.stream.is_some();
        turn.over = self.stream.is_none();
    }

    fn open_stream(&mut self) -> Option<SrtpStream> {
        let keys = self.handshake.lock().take()?.to_send()?;
        let media = self.media?;
        let payload_type = **self.rtc.media(media)?.remote_pts().first()?;
        let mut api = self.rtc.direct_api();
        let ssrc = *api.stream_tx_by_mid(media, None)?.ssrc();
        let first = u16::from_be_bytes(random::bytes());
        Some(SrtpStream::new(keys, ssrc, payload_type, first))
    }
}

/// A voice packet of the form that is relayed.
fn read(packet: &RtpPacket) -> Option<Voice> {
    let level = packet.header.ext_vals.audio_level;
    let level = level.map_or(SILENCE, i8::unsigned_abs);
    let fits = (1..=MAX_RELAYED).contains(&packet.payload.len());
    fits.then(|| Voice {
        level,
        sequence: packet.header.sequence_number,
        timestamp: packet.header.timestamp,
        marker: packet.header.marker,
        resent: false,
        sealed: Arc::clone(&packet.payload),
    })
}

/// The session description without the lines that say where its writer is.
fn without_candidates(sdp: &str) -> String {
    let kept = sdp.split_inclusive('\n').filter(|line| {
        !line.starts_with("a=candidate:") && !line.starts_with("a=end-of-candidates")
    });
    kept.collect()
}
