//! Bytes of a client -> whole messages (RFC 6455, 5), without a socket. What waits for its rest takes as much memory as came of it, and nothing
//! once it is whole: a connection is idle most of its life.

use std::io::Cursor;

use axum::body::Bytes;
use bytes::{Buf as _, BytesMut};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// The longest payload of a frame that is for the connection itself (RFC 6455, 5.5).
const LONGEST_CONTROL: u64 = 125;

/// A whole message of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// Bytes.
    Binary(Bytes),
    /// Words, of which there are none in this protocol; whether they are UTF-8 is not looked at.
    Text,
    /// Asks for a sign of life, with what the answer is to say.
    Ping(Bytes),
    /// A sign of life.
    Pong,
    /// It is over.
    Close,
}

/// The other end does not speak the protocol, or says too much: nothing that comes after can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FramingError {
    /// Not as the standard has it.
    #[error("not framed as RFC 6455 has it")]
    Malformed,
    /// Longer than any frame that is used.
    #[error("longer than a frame may be")]
    TooLong,
}

/// A message of which not all parts are there.
struct Begun {
    is_text: bool,
    /// So far.
    payload: BytesMut,
}

/// Takes bytes as they come, gives messages.
pub(super) struct Frames {
    most: usize,
    waiting: BytesMut,
    begun: Option<Box<Begun>>,
}

impl Frames {
    /// For messages of at most so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            waiting: BytesMut::new(),
            begun: None,
        }
    }

    /// So many bytes more came. They are to be read by [`Frames::next`] before more are given, so that no more wait than one frame and they.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next message, if it is whole.
    ///
    /// # Errors
    /// [`FramingError`]: the connection is of no use any more.
    pub(super) fn next(&mut self) -> Result<Option<Message>, FramingError> {
        loop {
            let Some((header, payload)) = self.frame()? else {
                return Ok(None);
            };
            if let Some(message) = self.take(&header, payload)? {
                return Ok(Some(message));
            }
        }
    }

    /// The next frame, unmasked.
    fn frame(&mut self) -> Result<Option<(FrameHeader, BytesMut)>, FramingError> {
        let mut cursor = Cursor::new(&self.waiting[..]);
        let header = FrameHeader::parse(&mut cursor).map_err(|_| FramingError::Malformed)?;
        let Some((header, length)) = header else {
            return Ok(None);
        };
        let begins_at = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let mask = self.check(&header, length)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if self.waiting.len() - begins_at < length {
            return Ok(None);
        }
        self.waiting.advance(begins_at);
        let mut payload = if self.waiting.len() == length {
            std::mem::take(&mut self.waiting)
        } else {
            self.waiting.split_to(length)
        };
        unmask(&mut payload, mask);
        Ok(Some((header, payload)))
    }

    /// Looks at a frame's header before anything is kept of it; its mask.
    fn check(&self, header: &FrameHeader, length: u64) -> Result<[u8; 4], FramingError> {
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(FramingError::Malformed);
        }
        let is_control = matches!(header.opcode, OpCode::Control(_));
        if is_control && (!header.is_final || length > LONGEST_CONTROL) {
            return Err(FramingError::Malformed);
        }
        let before = self.begun.as_ref().map_or(0, |begun| begun.payload.len());
        if !is_control && length > (self.most - before.min(self.most)) as u64 {
            return Err(FramingError::TooLong);
        }
        // What a client sends is masked, always (5.1).
        header.mask.ok_or(FramingError::Malformed)
    }

    fn take(
        &mut self,
        header: &FrameHeader,
        payload: BytesMut,
    ) -> Result<Option<Message>, FramingError> {
        match header.opcode {
            // A copy: the answer that waits is not to hold on to all that was read with it.
            OpCode::Control(Control::Ping) => {
                Ok(Some(Message::Ping(Bytes::copy_from_slice(&payload))))
            }
            OpCode::Control(Control::Pong) => Ok(Some(Message::Pong)),
            OpCode::Control(Control::Close) => Ok(Some(Message::Close)),
            OpCode::Data(Data::Continue) => {
                let mut begun = self.begun.take().ok_or(FramingError::Malformed)?;
                begun.payload.unsplit(payload);
                Ok(self.end(header, *begun))
            }
            OpCode::Data(data @ (Data::Binary | Data::Text)) => {
                if self.begun.is_some() {
                    return Err(FramingError::Malformed);
                }
                let is_text = data == Data::Text;
                Ok(self.end(header, Begun { is_text, payload }))
            }
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => {
                Err(FramingError::Malformed)
            }
        }
    }

    /// A message as far as it came: whole after its last part.
    fn end(&mut self, header: &FrameHeader, begun: Begun) -> Option<Message> {
        if !header.is_final {
            self.begun = Some(Box::new(begun));
            return None;
        }
        if begun.is_text {
            return Some(Message::Text);
        }
        Some(Message::Binary(begun.payload.freeze()))
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let (chunks, rest) = payload.as_chunks_mut::<4>();
    let word = u32::from_ne_bytes(mask);
    for chunk in chunks {
        *chunk = (u32::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 300;
    const FIN: u8 = 0x80;
    const MASK: [u8; 4] = [0x11, 0xee, 0x42, 0x07];

    /// A frame of a client, by the letter of the standard.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ ..=125 => bytes.push(0x80 | short as u8),
            long @ ..=0xffff => {
                bytes.push(0x80 | 0x7e);
                bytes.extend(u16::try_from(long).unwrap().to_be_bytes());
            }
            longer => {
                bytes.push(0x80 | 0x7f);
                bytes.extend((longer as u64).to_be_bytes());
            }
        }
        bytes.extend(MASK);
        let masked = payload.iter().zip(MASK.iter().cycle());
        bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn binary(payload: &[u8]) -> Message {
        Message::Binary(Bytes::copy_from_slice(payload))
    }

    fn read(bytes: &[u8]) -> Result<Vec<Message>, FramingError> {
        let mut frames = Frames::new(MOST);
        frames.push(bytes);
        let mut messages = Vec::new();
        while let Some(message) = frames.next()? {
            messages.push(message);
        }
        Ok(messages)
    }

    #[test]
    fn messages_of_any_length_are_read_however_they_are_cut() {
        let payloads: Vec<Vec<u8>> = [0, 1, 3, 4, 5, 125, 126, 127, 300]
            .into_iter()
            .map(|length| (0..length).map(|at| (at * 7) as u8).collect())
            .collect();
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for payload in &payloads {
            bytes.extend(frame(FIN | 2, payload));
            expected.push(binary(payload));
        }
        assert_eq!(read(&bytes).unwrap(), expected);
        for step in [1, 2, 7, 129] {
            let (mut frames, mut messages) = (Frames::new(MOST), Vec::new());
            for part in bytes.chunks(step) {
                frames.push(part);
                while let Some(message) = frames.next().unwrap() {
                    messages.push(message);
                }
            }
            assert_eq!(messages, expected, "{step} bytes at a time");
            assert_eq!(frames.waiting.capacity(), 0, "nothing is kept");
        }
    }

    #[test]
    fn a_long_length_is_read() {
        let payload = vec![5; 70_000];
        let mut frames = Frames::new(70_000);
        frames.push(&frame(FIN | 2, &payload));
        assert_eq!(frames.next().unwrap(), Some(binary(&payload)));
    }

    #[test]
    fn a_message_in_parts_is_put_together_with_what_is_between_them() {
        let parts = [
            frame(2, b"one "),
            frame(FIN | 9, b"there?"),
            frame(0, b""),
            frame(0, b"two "),
            frame(FIN | 0xa, b""),
            frame(FIN, b"three"),
        ];
        let ping = Message::Ping(Bytes::from_static(b"there?"));
        let expected = [ping, Message::Pong, binary(b"one two three")];
        assert_eq!(read(&parts.concat()).unwrap(), expected);
        let text = [frame(1, b"hel"), frame(FIN, b"lo"), frame(FIN | 8, b"")];
        let expected = [Message::Text, Message::Close];
        assert_eq!(read(&text.concat()).unwrap(), expected);
    }

    #[test]
    fn what_the_standard_forbids_ends_it() {
        let mut unmasked = vec![FIN | 2, 3];
        unmasked.extend(b"abc");
        let long_ping = frame(FIN | 9, &[0; 126]);
        let cases: [(&str, Vec<u8>); 9] = [
            ("unmasked", unmasked),
            ("first reserved bit", frame(FIN | 0x40 | 2, b"a")),
            ("second reserved bit", frame(FIN | 0x20 | 2, b"a")),
            ("third reserved bit", frame(FIN | 0x10 | 2, b"a")),
            ("unknown kind", frame(FIN | 3, b"a")),
            ("unknown kind of control", frame(FIN | 0xb, b"a")),
            ("a ping in parts", frame(9, b"a")),
            ("a long ping", long_ping),
            ("the rest of nothing", frame(FIN, b"a")),
        ];
        for (what, bytes) in cases {
            assert_eq!(read(&bytes), Err(FramingError::Malformed), "{what}");
        }
        let another = [frame(2, b"a"), frame(FIN | 2, b"b")].concat();
        assert_eq!(read(&another), Err(FramingError::Malformed));
    }

    #[test]
    fn what_is_too_long_is_refused_by_its_header_and_in_parts_too() {
        let header = [FIN | 2, 0x80 | 0x7e, 1, 45];
        let whole = [&header[..], &MASK[..]].concat();
        assert_eq!(read(&whole), Err(FramingError::TooLong));
        let endless = [
            FIN | 2,
            0x80 | 0x7f,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff,
        ];
        let endless = [&endless[..], &MASK[..]].concat();
        assert_eq!(read(&endless), Err(FramingError::TooLong));
        let parts = [frame(2, &[0; 200]), frame(0, &[0; 101])].concat();
        assert_eq!(read(&parts), Err(FramingError::TooLong));
        let fits = [frame(2, &[0; 200]), frame(FIN, &[0; 100])].concat();
        assert_eq!(read(&fits).unwrap().len(), 1);
    }

    #[test]
    fn any_bytes_at_all_are_read_or_refused() {
        // A simple generator: the same bytes each time.
        let mut state = 1_u32;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..24)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            let _: Result<_, _> = read(&bytes);
        }
    }
}
