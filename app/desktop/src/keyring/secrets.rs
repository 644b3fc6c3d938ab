//! The Secret Service (`org.freedesktop.secrets`), as the keyrings of GNOME and KDE offer it.
//!
//! ```text
//! session (Diffie-Hellman, AES) ─► items with our attributes ─► unlocked, which may ask the user ─► the secret
//! ```

use std::collections::HashMap;

use secret_service::{EncryptionType, Error, Item, SecretService};
use zeroize::Zeroizing;

use super::KeyringFault;
use crate::{Bus, bus};

const TYPE: &str = "application/octet-stream";
/// What a bus answers where nobody offers a keyring, or it does not start.
const NOBODY: [&str; 3] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Spawn.",
];

pub(super) async fn read(bus: &Bus, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
    let service = connect(bus).await?;
    let Some(item) = find(&service, tag).await? else {
        return Ok(None);
    };
    unlock(&item).await?;
    let secret = item.get_secret().await.map_err(fault)?;
    Ok(Some(Zeroizing::new(secret)))
}

pub(super) async fn keep(
    bus: &Bus,
    tag: &str,
    label: &str,
    secret: &[u8],
) -> Result<(), KeyringFault> {
    let service = connect(bus).await?;
    let collection = service.get_default_collection().await.map_err(fault)?;
    if collection.is_locked().await.map_err(fault)? {
        collection.unlock().await.map_err(fault)?;
    }
    let kept = collection.create_item(label, attributes(tag), secret, true, TYPE);
    kept.await.map_err(fault)?;
    Ok(())
}

pub(super) async fn forget(bus: &Bus, tag: &str) -> Result<(), KeyringFault> {
    let service = connect(bus).await?;
    // Whatever is there of it, should it be there twice.
    while let Some(item) = find(&service, tag).await? {
        unlock(&item).await?;
        item.delete().await.map_err(fault)?;
    }
    Ok(())
}

async fn connect(bus: &Bus) -> Result<SecretService<'static>, KeyringFault> {
    let connection = bus::connect(bus).await;
    let connection = connection.map_err(|_| KeyringFault::Absent)?;
    SecretService::connect_with_existing(EncryptionType::Dh, connection)
        .await
        .map_err(fault)
}

async fn find<'a>(
    service: &'a SecretService<'_>,
    tag: &str,
) -> Result<Option<Item<'a>>, KeyringFault> {
    let found = service.search_items(attributes(tag)).await.map_err(fault)?;
    let mut found = found.unlocked.into_iter().chain(found.locked);
    Ok(found.next())
}

async fn unlock(item: &Item<'_>) -> Result<(), KeyringFault> {
    if item.is_locked().await.map_err(fault)? {
        item.unlock().await.map_err(fault)?;
        if item.is_locked().await.map_err(fault)? {
            return Err(KeyringFault::Locked);
        }
    }
    Ok(())
}

fn attributes(tag: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "dialtone"), ("profile", tag)])
}

fn fault(error: Error) -> KeyringFault {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected => KeyringFault::Locked,
        Error::Unavailable
        | Error::NoResult
        | Error::ZbusFdo(zbus::fdo::Error::ServiceUnknown(_)) => KeyringFault::Absent,
        Error::Zbus(zbus::Error::MethodError(name, ..)) if is_nobody(&name) => KeyringFault::Absent,
        Error::Zbus(zbus::Error::FDO(error))
            if matches!(*error, zbus::fdo::Error::ServiceUnknown(_)) =>
        {
            KeyringFault::Absent
        }
        other => KeyringFault::Failed(other.to_string()),
    }
}

fn is_nobody(name: &str) -> bool {
    NOBODY.iter().any(|known| name.starts_with(known))
}
