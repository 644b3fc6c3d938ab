//! A Postgres database of a test's own.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// An empty database on the server that `DIALTONE_TEST_POSTGRES_URL` names.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// `None` where the tests on Postgres are to be skipped.
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
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dialtone_server_{}_{number}", std::process::id());
        let database = Self { server, name };
        database
            .execute(&format!("CREATE DATABASE {}", database.name))
            .await;
        Some(database)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        let (server, options) = match self.server.split_once('?') {
            Some((server, options)) => (server, format!("?{options}")),
            None => (self.server.as_str(), String::new()),
        };
        let start = server.find("://").map_or(0, |at| at + 3);
        let base = server[start..]
            .find('/')
            .map_or(server, |slash| &server[..start + slash]);
        format!("{base}/{}{options}", self.name)
    }

    /// Cuts every connection and lets nobody connect, or lets everybody connect again.
    pub(crate) async fn reachable(&self, reachable: bool) {
        let name = &self.name;
        self.execute(&format!(
            "ALTER DATABASE {name} ALLOW_CONNECTIONS {reachable}"
        ))
        .await;
        if !reachable {
            self.execute(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .await;
        }
    }

    /// Drops it, whoever is still connected.
    pub(crate) async fn drop(self) {
        self.execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await;
    }

    async fn execute(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.server).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}
