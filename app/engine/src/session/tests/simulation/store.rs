//! The server's real store, which says when it works: virtual time must not go on meanwhile.
//!
//! `SQLite` works on threads of its own. To tokio the runtime looks idle while it waits for them, and with its clock paused it would go on
//! to the next timer. So the runtime is kept from parking (see [`hold`]) while a transaction is open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use dialtone_store::{Store, StoreError, Transaction};
use tokio::runtime::Handle;

/// How long a database may take for one step before the test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// How much is under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<AtomicUsize>);

/// Something is, until this is dropped.
pub(super) struct Working(Busy);

impl Busy {
    pub(super) fn begin(&self) -> Working {
        self.0.fetch_add(1, Ordering::SeqCst);
        Working(self.clone())
    }

    fn is_busy(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Called before the runtime parks: returns when the database is done, or has woken a task.
pub(super) fn hold(busy: &Busy, runtime: &Handle) {
    let began = Instant::now();
    while busy.is_busy() && runtime.metrics().global_queue_depth() == 0 {
        assert!(began.elapsed() < PATIENCE, "the database does not answer");
        std::thread::yield_now();
    }
}

/// A store whose work is counted.
#[derive(Debug)]
pub(super) struct CountedStore {
    inner: Arc<dyn Store>,
    busy: Busy,
}

impl CountedStore {
    pub(super) fn new(inner: Arc<dyn Store>, busy: Busy) -> Self {
        Self { inner, busy }
    }
}

#[async_trait]
impl Store for CountedStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let working = self.busy.begin();
        let inner = self.inner.begin().await?;
        Ok(Box::new(CountedTransaction { inner, working }))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let working = self.busy.begin();
        let inner = self.inner.read().await?;
        Ok(Box::new(CountedTransaction { inner, working }))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let _working = self.busy.begin();
        self.inner.ping().await
    }

    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    async fn close(&self) {
        let _working = self.busy.begin();
        self.inner.close().await;
    }
}

struct CountedTransaction {
    inner: Box<dyn Transaction>,
    working: Working,
}

#[async_trait]
impl Transaction for CountedTransaction {
    dialtone_store::delegate_stores!(inner);

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { inner, working } = *self;
        let committed = inner.commit().await;
        drop(working);
        committed
    }
}
