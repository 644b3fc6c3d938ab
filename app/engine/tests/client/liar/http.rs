//! As much of HTTP/1.1 (RFC 9112) as client and server use between them: heads, and bodies with a length.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// One side's stream, with what was read beyond the last message.
pub(super) struct Half<S> {
    stream: S,
    read: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Half<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub(super) fn into_parts(self) -> (S, Vec<u8>) {
        (self.stream, self.read)
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// A request or an answer.
pub(super) struct Exchange {
    /// Its first line and its fields, without the length.
    head: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Exchange {
    pub(super) async fn read<S: AsyncRead + AsyncWrite + Unpin>(
        half: &mut Half<S>,
    ) -> io::Result<Self> {
        let end = loop {
            let mut windows = half.read.windows(END_OF_HEAD.len());
            if let Some(at) = windows.position(|window| window == END_OF_HEAD) {
                break at;
            }
            half.more().await?;
        };
        let head: Vec<u8> = half.read.drain(..end + END_OF_HEAD.len()).collect();
        let mut length = 0;
        let mut kept = Vec::new();
        for line in String::from_utf8_lossy(&head).lines() {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            match name.to_ascii_lowercase().as_str() {
                // The end, and what would keep it from reading what it changes.
                "" | "accept-encoding" => {}
                "content-length" => length = value.trim().parse().map_err(io::Error::other)?,
                "transfer-encoding" => return Err(io::Error::other("bodies have a length here")),
                _ => kept.push(line.to_owned()),
            }
        }
        while half.read.len() < length {
            half.more().await?;
        }
        Ok(Self {
            head: kept,
            body: half.read.drain(..length).collect(),
        })
    }

    /// Of a request: method and path, as in `GET /roster`.
    pub(super) fn asks(&self) -> &str {
        let line = self.head.first().map_or("", String::as_str);
        let line = line.strip_suffix(" HTTP/1.1").unwrap_or(line);
        line.split_once('?').map_or(line, |(path, _)| path)
    }

    /// Says something else in this field, which is there.
    pub(super) fn say(&mut self, field: &str, value: &str) {
        let is_it =
            |line: &&mut String| line.to_ascii_lowercase().starts_with(&format!("{field}:"));
        let line = self.head.iter_mut().find(is_it);
        *line.unwrap() = format!("{field}: {value}");
    }

    pub(super) fn with_body(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    pub(super) async fn write<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        half: &mut Half<S>,
    ) -> io::Result<()> {
        let mut bytes = self.head.join("\r\n").into_bytes();
        // An upgrade has no body, and no length.
        if !self.head.first().is_some_and(|line| line.contains(" 101 ")) {
            bytes.extend(format!("\r\ncontent-length: {}", self.body.len()).bytes());
        }
        bytes.extend(END_OF_HEAD);
        bytes.extend(&self.body);
        half.stream.write_all(&bytes).await?;
        half.stream.flush().await
    }
}
