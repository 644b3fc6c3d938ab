//! The server: the real services over the real store, started and stopped at will.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::{ChannelId, GroupId};
use dialtone_server::{AppState, Blobs, BusStart, Clock as _, Parts, Relay, Secrets, Turn, router};
use dialtone_store::{MAX_PAGE, Store};

use super::belonging::Stored;
use super::network::Net;
use super::store::{Busy, CountedStore};
use super::time::Time;
use super::world::world;

pub(super) struct Server {
    net: Arc<Net>,
    store: Arc<dyn Store>,
    folder: std::path::PathBuf,
    time: Time,
    busy: Busy,
}

impl Server {
    /// Starts with a copy of the community in `folder`.
    pub(super) async fn start(net: &Arc<Net>, time: &Time, folder: &Path, busy: &Busy) -> Self {
        std::fs::copy(&world().database, folder.join("server.db")).unwrap();
        let store = open(folder, busy).await;
        let server = Self {
            net: Arc::clone(net),
            store,
            folder: folder.to_owned(),
            time: time.clone(),
            busy: busy.clone(),
        };
        server.serve().await;
        server
    }

    async fn serve(&self) {
        let (store, time) = (Arc::clone(&self.store), self.time.clone());
        // In a task of its own: see `store`.
        let starting = tokio::spawn(async move {
            let settings = &world().settings;
            let parts = Parts {
                blobs: Blobs::open(settings, &*store, time.now()).await.unwrap(),
                store,
                clock: Arc::new(time),
                secrets: Secrets::load(settings).unwrap(),
                certificate: None,
                link_host: "simulation:1".into(),
                client_url: None,
                relay: Relay::start(None).unwrap(),
                turn: Turn::new(&settings.turn),
                limits: settings.limits,
                observe: settings.observe.clone(),
                retention_days: None,
                bus: BusStart::alone(),
                instance_address: None,
            };
            AppState::start(parts).await.unwrap()
        });
        let state = starting.await.unwrap();
        self.net.serve(Some(router(state)));
    }

    /// Ends all connections, forgets what is in memory, and starts again.
    pub(super) async fn restart(&mut self) {
        self.stop().await;
        self.store = open(&self.folder, &self.busy).await;
        self.serve().await;
    }

    pub(super) async fn stop(&self) {
        self.net.serve(None);
        // What was begun comes to its end.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let store = Arc::clone(&self.store);
        tokio::spawn(async move { store.close().await })
            .await
            .unwrap();
    }

    /// Every event of a channel, sealed, in the server's order.
    pub(super) async fn events(&self, channel: ChannelId) -> Vec<Vec<u8>> {
        let store = Arc::clone(&self.store);
        let read = async move {
            let mut events = Vec::new();
            loop {
                let mut read = store.read().await.unwrap();
                let after = events.len() as u64;
                let page = read.messages().after(&channel, after, MAX_PAGE).await;
                let page = page.unwrap();
                if page.is_empty() {
                    return events;
                }
                events.extend(page.into_iter().map(|message| message.sealed));
            }
        };
        tokio::spawn(read).await.unwrap()
    }

    /// Every private group.
    pub(super) async fn private_groups(&self) -> Vec<Stored> {
        let store = Arc::clone(&self.store);
        let read = async move {
            let natures = store.read().await.unwrap().groups().natures().await;
            let mut groups = Vec::new();
            for (id, nature) in natures.unwrap() {
                let commits = commits(&*store, id).await;
                groups.push(Stored {
                    id,
                    nature,
                    commits,
                });
            }
            groups
        };
        tokio::spawn(read).await.unwrap()
    }
}

/// Every commit of a group, in order.
async fn commits(store: &dyn Store, group: GroupId) -> Vec<Vec<u8>> {
    let mut commits = Vec::new();
    loop {
        let mut read = store.read().await.unwrap();
        let from = commits.len() as u64;
        let page = read.groups().commits(&group, from, MAX_PAGE).await.unwrap();
        if page.is_empty() {
            return commits;
        }
        commits.extend(page.into_iter().map(|commit| commit.commit));
    }
}

async fn open(folder: &Path, busy: &Busy) -> Arc<dyn Store> {
    let (path, busy) = (folder.join("server.db"), busy.clone());
    let opened = tokio::spawn(async move {
        let _working = busy.begin();
        let inner = dialtone_store_sqlite::open(&path).await.unwrap();
        CountedStore::new(inner, busy.clone())
    });
    Arc::new(opened.await.unwrap())
}
