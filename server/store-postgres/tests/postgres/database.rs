//! A fresh database for each test, on the server that `DIALTONE_TEST_POSTGRES_URL` names.
#![expect(clippy::unwrap_used, reason = "a test whose database fails panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use dialtone_store::Store;
use dialtone_store::conformance::Harness;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of one test's own.
pub(crate) struct Database {
    server: String,
    name: String,
    /// Where it is.
    pub(crate) url: String,
}

impl Database {
    /// Makes an empty database; `None` when the tests are to be skipped.
    ///
    /// # Panics
    /// When it is not said which server to use.
    pub(crate) async fn create() -> Option<Self> {
        let Ok(server) = std::env::var("DIALTONE_TEST_POSTGRES_URL") else {
            assert!(
                std::env::var("DIALTONE_SKIP_POSTGRES").is_ok_and(|value| value == "1"),
                "these tests need a Postgres server: run them through `./dev test`, which starts one, or set \
                 DIALTONE_TEST_POSTGRES_URL; DIALTONE_SKIP_POSTGRES=1 skips them"
            );
            println!("skipped: DIALTONE_SKIP_POSTGRES=1");
            return None;
        };
        let name = format!(
            "dialtone_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let database = Self {
            url: url_of(&server, &name),
            server,
            name,
        };
        database
            .execute(&format!("CREATE DATABASE {}", database.name))
            .await;
        Some(database)
    }

    /// The server's address and port.
    pub(crate) fn address(&self) -> String {
        let (_, after) = self.server.split_once('@').unwrap();
        after.split('/').next().unwrap().to_owned()
    }

    /// Drops the database, whoever is still connected.
    pub(crate) async fn drop(self) {
        self.execute(&format!(
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            self.name
        ))
        .await;
    }

    /// Cuts every connection to the database, as a restart of the server does.
    pub(crate) async fn cut_connections(&self) {
        let name = &self.name;
        self.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await;
    }

    /// Lets nobody connect any more, or again.
    pub(crate) async fn allow_connections(&self, allow: bool) {
        self.execute(&format!(
            "ALTER DATABASE {} ALLOW_CONNECTIONS {allow}",
            self.name
        ))
        .await;
    }

    /// Runs a statement in the database itself.
    pub(crate) async fn execute_in(&self, statement: &str) {
        execute_at(&self.url, statement).await;
    }

    async fn execute(&self, statement: &str) {
        execute_at(&self.server, statement).await;
    }
}

async fn execute_at(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// The same server's URL with another database.
fn url_of(server: &str, name: &str) -> String {
    let (base, parameters) = server
        .split_once('?')
        .map_or((server, String::new()), |(b, p)| (b, format!("?{p}")));
    let scheme = base.find("://").map_or(0, |at| at + 3);
    let host_end = base[scheme..]
        .find('/')
        .map_or(base.len(), |at| scheme + at);
    format!("{}/{name}{parameters}", &base[..host_end])
}

/// A store on a database of one test's own.
pub(crate) struct PostgresHarness {
    database: Database,
    store: Arc<dyn Store>,
}

#[async_trait]
impl Harness for PostgresHarness {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    async fn reopen(&mut self) {
        self.store.close().await;
        self.store = dialtone_store_postgres::connect(&self.database.url)
            .await
            .unwrap();
    }

    async fn remove(self: Box<Self>) {
        self.store.close().await;
        self.database.drop().await;
    }
}

/// For the conformance suite.
pub(crate) async fn open() -> Option<Box<dyn Harness>> {
    let database = Database::create().await?;
    let store = dialtone_store_postgres::connect(&database.url)
        .await
        .unwrap();
    Some(Box::new(PostgresHarness { database, store }))
}
