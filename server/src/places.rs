//! Places for connections: a bounded number, each held from the first byte to the last, sockets included.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Of so many places one is kept free of sockets, which stay for hours, so that requests get through.
const KEPT_FREE: usize = 20;

/// All places.
pub(crate) struct Places {
    connections: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    open: TaskTracker,
}

/// One connection's place.
#[derive(Clone)]
pub(crate) struct Place(Arc<Held>);

struct Held {
    _permit: OwnedSemaphorePermit,
    _open: TaskTrackerToken,
    sockets: Arc<Semaphore>,
}

/// The place of a WebSocket: its connection's, kept for as long as the socket is open.
pub(crate) struct Seat {
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// `most` places.
    pub(crate) fn new(most: usize) -> Self {
        let sockets = most.saturating_sub((most / KEPT_FREE).max(1)).max(1);
        Self {
            connections: Arc::new(Semaphore::new(most)),
            sockets: Arc::new(Semaphore::new(sockets)),
            open: TaskTracker::new(),
        }
    }

    /// Whether all are taken.
    pub(crate) fn is_full(&self) -> bool {
        self.connections.available_permits() == 0
    }

    /// Waits for a place; `None` never comes while the server runs.
    pub(crate) async fn take(&self) -> Option<Place> {
        let permit = Arc::clone(&self.connections).acquire_owned().await.ok()?;
        Some(Place(Arc::new(Held {
            _permit: permit,
            _open: self.open.token(),
            sockets: Arc::clone(&self.sockets),
        })))
    }

    /// Waits until every place is free.
    pub(crate) async fn wait(&self) {
        self.open.close();
        self.open.wait().await;
    }
}

impl Place {
    /// A seat for this connection as a WebSocket; `None` when there are too many already.
    pub(crate) fn seat(&self) -> Option<Seat> {
        let permit = Arc::clone(&self.0.sockets).try_acquire_owned().ok()?;
        Some(Seat {
            _place: self.clone(),
            _permit: permit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_seat_holds_its_place_and_some_places_stay_free_of_sockets() {
        let places = Places::new(3);
        let (first, second) = (places.take().await.unwrap(), places.take().await.unwrap());
        let (one, two) = (first.seat().unwrap(), second.seat().unwrap());
        drop((first, second));
        let third = places.take().await.unwrap();
        assert!(places.is_full());
        assert!(third.seat().is_none());
        drop(one);
        assert!(!places.is_full());
        assert!(third.seat().is_some());
        drop((two, third));
        places.wait().await;
    }
}
