//! Asks a server that runs on this machine whether it can do its work: for whatever starts it again when it cannot.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dialtone_tls::KeyVerifier;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::config::Settings;
use crate::tls::{Certificate, TlsError};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// The longest answer that is read, in bytes.
const LONGEST: u64 = 16 * 1024;

/// The server cannot do its work, or is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnhealthyError {
    /// The system chose its port.
    #[error("the settings name no port, so there is nothing to ask")]
    NoPort,
    /// Its certificate cannot be read.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// It does not answer.
    #[error("no server answers at {address}: {error}")]
    Unreachable {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// It says that it cannot do its work.
    #[error("the server says: {0}")]
    NotReady(String),
}

/// Asks the server that these settings are of.
///
/// # Errors
/// [`UnhealthyError`]
pub async fn ask(settings: &Settings) -> Result<(), UnhealthyError> {
    let address = address_of(settings.listen).ok_or(UnhealthyError::NoPort)?;
    let certificate = Certificate::beside_server(settings)?;
    let asked = async {
        let tcp = TcpStream::connect(address).await?;
        match certificate {
            None => converse(tcp).await,
            Some(certificate) => {
                let config = KeyVerifier::pinned(certificate.key_hash()).config();
                let config = config.map_err(std::io::Error::other)?;
                let name = ServerName::IpAddress(address.ip().into());
                let connector = TlsConnector::from(Arc::new(config));
                converse(connector.connect(name, tcp).await?).await
            }
        }
    };
    let late = || std::io::Error::from(std::io::ErrorKind::TimedOut);
    let answer = timeout(PATIENCE, asked)
        .await
        .unwrap_or_else(|_| Err(late()));
    let answer = answer.map_err(|error| UnhealthyError::Unreachable { address, error })?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let first = answer.lines().next().unwrap_or_default();
    Err(UnhealthyError::NotReady(
        format!("{first} {body}").trim().to_owned(),
    ))
}

/// Where to ask for a server that listens there.
fn address_of(listen: SocketAddr) -> Option<SocketAddr> {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    (listen.port() != 0).then(|| SocketAddr::new(ip, listen.port()))
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<String> {
    stream
        .write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    let read = (&mut stream).take(LONGEST).read_to_end(&mut answer).await;
    // Where TLS is not ended as it should be, what came before is the answer.
    if answer.is_empty() {
        read?;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_this_machine() {
        let of = |listen: &str| address_of(listen.parse().unwrap()).map(|one| one.to_string());
        assert_eq!(of("0.0.0.0:7440").as_deref(), Some("127.0.0.1:7440"));
        assert_eq!(of("[::]:7440").as_deref(), Some("[::1]:7440"));
        assert_eq!(of("127.0.0.2:1").as_deref(), Some("127.0.0.2:1"));
        assert_eq!(of("0.0.0.0:0"), None);
    }
}
