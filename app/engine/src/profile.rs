//! The profile's folder: where everything of one person on this device is.
//!
//! ```text
//! PROFILE/keystore.age          keys, under the passphrase (age, scrypt)
//! PROFILE/settings.toml         nothing secret
//! PROFILE/communities/ID.db     sealed rows of one community
//! PROFILE/communities/ID.files  its sealed files
//! PROFILE/control.sock          for `dialtone invite` and the like while the client runs
//! PROFILE/lock                  held while a client uses the profile
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use dialtone_protocol::CommunityId;

use crate::disk::private_folder;
use crate::settings::Settings;

/// The profile cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Another client has it open.
    #[error(
        "this profile is open in another window; use that one, or start with another --profile"
    )]
    InUse,
    /// No permission, disk full, and the like.
    #[error("the profile folder {path} cannot be used: {source}")]
    Folder {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A profile's folder, held for this process.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    _lock: File,
}

impl Profile {
    /// Takes the folder, making it if there is none.
    ///
    /// # Errors
    /// [`ProfileError`]
    pub fn open(folder: &Path) -> Result<Self, ProfileError> {
        let failed = |source| ProfileError::Folder {
            path: folder.to_owned(),
            source,
        };
        private_folder(folder).map_err(failed)?;
        let path = folder.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder: folder.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::InUse),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The keystore's file.
    pub fn keystore(&self) -> PathBuf {
        self.folder.join("keystore.age")
    }

    /// A community's file.
    pub fn database(&self, community: &CommunityId) -> PathBuf {
        self.folder
            .join("communities")
            .join(format!("{community}.db"))
    }

    /// The control socket.
    pub fn control(&self) -> PathBuf {
        control_path(&self.folder)
    }

    /// What the user chose; the defaults if there is no file or it cannot be read, and what is wrong with it then. A file
    /// that does not parse is kept aside as `settings.toml.damaged`, so that the next change does not overwrite it.
    pub fn load_settings(&self) -> (Settings, Option<String>) {
        let path = self.folder.join("settings.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return (Settings::default(), None);
            }
            Err(error) => return (Settings::default(), Some(error.to_string())),
        };
        match toml::from_str(&text) {
            Ok(settings) => (settings, None),
            Err(error) => {
                let aside = self.folder.join("settings.toml.damaged");
                let kept = match std::fs::rename(&path, &aside) {
                    Ok(()) => format!("The old file is {}.", aside.display()),
                    Err(error) => format!("The old file could not be kept: {error}."),
                };
                (Settings::default(), Some(format!("{error}. {kept}")))
            }
        }
    }

    /// Keeps what the user chose.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_settings(&self, settings: &Settings) -> io::Result<()> {
        let text = toml::to_string_pretty(settings).map_err(io::Error::other)?;
        let path = self.folder.join("settings.toml");
        let fresh = self.folder.join("settings.toml.new");
        std::fs::write(&fresh, text)?;
        std::fs::rename(fresh, path)
    }

    /// Takes a community's database and files away.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_database(&self, community: &CommunityId) -> io::Result<()> {
        let path = self.database(community);
        for suffix in ["-wal", "-shm", ""] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            match std::fs::remove_file(PathBuf::from(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        match std::fs::remove_dir_all(path.with_extension("files")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The control socket of the profile in `folder`.
pub fn control_path(folder: &Path) -> PathBuf {
    folder.join("control.sock")
}

/// The profile folder that is used if none is named.
pub fn default_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "dialtone").map(|dirs| dirs.data_dir().join("profile"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_held_by_one_client_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Profile::open(folder.path()).unwrap();
        assert!(matches!(
            Profile::open(folder.path()),
            Err(ProfileError::InUse)
        ));
        drop(first);
        assert!(Profile::open(folder.path()).is_ok());
    }

    #[test]
    fn settings_are_kept_and_damaged_ones_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let mut settings = Settings::default();
        settings.audio.threshold_dbfs = -30.0;
        profile.save_settings(&settings).unwrap();
        assert_eq!(profile.load_settings(), (settings, None));
        let damaged = "[look]\ntheme = 3";
        std::fs::write(folder.path().join("settings.toml"), damaged).unwrap();
        let (fallback, problem) = profile.load_settings();
        assert_eq!(fallback, Settings::default());
        assert!(problem.unwrap().contains("settings.toml.damaged"));
        profile.save_settings(&fallback).unwrap();
        let aside = std::fs::read_to_string(folder.path().join("settings.toml.damaged")).unwrap();
        assert_eq!(aside, damaged);
    }
}
