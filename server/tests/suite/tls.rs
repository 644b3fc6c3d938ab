//! TLS: the statement on the key in use, and links from the shell while the server runs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_protocol::Hash;
use dialtone_protocol::http::IdentityBody;
use dialtone_protocol::identity::{IdentityError, check_identity};
use dialtone_server::config::TlsSetting;
use dialtone_server::{Tls, ask_health, make_link};
use dialtone_tls::{KeyVerifier, key_hash};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::common::{Person, TestServer};

/// A connection to a server that is called so there, and its key. Any is taken.
pub(crate) async fn connect(
    server: SocketAddr,
    name: &str,
) -> std::io::Result<(TlsStream<TcpStream>, Hash)> {
    let verifier = KeyVerifier::learning();
    let config = verifier.config().unwrap();
    let socket = TcpStream::connect(server).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, socket).await?;
    Ok((stream, verifier.shown().unwrap().key))
}

/// The key of a connection, and what is stated over it, which is what proves the server.
async fn ask(server: &TestServer, nonce: Hash) -> (Hash, IdentityBody) {
    let (mut stream, connection_key) = connect(server.address, "localhost").await.unwrap();
    let request =
        format!("GET /identity?nonce={nonce} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _: std::io::Result<usize> = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8(answer).unwrap();
    let body = serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1);
    (connection_key, body.unwrap())
}

#[tokio::test]
async fn the_statement_covers_the_connections_key_and_answers_the_nonce() {
    let server = TestServer::start_with_tls().await;
    let nonce = Hash([5; 32]);
    let (connection_key, body) = ask(&server, nonce).await;
    let pin = server.founding.as_ref().unwrap().data.server_key;
    let check = |key, nonce, now| check_identity(&body.statement.0, &pin, &key, &nonce, now);
    assert!(check(connection_key, nonce, 0).is_ok());
    assert_eq!(
        check(Hash([1; 32]), nonce, 0),
        Err(IdentityError::OtherTlsKey)
    );
    assert_eq!(
        check(connection_key, Hash([6; 32]), 0),
        Err(IdentityError::Nonce)
    );
    assert_eq!(
        check(connection_key, nonce, u64::MAX),
        Err(IdentityError::Expired)
    );
}

#[tokio::test]
async fn a_link_can_be_made_beside_a_running_server() {
    let server = TestServer::start().await;
    Person::found(&server, "anna").await;
    let link = make_link(&server.settings(), 1, 60).await.unwrap();
    assert_eq!(link.server, server.address.to_string());
    assert!(matches!(
        link.data.entrance,
        dialtone_protocol::link::Entrance::Knock { .. }
    ));
}

#[tokio::test]
async fn a_running_server_is_asked_whether_it_is_healthy() {
    let server = TestServer::start_with_tls().await;
    let mut settings = server.settings();
    settings.listen = server.address;
    settings.tls = TlsSetting::SelfSigned;
    ask_health(&settings).await.unwrap();
    // Another server at its address is not it.
    let folder = tempfile::TempDir::new().unwrap();
    let (cert, key, _) = certificate(folder.path(), "other");
    settings.tls = TlsSetting::Files { cert, key };
    let error = ask_health(&settings).await.unwrap_err();
    assert!(error.to_string().contains("no server answers"), "{error}");
    let plain = TestServer::start().await;
    let mut settings = plain.settings();
    settings.listen = plain.address;
    settings.tls = TlsSetting::None;
    ask_health(&settings).await.unwrap();
    let empty = tempfile::TempDir::new().unwrap();
    settings.data_dir = empty.path().to_owned();
    settings.tls = TlsSetting::SelfSigned;
    assert!(ask_health(&settings).await.is_err(), "no server ran here");
    let made = std::fs::read_dir(empty.path()).unwrap().count();
    assert_eq!(made, 0, "it asks, and makes nothing");
    settings.tls = TlsSetting::None;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    settings.listen = nobody.local_addr().unwrap();
    drop(nobody);
    let error = ask_health(&settings).await.unwrap_err();
    assert!(error.to_string().contains("no server answers"), "{error}");
}

/// A certificate of somebody's own, in files.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf, Hash) {
    let made = rcgen::generate_simple_self_signed(vec!["chat.example.org".to_owned()]).unwrap();
    let cert = folder.join(format!("{name}.crt"));
    let key = folder.join(format!("{name}.key"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (cert, key, key_hash(made.cert.der()).unwrap())
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_used_and_stated() {
    let folder = tempfile::TempDir::new().unwrap();
    let (cert, key, hash) = certificate(folder.path(), "mine");
    let server = TestServer::start_with(TlsSetting::Files { cert, key }).await;
    let nonce = Hash([5; 32]);
    let (connection_key, body) = ask(&server, nonce).await;
    assert_eq!(connection_key, hash);
    let pin = server.founding.as_ref().unwrap().data.server_key;
    assert!(check_identity(&body.statement.0, &pin, &hash, &nonce, 0).is_ok());
}

#[tokio::test]
async fn a_certificate_that_is_replaced_is_used_without_a_restart() {
    let folder = tempfile::TempDir::new().unwrap();
    let (cert, key, first) = certificate(folder.path(), "mine");
    let server = TestServer::start_with(TlsSetting::Files { cert, key }).await;
    let nonce = Hash([5; 32]);
    assert_eq!(ask(&server, nonce).await.0, first);
    let (.., second) = certificate(folder.path(), "mine");
    let replaced = async {
        loop {
            let (connection_key, body) = ask(&server, nonce).await;
            if connection_key == second {
                return body;
            }
            assert_eq!(connection_key, first);
        }
    };
    let waits = std::time::Duration::from_secs(30);
    let body = tokio::time::timeout(waits, replaced).await.unwrap();
    let pin = server.founding.as_ref().unwrap().data.server_key;
    assert!(check_identity(&body.statement.0, &pin, &second, &nonce, 0).is_ok());
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    let (cert, key, _) = certificate(folder.path(), "mine");
    let (_, other, _) = certificate(folder.path(), "other");
    let noise = folder.path().join("noise");
    std::fs::write(&noise, "this is no certificate").unwrap();
    let nowhere = folder.path().join("nowhere");
    for (cert, key, words) in [
        (&cert, &other, "belongs to the certificate"),
        (&noise, &key, "noise"),
        (&cert, &noise, "noise"),
        (&nowhere, &key, "nowhere"),
    ] {
        let mut settings = TestServer::start().await.settings();
        settings.tls = TlsSetting::Files {
            cert: cert.clone(),
            key: key.clone(),
        };
        let Err(error) = Tls::load(&settings) else {
            panic!("taken: {words}")
        };
        assert!(error.to_string().contains(words), "{error}");
    }
}
