//! A connection to a TURN server over TCP or TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::turn::{IceTransport, IceUrl};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::error::TurnError;
use super::trust::Trust;
use crate::net::certificate_words;

/// How long connecting may take, with all addresses and TLS.
const CONNECT: Duration = Duration::from_secs(6);

/// Bytes both ways.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A TURN server over a stream.
#[derive(Debug, Clone)]
pub(in super::super) struct StreamServer {
    /// Its address as it was given.
    pub(in super::super) url: IceUrl,
    /// Where its name leads.
    pub(in super::super) addresses: Vec<SocketAddr>,
    /// How its certificate is checked.
    pub(in super::super) trust: Arc<Trust>,
}

impl StreamServer {
    /// Connects to the first address that answers, by TLS if that is wanted.
    ///
    /// # Errors
    /// [`TurnError`], after a few seconds at most.
    pub(super) async fn connect(&self) -> Result<Box<dyn Stream>, TurnError> {
        let server = self.url.to_string();
        let deadline = Instant::now() + CONNECT;
        let mut last = TurnError::NotFound {
            server: server.clone(),
        };
        for (index, address) in self.addresses.iter().enumerate() {
            // A part of the time for each, so that one that swallows everything leaves some.
            let left = deadline.saturating_duration_since(Instant::now());
            let share = left / (self.addresses.len() - index) as u32;
            match timeout_at(Instant::now() + share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Voice does not wait for more of it. Where the system cannot do that, it is only later.
                    let _ = stream.set_nodelay(true);
                    return self.secured(stream, deadline).await;
                }
                Ok(Err(error)) => {
                    last = TurnError::Unreachable {
                        server: server.clone(),
                        reason: error.to_string(),
                    }
                }
                Err(_) => {
                    last = TurnError::NoAnswer {
                        server: server.clone(),
                    }
                }
            }
        }
        Err(last)
    }

    async fn secured(
        &self,
        stream: TcpStream,
        deadline: Instant,
    ) -> Result<Box<dyn Stream>, TurnError> {
        if self.url.transport != IceTransport::Tls {
            return Ok(Box::new(stream));
        }
        let server = self.url.to_string();
        let name =
            ServerName::try_from(self.url.host.clone()).map_err(|_| TurnError::NotFound {
                server: server.clone(),
            })?;
        let connector = TlsConnector::from(self.trust.config().await?);
        match timeout_at(deadline, connector.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(error)) => Err(refused(server, &error)),
            Err(_) => Err(TurnError::NoAnswer { server }),
        }
    }
}

/// What ended the handshake.
fn refused(server: String, error: &std::io::Error) -> TurnError {
    let inner = error.get_ref();
    match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error @ rustls::Error::InvalidCertificate(_)) => TurnError::Certificate {
            server,
            reason: certificate_words(error),
        },
        Some(rustls::Error::InvalidMessage(_)) => TurnError::NotTurn { server },
        _ => TurnError::Unreachable {
            server,
            reason: error.to_string(),
        },
    }
}
