//! What the services tell, and a stranger on their bus.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use dialtone_desktop::{DesktopEvent, Sink};

use crate::bus::{Bus, PATIENCE};

/// Somebody on a bus.
pub(crate) fn connect(bus: &Bus) -> zbus::blocking::Connection {
    let dialtone_desktop::Bus::At(address) = bus.named() else {
        panic!("a bus of one's own has an address");
    };
    let builder = zbus::blocking::connection::Builder::address(address.as_str());
    builder.unwrap().build().unwrap()
}

/// What the services tell, as it comes.
pub(crate) fn listen() -> (Sink, Receiver<DesktopEvent>) {
    let (sender, told) = channel();
    let sink: Sink = Arc::new(move |event| {
        let _ = sender.send(event);
    });
    (sink, told)
}

/// Waits for a happening of a kind.
pub(crate) fn wait_for<T>(
    told: &Receiver<DesktopEvent>,
    mut wanted: impl FnMut(DesktopEvent) -> Option<T>,
) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        let rest = until.saturating_duration_since(Instant::now());
        let event = told.recv_timeout(rest).expect("something is told");
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

/// Waits until what is known is what is wanted; looked at again whenever something is told.
pub(crate) fn until(told: &Receiver<DesktopEvent>, mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        wait_for(told, Some);
    }
}
