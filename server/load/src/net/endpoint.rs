//! The server as the clients know it: where it is, which identity, which TLS key.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::http::{Bytes, IdentityBody};
use dialtone_protocol::identity::check_identity;
use dialtone_protocol::{Hash, PublicKey};
use dialtone_tls::KeyVerifier;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls_pki_types::ServerName;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use super::Api;
use crate::error::LoadError;

const PATIENCE: Duration = Duration::from_secs(20);
const NO_TLS_KEY: &str = "its identity names no TLS key";

/// A way to the server, encrypted or not.
pub(crate) type Connection = Either<TcpStream, TlsStream<TcpStream>>;

/// A server that was met. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Endpoint {
    address: SocketAddr,
    identity: PublicKey,
    tls_key: Hash,
    /// None: as a proxy that ends TLS comes to it.
    tls: Option<Arc<ClientConfig>>,
    /// What the system may keep of what came and was not read; none: what is usual.
    receive_buffer: Option<u32>,
}

/// The near end of a connection.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn local_address(connection: &Connection) -> Result<SocketAddr, LoadError> {
    let address = match connection {
        Either::Left(plain) => plain.local_addr(),
        Either::Right(encrypted) => encrypted.get_ref().0.local_addr(),
    };
    address.map_err(|error| LoadError::system("where a connection begins", error))
}

/// Client `number`'s address in 127.0.0.0/8: the server counts tries by address, and people have one each.
pub(crate) fn client_address(number: usize) -> Ipv4Addr {
    let [.., high, low] = (number % 0xff_ffff).to_be_bytes();
    let middle = (number >> 16) as u8 & 0x3f;
    Ipv4Addr::new(127, middle + 1, high, low.max(1))
}

impl Endpoint {
    /// Connects, and checks that the server is the one with the identity key `pin`.
    ///
    /// # Errors
    /// When it cannot be reached, or is another.
    pub(crate) async fn meet(
        address: SocketAddr,
        pin: PublicKey,
        nonce: Hash,
        now_s: u64,
    ) -> Result<Self, LoadError> {
        let verifier = KeyVerifier::learning();
        let learning = Self {
            address,
            identity: pin,
            tls_key: Hash::ZERO,
            tls: Some(Arc::new(config(&verifier)?)),
            receive_buffer: None,
        };
        let mut api = Api::new(learning, client_address(0));
        let body: IdentityBody = api.get(&format!("/identity?nonce={nonce}")).await?;
        let Bytes(statement) = body.statement;
        let refused = |reason: String| LoadError::Network {
            what: "meeting the server",
            reason,
        };
        let shown = verifier.shown();
        let tls_key = shown.ok_or_else(|| refused(NO_TLS_KEY.into()))?.key;
        let statement = check_identity(&statement, &pin, &tls_key, &nonce, now_s)
            .map_err(|error| refused(error.to_string()))?;
        if statement.tls_key.is_none() {
            return Err(refused(NO_TLS_KEY.into()));
        }
        Ok(Self {
            address,
            identity: pin,
            tls_key,
            tls: Some(Arc::new(config(&KeyVerifier::pinned(tls_key))?)),
            receive_buffer: None,
        })
    }

    /// The same server, listening elsewhere since it was started again, with its TLS or without.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn moved(self, address: SocketAddr, tls: bool) -> Result<Self, LoadError> {
        let verifier = KeyVerifier::pinned(self.tls_key);
        let tls = tls.then(|| config(&verifier).map(Arc::new)).transpose()?;
        Ok(Self {
            address,
            tls,
            ..self
        })
    }

    /// The same server for who takes in no more than so many bytes before they are read.
    pub(crate) fn narrow(&self, receive_buffer: u32) -> Self {
        Self {
            receive_buffer: Some(receive_buffer),
            ..self.clone()
        }
    }

    /// The server's identity key.
    pub(crate) fn identity(&self) -> PublicKey {
        self.identity
    }

    /// The key that connections end at.
    pub(crate) fn tls_key(&self) -> Hash {
        self.tls_key
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection from a loopback address of one's own.
    ///
    /// # Errors
    /// When the connection or the handshake fails.
    pub(crate) async fn dial(&self, from: Ipv4Addr) -> Result<Connection, LoadError> {
        timeout(PATIENCE, self.try_dial(from))
            .await
            .map_err(|_| LoadError::network("connecting", "no answer in time"))?
    }

    async fn try_dial(&self, from: Ipv4Addr) -> Result<Connection, LoadError> {
        let failed = |error: std::io::Error| LoadError::network("connecting", error);
        if !self.address.ip().is_loopback() {
            return Err(LoadError::network("connecting", "only loopback is loaded"));
        }
        let socket = TcpSocket::new_v4().map_err(failed)?;
        if let Some(bytes) = self.receive_buffer {
            socket.set_recv_buffer_size(bytes).map_err(failed)?;
        }
        socket
            .bind(SocketAddr::new(IpAddr::V4(from), 0))
            .map_err(|error| LoadError::system("further loopback addresses", error))?;
        let tcp = socket.connect(self.address).await.map_err(failed)?;
        tcp.set_nodelay(true).map_err(failed)?;
        let Some(tls) = &self.tls else {
            return Ok(Either::Left(tcp));
        };
        let name = ServerName::IpAddress(self.address.ip().into());
        let connector = TlsConnector::from(Arc::clone(tls));
        let encrypted = connector.connect(name, tcp).await.map_err(failed)?;
        Ok(Either::Right(encrypted))
    }
}

/// Nothing is resumed: each client is somebody else.
fn config(verifier: &Arc<KeyVerifier>) -> Result<ClientConfig, LoadError> {
    let mut config = verifier
        .config()
        .map_err(|error| LoadError::network("setting up TLS", error))?;
    config.resumption = Resumption::disabled();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_client_has_a_loopback_address_of_its_own() {
        let addresses: BTreeSet<_> = (1..=10_000).map(client_address).collect();
        assert!(addresses.len() > 9_900, "{}", addresses.len());
        assert!(addresses.iter().all(Ipv4Addr::is_loopback));
        assert!(!addresses.contains(&Ipv4Addr::LOCALHOST));
    }
}
