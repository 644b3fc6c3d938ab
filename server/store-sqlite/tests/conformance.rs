//! The embedded store passes the suite that every store passes.
#![expect(clippy::unwrap_used, reason = "a test whose database fails panics")]

use std::sync::Arc;

use async_trait::async_trait;
use dialtone_store::Store;
use dialtone_store::conformance::Harness;
use tempfile::TempDir;

struct FileHarness {
    folder: TempDir,
    store: Arc<dyn Store>,
}

#[async_trait]
impl Harness for FileHarness {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    async fn reopen(&mut self) {
        self.store.close().await;
        self.store = dialtone_store_sqlite::open(self.folder.path().join("server.db"))
            .await
            .unwrap();
    }

    async fn remove(self: Box<Self>) {
        self.store.close().await;
    }
}

async fn open() -> Option<Box<dyn Harness>> {
    let folder = tempfile::tempdir().unwrap();
    let store = dialtone_store_sqlite::open(folder.path().join("server.db"))
        .await
        .unwrap();
    Some(Box::new(FileHarness { folder, store }))
}

dialtone_store::store_conformance_tests!(open);
