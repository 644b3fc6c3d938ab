//! One test on both kinds of database.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt as _;

use super::{Database, TestServer};

/// Runs a test on a server with the embedded database.
pub(crate) async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(TestServer) -> F) {
    test(TestServer::start().await).await;
}

/// Runs a test on a server with a Postgres database of its own, and drops that, also when the test fails.
pub(crate) async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(TestServer) -> F) {
    let Some(database) = Database::create().await else {
        return;
    };
    let server = TestServer::start_on(&database.url()).await;
    let outcome = AssertUnwindSafe(test(server)).catch_unwind().await;
    database.drop().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Makes two tests of each function that takes a [`TestServer`]: one on each kind of database.
macro_rules! on_both_stores {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                Box::pin(crate::common::on_sqlite(super::$test)).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                Box::pin(crate::common::on_postgres(super::$test)).await;
            })*
        }
    };
}

pub(crate) use on_both_stores;
