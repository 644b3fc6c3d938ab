//! Keeping key packages, each looked at before it is handed to others.

use dialtone_protocol::group_rules::check_leaf;
use dialtone_protocol::http::{ErrorCode, PackageInfo, PackageList};
use dialtone_protocol::{AccountId, DeviceId};

use super::package::read;
use crate::error::ApiError;
use crate::state::AppState;
use crate::transaction::transact;

/// Keeps the device's package, in place of an earlier one.
pub(super) async fn put(
    state: &AppState,
    device: DeviceId,
    package: Vec<u8>,
) -> Result<(), ApiError> {
    let roster = state.roster.founded()?;
    let leaf = read(&package).ok_or_else(|| refused("the key package cannot be read"))?;
    let own = leaf.identity.device == device
        && check_leaf(&leaf, &roster, roster.position().length).is_ok();
    if !own {
        return Err(refused("the key package is not this device's"));
    }
    let own = state.clone();
    let work = async move {
        let now = own.clock.now();
        transact(&*own.store, |tx| {
            let package = package.clone();
            Box::pin(async move { tx.packages().put(&device, &package, now).await })
        })
        .await
    };
    Ok(state.work.complete(work).await?)
}

/// Those of an account's active devices.
pub(super) async fn list(state: &AppState, account: &AccountId) -> Result<PackageList, ApiError> {
    let roster = state.roster.founded()?;
    let devices = roster.view().devices().iter();
    let active = devices.filter(|(_, device)| device.account == *account && device.is_active());
    let mut tx = state.store.read().await?;
    let mut packages = Vec::new();
    for (device, _) in active {
        if let Some(package) = tx.packages().find(device).await? {
            packages.push(PackageInfo {
                device: *device,
                package: package.into(),
            });
        }
    }
    Ok(PackageList { packages })
}

fn refused(words: &'static str) -> ApiError {
    ApiError::new(ErrorCode::Malformed, words)
}
