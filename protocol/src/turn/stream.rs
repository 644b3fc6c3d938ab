//! TURN over TCP and TLS (RFC 8656 sections 3.1 and 12.5): STUN messages and `ChannelData` one after the other, where their own
//! length tells the end of each. A `ChannelData` is padded to four bytes there, and nowhere else.
//!
//! ```text
//! STUN          00…     type (2)    length (2)   cookie (4)   transaction (12)   attributes (length)
//! ChannelData   0100…   number (2)  length (2)   data (length)                   padding to 4
//! ```

/// The longest datagram that is carried, in bytes. What is longer is no voice: it is passed over.
pub const MAX_TURN_DATAGRAM: usize = 2_000;

const HEAD: usize = 4;
const STUN_HEAD: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// The method of STUN's `Binding` (RFC 8489 section 18.2), without the class.
const BINDING: u16 = 0x0001;
/// What of a STUN message's type is its method.
const METHOD: u16 = 0x3eef;

/// Why bytes are no TURN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// Neither a STUN message nor `ChannelData`; where the next begins is unknown then.
    #[error("what came is not TURN")]
    NotTurn,
    /// The length in the datagram is not its own.
    #[error("the datagram's length is not the one that it names")]
    Length,
    /// Longer than [`MAX_TURN_DATAGRAM`].
    #[error("the datagram is too long")]
    TooLong,
    /// A STUN message between peers, which is no business of a TURN server.
    #[error("the datagram is not for a TURN server")]
    NotForTurn,
}

/// How long the datagram is that begins like this, and how long it is in a stream.
fn lengths(head: [u8; HEAD]) -> Result<(usize, usize), StreamError> {
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    match head[0] {
        0..=0x3f if length.is_multiple_of(4) => Ok((STUN_HEAD + length, STUN_HEAD + length)),
        0x40..=0x4f => Ok((HEAD + length, HEAD + length.next_multiple_of(4))),
        _ => Err(StreamError::NotTurn),
    }
}

fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| first >> 6 == 0)
}

/// As much of it as is there.
fn check_cookie(datagram: &[u8]) -> Result<(), StreamError> {
    let mut cookie = datagram.iter().skip(HEAD).zip(COOKIE);
    if is_stun(datagram) && cookie.any(|(there, right)| *there != right) {
        return Err(StreamError::NotTurn);
    }
    Ok(())
}

/// Finds datagrams in a stream. Holds one at most.
#[derive(Debug, Default)]
pub struct FrameReader {
    partial: Vec<u8>,
    /// Bytes of a datagram that is too long, still to come.
    passing: usize,
    passed_over: u64,
    /// A STUN message has come. `ChannelData` cannot come before one, but HTTP looks like it.
    begun: bool,
}

impl FrameReader {
    /// At the begin of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what came, in whatever pieces, and gives each whole datagram to `each`.
    ///
    /// # Errors
    /// [`StreamError::NotTurn`]; nothing in the stream can be used after it.
    pub fn push(
        &mut self,
        mut bytes: &[u8],
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), StreamError> {
        while !bytes.is_empty() {
            if self.passing > 0 {
                let count = self.passing.min(bytes.len());
                self.passing -= count;
                bytes = &bytes[count..];
                continue;
            }
            self.take_up_to(HEAD, &mut bytes);
            let Some(head) = self.partial.first_chunk::<HEAD>() else {
                return Ok(());
            };
            let (datagram, whole) = lengths(*head)?;
            self.begun |= is_stun(&self.partial);
            if !self.begun {
                return Err(StreamError::NotTurn);
            }
            if datagram > MAX_TURN_DATAGRAM {
                self.passing = whole - self.partial.len();
                self.partial.clear();
                self.passed_over += 1;
                continue;
            }
            self.take_up_to(whole, &mut bytes);
            check_cookie(&self.partial)?;
            if self.partial.len() == whole {
                each(&self.partial[..datagram]);
                self.partial.clear();
            }
        }
        Ok(())
    }

    fn take_up_to(&mut self, length: usize, bytes: &mut &[u8]) {
        let count = length.saturating_sub(self.partial.len()).min(bytes.len());
        let (now, later) = bytes.split_at(count);
        self.partial.extend_from_slice(now);
        *bytes = later;
    }

    /// Datagrams that were too long.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }
}

/// Writes a client's datagram to the end of `stream` as it is in a stream. It may be padded already, as it may be over UDP too.
///
/// # Errors
/// [`StreamError`]; nothing is written then.
pub fn put_frame(datagram: &[u8], stream: &mut Vec<u8>) -> Result<(), StreamError> {
    let head = datagram.first_chunk::<HEAD>().ok_or(StreamError::NotTurn)?;
    let (length, whole) = lengths(*head)?;
    if length != datagram.len() && whole != datagram.len() {
        return Err(StreamError::Length);
    }
    if length > MAX_TURN_DATAGRAM {
        return Err(StreamError::TooLong);
    }
    check_cookie(datagram)?;
    let kind = u16::from_be_bytes([head[0], head[1]]);
    if kind >> 14 == 0 && kind & METHOD == BINDING {
        return Err(StreamError::NotForTurn);
    }
    stream.extend_from_slice(datagram);
    stream.resize(stream.len() + whole - datagram.len(), 0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An Allocate request with so many bytes of attributes.
    fn stun(length: u16) -> Vec<u8> {
        let mut message = vec![0x00, 0x03];
        message.extend(length.to_be_bytes());
        message.extend(COOKIE);
        message.extend([7; 12]);
        message.extend(vec![9; usize::from(length)]);
        message
    }

    fn channel_data(length: u16) -> Vec<u8> {
        let mut message = vec![0x40, 0x01];
        message.extend(length.to_be_bytes());
        message.extend((0..length).map(|byte| byte as u8));
        message
    }

    fn stream(datagrams: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for datagram in datagrams {
            put_frame(datagram, &mut bytes).unwrap();
        }
        bytes
    }

    fn read(reader: &mut FrameReader, bytes: &[u8]) -> Result<Vec<Vec<u8>>, StreamError> {
        let mut all = Vec::new();
        reader.push(bytes, |datagram| all.push(datagram.to_vec()))?;
        Ok(all)
    }

    #[test]
    fn channel_data_is_padded_to_four_bytes() {
        let mut bytes = Vec::new();
        put_frame(&[0x40, 0x01, 0, 5, 1, 2, 3, 4, 5], &mut bytes).unwrap();
        let padded = [0x40, 0x01, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0];
        assert_eq!(bytes, padded);
        bytes.clear();
        put_frame(&padded, &mut bytes).unwrap();
        assert_eq!(bytes, padded, "it is padded once");
        bytes.clear();
        put_frame(&stun(8), &mut bytes).unwrap();
        assert_eq!(bytes, stun(8));
    }

    #[test]
    fn what_is_too_long_is_passed_over_and_the_next_is_found() {
        let mut bytes = stream(&[stun(4)]);
        bytes.extend([0x40, 0x02, 0xff, 0xfd]);
        bytes.extend(vec![0x55; 0x1_0000]);
        bytes.extend(stream(&[channel_data(3)]));
        let mut reader = FrameReader::new();
        let mut all = Vec::new();
        for piece in bytes.chunks(777) {
            all.extend(read(&mut reader, piece).unwrap());
            assert!(reader.partial.capacity() < 2 * MAX_TURN_DATAGRAM);
        }
        let whole = vec![stun(4), channel_data(3)];
        assert_eq!((all, reader.passed_over()), (whole, 1));
    }

    #[test]
    fn what_is_not_turn_ends_the_stream() {
        let mut no_cookie = stun(0);
        no_cookie[4] = 0;
        for bytes in [
            b"HTTP/1.1 400 Bad Request\r\n".to_vec(),
            b"SSH-2.0-OpenSSH\r\n".to_vec(),
            vec![0x80, 0, 0, 4],
            vec![0xff; 64],
            vec![0x01, 0x13, 0, 3],
            no_cookie,
        ] {
            let mut reader = FrameReader::new();
            assert_eq!(read(&mut reader, &bytes), Err(StreamError::NotTurn));
        }
    }

    #[test]
    fn only_what_is_for_a_turn_server_is_sent_to_it() {
        let mut binding = stun(0);
        binding[1] = 0x01;
        let mut answer = binding.clone();
        answer[0] = 0x01;
        let mut lying = channel_data(8);
        lying[3] = 9;
        for (datagram, error) in [
            (binding, StreamError::NotForTurn),
            (answer, StreamError::NotForTurn),
            (lying, StreamError::Length),
            (channel_data(2_000), StreamError::TooLong),
            (vec![0x16, 0xfe, 0xff, 0], StreamError::Length),
            (vec![0x80; 12], StreamError::NotTurn),
            (vec![0x40], StreamError::NotTurn),
        ] {
            let mut bytes = vec![1];
            assert_eq!(put_frame(&datagram, &mut bytes), Err(error));
            assert_eq!(bytes, [1], "nothing is written");
        }
    }

    proptest! {
        #[test]
        fn datagrams_survive_any_cut(
            kinds in proptest::collection::vec((any::<bool>(), 0u16..400), 1..12),
            piece in 1usize..300,
        ) {
            let first = std::iter::once((true, 8));
            let datagrams: Vec<_> = first
                .chain(kinds)
                .map(|(is_stun, length)| if is_stun { stun(length / 4 * 4) } else { channel_data(length) })
                .collect();
            let mut reader = FrameReader::new();
            let mut all = Vec::new();
            for piece in stream(&datagrams).chunks(piece) {
                all.extend(read(&mut reader, piece).unwrap());
            }
            prop_assert_eq!(all, datagrams);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let mut reader = FrameReader::new();
            let _ = reader.push(&bytes, |datagram| assert!(datagram.len() <= MAX_TURN_DATAGRAM));
            let _ = put_frame(&bytes, &mut Vec::new());
        }
    }
}
