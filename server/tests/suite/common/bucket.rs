//! A server that speaks S3, on this machine, with a folder behind it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use dialtone_server::config::{BucketSetting, GivenSecret, ShelfSetting};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A bucket `files`.
pub(crate) struct Bucket {
    folder: Arc<TempDir>,
    address: SocketAddr,
    _running: DropGuard,
}

impl Bucket {
    pub(crate) const KEY_ID: &str = "AKIDTEST";
    pub(crate) const SECRET_KEY: &str = "correct-horse-battery";

    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        Self::serve(Arc::new(folder), "127.0.0.1:0".parse().unwrap()).await
    }

    async fn serve(folder: Arc<TempDir>, address: SocketAddr) -> Self {
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(Self::KEY_ID, Self::SECRET_KEY));
        let service = service.build();
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let running = stop.clone().drop_guard();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let (socket, _) = accepted.unwrap();
                let (service, stop) = (service.clone(), stop.clone());
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    let connection = builder.serve_connection(TokioIo::new(socket), service);
                    tokio::select! {
                        () = stop.cancelled() => {}
                        _ = connection => {}
                    }
                });
            }
        });
        Self {
            folder,
            address,
            _running: running,
        }
    }

    /// Takes it away; what comes back puts it there again.
    pub(crate) fn stop(self) -> impl AsyncFnOnce() -> Self {
        let (folder, address) = (Arc::clone(&self.folder), self.address);
        drop(self);
        async move || Self::serve(folder, address).await
    }

    /// For a server that keeps its files here.
    pub(crate) fn setting(&self) -> BucketSetting {
        BucketSetting {
            bucket: "files".into(),
            prefix: "of/dialtone".into(),
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".into(),
            key_id: GivenSecret::new(Self::KEY_ID),
            secret_key: GivenSecret::new(Self::SECRET_KEY),
        }
    }

    pub(crate) fn shelf(&self) -> ShelfSetting {
        ShelfSetting::Bucket(self.setting())
    }

    /// The objects that are there, and parts of those that are not.
    pub(crate) fn contents(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_none_or(|kind| kind != "json") {
                    // The others are notes of the server for itself, which it leaves behind.
                    found.push(path);
                }
            }
        }
        found
    }
}
