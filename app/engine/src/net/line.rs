//! A session's way to its server: requests, and the socket.
//!
//! ```text
//! Session -> Line -> Endpoint: Api (HTTPS, WebSocket over TLS); tests put another network in its place
//! ```

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use dialtone_protocol::http::RosterPage;
use dialtone_protocol::{BlobId, CallId, Hash, PublicKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::spawn_blocking;

use super::api::malformed;
use super::{Api, NetError, Socket, Transfer, TransferError, trust, tunnel};
use crate::voice::transport::TunnelEnds;

/// Where servers are found.
#[async_trait]
pub(crate) trait Network: Send + Sync {
    /// Meets the server at `address` (`host:port`), whose identity key is `pin`.
    async fn meet(
        &self,
        address: &str,
        pin: PublicKey,
        nonce: Hash,
        now_s: u64,
    ) -> Result<Arc<dyn Endpoint>, NetError>;

    /// Waits until something at `address` takes connections; does not wait where nobody can tell.
    async fn reach(&self, _address: &str) {}
}

/// A server that was met.
#[async_trait]
pub(crate) trait Endpoint: Send + Sync {
    /// The key that connections end at; `None` behind a proxy.
    fn tls_key(&self) -> Option<Hash>;

    /// The body of the answer to a request; empty where it is not read.
    async fn ask(&self, session: Option<Hash>, request: Request) -> Result<Vec<u8>, NetError>;

    /// Connects the socket.
    async fn socket(&self, session: Option<Hash>) -> Result<Socket, NetError>;

    /// Gives the server a sealed file, or fetches one.
    async fn carry(
        &self,
        session: Option<Hash>,
        shipment: Shipment,
        transfer: Transfer,
    ) -> Result<(), TransferError>;

    /// The machine's addresses; none where it cannot be reached by UDP.
    async fn addresses(&self) -> Vec<IpAddr> {
        Vec::new()
    }

    /// Opens a connection to the relay for a call.
    async fn tunnel(&self, _: Option<Hash>, _: CallId) -> Result<TunnelEnds, NetError> {
        Err(NetError::Closed)
    }
}

/// A sealed file that goes or comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shipment {
    /// To the server.
    Out {
        /// Its id there.
        blob: BlobId,
        /// Where it is here.
        path: PathBuf,
        /// For how many seconds its message stays; none: for good.
        keep_s: Option<u32>,
    },
    /// From the server; what is there of it already stays.
    In {
        /// Its id there.
        blob: BlobId,
        /// Where it goes.
        path: PathBuf,
        /// How long it is.
        length: u64,
    },
}

/// What is asked.
pub(crate) struct Request {
    pub(crate) method: Method,
    /// From `/` on.
    pub(crate) path: String,
    /// JSON; nothing for [`Method::Get`] and [`Method::Delete`].
    pub(crate) body: Vec<u8>,
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    /// The answer's body is not read.
    Put,
    /// Neither is its body, and it has none.
    Delete,
}

/// A server, and the session that was opened there. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Line {
    endpoint: Arc<dyn Endpoint>,
    session: Option<Hash>,
}

impl Line {
    /// Without a session.
    pub(crate) fn new(endpoint: Arc<dyn Endpoint>) -> Self {
        Self {
            endpoint,
            session: None,
        }
    }

    /// The same server, with a session.
    #[must_use]
    pub(crate) fn with_session(self, token: Hash) -> Self {
        Self {
            session: Some(token),
            ..self
        }
    }

    /// The key that connections end at; `None` behind a proxy.
    pub(crate) fn tls_key(&self) -> Option<Hash> {
        self.endpoint.tls_key()
    }

    /// `GET path`
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, NetError> {
        read(&self.ask(Method::Get, path, Vec::new()).await?)
    }

    /// `POST path` with a JSON body.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn post<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, NetError> {
        read(&self.ask(Method::Post, path, write(body)?).await?)
    }

    /// `PUT path` with a JSON body.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn put<B: Serialize + Sync>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<(), NetError> {
        self.ask(Method::Put, path, write(body)?).await.map(|_| ())
    }

    /// `DELETE path`
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn delete(&self, path: &str) -> Result<(), NetError> {
        self.ask(Method::Delete, path, Vec::new()).await.map(|_| ())
    }

    /// A page of the roster.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn roster(&self, from: u64) -> Result<RosterPage, NetError> {
        self.get(&format!("/roster?from={from}")).await
    }

    /// Connects the socket.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn socket(&self) -> Result<Socket, NetError> {
        self.endpoint.socket(self.session).await
    }

    /// Gives the server a sealed file, or fetches one.
    ///
    /// # Errors
    /// [`TransferError`]
    pub(crate) async fn carry(
        &self,
        shipment: Shipment,
        transfer: Transfer,
    ) -> Result<(), TransferError> {
        self.endpoint.carry(self.session, shipment, transfer).await
    }

    /// The server machine's addresses.
    pub(crate) async fn addresses(&self) -> Vec<IpAddr> {
        self.endpoint.addresses().await
    }

    /// Opens a connection to the relay for a call, through TLS.
    ///
    /// # Errors
    /// [`NetError`]
    pub(crate) async fn tunnel(&self, call: CallId) -> Result<TunnelEnds, NetError> {
        self.endpoint.tunnel(self.session, call).await
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Vec<u8>, NetError> {
        let path = path.to_owned();
        let request = Request { method, path, body };
        self.endpoint.ask(self.session, request).await
    }
}

fn write<B: Serialize>(body: &B) -> Result<Vec<u8>, NetError> {
    serde_json::to_vec(body).map_err(|error| malformed(error.to_string()))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, NetError> {
    serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))
}

/// Servers at their addresses, over TLS that their identities vouch for.
pub(crate) struct Internet;

#[async_trait]
impl Network for Internet {
    async fn meet(
        &self,
        address: &str,
        pin: PublicKey,
        nonce: Hash,
        now_s: u64,
    ) -> Result<Arc<dyn Endpoint>, NetError> {
        let address = address.to_owned();
        let met = spawn_blocking(move || trust::meet(&address, &pin, nonce, now_s));
        let api = met.await.map_err(|_| NetError::Closed)??;
        Ok(Arc::new(api))
    }

    async fn reach(&self, address: &str) {
        super::probe::reach(address).await;
    }
}

#[async_trait]
impl Endpoint for Api {
    fn tls_key(&self) -> Option<Hash> {
        Api::tls_key(self)
    }

    async fn ask(&self, session: Option<Hash>, request: Request) -> Result<Vec<u8>, NetError> {
        let api = self.of_session(session);
        let asked = spawn_blocking(move || api.ask(&request));
        asked.await.map_err(|_| NetError::Closed)?
    }

    async fn socket(&self, session: Option<Hash>) -> Result<Socket, NetError> {
        self.begin_socket();
        Socket::connect(&self.of_session(session)).await
    }

    async fn carry(
        &self,
        session: Option<Hash>,
        shipment: Shipment,
        transfer: Transfer,
    ) -> Result<(), TransferError> {
        let api = self.of_session(session);
        let carried = spawn_blocking(move || match &shipment {
            Shipment::Out { blob, path, keep_s } => api.store_blob(blob, path, *keep_s, &transfer),
            Shipment::In { blob, path, length } => api.fetch_blob(blob, path, *length, &transfer),
        });
        carried.await.map_err(|_| NetError::Closed)?
    }
    async fn addresses(&self) -> Vec<IpAddr> {
        match tokio::net::lookup_host(self.server()).await {
            Ok(found) => found.map(|address| address.ip()).collect(),
            Err(error) => {
                tracing::debug!(%error, "the server's addresses are not known");
                Vec::new()
            }
        }
    }

    async fn tunnel(&self, session: Option<Hash>, call: CallId) -> Result<TunnelEnds, NetError> {
        tunnel::open(&self.of_session(session), call).await
    }
}
