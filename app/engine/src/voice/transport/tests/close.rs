//! After a call nothing is left: no task, no socket.

use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use super::mesh::Mesh;

/// A runtime of its own, so that only one call's tasks are counted.
pub(super) fn own_runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Waits until no task is alive but those that `kept` counts.
pub(super) async fn until_tasks_are(kept: usize) {
    let metrics = Handle::current().metrics();
    let all_gone = async {
        while metrics.num_alive_tasks() > kept {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), all_gone).await;
    assert!(waited.is_ok(), "{} tasks left", metrics.num_alive_tasks());
}

async fn call() -> Mesh {
    let mut mesh = Mesh::introduced(&[1, 2, 3]);
    mesh.until_connected().await;
    mesh.talk(1, 5).await;
    mesh
}

#[test]
fn closing_ends_every_task() {
    own_runtime().block_on(async {
        for _ in 0..3 {
            let mut mesh = call().await;
            assert!(Handle::current().metrics().num_alive_tasks() > 6);
            while let Some((_, node)) = mesh.nodes.pop_first() {
                node.transport.close().await;
            }
            drop(mesh);
            until_tasks_are(0).await;
        }
    });
}

#[test]
fn dropping_without_closing_ends_every_task_too() {
    own_runtime().block_on(async {
        drop(call().await);
        until_tasks_are(0).await;
    });
}
