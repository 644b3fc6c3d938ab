//! A store in front of a store, which fails where a test asks it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use dialtone_store::{Store, StoreError, TokenHash, Transaction, UnixMillis};
use tokio::sync::{Mutex, Notify};

/// What goes wrong.
#[derive(Debug)]
pub(crate) struct Faults {
    inner: Arc<dyn Store>,
    no_reads: AtomicBool,
    lost_answers: AtomicU32,
    revoke_at: Mutex<Option<(u32, TokenHash)>>,
    panics: AtomicBool,
    hold: AtomicBool,
    held: Arc<Held>,
}

/// A commit that is done and whose answer waits.
#[derive(Debug, Default)]
struct Held {
    reached: Notify,
    released: Notify,
}

impl Faults {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            no_reads: AtomicBool::new(false),
            lost_answers: AtomicU32::new(0),
            revoke_at: Mutex::new(None),
            panics: AtomicBool::new(false),
            hold: AtomicBool::new(false),
            held: Arc::default(),
        })
    }

    /// Nothing can be read, or again.
    pub(crate) fn refuse_reads(&self, refuse: bool) {
        self.no_reads.store(refuse, Ordering::SeqCst);
    }

    /// So many commits from now on are done, but nobody is told so.
    pub(crate) fn lose_answers(&self, count: u32) {
        self.lost_answers.store(count, Ordering::SeqCst);
    }

    /// Just before the `nth` read from now, a session is revoked.
    pub(crate) async fn revoke_before_read(&self, nth: u32, token: TokenHash) {
        *self.revoke_at.lock().await = Some((nth, token));
    }

    /// The next transaction panics when it begins.
    pub(crate) fn panic_once(&self) {
        self.panics.store(true, Ordering::SeqCst);
    }

    /// The answer to the next commit waits until it is released.
    pub(crate) fn hold_next_answer(&self) {
        self.hold.store(true, Ordering::SeqCst);
    }

    /// Waits until a commit is done whose answer is held.
    pub(crate) async fn answer_is_held(&self) {
        self.held.reached.notified().await;
    }

    /// Lets the held answer go.
    pub(crate) fn release_answer(&self) {
        self.held.released.notify_one();
    }

    async fn count_read(&self) {
        let mut planned = self.revoke_at.lock().await;
        let Some((left, token)) = *planned else {
            return;
        };
        if left > 1 {
            *planned = Some((left - 1, token));
            return;
        }
        *planned = None;
        let mut tx = self.inner.begin().await.unwrap();
        assert!(tx.sessions().revoke(&token, UnixMillis(1)).await.unwrap());
        tx.commit().await.unwrap();
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable {
        detail: "a test took it away".to_owned(),
    }
}

#[async_trait]
impl Store for Faults {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        assert!(
            !self.panics.swap(false, Ordering::SeqCst),
            "a test asked for this panic"
        );
        let inner = self.inner.begin().await?;
        let held = self.hold.swap(false, Ordering::SeqCst);
        let one_less = |left: u32| left.checked_sub(1);
        let lost = self
            .lost_answers
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .is_ok();
        Ok(Box::new(Faulty {
            inner,
            lost,
            held: held.then(|| Arc::clone(&self.held)),
        }))
    }

    async fn read(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.count_read().await;
        if self.no_reads.load(Ordering::SeqCst) {
            return Err(gone());
        }
        self.inner.read().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }

    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

struct Faulty {
    inner: Box<dyn Transaction>,
    lost: bool,
    held: Option<Arc<Held>>,
}

#[async_trait]
impl Transaction for Faulty {
    dialtone_store::delegate_stores!(inner);

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await?;
        if let Some(held) = self.held {
            held.reached.notify_one();
            held.released.notified().await;
        }
        if self.lost {
            return Err(gone().at_commit());
        }
        Ok(())
    }
}
