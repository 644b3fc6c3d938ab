//! The two TLS ends of the liar: towards the client with the true server's key, towards the server as somebody who knows its certificate.

use std::io;
use std::sync::Arc;

use dialtone_server::Tls;
use dialtone_server::config::Settings;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// With the key and certificate of the server that has these settings.
pub(super) fn acceptor(settings: &Settings) -> TlsAcceptor {
    Tls::load(settings).unwrap().unwrap().acceptor
}

/// For connections to that server.
pub(super) fn connector(settings: &Settings) -> TlsConnector {
    let certificate = settings.data_dir.join("tls-cert.pem");
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(certificate).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Connects to it.
pub(super) async fn connect(
    connector: &TlsConnector,
    server: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(server).await?;
    connector.connect(name, stream).await
}
