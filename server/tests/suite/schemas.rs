//! Databases of every released schema, frozen with what was in them: each is brought up to date, checked, and read.

use std::path::{Path, PathBuf};

use dialtone_server::check::{Depth, check};
use dialtone_server::config::{Database as DatabaseSetting, Settings};
use dialtone_server::database;
use dialtone_store::StoreError;
use dialtone_store::tables::{Table, Value};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::admin;
use crate::common::{Database, TestServer, log_in, open_store};
use crate::every_table::{counts, empty};

/// The newest schema that this server knows.
const NEWEST: i64 = 9;
/// The schema since which there are files.
const FILES: i64 = 4;
/// The schema since which hashes of files are kept.
const HASHES: i64 = 8;
/// The schema since which a community with rows in every table is frozen as well.
const EVERY_TABLE: i64 = 8;
/// Tables of the first schema, and how many rows of each are frozen.
const ROWS: [(&str, u64); 7] = [
    ("accounts", 2),
    ("devices", 2),
    ("invites", 2),
    ("roster", 4),
    ("mls_groups", 1),
    ("mls_commits", 1),
    ("messages", 3),
];

fn frozen(what: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/schemas")
        .join(what)
}

pub(crate) async fn settings() -> Settings {
    let server = TestServer::start().await;
    let settings = server.settings();
    server.stop().await;
    settings
}

/// A data folder with the frozen keys, and settings for it.
pub(crate) fn home(like: &Settings, url: Option<String>) -> (TempDir, Settings) {
    let home = TempDir::new().unwrap();
    for name in ["identity-key", "opaque-setup", "username-pepper"] {
        let path = home.path().join(name);
        std::fs::copy(frozen(name), &path).unwrap();
        // Whoever has the repository reads them there; a server takes no keys that everybody reads.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, private).unwrap();
        }
    }
    let settings = Settings {
        data_dir: home.path().to_owned(),
        database: match url {
            None => DatabaseSetting::Sqlite(home.path().join("dialtone.db")),
            Some(url) => DatabaseSetting::Postgres(url),
        },
        ..like.clone()
    };
    (home, settings)
}

/// Makes a frozen database.
async fn make(database: &DatabaseSetting, name: &str) {
    let kind = match database {
        DatabaseSetting::Sqlite(_) => "sqlite",
        DatabaseSetting::Postgres(_) => "postgres",
    };
    let statements = std::fs::read_to_string(frozen(&format!("{kind}/{name}.sql")));
    run(database, statements.unwrap()).await;
}

async fn run(database: &DatabaseSetting, statements: String) {
    let statements = AssertSqlSafe(statements);
    match database {
        DatabaseSetting::Sqlite(path) => {
            let url = format!("sqlite://{}?mode=rwc", path.display());
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            let ran = sqlx::raw_sql(statements).execute(&mut connection).await;
            ran.unwrap();
            connection.close().await.unwrap();
        }
        DatabaseSetting::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let ran = sqlx::raw_sql(statements).execute(&mut connection).await;
            ran.unwrap();
            connection.close().await.unwrap();
        }
    }
}

async fn has_its_rows(settings: &Settings) {
    let counts = counts(&settings.database).await;
    for (name, rows) in ROWS {
        assert_eq!(counts[name], rows, "{name}");
    }
}

/// The bytes of the files that the rows name: of a frozen database the rows alone are kept. How many there are.
async fn make_files(settings: &Settings) -> usize {
    let store = open_store(&settings.database).await;
    let mut tx = store.read().await.unwrap();
    let blobs = Table::named("blobs").unwrap();
    let rows = tx.tables().rows(blobs, None).await.unwrap();
    drop(tx);
    store.close().await;
    for row in &rows {
        let [_, _, Value::Number(size), _, Value::Bytes(object), ..] = &row[..] else {
            panic!("{row:?}")
        };
        let name = hex::encode(object);
        let path = settings.data_dir.join("blobs").join(&name[..2]).join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, vec![0; usize::try_from(*size).unwrap()]).unwrap();
    }
    rows.len()
}

/// Brings one up to date, and looks at what is in it.
async fn goes_on(home: TempDir, settings: Settings, version: i64) {
    let before = database::schema(&settings.database).await.unwrap().unwrap();
    assert_eq!((before.found, before.known), (version, NEWEST));
    let pending: Vec<i64> = before.pending.iter().map(|(number, _)| *number).collect();
    assert_eq!(pending, (version + 1..=NEWEST).collect::<Vec<_>>());
    // Looking changes nothing, and a command beside a server does not either.
    let again = database::schema(&settings.database).await.unwrap().unwrap();
    assert_eq!(again, before);
    if version < NEWEST {
        let refused = Box::pin(check(&settings, Depth::Quick, &|_| {})).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("not up to date"), "{refused}");
    }
    database::migrate(&settings.database).await.unwrap();
    let after = database::schema(&settings.database).await.unwrap().unwrap();
    assert_eq!((after.found, after.pending), (NEWEST, Vec::new()));
    let server = TestServer::start_on_restored(home, settings.clone()).await;
    has_its_rows(&settings).await;
    let files = make_files(&settings).await;
    assert_eq!(files, usize::from(version >= FILES));
    let store = server.store().await;
    let mut tx = store.read().await.unwrap();
    let channels = tx.channels().list().await.unwrap();
    let mut events = Vec::new();
    for channel in channels {
        events.extend(tx.messages().after(&channel.channel, 0, 10).await.unwrap());
    }
    assert!(events.iter().all(|event| !event.gone));
    drop(tx);
    store.close().await;
    let found = Box::pin(check(&settings, Depth::Deep, &|_| {}))
        .await
        .unwrap();
    assert!(
        found.iter().all(|one| !one.is_fault),
        "{version}: {found:?}"
    );
    let unknown = (FILES..HASHES).contains(&version);
    assert_eq!(found.len(), usize::from(unknown), "{version}: {found:?}");
    // And who was there comes in by the same name and password.
    log_in(&server.api(), "anna").await;
    server.stop().await;
}

#[tokio::test]
async fn every_released_schema_goes_on_on_sqlite() {
    let like = settings().await;
    for version in 1..=NEWEST {
        let (home, settings) = home(&like, None);
        make(&settings.database, &format!("{version:04}")).await;
        Box::pin(goes_on(home, settings, version)).await;
    }
}

#[tokio::test]
async fn every_released_schema_goes_on_on_postgres() {
    let like = settings().await;
    for version in 1..=NEWEST {
        let Some(database) = Database::create().await else {
            return;
        };
        let (home, settings) = home(&like, Some(database.url()));
        make(&settings.database, &format!("{version:04}")).await;
        Box::pin(goes_on(home, settings, version)).await;
        database.drop().await;
    }
}

/// One with rows in every table that there was.
async fn with_every_table_goes_on(home: TempDir, settings: Settings, version: i64) {
    make(&settings.database, &format!("{version:04}_every_table")).await;
    database::migrate(&settings.database).await.unwrap();
    if version == NEWEST {
        let counts = counts(&settings.database).await;
        assert_eq!(
            empty(&counts),
            [""; 0],
            "freeze the newest schema: {counts:?}"
        );
    }
    make_files(&settings).await;
    let found = Box::pin(check(&settings, Depth::Deep, &|_| {})).await;
    assert_eq!(found.unwrap(), []);
    let server = TestServer::start_on_restored(home, settings).await;
    for name in ["anna", "dora", "emil"] {
        log_in(&server.api(), name).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn schemas_with_rows_in_every_table_go_on_on_sqlite() {
    let like = settings().await;
    for version in EVERY_TABLE..=NEWEST {
        let (home, settings) = home(&like, None);
        Box::pin(with_every_table_goes_on(home, settings, version)).await;
    }
}

#[tokio::test]
async fn schemas_with_rows_in_every_table_go_on_on_postgres() {
    let like = settings().await;
    for version in EVERY_TABLE..=NEWEST {
        let Some(database) = Database::create().await else {
            return;
        };
        let (home, settings) = home(&like, Some(database.url()));
        Box::pin(with_every_table_goes_on(home, settings, version)).await;
        database.drop().await;
    }
}

/// `migrate`, from the first schema to the newest: it names the steps before and as it takes them, and then there are none.
async fn the_command_takes_every_step(home: &Path, settings: &Settings) {
    make(&settings.database, "0001").await;
    let url = match &settings.database {
        DatabaseSetting::Sqlite(_) => "",
        DatabaseSetting::Postgres(url) => url,
    };
    let command = |arguments: &[&str]| admin::run(home, url, arguments).unwrap();
    let before = database::schema(&settings.database).await.unwrap().unwrap();
    let step = |(number, name): &(i64, String)| format!("{number:04} {name}");
    let steps: Vec<String> = before.pending.iter().map(step).collect();
    let steps = steps.join("\n");
    assert!(steps.starts_with("0002 recovery\n0003 "), "{steps}");
    let would = format!("{steps}\nSchema 1 would become {NEWEST}. Take a backup before.\n");
    assert_eq!(command(&["migrate", "--dry-run"]), would);
    let same = database::schema(&settings.database).await.unwrap();
    assert_eq!(same, Some(before));
    let became = format!("{steps}\nSchema 1 became {NEWEST}.\n");
    assert_eq!(command(&["migrate"]), became);
    let after = database::schema(&settings.database).await.unwrap().unwrap();
    assert_eq!((after.found, after.pending), (NEWEST, Vec::new()));
    has_its_rows(settings).await;
    assert!(command(&["check", "--deep"]).contains("as it should be"));
    let nothing = format!("Up to date: schema {NEWEST}.\n");
    assert_eq!(command(&["migrate"]), nothing);
}

#[tokio::test]
async fn the_command_takes_every_step_on_sqlite() {
    let (home, settings) = home(&settings().await, None);
    the_command_takes_every_step(home.path(), &settings).await;
}

#[tokio::test]
async fn the_command_takes_every_step_on_postgres() {
    let Some(database) = Database::create().await else {
        return;
    };
    let (home, settings) = home(&settings().await, Some(database.url()));
    the_command_takes_every_step(home.path(), &settings).await;
    database.drop().await;
}

async fn a_newer_database_is_refused(database: DatabaseSetting) {
    database::migrate(&database).await.unwrap();
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (99, 'to come', TRUE, '', 0)";
    let newer = match &database {
        DatabaseSetting::Sqlite(_) => newer.replace("''", "x''"),
        DatabaseSetting::Postgres(_) => newer.to_owned(),
    };
    run(&database, newer).await;
    let looked = database::schema(&database).await.map(|_| ()).unwrap_err();
    let opened = database::migrate(&database).await.unwrap_err();
    for error in [looked, opened] {
        let newer = matches!(
            error,
            StoreError::NewerSchema {
                found: 99,
                known: NEWEST
            }
        );
        assert!(newer, "{error}");
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_on_sqlite() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("dialtone.db");
    a_newer_database_is_refused(DatabaseSetting::Sqlite(path)).await;
}

#[tokio::test]
async fn a_newer_database_is_refused_on_postgres() {
    let Some(database) = Database::create().await else {
        return;
    };
    a_newer_database_is_refused(DatabaseSetting::Postgres(database.url())).await;
    database.drop().await;
}
