//! A connection as it comes from the system, before anything is said on it.

use tokio::net::TcpStream;

/// The most that the system takes of an answer before the other end has room for it, in bytes. Otherwise it takes megabytes, is ready for more
/// only when a third of them is gone, and who reads slowly but steadily seems to take nothing for minutes. Twice as much as is read of a file at once.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 * 1024;

/// Sets it up. Where the system does not know one of these, the connection works without it.
pub(crate) fn prepare(socket: &TcpStream) {
    // Small frames must not wait for more.
    let _: std::io::Result<()> = socket.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _: std::io::Result<()> = socket2::SockRef::from(socket).set_tcp_notsent_lowat(UNSENT);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_system_takes_little_that_the_other_end_has_no_room_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (socket, _) = accepted.unwrap();
        prepare(&socket);
        assert!(socket.nodelay().unwrap());
        let unsent = socket2::SockRef::from(&socket).tcp_notsent_lowat();
        assert_eq!(unsent.unwrap(), UNSENT);
        drop(client);
    }
}
