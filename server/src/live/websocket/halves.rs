//! A WebSocket's two halves. The reading one keeps no buffer while nothing comes: it reads into one that its thread has. The writing one queues shared
//! bytes and writes many of them at once.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use bytes::Buf as _;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf, ReadHalf, WriteHalf};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::Message;
use super::frames::Frames;
use super::stream::Stream;

/// So much is read at once.
const READ: usize = 16 * 1024;
/// So many bytes wait for a write of their own accord; more are written before another frame is taken.
const WRITTEN_TOGETHER: usize = 64 * 1024;
/// So many pieces go out in one system call.
const PIECES: usize = 128;
/// The longest header of a frame that is not masked.
const HEADER: usize = 10;

thread_local! {
    /// What a thread reads into.
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into());
}

/// What comes.
pub(crate) struct Incoming {
    half: ReadHalf<Stream>,
    frames: Frames,
}

impl Incoming {
    /// Of messages of at most so many bytes; `before` was read already.
    pub(super) fn new(half: ReadHalf<Stream>, before: &[u8], most: usize) -> Self {
        let mut frames = Frames::new(most);
        frames.push(before);
        Self { half, frames }
    }

    /// The next message; none at the connection's end. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// When the connection breaks, or the other end does not speak the protocol.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Message>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Message>>> {
        loop {
            let next = self.frames.next();
            if let Some(message) = next.map_err(io::Error::other)? {
                return Poll::Ready(Ok(Some(message)));
            }
            let read = BUFFER.with_borrow_mut(|buffer| {
                let mut buffer = ReadBuf::new(buffer);
                ready!(Pin::new(&mut self.half).poll_read(cx, &mut buffer))?;
                self.frames.push(buffer.filled());
                Poll::Ready(Ok::<_, io::Error>(buffer.filled().len()))
            });
            if ready!(read)? == 0 {
                return Poll::Ready(Ok(None));
            }
        }
    }
}

/// A frame, or what is left of it to be written.
struct Piece {
    header: [u8; HEADER],
    /// The header's end, and how much of it went out.
    header_end: u8,
    written: u8,
    payload: Bytes,
}

impl Piece {
    fn new(opcode: OpCode, payload: Bytes) -> Self {
        let frame = FrameHeader {
            opcode,
            ..FrameHeader::default()
        };
        let mut header = [0; HEADER];
        let mut room = &mut header[..];
        let written = frame.format(payload.len() as u64, &mut room);
        debug_assert!(written.is_ok(), "there is room for the longest");
        let header_end = (HEADER - room.len()) as u8;
        Self {
            header,
            header_end,
            written: 0,
            payload,
        }
    }

    fn header(&self) -> &[u8] {
        self.header
            .get(usize::from(self.written)..usize::from(self.header_end))
            .unwrap_or(&[])
    }

    fn len(&self) -> usize {
        self.header().len() + self.payload.len()
    }

    /// So many bytes of it went out, at most all; how many are of the next one.
    fn advance(&mut self, written: usize) -> usize {
        let of_header = written.min(self.header().len());
        self.written += of_header as u8;
        let of_payload = (written - of_header).min(self.payload.len());
        self.payload.advance(of_payload);
        written - of_header - of_payload
    }
}

/// What goes.
pub(crate) struct Outgoing {
    half: WriteHalf<Stream>,
    queue: VecDeque<Piece>,
    /// Bytes of them.
    queued: usize,
}

impl Outgoing {
    pub(super) fn new(half: WriteHalf<Stream>) -> Self {
        Self {
            half,
            queue: VecDeque::new(),
            queued: 0,
        }
    }

    /// Whether so much waits that it is to be written before more is queued.
    pub(crate) fn is_full(&self) -> bool {
        self.queued >= WRITTEN_TOGETHER
    }

    /// Queues a binary message.
    pub(crate) fn put(&mut self, payload: Bytes) {
        self.queue(OpCode::Data(Data::Binary), payload);
    }

    /// Queues a sign of life that was asked for.
    pub(crate) fn put_pong(&mut self, payload: Bytes) {
        self.queue(OpCode::Control(Control::Pong), payload);
    }

    /// Queues the question for a sign of life.
    pub(crate) fn put_ping(&mut self) {
        self.queue(OpCode::Control(Control::Ping), Bytes::new());
    }

    /// Queues that it is over and, with a code (RFC 6455, 7.4), why.
    pub(crate) fn put_close(&mut self, reason: Option<(u16, &str)>) {
        let mut payload = Vec::new();
        if let Some((code, words)) = reason {
            payload.extend(code.to_be_bytes());
            payload.extend(words.as_bytes());
        }
        self.queue(OpCode::Control(Control::Close), payload.into());
    }

    /// Writes all that is queued. May be dropped while it waits: the rest stays queued.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    fn queue(&mut self, opcode: OpCode, payload: Bytes) {
        let piece = Piece::new(opcode, payload);
        self.queued += piece.len();
        self.queue.push_back(piece);
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.queue.is_empty() {
            let mut slices = [IoSlice::new(&[]); PIECES];
            let mut used = 0;
            for (piece, pair) in self.queue.iter().zip(slices.chunks_exact_mut(2)) {
                pair[0] = IoSlice::new(piece.header());
                pair[1] = IoSlice::new(&piece.payload);
                used += 2;
            }
            let half = Pin::new(&mut self.half);
            let written = ready!(half.poll_write_vectored(cx, &slices[..used]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(written);
        }
        // An idle connection keeps no room for what waits.
        self.queue = VecDeque::new();
        Pin::new(&mut self.half).poll_flush(cx)
    }

    fn advance(&mut self, mut written: usize) {
        self.queued = self.queued.saturating_sub(written);
        while let Some(first) = self.queue.front_mut() {
            written = first.advance(written);
            if first.len() > 0 {
                return;
            }
            self.queue.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_headed_as_the_standard_has_it_and_written_in_any_steps() {
        for (length, header) in [
            (0, vec![0x82, 0]),
            (125, vec![0x82, 125]),
            (126, vec![0x82, 126, 0, 126]),
            (65_536, vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let payload = Bytes::from(vec![7; length]);
            let mut piece = Piece::new(OpCode::Data(Data::Binary), payload);
            assert_eq!(piece.header(), header);
            let all = piece.len();
            assert_eq!(all, header.len() + length);
            assert_eq!(piece.advance(1), 0);
            assert_eq!(piece.len(), all - 1);
            assert_eq!(piece.advance(all + 4), 5, "the next one's");
            assert_eq!(piece.len(), 0);
        }
    }
}
