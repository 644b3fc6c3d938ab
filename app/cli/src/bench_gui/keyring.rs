//! A keyring of the benchmark's own: files in its scratch folder, so that one process keeps what the next one reads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_engine::keyring::{Keyring, KeyringChoice, KeyringFault, Zeroizing};

/// The one in this folder.
pub(super) fn in_folder(folder: &Path) -> KeyringChoice {
    KeyringChoice::new(Arc::new(Folder(folder.to_owned())))
}

struct Folder(PathBuf);

impl Keyring for Folder {
    fn read(&self, tag: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringFault> {
        match fs::read(self.0.join(tag)) {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn keep(&self, tag: &str, secret: &[u8]) -> Result<(), KeyringFault> {
        fs::create_dir_all(&self.0).map_err(|error| failed(&error))?;
        fs::write(self.0.join(tag), secret).map_err(|error| failed(&error))
    }

    fn forget(&self, tag: &str) -> Result<(), KeyringFault> {
        match fs::remove_file(self.0.join(tag)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        }
    }
}

fn failed(error: &io::Error) -> KeyringFault {
    KeyringFault::Failed(error.to_string())
}
