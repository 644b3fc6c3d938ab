//! The network between one client and the server: can be cut, and joined again.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Passes on what comes to its address.
pub(crate) struct Middle {
    pub(crate) address: String,
    open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Middle {
    /// Before the server at `server`.
    pub(crate) fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let middle = Self {
            address: listener.local_addr().unwrap().to_string(),
            open: Arc::new(AtomicBool::new(true)),
            streams: Arc::default(),
        };
        let (server, open) = (server.to_owned(), Arc::clone(&middle.open));
        let streams = Arc::clone(&middle.streams);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(&server);
                let (true, Ok(far)) = (open.load(Ordering::SeqCst), far) else {
                    continue;
                };
                let mut streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let mut ends = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || {
                        let _ = io::copy(&mut ends.0, &mut ends.1);
                        let _ = ends.1.shutdown(Shutdown::Both);
                    });
                }
                streams.extend([near, far]);
            }
        });
        middle
    }

    /// Ends every connection, and lets none through.
    pub(crate) fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in streams.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections through again.
    pub(crate) fn join(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}
