//! The profile's folder: where everything of one person on this device is.
//!
//! ```text
//! PROFILE/keystore.age                 keys, under the passphrase (age, scrypt)
//! PROFILE/keystore.ring, .copy         what opens them by the system's keyring, where the user wants that
//! PROFILE/keystore.next.age            the keys under the password that is being set
//! PROFILE/settings.toml                nothing secret
//! PROFILE/chains/NAME.toml             one's own chains for the microphone
//! PROFILE/communities/ID.DEVICE.db     sealed rows of one community, as this device there knows it
//! PROFILE/communities/ID.DEVICE.files  its sealed files
//! PROFILE/moved                        there if it was taken to another computer
//! PROFILE/log/                         what the program says of itself, without secrets
//! PROFILE/control.sock                 for `dialtone invite` and the like while the client runs
//! PROFILE/lock                         held while a client uses the profile
//! ```
//!
//! Whoever comes into a community anew is a new device there, so that its rows never meet those of the one before.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use dialtone_crypto::keystore::Work;
use dialtone_protocol::{CommunityId, DeviceId};

use crate::core::KeystoreFiles;
use crate::disk::{private_file, private_folder};
use crate::journal;
use crate::settings::Settings;
use crate::snapshot::ProfileState;
use dialtone_words::say;

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

/// What the user chose in a profile that may be open elsewhere; the defaults where it cannot be read. Changes nothing.
pub fn peek_settings(folder: &Path) -> Settings {
    let text = std::fs::read_to_string(folder.join("settings.toml"));
    let read = text.ok().and_then(|text| toml::from_str(&text).ok());
    read.unwrap_or_default()
}

/// A profile's folder, held for this process.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    /// How much guards the keys.
    work: Work,
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
                work: Work::Standard,
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::InUse),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The same with so much work to guard the keys: tests open keystores often.
    #[must_use]
    pub(crate) fn guarded_by(mut self, work: Work) -> Self {
        self.work = work;
        self
    }

    /// How it stands before anybody has opened it.
    pub fn state(&self) -> ProfileState {
        if self.is_moved() {
            ProfileState::Moved
        } else if self.keystore().exists() {
            ProfileState::Locked { error: None }
        } else {
            ProfileState::Empty
        }
    }

    /// Where all of it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// It was taken to another computer, and is not to be used here.
    pub fn is_moved(&self) -> bool {
        self.keystore().exists() && self.moved().exists()
    }

    /// Notes that.
    ///
    /// # Errors
    /// From the system.
    pub fn mark_moved(&self) -> io::Result<()> {
        private_file().append(true).open(self.moved())?.sync_all()
    }

    /// It is to be used here after all.
    ///
    /// # Errors
    /// From the system.
    pub fn unmark_moved(&self) -> io::Result<()> {
        match std::fs::remove_file(self.moved()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn moved(&self) -> PathBuf {
        self.folder.join("moved")
    }

    /// The keystore's file.
    pub fn keystore(&self) -> PathBuf {
        self.folder.join("keystore.age")
    }

    /// The keystore's file, and those that belong to it.
    pub(crate) fn keystore_files(&self) -> KeystoreFiles {
        KeystoreFiles {
            keystore: self.keystore(),
            next: self.folder.join("keystore.next.age"),
            ring: self.folder.join("keystore.ring"),
            copy: self.folder.join("keystore.copy"),
            work: self.work,
        }
    }

    /// Whether the user wants the keys to open by the system's keyring.
    pub fn opens_by_keyring(&self) -> bool {
        self.keystore().exists() && !self.is_moved() && self.keystore_files().ring.exists()
    }

    /// What one device knows of a community.
    pub fn database(&self, community: &CommunityId, device: &DeviceId) -> PathBuf {
        self.communities().join(format!("{community}.{device}.db"))
    }

    fn communities(&self) -> PathBuf {
        self.folder.join("communities")
    }

    /// One's own chains for the microphone.
    pub fn chains(&self) -> PathBuf {
        self.folder.join("chains")
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
                    Ok(()) => {
                        say!("engine-settings-aside", path = aside.display().to_string())
                    }
                    Err(error) => say!("engine-settings-lost", error = error.to_string()),
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

    /// Takes away what one device knows of a community, with its files.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_database(&self, community: &CommunityId, device: &DeviceId) -> io::Result<()> {
        self.remove_where(community, |owner| owner == Some(*device))
    }

    /// Takes away whatever is here of a community.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_community(&self, community: &CommunityId) -> io::Result<()> {
        self.remove_where(community, |_| true)
    }

    /// Sets right what is here of a community whose keys are those of `devices`: files that were named before devices were told apart get the
    /// device's name, and what was replaced, but not taken away before the client ended, is taken away.
    ///
    /// # Errors
    /// When a file cannot be renamed or removed.
    pub fn tidy(&self, community: &CommunityId, devices: &[DeviceId]) -> io::Result<()> {
        let is_here = |device| self.database(community, device).exists();
        if let [device] = devices
            && !is_here(device)
        {
            // The database itself comes last: before that, all of this is done again.
            for kind in ["files", "db-wal", "db-shm", "db"] {
                let from = self.communities().join(format!("{community}.{kind}"));
                let to = format!("{community}.{device}.{kind}");
                match std::fs::rename(from, self.communities().join(to)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        // Where one is missing, the keys may be older than the files.
        if devices.iter().all(is_here) {
            return self.remove_where(community, |owner| {
                owner.is_some_and(|owner| !devices.contains(&owner))
            });
        }
        Ok(())
    }

    /// Deletes the keys.
    ///
    /// # Errors
    /// When they cannot be deleted.
    pub fn remove_keystore(&self) -> io::Result<()> {
        let files = self.keystore_files();
        for file in [files.ring, files.copy, files.next, files.keystore] {
            match std::fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// What is here now: names in the folder, and what files of communities are called before their kind.
    pub fn contents(&self) -> Contents {
        let names = |folder: &Path| -> BTreeSet<String> {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            names.collect()
        };
        let communities = names(&self.communities());
        Contents {
            files: names(&self.folder),
            stems: communities
                .iter()
                .map(|name| stem(name).to_owned())
                .collect(),
        }
    }

    /// Deletes what was here when `contents` was taken, but for what holds the folder for this process.
    ///
    /// # Errors
    /// The first reason why something could not be deleted; the rest is.
    pub fn wipe(&self, contents: &Contents) -> io::Result<()> {
        journal::leave(&self.folder);
        let mut result = Ok(());
        let mut remove = |path: &Path| {
            let removed = if path.is_dir() {
                std::fs::remove_dir_all(path)
            } else {
                std::fs::remove_file(path)
            };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound && result.is_ok() => {
                    result = Err(error);
                }
                _ => {}
            }
        };
        for entry in std::fs::read_dir(self.communities())
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let goes = name
                .to_str()
                .is_some_and(|name| contents.stems.contains(stem(name)));
            if goes {
                remove(&entry.path());
            }
        }
        // Keys that are here now are those of somebody who came in since.
        let stays = [
            "lock",
            "control.sock",
            "communities",
            "keystore.age",
            "keystore.ring",
            "keystore.copy",
            "keystore.next.age",
        ];
        for name in contents
            .files
            .iter()
            .filter(|name| !stays.contains(&name.as_str()))
        {
            remove(&self.folder.join(name));
        }
        result
    }

    fn remove_where(
        &self,
        community: &CommunityId,
        goes: impl Fn(Option<DeviceId>) -> bool,
    ) -> io::Result<()> {
        let folder = match std::fs::read_dir(self.communities()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            folder => folder?,
        };
        for entry in folder {
            let entry = entry?;
            let name = entry.file_name();
            let Some((owner, kind)) = name.to_str().and_then(|name| parts(community, name)) else {
                continue;
            };
            if !goes(owner) {
                continue;
            }
            let removed = match kind {
                "files" => std::fs::remove_dir_all(entry.path()),
                _ => std::fs::remove_file(entry.path()),
            };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is in a profile's folder.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    files: BTreeSet<String>,
    stems: BTreeSet<String>,
}

/// What a file of a community is called before its kind: the community, and the device.
fn stem(name: &str) -> &str {
    let ends = name.match_indices('.').map(|(at, _)| at);
    ends.take(2).last().map_or(name, |end| &name[..end])
}

/// Whose file of `community` has this name, and what it is.
fn parts<'a>(community: &CommunityId, name: &'a str) -> Option<(Option<DeviceId>, &'a str)> {
    let rest = name
        .strip_prefix(&community.to_string())?
        .strip_prefix('.')?;
    let (owner, kind) = match rest.split_once('.') {
        Some((device, kind)) => (Some(device.parse().ok()?), kind),
        None => (None, rest),
    };
    matches!(kind, "db" | "db-wal" | "db-shm" | "files").then_some((owner, kind))
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

    fn file_names(profile: &Profile) -> Vec<String> {
        let folder = std::fs::read_dir(profile.communities()).unwrap();
        let mut names: Vec<_> = folder
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_belongs_to_no_device_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let (one, other) = (CommunityId([1; 32]), CommunityId([2; 32]));
        let [old, new] = [DeviceId([3; 32]), DeviceId([4; 32])];
        std::fs::create_dir_all(profile.database(&one, &old).with_extension("files")).unwrap();
        let old_one = profile.database(&one, &old);
        let aside = old_one.with_extension("db.damaged");
        let paths = [
            old_one.clone(),
            old_one.with_extension("db-wal"),
            profile.database(&one, &new),
            profile.database(&other, &old),
            aside.clone(),
        ];
        for path in &paths {
            std::fs::write(path, "rows").unwrap();
        }
        let all = file_names(&profile);
        profile.tidy(&one, &[old, new]).unwrap();
        assert_eq!(file_names(&profile), all, "both may be needed");
        let missing = DeviceId([5; 32]);
        profile.tidy(&one, &[missing]).unwrap();
        assert_eq!(
            file_names(&profile),
            all,
            "the keys are those of an old copy"
        );
        profile.tidy(&one, &[new]).unwrap();
        assert!(paths[2..].iter().all(|path| path.exists()));
        assert_eq!(file_names(&profile).len(), 3);
        profile.remove_community(&one).unwrap();
        assert_eq!(file_names(&profile).len(), 2);
        assert!(aside.exists() && paths[3].exists());
    }

    #[test]
    fn a_wipe_takes_what_was_there_and_nothing_that_came_since() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let community = CommunityId([1; 32]);
        let [old, new] = [DeviceId([3; 32]), DeviceId([4; 32])];
        let database = profile.database(&community, &old);
        std::fs::create_dir_all(database.with_extension("files")).unwrap();
        std::fs::write(&database, "rows").unwrap();
        std::fs::write(profile.keystore(), "keys").unwrap();
        std::fs::create_dir_all(folder.path().join("chains")).unwrap();
        profile.save_settings(&Settings::default()).unwrap();
        let contents = profile.contents();
        profile.remove_keystore().unwrap();
        assert_eq!(profile.state(), ProfileState::Empty);
        // Closing a database leaves files of its name; somebody comes in anew meanwhile.
        std::fs::write(database.with_extension("db-wal"), "rows").unwrap();
        std::fs::write(profile.database(&community, &new), "rows").unwrap();
        std::fs::write(profile.keystore(), "other keys").unwrap();
        profile.wipe(&contents).unwrap();
        assert_eq!(file_names(&profile), [format!("{community}.{new}.db")]);
        assert!(profile.keystore().exists());
        assert!(!folder.path().join("settings.toml").exists());
        assert!(!folder.path().join("chains").exists());
    }

    #[test]
    fn files_without_a_device_in_their_name_get_one() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::open(folder.path()).unwrap();
        let (community, device) = (CommunityId([1; 32]), DeviceId([3; 32]));
        let before = profile.communities().join(format!("{community}.db"));
        std::fs::create_dir_all(before.with_extension("files")).unwrap();
        std::fs::write(&before, "rows").unwrap();
        profile.tidy(&community, &[device]).unwrap();
        let now = profile.database(&community, &device);
        assert_eq!(std::fs::read(&now).unwrap(), b"rows");
        assert!(now.with_extension("files").is_dir());
        assert_eq!(file_names(&profile).len(), 2);
    }
}
