//! A server of its own for each test, on a port that the system chose.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use dialtone_protocol::http::ServerInviteMade;
use dialtone_protocol::link::Link;
use dialtone_server::config::{
    BlobSettings, Database, LimitSettings, ObserveSettings, Settings, TlsSetting, TurnSettings,
    UdpSetting,
};
use dialtone_server::{AppState, Server};
use dialtone_store::Store;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Api, Faults, SetClock};

pub(crate) struct TestServer {
    folder: TempDir,
    settings: Settings,
    pub(crate) address: SocketAddr,
    pub(crate) founding: Option<Link>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) state: AppState,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

/// The store of a server that may be running.
pub(crate) async fn open_store(database: &Database) -> Arc<dyn Store> {
    let opened = match database {
        Database::Sqlite(path) => dialtone_store_sqlite::open_beside_server(path).await,
        Database::Postgres(url) => dialtone_store_postgres::connect_beside_server(url).await,
    };
    opened.unwrap()
}

fn settings(folder: &Path, tls: TlsSetting) -> Settings {
    Settings {
        data_dir: folder.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        udp: UdpSetting::AsTcp,
        public_addr: None,
        client_url: None,
        database: Database::Sqlite(folder.join("dialtone.db")),
        tls,
        pepper: None,
        admin_token: None,
        max_connections: 1000,
        // Little, so that tests fill it up.
        blobs: BlobSettings {
            quota: 1024 * 1024,
            largest: 256 * 1024,
            ..BlobSettings::default()
        },
        turn: TurnSettings::default(),
        limits: LimitSettings::default(),
        observe: ObserveSettings::default(),
        retention_days: None,
        bus: None,
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_in(TempDir::new().unwrap(), TlsSetting::None).await
    }

    pub(crate) async fn start_with_tls() -> Self {
        Self::start_in(TempDir::new().unwrap(), TlsSetting::SelfSigned).await
    }

    pub(crate) async fn start_with(tls: TlsSetting) -> Self {
        Self::start_in(TempDir::new().unwrap(), tls).await
    }

    /// On Postgres.
    pub(crate) async fn start_on(url: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let mut settings = settings(folder.path(), TlsSetting::None);
        settings.database = Database::Postgres(url.to_owned());
        Self::start_by(folder, settings).await
    }

    /// With so many connections at most.
    pub(crate) async fn start_with_places(max_connections: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let mut settings = settings(folder.path(), TlsSetting::None);
        settings.max_connections = max_connections;
        Self::start_by(folder, settings).await
    }

    /// With other settings.
    pub(crate) async fn start_set(set: impl FnOnce(&mut Settings)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut settings = settings(folder.path(), TlsSetting::None);
        set(&mut settings);
        Self::start_by(folder, settings).await
    }

    /// On what a backup was put back into.
    pub(crate) async fn start_on_restored(folder: TempDir, settings: Settings) -> Self {
        Self::start_by(folder, settings).await
    }

    async fn start_in(folder: TempDir, tls: TlsSetting) -> Self {
        let settings = settings(folder.path(), tls);
        Self::start_by(folder, settings).await
    }

    async fn start_by(folder: TempDir, settings: Settings) -> Self {
        let store = match &settings.database {
            Database::Sqlite(path) => dialtone_store_sqlite::open(path).await,
            Database::Postgres(url) => dialtone_store_postgres::connect(url).await,
        };
        let faults = Faults::new(store.unwrap());
        let store: Arc<dyn Store> = Arc::<Faults>::clone(&faults);
        let clock = Arc::new(SetClock::default());
        let told = Arc::<SetClock>::clone(&clock);
        let server = Server::start_by(&settings, store, told).await.unwrap();
        let founding = server.founding_link().await.unwrap();
        let address = server.address();
        let state = server.state().clone();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(server.serve(shutdown.clone()));
        Self {
            folder,
            settings,
            address,
            founding,
            faults,
            clock,
            state,
            shutdown,
            task,
        }
    }

    /// A link by the admin token: to found, or to knock.
    pub(crate) async fn link(&self) -> Link {
        let header = format!("X-Admin-Token: {}\r\n", self.admin_token());
        let api = self.api();
        let answer = api.send("POST", "/server/invites", &header, b"{}").await;
        let made: ServerInviteMade = answer.read();
        made.link.parse().unwrap()
    }

    /// The store, beside the server.
    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        open_store(&self.settings.database).await
    }

    /// Stops gracefully.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
    }

    /// Stops gracefully and starts on the same data.
    pub(crate) async fn restart(self) -> Self {
        self.shutdown.cancel();
        self.task.await.unwrap();
        // It holds the database.
        drop(self.state);
        Self::start_by(self.folder, self.settings).await
    }

    /// The same with other settings.
    pub(crate) async fn restart_set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(&mut self.settings);
        self.restart().await
    }

    pub(crate) fn api(&self) -> Api {
        Api {
            address: self.address,
            token: None,
            tls_key: None,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.clone()
    }

    pub(crate) fn admin_token(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("admin-token")).unwrap()
    }
}
