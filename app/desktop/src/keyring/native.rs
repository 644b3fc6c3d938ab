//! The keychain of macOS and the credential manager of Windows, each asked by its own functions. They cannot be left waiting: whoever calls does so on a thread
//! that may be left behind.

use std::sync::Arc;

use dialtone_words::say;
use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::KeyringFault;

const SERVICE: &str = "dialtone";

pub(super) fn read(tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
    match entry(tag)?.get_secret() {
        Ok(secret) => Ok(Some(Zeroizing::new(secret))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(fault(&error)),
    }
}

pub(super) fn keep(tag: &str, _label: &str, secret: &[u8]) -> Result<(), KeyringFault> {
    entry(tag)?
        .set_secret(secret)
        .map_err(|error| fault(&error))
}

pub(super) fn forget(tag: &str) -> Result<(), KeyringFault> {
    match entry(tag)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(fault(&error)),
    }
}

fn entry(tag: &str) -> Result<Entry, KeyringFault> {
    let store = store().map_err(|error| fault(&error))?;
    let built = store.build(SERVICE, tag, None);
    built.map_err(|error| fault(&error))
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
fn store() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}

fn fault(error: &Error) -> KeyringFault {
    match error {
        Error::NoDefaultStore => KeyringFault::Absent,
        Error::NoStorageAccess(_) => KeyringFault::Locked,
        // Its own words may quote what is kept.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeyringFault::Failed(say!("keyring-lost-it").to_owned())
        }
        other => KeyringFault::Failed(other.to_string()),
    }
}
