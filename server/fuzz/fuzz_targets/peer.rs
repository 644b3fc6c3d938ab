#![no_main]
//! A client's way to the relay over UDP, on which packets are lost, changed and made up: nothing is answered to whoever has proven nothing,
//! and what is taken for the client's voice was sent by it.
use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Once};
use std::time::{Duration, Instant};

use dialtone_protocol::datagram::{Datagram, classify};
use dialtone_protocol::relay::{DOWN_HEADER, MAX_RELAYED, SILENCE};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Input, Output, Rtc, RtcConfig};

#[path = "../../src/relay/connection.rs"]
mod connection;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/relay/crypto.rs"]
mod crypto;
#[path = "../../../crypto/fuzz/fuzz_targets/edits.rs"]
mod edits;
mod faults;
#[path = "../../src/relay/outbox.rs"]
mod outbox;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/random.rs"]
mod random;
#[path = "../../src/relay/resend.rs"]
mod resend;
#[expect(dead_code, reason = "the server uses the rest")]
#[path = "../../src/relay/srtp.rs"]
mod srtp;

use connection::{Connection, Ground};
use edits::Edits;
use outbox::Outbox;

const OPUS: u8 = 111;
const MOST_STEPS: usize = 40;
const RELAY: ([u8; 4], u16) = ([192, 0, 2, 1], 7440);
const CLIENT: ([u8; 4], u16) = ([192, 0, 2, 10], 5000);
/// The longest datagram that goes out.
const LONGEST: usize = 2_000;

#[derive(Debug, Arbitrary)]
enum Step {
    /// What waits on the way to the relay comes there, the first of it changed.
    There(Option<Edits>),
    /// What waits on the way back comes.
    Back,
    /// What waits on either way is lost.
    Lost,
    /// There and back for so many times, 10 ms each.
    Run(u8),
    /// Somebody at another address, or at the client's.
    Raw(bool, Vec<u8>),
    /// The last datagram once more, from another address.
    Again(u8, Option<Edits>),
    Time(u16),
    Voice {
        level: i8,
        marker: bool,
        sealed: Vec<u8>,
    },
    /// Another one's voice, to the client.
    Forward(Vec<u8>),
    Close,
}

static BEGIN: Once = Once::new();
static GROUND: LazyLock<Ground> = LazyLock::new(|| {
    let provider = crypto::provider();
    let certificate = provider.dtls_provider.generate_certificate();
    Ground {
        certificate: certificate.expect("a certificate"),
        crypto: Arc::new(provider),
        local: SocketAddr::from(RELAY),
    }
});

struct Way {
    now: Instant,
    rtc: Rtc,
    media: Mid,
    connection: Connection,
    to_relay: VecDeque<Vec<u8>>,
    to_client: VecDeque<Vec<u8>>,
    last: Vec<u8>,
    sent: BTreeSet<Vec<u8>>,
    /// Where checks with the connection's password came from.
    proven: BTreeSet<SocketAddr>,
    sequence: u64,
    over: bool,
    connected: bool,
}

fuzz_target!(|steps: Vec<Step>| {
    BEGIN.call_once(|| faults::expect_in(&["/str0m", "/dimpl"]));
    let mut way = Way::new();
    for step in steps.into_iter().take(MOST_STEPS) {
        way.step(step);
        if way.over {
            return;
        }
    }
});

impl Way {
    fn new() -> Self {
        let now = Instant::now();
        let config = RtcConfig::new()
            .set_crypto_provider(Arc::new(crypto::provider()))
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false);
        let mut rtc = config.build(now);
        let host = |at| Candidate::host(SocketAddr::from(at), "udp").expect("a candidate");
        rtc.add_local_candidate(host(CLIENT));
        let mut api = rtc.sdp_api();
        let media = api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = api.apply().expect("an offer");
        let answered = Connection::answer(&GROUND, now, &offer.to_sdp_string());
        let (connection, answer) = answered.expect("it is a client's");
        let answer = SdpAnswer::from_sdp_string(&answer).expect("an answer");
        rtc.sdp_api()
            .accept_answer(pending, answer)
            .expect("an answer to it");
        rtc.add_remote_candidate(host(RELAY));
        Self {
            now,
            rtc,
            media,
            connection,
            to_relay: VecDeque::new(),
            to_client: VecDeque::new(),
            last: Vec::new(),
            sent: BTreeSet::new(),
            proven: BTreeSet::new(),
            sequence: 0,
            over: false,
            connected: false,
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::There(edits) => self.there(edits),
            Step::Back => self.back(),
            Step::Lost => {
                self.to_relay.clear();
                self.to_client.clear();
            }
            Step::Run(times) => {
                for _ in 0..times % 64 {
                    self.there(None);
                    self.back();
                    self.pass(Duration::from_millis(10));
                }
            }
            Step::Raw(foreign, bytes) => {
                let port = if foreign { 6000 } else { CLIENT.1 };
                self.come(SocketAddr::from((CLIENT.0, port)), &bytes);
            }
            Step::Again(port, edits) => {
                let bytes = edits.map_or_else(|| self.last.clone(), |edits| edits.of(&self.last));
                self.come(SocketAddr::from((CLIENT.0, 6000 + u16::from(port))), &bytes);
            }
            Step::Time(ms) => self.pass(Duration::from_millis(ms.into())),
            Step::Voice {
                level,
                marker,
                sealed,
            } => self.speak(level, marker, sealed),
            Step::Forward(mut sealed) => {
                sealed.truncate(MAX_RELAYED);
                let (header, mut out) = ([7; DOWN_HEADER], Outbox::default());
                let sealed = Arc::from(sealed);
                let written = self
                    .connection
                    .send(self.now, 960, header, &sealed, &mut out);
                assert!(!written || self.connected, "nobody has proven who they are");
                self.gather(&out);
            }
            Step::Close => {
                let mut out = Outbox::default();
                self.connection.close(&mut out);
                self.gather(&out);
                self.over = true;
            }
        }
    }

    /// Both look after what is due.
    fn pass(&mut self, time: Duration) {
        self.now += time;
        let _ = self.rtc.handle_input(Input::Timeout(self.now));
        self.poll();
        let mut out = Outbox::default();
        let turn = self.connection.tick(self.now, &mut out);
        self.over |= turn.over;
        self.connected |= turn.connected;
        self.gather(&out);
    }

    fn there(&mut self, mut edits: Option<Edits>) {
        self.poll();
        while let Some(bytes) = self.to_relay.pop_front() {
            let bytes = edits.take().map_or(bytes.clone(), |edits| edits.of(&bytes));
            self.come(SocketAddr::from(CLIENT), &bytes);
            self.last = bytes;
        }
    }

    fn back(&mut self) {
        while let Some(bytes) = self.to_client.pop_front() {
            let (from, to) = (SocketAddr::from(RELAY), SocketAddr::from(CLIENT));
            if let Ok(receive) = Receive::new(Protocol::Udp, from, to, &bytes) {
                let _ = self.rtc.handle_input(Input::Receive(self.now, receive));
            }
            self.poll();
        }
    }

    fn poll(&mut self) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(transmit)) => {
                    self.to_relay.push_back(transmit.contents.to_vec())
                }
                Ok(Output::Event(_)) => {}
                Ok(Output::Timeout(_)) | Err(_) => return,
            }
        }
    }

    /// As the relay's engine does it.
    fn come(&mut self, source: SocketAddr, bytes: &[u8]) {
        let (now, mut out) = (self.now, Outbox::default());
        let turn = match classify(bytes) {
            Datagram::Check { ufrag, nominates } if ufrag == self.connection.ufrag => {
                let checked = self
                    .connection
                    .check(now, source, bytes, nominates, &mut out);
                assert!(checked.is_some() || out.len() == 0);
                checked
            }
            Datagram::Media if self.connection.addresses.contains(&source) => {
                let sent = &self.sent;
                let mut voice = |voice: connection::Voice| {
                    assert!(sent.contains(&*voice.sealed), "somebody else's voice");
                    assert!(voice.level <= SILENCE);
                };
                Some(
                    self.connection
                        .media(now, source, bytes, &mut out, &mut voice),
                )
            }
            _ => None,
        };
        assert!(self.connection.addresses.len() <= 16);
        self.proven.extend(&self.connection.addresses);
        if let Some(turn) = turn {
            self.over |= turn.over;
            self.connected |= turn.connected;
        }
        self.gather(&out);
    }

    fn gather(&mut self, out: &Outbox) {
        for (to, bytes) in out.datagrams() {
            assert!(self.proven.contains(&to), "{to} has proven nothing");
            assert!(bytes.len() <= LONGEST);
            if to == SocketAddr::from(CLIENT) {
                self.to_client.push_back(bytes.to_vec());
            }
        }
    }

    fn speak(&mut self, level: i8, marker: bool, mut sealed: Vec<u8>) {
        sealed.truncate(MAX_RELAYED);
        self.sequence += 1;
        let timestamp = self.sequence as u32 * 960;
        let number = self.sequence.into();
        let write = RtpWrite::new(OPUS.into(), number, timestamp, self.now, sealed.as_slice());
        let levels = ExtensionValues {
            audio_level: Some(-(level.max(0))),
            voice_activity: Some(true),
            ..ExtensionValues::default()
        };
        let write = write.marker(marker).ext_vals(levels).nackable(false);
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(self.media, None) else {
            return;
        };
        stream.write_rtp(write);
        self.sent.insert(sealed);
        let _ = self.rtc.handle_input(Input::Timeout(self.now));
        self.poll();
    }
}
