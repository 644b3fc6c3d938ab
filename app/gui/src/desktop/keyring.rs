//! The system's keyring, as the engine asks one.

use std::sync::Arc;

use dialtone_desktop::{Bus, SystemKeyring};
use dialtone_engine::keyring::{Keyring, KeyringChoice, KeyringFault, Zeroizing};
use dialtone_words::say;

/// The keyring of whoever is signed in, on this message bus where keyrings answer on one.
pub fn system_keyring(bus: Bus) -> KeyringChoice {
    KeyringChoice::new(Arc::new(System(SystemKeyring::new(bus))))
}

struct System(SystemKeyring);

impl Keyring for System {
    fn read(&self, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
        self.0.read(tag).map_err(fault)
    }

    fn keep(&self, tag: &str, secret: &[u8]) -> Result<(), KeyringFault> {
        let kept = self.0.keep(tag, say!("keyring-label"), secret);
        kept.map_err(fault)
    }

    fn forget(&self, tag: &str) -> Result<(), KeyringFault> {
        self.0.forget(tag).map_err(fault)
    }
}

fn fault(fault: dialtone_desktop::KeyringFault) -> KeyringFault {
    match fault {
        dialtone_desktop::KeyringFault::Absent => KeyringFault::Absent,
        dialtone_desktop::KeyringFault::Locked => KeyringFault::Locked,
        dialtone_desktop::KeyringFault::Silent => KeyringFault::Silent,
        dialtone_desktop::KeyringFault::Failed(why) => KeyringFault::Failed(why),
        other => KeyringFault::Failed(other.to_string()),
    }
}
