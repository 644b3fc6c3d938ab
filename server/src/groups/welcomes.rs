//! Welcomes: kept for a device until it is in.

use dialtone_protocol::http::WelcomeInfo;
use dialtone_protocol::{DeviceId, GroupId};

use super::GroupError;
use crate::channels::access;
use crate::state::AppState;
use crate::transaction::transact;

/// What waits for the device.
pub(super) async fn find(
    state: &AppState,
    device: DeviceId,
    group: GroupId,
) -> Result<WelcomeInfo, GroupError> {
    if !access::may_see_group(state, &device, &group) {
        return Err(GroupError::Unknown);
    }
    let mut tx = state.store.read().await?;
    let found = tx.welcomes().find(&group, &device).await?;
    let found = found.ok_or(GroupError::NoWelcome)?;
    Ok(WelcomeInfo {
        epoch: found.epoch,
        welcome: found.welcome.into(),
        tree: found.tree.into(),
    })
}

/// The device is in.
pub(super) async fn take(
    state: &AppState,
    device: DeviceId,
    group: GroupId,
) -> Result<(), GroupError> {
    let own = state.clone();
    let work = async move {
        transact(&*own.store, |tx| {
            Box::pin(async move { tx.welcomes().take(&group, &device).await })
        })
        .await
    };
    Ok(state.work.complete(work).await?)
}
