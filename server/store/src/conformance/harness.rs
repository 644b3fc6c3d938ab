//! What a store's own tests give the suite, and how it runs one test.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::Store;

/// A store that a test has for itself.
#[async_trait]
pub trait Harness: Send {
    /// The store as it is open now.
    fn store(&self) -> Arc<dyn Store>;

    /// Closes the store and opens it again on the same data.
    async fn reopen(&mut self);

    /// Closes the store and deletes its data.
    async fn remove(self: Box<Self>);
}

/// Runs `test` on a fresh store and deletes its data, also when the test fails.
pub async fn run<T>(harness: Option<Box<dyn Harness>>, test: T)
where
    T: for<'h> FnOnce(&'h mut dyn Harness) -> BoxFuture<'h, ()>,
{
    let Some(mut harness) = harness else {
        return;
    };
    let outcome = AssertUnwindSafe(test(&mut *harness)).catch_unwind().await;
    harness.remove().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}
