//! The database going away and coming back, and what is said when it cannot be reached.

use dialtone_faults::{NatRules, Network};
use dialtone_protocol::{AccountId, DeviceId, PublicKey};
use dialtone_store::{NewDevice, StoreError, UnixMillis};
use dialtone_store_postgres::{connect, connect_beside_server};
use tokio::runtime::Handle;

use crate::database::Database;

#[tokio::test]
async fn cut_connections_are_replaced() {
    let Some(database) = Database::create().await else {
        return;
    };
    let store = connect(&database.url).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.meta().put("key", b"lost").await.unwrap();
    database.cut_connections().await;
    let lost = tx.commit().await.unwrap_err();
    assert!(lost.is_unavailable(), "{lost}");

    store.ping().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.meta().get("key").await.unwrap(), None);
    tx.meta().put("key", b"kept").await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn connections_that_fell_silent_are_given_up_and_replaced() {
    let Some(database) = Database::create().await else {
        return;
    };
    let network = Network::new(Handle::current(), 1, NatRules::default());
    let there = database.address();
    let here = network.tcp("127.0.0.1:0".parse().unwrap(), there.parse().unwrap());
    let url = database.url.replace(&there, &here.unwrap().to_string());
    let store = connect(&url).await.unwrap();
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(store.begin().await.unwrap());
    }
    let mut before_commit = store.begin().await.unwrap();
    before_commit.meta().put("key", b"lost").await.unwrap();
    for tx in idle {
        tx.commit().await.unwrap();
    }
    // As behind a firewall that forgot them: nobody hears of it.
    network.change();
    tokio::time::pause();
    let lost = before_commit.commit().await.unwrap_err();
    assert!(lost.is_unavailable(), "{lost}");
    tokio::time::resume();
    store.ping().await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.meta().get("key").await.unwrap(), None);
    drop(tx);
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn a_database_that_is_gone_is_unavailable_until_it_is_back() {
    let Some(database) = Database::create().await else {
        return;
    };
    let store = connect(&database.url).await.unwrap();
    database.allow_connections(false).await;
    database.cut_connections().await;
    let gone = store.begin().await.err().unwrap();
    assert!(gone.is_unavailable(), "{gone}");
    assert!(store.ping().await.unwrap_err().is_unavailable());
    database.allow_connections(true).await;
    store.ping().await.unwrap();
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn committing_after_a_failed_statement_is_an_error() {
    let Some(database) = Database::create().await else {
        return;
    };
    let store = connect(&database.url).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.meta().put("key", b"value").await.unwrap();
    let of_nobody = NewDevice {
        device: DeviceId([1; 32]),
        account: AccountId([1; 32]),
        device_key: PublicKey([1; 32]),
        box_key: Vec::new(),
    };
    tx.devices()
        .add(&of_nobody, UnixMillis(0))
        .await
        .unwrap_err();
    assert!(
        tx.commit().await.is_err(),
        "nothing was stored, and it must not be said that it was"
    );
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.meta().get("key").await.unwrap(), None);
    drop(tx);
    store.close().await;
    database.drop().await;
}

#[tokio::test]
async fn servers_that_start_at_once_migrate_once() {
    let Some(database) = Database::create().await else {
        return;
    };
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { connect(&url).await })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap().close().await;
    }
    database.drop().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_without_the_password() {
    for url in [
        "mysql://root:hunter2@127.0.0.1/x",
        "postgres://root:hunter2@127.0.0.1:nonsense/x",
    ] {
        let refused = connect(url).await.unwrap_err();
        assert!(matches!(refused, StoreError::Settings { .. }), "{refused}");
        assert!(
            !format!("{refused} {refused:?}").contains("hunter2"),
            "{refused}"
        );
    }
    // Port 9 is "discard": nothing listens there.
    let refused = connect("postgres://root:hunter2@127.0.0.1:9/x")
        .await
        .unwrap_err();
    assert!(refused.is_unavailable(), "{refused}");
    assert!(refused.to_string().contains("127.0.0.1:9"), "{refused}");
    assert!(
        !format!("{refused} {refused:?}").contains("hunter2"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_command_beside_the_server_leaves_the_schema_as_it_is() {
    let Some(database) = Database::create().await else {
        return;
    };
    let early = connect_beside_server(&database.url).await.unwrap_err();
    assert!(matches!(early, StoreError::Settings { .. }), "{early}");
    assert!(
        early.to_string().contains("start the server once"),
        "{early}"
    );
    let server = connect(&database.url).await.unwrap();
    let command = connect_beside_server(&database.url).await.unwrap();
    command.ping().await.unwrap();
    command.close().await;
    database
        .execute_in(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'from the future', TRUE, '', 0)",
        )
        .await;
    let newer = connect_beside_server(&database.url).await.unwrap_err();
    assert!(
        matches!(newer, StoreError::NewerSchema { found: 9999, .. }),
        "{newer}"
    );
    server.close().await;
    database.drop().await;
}
