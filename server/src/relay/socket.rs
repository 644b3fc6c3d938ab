//! The one UDP port. On Linux many datagrams go through one system call; elsewhere one by one.

use std::io;
use std::net::SocketAddr;

use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::outbox::Outbox;

/// Datagrams in one system call.
const TOGETHER: usize = 64;
/// The longest datagram that is taken; a longer one is cut, and then is not what it claims to be.
const LONGEST: usize = 1_500;
/// What the system keeps of datagrams while the relay is at others, in bytes: a quarter of a second of 3,000 streams in.
const SYSTEM_BUFFER: usize = 4 * 1024 * 1024;

/// Datagrams that came together.
pub(super) struct Inbox {
    bytes: Vec<u8>,
    datagrams: Vec<(SocketAddr, usize)>,
    #[cfg(target_os = "linux")]
    headers: linux::Headers,
}

impl Inbox {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; TOGETHER * LONGEST],
            datagrams: Vec::with_capacity(TOGETHER),
            #[cfg(target_os = "linux")]
            headers: linux::headers(),
        }
    }

    /// What came last.
    pub(super) fn datagrams(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        let rooms = self.bytes.chunks_exact(LONGEST);
        let filled = self.datagrams.iter().zip(rooms);
        filled.map(|((source, length), room)| (*source, &room[..*length]))
    }
}

/// Opens the port.
pub(super) fn open(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    linux::enlarge(&socket);
    Ok(socket)
}

/// Takes what waits, as far as it fits; `false` when nothing did.
pub(super) fn receive(socket: &UdpSocket, inbox: &mut Inbox) -> io::Result<bool> {
    inbox.datagrams.clear();
    match socket.try_io(Interest::READABLE, || read(socket, inbox)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}

/// Sends what waits, and forgets it; gives how many the system had no room for.
pub(super) fn send(socket: &UdpSocket, out: &mut Outbox) -> u64 {
    let unsent = write(socket, out);
    out.clear();
    unsent
}

#[cfg(target_os = "linux")]
use linux::{read, write};

#[cfg(not(target_os = "linux"))]
fn read(socket: &UdpSocket, inbox: &mut Inbox) -> io::Result<()> {
    for room in inbox.bytes.chunks_exact_mut(LONGEST) {
        match socket.try_recv_from(room) {
            Ok((length, source)) => inbox.datagrams.push((source, length)),
            Err(_) if !inbox.datagrams.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn write(socket: &UdpSocket, out: &Outbox) -> u64 {
    let sent = |(to, bytes): (SocketAddr, &[u8])| socket.try_send_to(bytes, to).is_ok();
    out.datagrams().filter(|datagram| !sent(*datagram)).count() as u64
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::net::SocketAddr;
    use std::os::fd::AsRawFd as _;

    use nix::errno::Errno;
    use nix::sys::socket::{
        MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendmmsg, setsockopt, sockopt,
    };
    use tokio::net::UdpSocket;

    use super::{Inbox, LONGEST, SYSTEM_BUFFER, TOGETHER};
    use crate::relay::outbox::Outbox;

    pub(super) type Headers = MultiHeaders<SockaddrStorage>;

    pub(super) fn headers() -> Headers {
        MultiHeaders::preallocate(TOGETHER, None)
    }

    /// The system may allow less; then it keeps less.
    pub(super) fn enlarge(socket: &std::net::UdpSocket) {
        let _ = setsockopt(socket, sockopt::RcvBuf, &SYSTEM_BUFFER);
        let _ = setsockopt(socket, sockopt::SndBuf, &SYSTEM_BUFFER);
    }

    pub(super) fn read(socket: &UdpSocket, inbox: &mut Inbox) -> io::Result<()> {
        let rooms = inbox.bytes.chunks_exact_mut(LONGEST);
        let mut slices: Vec<_> = rooms.map(|room| [IoSliceMut::new(room)]).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        let descriptor = socket.as_raw_fd();
        let came = recvmmsg(
            descriptor,
            &mut inbox.headers,
            slices.iter_mut(),
            flags,
            None,
        )?;
        for message in came {
            // Without an address nobody can be answered.
            let source = message.address.as_ref().and_then(address);
            let (source, length) = match source {
                Some(source) => (source, message.bytes),
                None => (SocketAddr::from(([0, 0, 0, 0], 0)), 0),
            };
            inbox.datagrams.push((source, length));
        }
        Ok(())
    }

    fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
        let v4 = storage.as_sockaddr_in().copied();
        let v6 = || storage.as_sockaddr_in6().copied();
        v4.map(|v4| SocketAddr::V4(v4.into()))
            .or_else(|| Some(SocketAddr::V6(v6()?.into())))
    }

    pub(super) fn write(socket: &UdpSocket, out: &Outbox) -> u64 {
        let waiting: Vec<_> = out.datagrams().collect();
        let mut unsent = 0;
        let mut headers = headers();
        let mut rest = &waiting[..];
        while !rest.is_empty() {
            let (together, _) = rest.split_at(rest.len().min(TOGETHER));
            let slices: Vec<_> = together
                .iter()
                .map(|(_, bytes)| [IoSlice::new(bytes)])
                .collect();
            let addresses: Vec<_> = together
                .iter()
                .map(|(to, _)| Some(SockaddrStorage::from(*to)))
                .collect();
            let flags = MsgFlags::MSG_DONTWAIT;
            let descriptor = socket.as_raw_fd();
            let sent = sendmmsg(descriptor, &mut headers, &slices, &addresses, [], flags);
            let done = match sent {
                Ok(sent) => sent.count(),
                Err(Errno::EINTR) => 0,
                // Voice that waits is of no use: what the system has no room for is dropped.
                Err(Errno::EAGAIN | Errno::ENOBUFS) => return unsent + rest.len() as u64,
                // The first of them cannot be sent, perhaps because nobody is there; the others can.
                Err(_) => {
                    unsent += 1;
                    1
                }
            };
            rest = rest.get(done..).unwrap_or_default();
        }
        unsent
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn many_datagrams_go_out_and_come_in_together() {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let [from, to] = [(); 2].map(|()| UdpSocket::from_std(open(here).unwrap()).unwrap());
        let mut out = Outbox::default();
        let many = 3 * TOGETHER + 5;
        for number in 0..many {
            let address = to.local_addr().unwrap();
            out.write(address, |bytes| {
                bytes.extend((number as u32).to_be_bytes());
                bytes.resize(bytes.len() + number % 900, 7);
                Some(())
            });
        }
        assert!(!out.write(here, |_| None));
        assert_eq!(send(&from, &mut out), 0);
        assert_eq!(out.len(), 0);
        let mut inbox = Inbox::new();
        let mut came = Vec::new();
        while came.len() < many {
            to.readable().await.unwrap();
            if receive(&to, &mut inbox).unwrap() {
                came.extend(inbox.datagrams().map(|(source, bytes)| {
                    assert_eq!(source, from.local_addr().unwrap());
                    let (number, rest) = bytes.split_first_chunk::<4>().unwrap();
                    let number = u32::from_be_bytes(*number);
                    assert_eq!(rest.len(), number as usize % 900);
                    number
                }));
            }
        }
        assert!(came.iter().copied().eq(0..many as u32));
        assert!(!receive(&to, &mut inbox).unwrap());
        assert_eq!(inbox.datagrams().count(), 0);
    }
}
