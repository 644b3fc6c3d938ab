//! Just enough of STUN (RFC 8489) to ask whether somebody is there.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use crate::clock;

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
/// Comprehension-optional: what the request is filled up with.
const SOFTWARE: u16 = 0x8022;
const HEADER: usize = 20;
/// So long a request is answered by who answers with no more than was sent.
const FILLED: usize = 28;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(700);
const TRIES: usize = 3;

/// A binding request.
const BINDING: u16 = 0x0001;

/// Asks `to` for a binding a few times; whether it has answered.
///
/// # Errors
/// The system cannot send, or says that nobody is there.
pub(super) fn ask(to: SocketAddr) -> io::Result<bool> {
    let here = if to.is_ipv4() {
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
    } else {
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))
    };
    let socket = UdpSocket::bind(here)?;
    socket.connect(to)?;
    socket.set_read_timeout(Some(PAUSE))?;
    let transaction: [u8; 12] = clock::random();
    let request = request(transaction);
    let mut answer = [0; 1_500];
    for _ in 0..TRIES {
        socket.send(&request)?;
        match socket.recv(&mut answer) {
            Ok(length) if answers(&answer[..length], transaction) => return Ok(true),
            Ok(_) => {}
            Err(error) if is_silence(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn is_silence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

fn request(transaction: [u8; 12]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + FILLED);
    out.extend(BINDING.to_be_bytes());
    out.extend((FILLED as u16).to_be_bytes());
    out.extend(COOKIE);
    out.extend(transaction);
    out.extend(SOFTWARE.to_be_bytes());
    out.extend((FILLED as u16 - 4).to_be_bytes());
    out.resize(HEADER + FILLED, b' ');
    out
}

/// An answer, good or not, to this request.
fn answers(bytes: &[u8], transaction: [u8; 12]) -> bool {
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return false;
    };
    let is_answer = header[0] & 0xc1 == 0x01;
    is_answer && header[4..8] == COOKIE && header[8..] == transaction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_to_this_request_counts() {
        let transaction = [7; 12];
        let mut answer = request(transaction);
        assert!(!answers(&answer, transaction), "a request is no answer");
        answer[..2].copy_from_slice(&0x0101_u16.to_be_bytes());
        assert!(answers(&answer, transaction));
        // A refusal.
        answer[..2].copy_from_slice(&0x0111_u16.to_be_bytes());
        assert!(answers(&answer, transaction));
        assert!(!answers(&answer, [8; 12]));
        assert!(!answers(&answer[..19], transaction));
    }

    #[test]
    fn who_answers_is_heard() {
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();
        let answering = std::thread::spawn(move || {
            let mut bytes = [0; 100];
            let (length, source) = other.recv_from(&mut bytes).unwrap();
            bytes[0] |= 1;
            other.send_to(&bytes[..length], source).unwrap();
        });
        assert!(ask(address).unwrap());
        answering.join().unwrap();
    }
}
