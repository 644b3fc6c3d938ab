//! A connection that does not wait for ever: the database's own limits are of no use where its answers are lost on the way.
//!
//! ```text
//! taken from the pool -> BEGIN -> statements, each answered in time or an error -> COMMIT or ROLLBACK -> given back
//! one that does not answer is dropped, and its place in the pool is free at once
//! ```

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, PgPool, Postgres, SqlStr};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long an answer may take: longer than the database lets any statement run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take to undo what was not committed.
const UNDOING: Duration = Duration::from_secs(5);

/// A connection with an open transaction. Dropped, it undoes that and goes back to the pool.
pub(crate) struct Patient {
    /// None only while it is dropped.
    connection: Option<PoolConnection<Postgres>>,
    patience: Duration,
    open: bool,
}

impl Patient {
    /// Takes a connection and runs the statement that begins a transaction.
    pub(crate) async fn begin(pool: &PgPool, statement: &'static str) -> Result<Self, Error> {
        let mut patient = Self {
            connection: Some(pool.acquire().await?),
            patience: PATIENCE,
            open: true,
        };
        patient.execute(statement).await?;
        Ok(patient)
    }

    /// Statements may run for so long from now on.
    pub(crate) fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Commits. An error leaves open whether it did.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.execute("COMMIT").await?;
        self.open = false;
        Ok(())
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient").finish_non_exhaustive()
    }
}

impl Drop for Patient {
    fn drop(&mut self) {
        let (Some(connection), Ok(runtime)) = (self.connection.take(), Handle::try_current())
        else {
            return;
        };
        runtime.spawn(give_back(connection, self.open));
    }
}

async fn give_back(mut connection: PoolConnection<Postgres>, open: bool) {
    let undone = if open {
        let undone = timeout(UNDOING, connection.execute("ROLLBACK")).await;
        matches!(undone, Ok(Ok(_)))
    } else {
        true
    };
    if undone {
        // The pool asks the database whether it is still there. A late answer frees the place, and no more is to be done.
        let _: Result<(), _> = timeout(UNDOING, connection.return_to_pool()).await;
    } else {
        drop(connection.detach());
    }
}

fn silent(patience: Duration) -> Error {
    let words = format!("no answer in {} s", patience.as_secs());
    Error::Io(std::io::Error::new(ErrorKind::TimedOut, words))
}

type Found = Either<PgQueryResult, PgRow>;

impl<'c> Executor<'c> for &'c mut Patient {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Found, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let patience = self.patience;
        let Some(connection) = self.connection.as_deref_mut() else {
            return stream::once(async { Err(Error::PoolClosed) }).boxed();
        };
        let answers = connection.fetch_many(query);
        stream::try_unfold(answers, move |mut answers| async move {
            let next = timeout(patience, answers.try_next()).await;
            let next = next.map_err(|_| silent(patience))??;
            Ok(next.map(|one| (one, answers)))
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let patience = self.patience;
        let Some(connection) = self.connection.as_deref_mut() else {
            return Box::pin(async { Err(Error::PoolClosed) });
        };
        let answer = connection.fetch_optional(query);
        Box::pin(async move {
            let answer = timeout(patience, answer).await;
            answer.map_err(|_| silent(patience))?
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        let patience = self.patience;
        let Some(connection) = self.connection.as_deref_mut() else {
            return Box::pin(async { Err(Error::PoolClosed) });
        };
        let answer = connection.prepare_with(sql, parameters);
        Box::pin(async move {
            let answer = timeout(patience, answer).await;
            answer.map_err(|_| silent(patience))?
        })
    }
    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        let patience = self.patience;
        let Some(connection) = self.connection.as_deref_mut() else {
            return Box::pin(async { Err(Error::PoolClosed) });
        };
        let answer = connection.describe(sql);
        Box::pin(async move {
            let answer = timeout(patience, answer).await;
            answer.map_err(|_| silent(patience))?
        })
    }
}
