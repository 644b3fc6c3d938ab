//! HTTPS requests to one server, over connections that are checked as `trust` says. All of them block; call from a blocking thread.

use std::fmt;
use std::io;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::http::{
    BODY_LIMIT, ENROLMENT_TOKEN_HEADER, ErrorBody, ErrorCode, INVITE_TOKEN_HEADER, RosterPage,
};
use dialtone_protocol::{Hash, PublicKey};
use dialtone_words::say;
use parking_lot::Mutex;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::RequestBuilder;
use ureq::typestate::{WithBody, WithoutBody};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, TcpConnector, Transport,
    TransportAdapter,
};

use super::NetError;
use super::line::{Method, Request};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the server may have one wait that it finds to ask too much.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How often the same is asked then.
const MOST_TRIES: u32 = 5;

/// One server, met. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    server: String,
    identity: PublicKey,
    tls_key: Option<Hash>,
    tls: Arc<ClientConfig>,
    connections: Arc<Mutex<Connections>>,
    session: Option<Hash>,
    enrolment: Option<Hash>,
}

/// The connections for requests: those that are idle wait here for the next one.
struct Connections {
    agent: ureq::Agent,
    /// A socket was opened beside them.
    had_socket: bool,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api({})", self.server)
    }
}

impl Api {
    /// `tls` is how every connection is checked: by `tls_key`, or (`None`: behind a proxy) in the ordinary way.
    pub(super) fn new(
        server: &str,
        identity: PublicKey,
        tls_key: Option<Hash>,
        tls: ClientConfig,
    ) -> Self {
        let tls = Arc::new(tls);
        Self {
            server: server.to_owned(),
            identity,
            tls_key,
            connections: Arc::new(Mutex::new(Connections {
                agent: agent(Arc::clone(&tls)),
                had_socket: false,
            })),
            tls,
            session: None,
            enrolment: None,
        }
    }

    fn agent(&self) -> ureq::Agent {
        self.connections.lock().agent.clone()
    }

    /// A socket is to be opened. Where there was one before, it was lost, and idle connections of that time may lead nowhere, though nobody
    /// has said so: the next request would wait for an answer that never comes.
    pub(super) fn begin_socket(&self) {
        let mut connections = self.connections.lock();
        if std::mem::replace(&mut connections.had_socket, true) {
            connections.agent = agent(Arc::clone(&self.tls));
        }
    }

    /// `host:port`
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// The server's identity key.
    pub(crate) fn identity(&self) -> PublicKey {
        self.identity
    }

    /// The key that connections end at; `None` behind a proxy.
    pub(crate) fn tls_key(&self) -> Option<Hash> {
        self.tls_key
    }

    /// The session that requests use.
    pub(crate) fn session(&self) -> Option<Hash> {
        self.session
    }

    /// The same server, by a session.
    #[must_use]
    pub(super) fn of_session(&self, session: Option<Hash>) -> Self {
        Self {
            session,
            ..self.clone()
        }
    }

    /// The same server, by what a proved password gave.
    #[must_use]
    pub(crate) fn with_enrolment(&self, token: Hash) -> Self {
        Self {
            enrolment: Some(token),
            ..self.clone()
        }
    }

    /// The same server, by what a proved password gave another connection.
    #[must_use]
    pub(crate) fn with_enrolment_of(&self, other: &Self) -> Self {
        Self {
            enrolment: other.enrolment,
            ..self.clone()
        }
    }

    pub(super) fn tls_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// A page of the roster, by the session or by an invite's token.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) fn roster(&self, from: u64, invite: Option<&Hash>) -> Result<RosterPage, NetError> {
        let mut headers = self.headers();
        if let Some(token) = invite {
            headers.push((INVITE_TOKEN_HEADER, token.to_string()));
        }
        get_json(
            &self.agent(),
            &self.server,
            &format!("/roster?from={from}"),
            &headers,
        )
    }

    /// `GET path`
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, NetError> {
        get_json(&self.agent(), &self.server, path, &self.headers())
    }

    /// `POST path` with a JSON body.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, NetError> {
        let mut request = self.agent().post(url(&self.server, path));
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        read(&self.server, request.send_json(body))
    }

    /// `POST path`, where nothing comes back but that it was taken.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) fn tell<B: Serialize>(&self, path: &str, body: &B) -> Result<(), NetError> {
        let request = self.with_headers(self.agent().post(url(&self.server, path)));
        check(&self.server, request.send_json(body)).map(|_| ())
    }

    /// The body of the answer to a session's request.
    ///
    /// # Errors
    /// [`NetError`]
    pub(super) fn ask(&self, request: &Request) -> Result<Vec<u8>, NetError> {
        let url = url(&self.server, &request.path);
        let answer = patiently(|| {
            let with_body = match request.method {
                Method::Get => return self.with_headers(self.agent().get(&url)).call(),
                Method::Delete => return self.with_headers(self.agent().delete(&url)).call(),
                Method::Post => self.agent().post(&url),
                Method::Put => self.agent().put(&url),
            };
            let with_body = self.with_headers(with_body.header("Content-Type", "application/json"));
            with_body.send(request.body.as_slice())
        });
        match request.method {
            Method::Put | Method::Delete => check(&self.server, answer).map(|_| Vec::new()),
            Method::Get | Method::Post => read_bytes(&self.server, answer),
        }
    }

    /// `PUT path`, as the session.
    pub(super) fn put(&self, path: &str) -> RequestBuilder<WithBody> {
        self.with_headers(self.agent().put(url(&self.server, path)))
    }

    /// `GET path`, as the session.
    pub(super) fn get_request(&self, path: &str) -> RequestBuilder<WithoutBody> {
        self.with_headers(self.agent().get(url(&self.server, path)))
    }

    fn with_headers<B>(&self, mut request: RequestBuilder<B>) -> RequestBuilder<B> {
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        request
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let session = self.session.iter();
        let session = session.map(|token| ("Authorization", format!("Bearer {token}")));
        let enrolment = self.enrolment.iter();
        let enrolment = enrolment.map(|token| (ENROLMENT_TOKEN_HEADER, token.to_string()));
        session.chain(enrolment).collect()
    }
}

pub(super) fn malformed(reason: impl Into<String>) -> NetError {
    NetError::Malformed(reason.into())
}

pub(super) fn agent(tls: Arc<ClientConfig>) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(REQUEST_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(2)
        .user_agent(concat!("dialtone/", env!("CARGO_PKG_VERSION")))
        .proxy(None)
        .build();
    let connector = TcpConnector::default().chain(CheckedTls { config: tls });
    ureq::Agent::with_parts(config, connector, DefaultResolver::default())
}

fn url(server: &str, path: &str) -> String {
    format!("https://{server}{path}")
}

pub(super) fn get_json<T: DeserializeOwned>(
    agent: &ureq::Agent,
    server: &str,
    path: &str,
    headers: &[(&'static str, String)],
) -> Result<T, NetError> {
    let answer = patiently(|| {
        let mut request = agent.get(url(server, path));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        request.call()
    });
    read(server, answer)
}

/// Asks again where the server says that it was too much, after as long as it says: nobody is told of it unless it says so again and again.
fn patiently(ask: impl Fn() -> Answer) -> Answer {
    let mut tries = 0;
    loop {
        let answer = ask();
        tries += 1;
        let Some(wait) = answer.as_ref().ok().and_then(asked_to_wait) else {
            return answer;
        };
        if tries == MOST_TRIES {
            return answer;
        }
        tracing::debug!("the server is asked too much: waiting");
        std::thread::sleep(wait);
    }
}

/// How long, where that is bearable.
fn asked_to_wait<B>(answer: &ureq::http::Response<B>) -> Option<Duration> {
    if answer.status() != ureq::http::StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let said = answer.headers().get("retry-after")?.to_str().ok()?;
    let wait = Duration::from_secs(said.parse().ok()?);
    (wait <= LONGEST_WAIT).then_some(wait)
}

pub(super) type Answer = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read<T: DeserializeOwned>(server: &str, answer: Answer) -> Result<T, NetError> {
    let mut response = check(server, answer)?;
    let limited = response.body_mut().with_config().limit(BODY_LIMIT as u64);
    limited.read_json().map_err(|error| failure(server, &error))
}

fn read_bytes(server: &str, answer: Answer) -> Result<Vec<u8>, NetError> {
    let mut response = check(server, answer)?;
    let limited = response.body_mut().with_config().limit(BODY_LIMIT as u64);
    limited
        .read_to_vec()
        .map_err(|error| failure(server, &error))
}

pub(super) fn check(
    server: &str,
    answer: Answer,
) -> Result<ureq::http::Response<ureq::Body>, NetError> {
    let mut response = answer.map_err(|error| failure(server, &error))?;
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let body: Result<ErrorBody, _> = response
        .body_mut()
        .with_config()
        .limit(64 * 1024)
        .read_json();
    // Not in the server's own words: a proxy that stands before it, for one.
    let code = if status == ureq::http::StatusCode::PAYLOAD_TOO_LARGE {
        ErrorCode::TooLarge
    } else {
        ErrorCode::Internal
    };
    Err(NetError::Refused(body.unwrap_or_else(|_| ErrorBody {
        code,
        message: say!("engine-server-answered", status = status.to_string()),
        position: None,
        epoch: None,
    })))
}

pub(super) fn failure(server: &str, error: &ureq::Error) -> NetError {
    match error {
        ureq::Error::Timeout(_) => NetError::Timeout,
        ureq::Error::Json(error) => malformed(error.to_string()),
        ureq::Error::BodyExceedsLimit(limit) => {
            malformed(say!("engine-more-bytes", limit = *limit))
        }
        ureq::Error::Io(error) if broke_off(error) => NetError::Closed,
        other => NetError::Unreachable {
            server: server.to_owned(),
            reason: other.to_string(),
        },
    }
}

/// Whether a connection that was there is not there any more, which is no matter of the address.
fn broke_off(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
    )
}

/// Wraps every connection in TLS with the check of its configuration.
#[derive(Debug)]
struct CheckedTls {
    config: Arc<ClientConfig>,
}

impl<In: Transport> Connector<In> for CheckedTls {
    type Out = CheckedTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<CheckedTransport>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        let host = details
            .uri
            .host()
            .unwrap_or_default()
            .trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| ureq::Error::Tls(say!("engine-no-host-name")))?;
        let tls_error = |error: rustls::Error| ureq::Error::Io(std::io::Error::other(error));
        let mut conn = ClientConnection::new(Arc::clone(&self.config), name).map_err(tls_error)?;
        let mut sock = TransportAdapter::new(transport.boxed(), details.current_time.clone());
        sock.set_timeout(details.timeout);
        conn.complete_io(&mut sock)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(Some(CheckedTransport {
            buffers,
            stream: StreamOwned { conn, sock },
        }))
    }
}

/// A connection wrapped in TLS.
struct CheckedTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for CheckedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedTransport")
    }
}

impl Transport for CheckedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        self.stream.write_all(output)?;
        self.stream.flush()?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let input = self.buffers.input_append_buf();
        let amount = self.stream.read(input)?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
