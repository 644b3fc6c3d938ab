//! One allocation at a TURN server, outside of any call: says why it does not relay where the engine only gives up.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use dialtone_protocol::turn::{FrameReader, IceTransport, MAX_TURN_DATAGRAM, put_frame};
use rtc::sansio::Protocol as _;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use rtc::stun::error_code::ErrorCodeAttribute;
use rtc::stun::message::{Getter as _, Message};
use rtc::turn::client::{Client, ClientConfig, Event};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::time::{sleep_until, timeout_at};

use super::connect::{Stream, StreamServer};
use super::error::TurnError;

/// How long one trial may take, after the connection stands.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest words of a server's that are shown, in characters.
const LONGEST_REASON: usize = 64;

/// Who one is for a TURN server.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Login<'a> {
    pub(in super::super) user: &'a str,
    pub(in super::super) password: &'a str,
}

/// A TURN server relays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnAllocation {
    /// Where it would relay.
    pub relayed: SocketAddr,
    /// How long that took, connecting included.
    pub took: Duration,
}

/// What came of trying one TURN server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnTrial {
    /// Its address.
    pub server: String,
    /// Whether it relays, or why not.
    pub outcome: Result<TurnAllocation, TurnError>,
}

/// Allocates at one server, and gives back.
///
/// # Errors
/// [`TurnError`]
pub(in super::super) async fn allocate(
    server: &StreamServer,
    login: Login<'_>,
) -> Result<TurnAllocation, TurnError> {
    let began = Instant::now();
    let mut last = TurnError::NotFound {
        server: server.url.to_string(),
    };
    let mut ways = Vec::new();
    if server.url.transport == IceTransport::Udp {
        // One of them answers; the other family may lead nowhere.
        ways.extend(server.addresses.iter().map(|address| Some(*address)));
    } else {
        ways.push(None);
    }
    for address in ways {
        let trial = async {
            let pipe = Pipe::open(server, address).await?;
            Trial::new(server, login, pipe)?.run().await
        };
        match trial.await {
            Ok(relayed) => {
                let took = began.elapsed();
                return Ok(TurnAllocation { relayed, took });
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Datagrams to one server and back.
enum Pipe {
    Udp(UdpSocket),
    Stream(Box<dyn Stream>, FrameReader, Vec<Vec<u8>>),
}

impl Pipe {
    async fn open(server: &StreamServer, address: Option<SocketAddr>) -> Result<Self, TurnError> {
        let Some(address) = address else {
            let stream = server.connect().await?;
            return Ok(Self::Stream(stream, FrameReader::new(), Vec::new()));
        };
        let any = if address.is_ipv4() {
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
        } else {
            SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))
        };
        let open = async {
            let socket = UdpSocket::bind(any).await?;
            socket.connect(address).await?;
            Ok(Self::Udp(socket))
        };
        open.await.map_err(|error| unreachable(server, &error))
    }

    async fn send(&mut self, datagram: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Udp(socket) => socket.send(datagram).await.map(drop),
            Self::Stream(stream, ..) => {
                let mut bytes = Vec::new();
                put_frame(datagram, &mut bytes).map_err(std::io::Error::other)?;
                stream.write_all(&bytes).await?;
                stream.flush().await
            }
        }
    }

    /// The next datagram; `None`: what comes is no TURN. Cancel-safe.
    async fn receive(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = [0; MAX_TURN_DATAGRAM];
        match self {
            Self::Udp(socket) => {
                let count = socket.recv(&mut bytes).await?;
                Ok(Some(bytes[..count].to_vec()))
            }
            Self::Stream(stream, reader, whole) => loop {
                if !whole.is_empty() {
                    return Ok(Some(whole.remove(0)));
                }
                let count = stream.read(&mut bytes).await?;
                if count == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                let each = |datagram: &[u8]| whole.push(datagram.to_vec());
                if reader.push(&bytes[..count], each).is_err() {
                    return Ok(None);
                }
            },
        }
    }
}

fn unreachable(server: &StreamServer, error: &std::io::Error) -> TurnError {
    TurnError::Unreachable {
        server: server.url.to_string(),
        reason: error.to_string(),
    }
}

struct Trial<'a> {
    server: &'a StreamServer,
    pipe: Pipe,
    client: Client,
    /// The engine's client knows the server by this; where packets go the pipe knows.
    address: SocketAddr,
    /// What the server last refused by.
    refusal: Option<(u16, String)>,
}

impl<'a> Trial<'a> {
    fn new(server: &'a StreamServer, login: Login<'_>, pipe: Pipe) -> Result<Self, TurnError> {
        let address = SocketAddr::from(([192, 0, 2, 1], server.url.port));
        let config = ClientConfig {
            turn_serv_addr: address.to_string(),
            username: login.user.to_owned(),
            password: login.password.to_owned(),
            ..ClientConfig::default()
        };
        let failed = |reason: String| TurnError::Unreachable {
            server: server.url.to_string(),
            reason,
        };
        let provider =
            rtc::crypto::default_provider().map_err(|error| failed(error.to_string()))?;
        let mut client =
            Client::new(config, provider).map_err(|error| failed(error.to_string()))?;
        client
            .allocate(Instant::now())
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            server,
            pipe,
            client,
            address,
            refusal: None,
        })
    }

    async fn run(mut self) -> Result<SocketAddr, TurnError> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let server = self.server.url.to_string();
        let answered = timeout_at(deadline, self.until_answered()).await;
        answered.unwrap_or(Err(TurnError::NoAnswer { server }))
    }

    async fn until_answered(&mut self) -> Result<SocketAddr, TurnError> {
        loop {
            self.send_all().await?;
            while let Some(event) = self.client.poll_event() {
                match event {
                    Event::AllocateResponse(_, relayed) => {
                        self.give_back(relayed).await;
                        return Ok(relayed);
                    }
                    Event::AllocateError(..) => return Err(self.refused()),
                    Event::TransactionTimeout(_) => {
                        let server = self.server.url.to_string();
                        return Err(TurnError::NoAnswer { server });
                    }
                    _ => {}
                }
            }
            let wake = self.client.poll_timeout();
            let wake = wake.unwrap_or_else(|| Instant::now() + PATIENCE);
            tokio::select! {
                received = self.pipe.receive() => self.take(received)?,
                () = sleep_until(wake.into()) => {
                    // Only its own timers; what they bring shows above.
                    let _ = self.client.handle_timeout(Instant::now());
                }
            }
        }
    }

    async fn send_all(&mut self) -> Result<(), TurnError> {
        while let Some(datagram) = self.client.poll_write() {
            let sent = self.pipe.send(&datagram.message).await;
            sent.map_err(|error| unreachable(self.server, &error))?;
        }
        Ok(())
    }

    fn take(&mut self, received: std::io::Result<Option<Vec<u8>>>) -> Result<(), TurnError> {
        let not_turn = || TurnError::NotTurn {
            server: self.server.url.to_string(),
        };
        let received = received.map_err(|error| unreachable(self.server, &error))?;
        let datagram = received.ok_or_else(not_turn)?;
        if let Some(refusal) = refusal(&datagram) {
            self.refusal = Some(refusal);
        }
        let read = self.client.handle_read(TaggedBytesMut {
            now: Instant::now(),
            transport: TransportContext {
                local_addr: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
                peer_addr: self.address,
                ecn: None,
                transport_protocol: TransportProtocol::UDP,
            },
            message: BytesMut::from(&datagram[..]),
        });
        read.map_err(|_| not_turn())
    }

    /// What the server answered in the end.
    fn refused(&self) -> TurnError {
        let server = self.server.url.to_string();
        match &self.refusal {
            // Unauthorized, Wrong Credentials
            Some((401 | 441, _)) => TurnError::Credentials { server },
            Some((code, reason)) => TurnError::Refused {
                server,
                code: *code,
                reason: reason.clone(),
            },
            None => TurnError::NotTurn { server },
        }
    }

    /// Lets the server have its port back. Where that does not reach it, it does so by itself.
    async fn give_back(&mut self, relayed: SocketAddr) {
        if let Ok(mut relay) = self.client.relay(relayed) {
            let _ = relay.close(Instant::now());
        }
        let _ = self.send_all().await;
    }
}

/// The code and the words of an error response.
fn refusal(datagram: &[u8]) -> Option<(u16, String)> {
    let mut message = Message::new();
    message.raw = datagram.to_vec();
    message.decode().ok()?;
    let mut error = ErrorCodeAttribute::default();
    error.get_from(&message).ok()?;
    // A stranger's words: no more of them than a line can show.
    let words = String::from_utf8_lossy(&error.reason);
    let printable = words.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    Some((error.code.0, printable.take(LONGEST_REASON).collect()))
}
