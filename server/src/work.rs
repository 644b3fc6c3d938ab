//! Work that is done to its end once it has begun, whether or not who asked for it is still there: what is stored must be
//! handed out too.

use std::panic::resume_unwind;

use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// All work that is under way.
#[derive(Default)]
pub(crate) struct Work {
    tasks: TaskTracker,
}

impl Work {
    /// Does `work` in a task of its own and waits for it. Dropping the returned future does not stop the work.
    pub(crate) async fn complete<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        match self.tasks.spawn(work.in_current_span()).await {
            Ok(done) => done,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime ends, and with it whoever waits here.
            Err(_) => std::future::pending().await,
        }
    }

    /// Does `work` in a task of its own, which nobody waits for.
    pub(crate) fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work.in_current_span());
    }

    /// Waits until no work is under way.
    pub(crate) async fn wait(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_for_it() {
        let work = Arc::new(Work::default());
        let (release, held) = oneshot::channel::<()>();
        let (done, seen) = oneshot::channel();
        let asked = work.complete(async move {
            held.await.unwrap();
            done.send(()).unwrap();
        });
        // Begun, then given up.
        assert!(Box::pin(asked).as_mut().now_or_never().is_none());
        release.send(()).unwrap();
        seen.await.unwrap();
        work.wait().await;
    }
}
