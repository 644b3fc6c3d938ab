//! Requests with JSON bodies, one after another on one connection, which is made anew when the server has closed it.

use std::net::Ipv4Addr;
use std::time::Duration;

use dialtone_protocol::Hash;
use dialtone_protocol::http::{BODY_LIMIT, ErrorBody, ErrorCode, INVITE_TOKEN_HEADER};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::Endpoint;
use crate::error::LoadError;

const PATIENCE: Duration = Duration::from_secs(40);

/// One client's way to ask.
pub(crate) struct Api {
    endpoint: Endpoint,
    from: Ipv4Addr,
    session: Option<Hash>,
    invite: Option<Hash>,
    connection: Option<Connection>,
}

struct Connection {
    requests: SendRequest<Full<Bytes>>,
    _driver: AbortOnDropHandle<()>,
}

impl Api {
    pub(crate) fn new(endpoint: Endpoint, from: Ipv4Addr) -> Self {
        Self {
            endpoint,
            from,
            session: None,
            invite: None,
            connection: None,
        }
    }

    /// The server.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// From here on with a session.
    pub(crate) fn sign_in(&mut self, token: Hash) {
        self.session = Some(token);
    }

    /// From here on as the holder of an invite.
    pub(crate) fn invited(&mut self, token: Hash) {
        self.invite = Some(token);
    }

    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, LoadError> {
        let body = self.ask(Method::GET, path, Vec::new()).await?;
        read(path, &body)
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &mut self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, LoadError> {
        let body = self.ask(Method::POST, path, write(body)?).await?;
        read(path, &body)
    }

    /// The answer's body is not read.
    pub(crate) async fn put(&mut self, path: &str, body: &impl Serialize) -> Result<(), LoadError> {
        self.ask(Method::PUT, path, write(body)?).await.map(|_| ())
    }

    /// Bytes as they are.
    pub(crate) async fn put_bytes(&mut self, path: &str, body: Vec<u8>) -> Result<(), LoadError> {
        self.ask(Method::PUT, path, body).await.map(|_| ())
    }

    /// Bytes as they are.
    pub(crate) async fn get_bytes(&mut self, path: &str) -> Result<Bytes, LoadError> {
        self.ask(Method::GET, path, Vec::new()).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Result<(), LoadError> {
        self.ask(Method::DELETE, path, Vec::new()).await.map(|_| ())
    }

    async fn ask(&mut self, method: Method, path: &str, body: Vec<u8>) -> Result<Bytes, LoadError> {
        timeout(PATIENCE, self.try_ask(method, path, body))
            .await
            .map_err(|_| LoadError::network("a request", format!("no answer in time ({path})")))?
    }

    async fn try_ask(
        &mut self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Bytes, LoadError> {
        let failed = |error: hyper::Error| LoadError::network("a request", error);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.endpoint.address().to_string())
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = self.session {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(token) = self.invite {
            request = request.header(INVITE_TOKEN_HEADER, token.to_string());
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(LoadError::client)?;
        let answer = self.requests().await?.send_request(request).await;
        let answer = answer.map_err(failed)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), BODY_LIMIT)
            .collect()
            .await
            .map_err(|error| LoadError::network("reading an answer", error))?
            .to_bytes();
        if status.is_success() {
            return Ok(body);
        }
        let reason = match serde_json::from_slice::<ErrorBody>(&body) {
            Ok(body) if body.code == ErrorCode::RosterMoved => return Err(LoadError::Moved),
            Ok(body) => format!("{} ({:?})", body.message, body.code),
            Err(_) => status.to_string(),
        };
        Err(LoadError::Refused {
            what: path.to_owned(),
            reason,
        })
    }

    async fn requests(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, LoadError> {
        let open = match &mut self.connection {
            Some(connection) => connection.requests.ready().await.is_ok(),
            None => false,
        };
        if !open {
            self.connection = None;
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.open().await?,
        };
        Ok(&mut self.connection.insert(connection).requests)
    }

    async fn open(&self) -> Result<Connection, LoadError> {
        let stream = self.endpoint.dial(self.from).await?;
        let (requests, driver) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| LoadError::network("a request", error))?;
        let driver = tokio::spawn(async move {
            // How it ends shows at the next request.
            let _: Result<(), hyper::Error> = driver.await;
        });
        Ok(Connection {
            requests,
            _driver: AbortOnDropHandle::new(driver),
        })
    }
}

fn write(body: &impl Serialize) -> Result<Vec<u8>, LoadError> {
    serde_json::to_vec(body).map_err(LoadError::client)
}

fn read<T: DeserializeOwned>(path: &str, body: &[u8]) -> Result<T, LoadError> {
    serde_json::from_slice(body).map_err(|error| LoadError::Network {
        what: "reading an answer",
        reason: format!("{error} ({path})"),
    })
}
