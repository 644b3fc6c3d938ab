//! Connecting by a name, which may have several addresses: each has its part of the time, so that a machine that is gone without a word leaves some
//! for the next. A system tries the first one for minutes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

/// Connects to the first address of `server` (`host:port`) that answers.
///
/// # Errors
/// The last address's, or that of looking the name up.
pub(super) async fn connect(server: &str, within: Duration) -> io::Result<TcpStream> {
    let addresses: Vec<_> = lookup_host(server).await?.collect();
    first_of(&addresses, within).await
}

async fn first_of(addresses: &[SocketAddr], within: Duration) -> io::Result<TcpStream> {
    let deadline = Instant::now() + within;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for (index, address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let those_left = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        match timeout(left / those_left, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    const WITHIN: Duration = Duration::from_secs(2);

    /// An address that answers nobody, and what makes it so: its queue is full, and the system drops what else comes.
    #[cfg(target_os = "linux")]
    async fn silent() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = Vec::new();
        while let Ok(stream) = timeout(WITHIN / 4, TcpStream::connect(address)).await {
            queued.push(stream.unwrap());
        }
        (address, listener, queued)
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn one_that_says_nothing_leaves_time_for_the_next() {
        let (gone, _listener, _queued) = silent().await;
        let lives = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = lives.local_addr().unwrap();
        let stream = first_of(&[gone, there], WITHIN).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), there);
        let alone = first_of(&[gone], WITHIN / 4).await.unwrap_err();
        assert_eq!(alone.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn one_that_refuses_is_passed_over_and_the_last_says_why() {
        let lives = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = lives.local_addr().unwrap();
        let ended = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gone = ended.local_addr().unwrap();
        drop(ended);
        let stream = first_of(&[gone, there], WITHIN).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), there);
        let refused = first_of(&[gone], WITHIN).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert!(first_of(&[], WITHIN).await.is_err());
    }
}
