//! The same server on Postgres, and what it does while the database is gone.

use dialtone_protocol::frame::{ClientFrame, RefusalCode, ServerFrame};
use dialtone_protocol::http::{ErrorCode, EventPage};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::common::{Person, Socket, TestServer};

/// An empty database on the server that `DIALTONE_TEST_POSTGRES_URL` names.
struct Database {
    server: String,
    name: String,
}

impl Database {
    async fn create(purpose: &str) -> Option<Self> {
        let Ok(server) = std::env::var("DIALTONE_TEST_POSTGRES_URL") else {
            assert!(
                std::env::var("DIALTONE_SKIP_POSTGRES").is_ok_and(|value| value == "1"),
                "these tests need a Postgres server: run them through `./dev test`, which starts one, or set \
                 DIALTONE_TEST_POSTGRES_URL; DIALTONE_SKIP_POSTGRES=1 skips them"
            );
            println!("skipped: DIALTONE_SKIP_POSTGRES=1");
            return None;
        };
        let name = format!("dialtone_server_{}_{purpose}", std::process::id());
        let database = Self { server, name };
        database
            .execute(&format!("CREATE DATABASE {}", database.name))
            .await;
        Some(database)
    }

    fn url(&self) -> String {
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

    async fn reachable(&self, reachable: bool) {
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

    async fn drop(self) {
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

#[tokio::test]
async fn two_people_write_and_a_restart_changes_nothing() {
    let Some(database) = Database::create("restart").await else {
        return;
    };
    let server = TestServer::start_on(&database.url()).await;
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let mut bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    for number in 0..10 {
        let (one, two) = (
            anna.send_frame(channel, &format!("a {number}")),
            bernd.send_frame(channel, &format!("b {number}")),
        );
        let (one, two) = tokio::join!(a.ask(&one), b.ask(&two));
        assert!(matches!(one, ServerFrame::Stored { .. }), "{one:?}");
        assert!(matches!(two, ServerFrame::Stored { .. }), "{two:?}");
    }
    drop((a, b));
    let server = server.restart().await;
    anna.api.address = server.address;
    let path = format!("/channels/{channel}/events?after=0&limit=200");
    let page: EventPage = anna.api.get(&path).await.read();
    let sequences: Vec<_> = page.events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=20).collect::<Vec<_>>());
    assert_eq!(anna.rotate().await.status, 200);
    server.stop().await;
    database.drop().await;
}

#[tokio::test]
async fn while_the_database_is_gone_nothing_is_acknowledged_and_then_it_goes_on() {
    let Some(database) = Database::create("gone").await else {
        return;
    };
    let server = TestServer::start_on(&database.url()).await;
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let first = anna.send_frame(channel, "before");
    assert!(matches!(
        socket.ask(&first).await,
        ServerFrame::Stored { .. }
    ));
    database.reachable(false).await;
    let second = anna.send_frame(channel, "while");
    assert_eq!(socket.refusal(&second).await, RefusalCode::Unavailable);
    assert_eq!(
        server.api().get("/health").await.code(),
        ErrorCode::Unavailable
    );
    assert_eq!(
        anna.api.get("/channels").await.code(),
        ErrorCode::Unavailable
    );
    database.reachable(true).await;
    assert_eq!(server.api().get("/health").await.status, 200);
    let answer = socket.ask(&second).await;
    let ServerFrame::Stored { sequence, .. } = answer else {
        panic!("not stored: {answer:?}")
    };
    assert_eq!(sequence, 2);
    // It is not in the way that one connection was refused.
    let again: ClientFrame = second.clone();
    assert!(matches!(
        socket.ask(&again).await,
        ServerFrame::Stored { sequence: 2, .. }
    ));
    server.stop().await;
    database.drop().await;
}
