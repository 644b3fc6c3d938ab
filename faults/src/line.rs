//! What is under way: delivered when it is due, by one task, and bounded.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Datagrams under way at once; more are lost.
const MOST: usize = 4_096;

/// A datagram under way.
pub(crate) struct Parcel {
    pub(crate) due: Instant,
    pub(crate) by: Arc<UdpSocket>,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// Delivers what is given to the sender, until that is dropped.
pub(crate) fn line() -> (mpsc::Sender<Parcel>, impl Future<Output = ()> + Send) {
    let (sender, parcels) = mpsc::channel(MOST);
    (sender, run(parcels))
}

async fn run(mut parcels: mpsc::Receiver<Parcel>) {
    let mut waiting: BTreeMap<(Instant, u64), Parcel> = BTreeMap::new();
    let mut number = 0;
    loop {
        let due = waiting.first_key_value().map(|((due, _), _)| *due);
        tokio::select! {
            parcel = parcels.recv() => {
                let Some(parcel) = parcel else { return };
                if waiting.len() < MOST {
                    number += 1;
                    waiting.insert((parcel.due, number), parcel);
                }
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
        }
        let now = Instant::now();
        while let Some(first) = waiting.first_entry().filter(|first| first.key().0 <= now) {
            let parcel = first.remove();
            // A new socket says for a moment that it is not ready; where nobody is, it is lost.
            let _ = parcel.by.send_to(&parcel.bytes, parcel.to).await;
        }
    }
}
