//! Whether everybody who is connected somewhere is online for whoever looks, at each instance.

use std::collections::HashSet;
use std::time::Duration;

use dialtone_protocol::DeviceId;
use dialtone_protocol::frame::ServerFrame;
use tokio::time::{sleep, timeout};

use crate::community::Client;
use crate::error::LoadError;
use crate::net::{Endpoint, dial};

/// How long it may take: six seconds of silence, a connection to NATS that has to be given up, and a machine that has other things to do.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two tries to connect.
const AGAIN: Duration = Duration::from_millis(50);

/// Waits until all of them are online for `watcher` at `endpoint`.
///
/// # Errors
/// When somebody is not in time, or the watcher is refused.
pub(super) async fn see_all(
    endpoint: &Endpoint,
    watcher: &Client,
    all: &HashSet<DeviceId>,
) -> Result<(), LoadError> {
    let mut missing = all.clone();
    let seeing = async {
        loop {
            missing.clone_from(all);
            match see(endpoint, watcher, all, &mut missing).await {
                Ok(()) => return Ok(()),
                Err(error @ (LoadError::Refused { .. } | LoadError::Unsound(_))) => {
                    return Err(error);
                }
                Err(_) => sleep(AGAIN).await,
            }
        }
    };
    if let Ok(seen) = timeout(PATIENCE, seeing).await {
        return seen;
    }
    Err(LoadError::Unsound(format!(
        "after {} s {} of {} who are connected are not online",
        PATIENCE.as_secs(),
        missing.len(),
        all.len()
    )))
}

/// Follows who comes and goes on one connection.
async fn see(
    endpoint: &Endpoint,
    watcher: &Client,
    all: &HashSet<DeviceId>,
    missing: &mut HashSet<DeviceId>,
) -> Result<(), LoadError> {
    let (mut reader, _writer) = dial(endpoint, watcher).await?;
    let mut is_welcome = false;
    while !is_welcome || !missing.is_empty() {
        let (came, went) = match reader.next().await?.frame {
            ServerFrame::Welcome { online, .. } => {
                is_welcome = true;
                (online, Vec::new())
            }
            ServerFrame::Presence { device, online } if online => (vec![device], Vec::new()),
            ServerFrame::Presence { device, .. } => (Vec::new(), vec![device]),
            ServerFrame::Presences { online, offline } => (online, offline),
            _ => continue,
        };
        for device in came {
            missing.remove(&device);
        }
        missing.extend(went.into_iter().filter(|device| all.contains(device)));
    }
    Ok(())
}
