//! Requests, written by hand: what the server gets is what stands here.

use std::net::SocketAddr;

use dialtone_protocol::Hash;
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) token: Option<Hash>,
    /// The key at which its connections end, where they are over TLS.
    pub(crate) tls_key: Option<Hash>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> T {
        assert!(self.status < 300, "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn error(&self) -> ErrorBody {
        assert!(self.status >= 400, "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not an error: {}", self.text()))
    }

    pub(crate) fn code(&self) -> ErrorCode {
        self.error().code
    }

    /// A header's value; `name` in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Api {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        self.send("POST", path, "", &body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        self.send("PUT", path, "", &body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "", &[]).await
    }

    /// Asks for a WebSocket as one does, and reads the answer as a plain one: for refusals.
    pub(crate) async fn upgrade(&self) -> Answer {
        let headers = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        self.send_as("upgrade", "GET", "/ws", headers, &[]).await
    }

    /// `headers`: further lines, each with its `\r\n`.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Answer {
        self.send_as("close", method, path, headers, body).await
    }

    /// Begins a request whose body has `length` bytes, and sends none of it.
    pub(crate) async fn begin(&self, method: &str, path: &str, length: usize) -> Begun {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = self.head(
            "close",
            method,
            path,
            &format!("Content-Length: {length}\r\n"),
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        Begun { stream }
    }

    fn head(&self, connection: &str, method: &str, path: &str, headers: &str) -> String {
        let bearer = self
            .token
            .map(|token| format!("Authorization: Bearer {token}\r\n"))
            .unwrap_or_default();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: {connection}\r\n\
             Content-Type: application/json\r\n{bearer}{headers}\r\n"
        )
    }

    async fn send_as(
        &self,
        connection: &str,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let headers = format!("Content-Length: {}\r\n{headers}", body.len());
        let head = self.head(connection, method, path, &headers);
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server may refuse and close before it took the whole body.
        let _: std::io::Result<()> = stream.write_all(body).await;
        let mut answer = Vec::new();
        if connection == "upgrade" {
            // A refusal leaves the connection open.
            let _: std::io::Result<usize> = stream.read_buf(&mut answer).await;
            stream.shutdown().await.unwrap();
        }
        let _: std::io::Result<usize> = stream.read_to_end(&mut answer).await;
        parse(&answer)
    }
}

/// A request whose body is not there yet.
pub(crate) struct Begun {
    stream: TcpStream,
}

impl Begun {
    /// Sends some of the body.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// What the server answers.
    pub(crate) async fn answer(mut self) -> Answer {
        let mut answer = Vec::new();
        let _: std::io::Result<usize> = self.stream.read_to_end(&mut answer).await;
        parse(&answer)
    }
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(answer)));
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer {
        status,
        head: head.into_owned(),
        body: answer[end + 4..].to_vec(),
    }
}
