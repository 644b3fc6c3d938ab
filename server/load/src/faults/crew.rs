//! The clients that write, and what is known of their work while they are at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::writer::Writing;
use crate::community::{Client, Sealed};
use crate::error::LoadError;
use crate::net::{Endpoint, Stand};
use crate::verdict::Acknowledged;

/// Messages that may wait at one writer.
const WAITING: usize = 256;
/// How long something may take after a fault is over.
const PATIENCE: Duration = Duration::from_mins(3);

/// Between two looks at how far somebody has read.
const LOOK: Duration = Duration::from_millis(20);

/// How far all writers are together.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// Messages that the server said it has.
    pub(super) acknowledged: usize,
    /// Messages that it said it cannot take now.
    pub(super) unavailable: usize,
    /// In these words, the last time.
    pub(super) words: String,
    /// How often one of them connected.
    pub(super) connected: usize,
    /// How often one of them went to another place.
    pub(super) moved: usize,
    /// One of them gave up.
    failed: bool,
}

/// The writers at work.
pub(super) struct Crew {
    orders: Vec<mpsc::Sender<Sealed>>,
    tasks: JoinSet<Result<Vec<Acknowledged>, LoadError>>,
    counts: watch::Receiver<Counts>,
    given: usize,
    /// The last event that each of them has read.
    read: Vec<Arc<AtomicU64>>,
}

impl Crew {
    /// Starts a writer for each of these clients, who know all these places and begin at one each, in turn.
    pub(super) fn start(
        clients: &[Client],
        stand: Stand,
        places: &watch::Receiver<Vec<Endpoint>>,
    ) -> Self {
        let (sender, counts) = watch::channel(Counts::default());
        let (mut orders, mut tasks, mut read) = (Vec::new(), JoinSet::new(), Vec::new());
        for (at, client) in clients.iter().enumerate() {
            let (order, ordered) = mpsc::channel(WAITING);
            let has_read = Arc::new(AtomicU64::new(stand.after));
            read.push(Arc::clone(&has_read));
            let writing = Writing {
                places: places.clone(),
                at,
                client: client.clone(),
                stand,
                channel: stand.channel,
                orders: ordered,
                counts: sender.clone(),
                has_read,
            };
            let counts = sender.clone();
            tasks.spawn(async move {
                let written = writing.run().await;
                if written.is_err() {
                    counts.send_modify(|counts| counts.failed = true);
                }
                written
            });
            orders.push(order);
        }
        Self {
            orders,
            tasks,
            counts,
            given: 0,
            read,
        }
    }

    /// Gives everybody their messages.
    ///
    /// # Errors
    /// When one of them gave up.
    pub(super) async fn give(&mut self, messages: Vec<Sealed>) -> Result<(), LoadError> {
        for message in messages {
            self.given += 1;
            let order = self.orders.get(message.sender);
            let order = order.ok_or_else(|| LoadError::Broken("a message of nobody".into()))?;
            if order.send(message).await.is_err() {
                return Err(self.why().await);
            }
        }
        Ok(())
    }

    /// Messages that were given and are not acknowledged yet.
    pub(super) fn left(&self) -> usize {
        self.given - self.counts.borrow().acknowledged
    }

    /// How far they are.
    pub(super) fn counts(&self) -> Counts {
        self.counts.borrow().clone()
    }

    /// Waits until it is so.
    ///
    /// # Errors
    /// When it takes too long, or one of them gave up.
    pub(super) async fn until(
        &mut self,
        what: &str,
        so: impl Fn(&Counts) -> bool,
    ) -> Result<(), LoadError> {
        let waited = timeout(
            PATIENCE,
            self.counts.wait_for(|counts| counts.failed || so(counts)),
        );
        let failed = match waited.await {
            Ok(Ok(counts)) => Some(counts.failed),
            Ok(Err(_)) => Some(true),
            Err(_) => None,
        };
        let Some(failed) = failed else {
            let (left, counts) = (self.left(), self.counts());
            return Err(LoadError::Unsound(format!(
                "it took too long until {what}: {left} messages are not acknowledged ({counts:?})"
            )));
        };
        if failed {
            return Err(self.why().await);
        }
        Ok(())
    }

    /// Waits until all that was given is acknowledged.
    ///
    /// # Errors
    /// As [`Crew::until`].
    pub(super) async fn drained(&mut self) -> Result<(), LoadError> {
        let given = self.given;
        self.until("all is acknowledged", |counts| counts.acknowledged == given)
            .await
    }

    /// Waits until everybody has read all that was given: nothing more is written.
    ///
    /// # Errors
    /// When it takes too long, or one of them gave up.
    pub(super) async fn read_along(&mut self) -> Result<(), LoadError> {
        let given = self.given as u64;
        let all = async {
            while self
                .read
                .iter()
                .any(|one| one.load(Ordering::Relaxed) < given)
            {
                sleep(LOOK).await;
            }
        };
        if timeout(PATIENCE, all).await.is_ok() {
            return Ok(());
        }
        if self.counts().failed {
            return Err(self.why().await);
        }
        let read = self.read.iter().map(|one| one.load(Ordering::Relaxed));
        let read: Vec<_> = read.collect();
        let words = format!("of {given} events they have read {read:?}");
        Err(LoadError::Unsound(words))
    }

    /// Ends the work; what each of them had acknowledged.
    ///
    /// # Errors
    /// When one of them gave up.
    pub(super) async fn finish(mut self) -> Result<Vec<Vec<Acknowledged>>, LoadError> {
        self.orders.clear();
        let mut all = Vec::new();
        while let Some(one) = self.tasks.join_next().await {
            all.push(one??);
        }
        Ok(all)
    }

    /// Why one of them gave up.
    async fn why(&mut self) -> LoadError {
        while let Some(one) = self.tasks.join_next().await {
            match one {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(error) => return error.into(),
            }
        }
        LoadError::Broken("nobody says why".into())
    }
}
