//! Who else on this machine may read or change what is the server's alone: looked at when it starts.
//!
//! ```text
//! settings -> folder, settings file, keys: mode and owner -> nothing | a line in the log with the remedy | no start
//! ```
//!
//! | what | no start | a line in the log |
//! |---|---|---|
//! | keys that the server makes | everybody reads or changes them | their group does |
//! | the key of a given certificate | | everybody does, or its group changes it: a group that reads it is how certbot and `ssl-cert` share it |
//! | `server.toml` | | everybody or its group changes it or, where a secret is in it, reads it |
//! | the data folder | | everybody or its group gets in |
//!
//! A file of another owner was put there by somebody, as Kubernetes puts secrets: its group is then the way by which the server reads
//! it, and that everybody reads it is told only. What lies where Docker and systemd put secrets has the mode that these give it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::acme;
use crate::config::{FILE_NAME, FileSettings, Settings, TlsSetting};
use crate::secrets::SECRET_FILES;
use crate::tls;

/// Where secrets are put by what runs the server: Docker and Podman, systemd.
#[cfg(unix)]
const CREDENTIALS: [&str; 3] = ["/run/secrets", "/var/run/secrets", "/run/credentials"];

const OTHERS: u32 = 0o007;
const OTHERS_CHANGE: u32 = 0o002;
const GROUP: u32 = 0o070;
const GROUP_CHANGES: u32 = 0o020;

/// Every user of the machine may read or change a key of the server's own.
#[derive(Debug, thiserror::Error)]
#[error(
    "every user of this machine can read or change a key of the server, which nobody else may have: {remedy}"
)]
pub struct ExposedError {
    /// What mends it.
    remedy: String,
}

/// What something is, which decides who may touch it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    /// A key that the server makes by itself.
    Key,
    /// The key of a certificate that somebody gave.
    GivenKey,
    Settings {
        secret: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Told,
    Refused,
}

/// Looks at everything, and tells what its owner should mend.
///
/// # Errors
/// [`ExposedError`]
pub(crate) fn look(settings: &Settings) -> Result<(), ExposedError> {
    for (kind, path) in things(settings) {
        let Some(access) = Access::of(&path) else {
            continue;
        };
        match access.judge(kind) {
            Verdict::Fine => {}
            Verdict::Told => tracing::warn!("{}: {}", kind.words(), access.remedy(kind, &path)),
            Verdict::Refused => {
                let remedy = access.remedy(kind, &path);
                return Err(ExposedError { remedy });
            }
        }
    }
    Ok(())
}

fn things(settings: &Settings) -> Vec<(Kind, PathBuf)> {
    let folder = &settings.data_dir;
    // Of one that cannot be read the worst is thought.
    let secret = FileSettings::load(folder).map_or(true, |file| file.holds_secrets());
    let mut things = vec![
        (Kind::Folder, folder.clone()),
        (Kind::Settings { secret }, folder.join(FILE_NAME)),
    ];
    let keys = SECRET_FILES.into_iter().chain([tls::KEY_FILE]);
    things.extend(keys.map(|name| (Kind::Key, folder.join(name))));
    let signed = fs::read_dir(folder.join(acme::FOLDER));
    let signed = signed.into_iter().flatten().flatten();
    things.extend(signed.map(|entry| (Kind::Key, entry.path())));
    if let TlsSetting::Files { key, .. } = &settings.tls {
        things.push((Kind::GivenKey, key.clone()));
    }
    things
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Folder => "other users of this machine get into the server's folder",
            Self::Key => "a group can read or change a key of the server",
            Self::GivenKey => "other users of this machine can read or change the TLS key",
            Self::Settings { secret: true } => {
                "other users of this machine can read or change the settings, with the secrets in them"
            }
            Self::Settings { secret: false } => {
                "other users of this machine can change the settings"
            }
        }
    }
}

/// Who may do what with a file.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(unix), expect(dead_code, reason = "files have other rights there"))]
struct Access {
    mode: u32,
    /// The server's user owns it.
    own: bool,
}

impl Access {
    /// `None` where there is none, or where it is not the owner's to choose.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let real = fs::canonicalize(path).ok()?;
        if CREDENTIALS.iter().any(|place| real.starts_with(place)) {
            return None;
        }
        let found = fs::metadata(&real).ok()?;
        Some(Self {
            mode: found.mode() & 0o777,
            own: is_ours(found.uid()),
        })
    }

    #[cfg(not(unix))]
    fn of(_: &Path) -> Option<Self> {
        None
    }

    fn judge(self, kind: Kind) -> Verdict {
        let may = |bits: u32| self.mode & bits != 0;
        let (refused, told) = match kind {
            Kind::Key if self.own => (OTHERS, GROUP),
            Kind::Key => (OTHERS_CHANGE, OTHERS | GROUP_CHANGES),
            Kind::Folder | Kind::Settings { secret: true } if self.own => (0, OTHERS | GROUP),
            Kind::Folder => (0, OTHERS),
            Kind::GivenKey | Kind::Settings { secret: true } => (0, OTHERS | GROUP_CHANGES),
            Kind::Settings { secret: false } => (0, OTHERS_CHANGE | GROUP_CHANGES),
        };
        if may(refused) {
            Verdict::Refused
        } else if may(told) {
            Verdict::Told
        } else {
            Verdict::Fine
        }
    }

    /// Takes nothing from whom the server has the file by, or who else needs a given one.
    fn remedy(self, kind: Kind, path: &Path) -> String {
        let change = match kind {
            Kind::Folder if self.own => "700",
            Kind::Folder => "o-rwx",
            Kind::Key | Kind::Settings { .. } if self.own => "600",
            _ => "g-w,o-rwx",
        };
        format!("chmod {change} {}", path.display())
    }
}

#[cfg(target_os = "linux")]
fn is_ours(owner: u32) -> bool {
    nix::unistd::geteuid().as_raw() == owner
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_ours(_: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Kind = Kind::Settings { secret: true };
    const PLAIN: Kind = Kind::Settings { secret: false };

    #[test]
    fn who_may_touch_what_decides() {
        use Verdict::{Fine, Refused, Told};
        for (kind, own, mode, verdict) in [
            (Kind::Key, true, 0o600, Fine),
            (Kind::Key, true, 0o400, Fine),
            (Kind::Key, true, 0o640, Told),
            // What Kubernetes makes of files where it is told a group (`fsGroup`).
            (Kind::Key, true, 0o660, Told),
            (Kind::Key, true, 0o644, Refused),
            (Kind::Key, true, 0o602, Refused),
            // Somebody else put it there.
            (Kind::Key, false, 0o440, Fine),
            (Kind::Key, false, 0o444, Told),
            (Kind::Key, false, 0o460, Told),
            (Kind::Key, false, 0o666, Refused),
            // As certbot's and Debian's `ssl-cert` have it.
            (Kind::GivenKey, true, 0o640, Fine),
            (Kind::GivenKey, false, 0o640, Fine),
            (Kind::GivenKey, true, 0o644, Told),
            (Kind::GivenKey, false, 0o660, Told),
            (SECRET, true, 0o600, Fine),
            (SECRET, true, 0o640, Told),
            (SECRET, false, 0o640, Fine),
            (SECRET, false, 0o644, Told),
            (PLAIN, true, 0o644, Fine),
            (PLAIN, true, 0o664, Told),
            (PLAIN, true, 0o646, Told),
            (Kind::Folder, true, 0o700, Fine),
            (Kind::Folder, true, 0o750, Told),
            (Kind::Folder, true, 0o755, Told),
            (Kind::Folder, false, 0o770, Fine),
            (Kind::Folder, false, 0o775, Told),
        ] {
            let access = Access { mode, own };
            assert_eq!(access.judge(kind), verdict, "{kind:?} {own} {mode:o}");
        }
    }

    #[test]
    fn the_remedy_takes_from_nobody_what_is_needed() {
        let path = Path::new("/data/x");
        let remedy = |own, kind| Access { mode: 0o777, own }.remedy(kind, path);
        assert_eq!(remedy(true, Kind::Key), "chmod 600 /data/x");
        assert_eq!(remedy(true, Kind::Folder), "chmod 700 /data/x");
        assert_eq!(remedy(true, Kind::GivenKey), "chmod g-w,o-rwx /data/x");
        assert_eq!(remedy(false, SECRET), "chmod g-w,o-rwx /data/x");
        assert_eq!(remedy(false, Kind::Folder), "chmod o-rwx /data/x");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_seen_as_it_is_and_what_is_missing_is_passed_over() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert!(Access::of(&path).is_none());
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o641)).unwrap();
        let access = Access::of(&path).unwrap();
        assert_eq!((access.mode, access.own), (0o641, true));
    }
}
