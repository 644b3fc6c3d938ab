//! What the desktop keeps of this program in the user's own files: that it opens links, and that it starts with the desktop.
//!
//! ```text
//! DATA/applications/dialtone.desktop          how it is started, and that it opens dialtone:// links
//! DATA/icons/hicolor/scalable/apps/dialtone.svg
//! CONFIG/mimeapps.list                        that it is the one that opens them
//! CONFIG/autostart/dialtone.desktop           that it starts with the desktop, hidden
//! ```

mod entry;
mod mimeapps;
mod worker;

use std::io;
use std::path::{Path, PathBuf};

use crate::files;

pub use worker::{Integration, Kept, Registered};

const FILE: &str = "dialtone.desktop";
const SCHEME: &str = "x-scheme-handler/dialtone";
const ICON: &str = include_str!("../../../assets/icons/dialtone.svg");
/// The longest of the files that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Where the files are, and how the program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `XDG_DATA_HOME`
    pub data: PathBuf,
    /// `XDG_CONFIG_HOME`
    pub config: PathBuf,
    /// This program's file.
    pub program: PathBuf,
    /// The profile that it opens, where it is not the usual one.
    pub profile: Option<PathBuf>,
}

impl Places {
    /// Those of this user, for this program; nothing where the system has none, or has other ways.
    pub fn of_this_user(profile: Option<PathBuf>) -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let base = directories::BaseDirs::new()?;
        Some(Self {
            data: base.data_dir().to_owned(),
            config: base.config_dir().to_owned(),
            program: std::env::current_exe().ok()?,
            profile,
        })
    }

    fn application(&self) -> PathBuf {
        self.data.join("applications").join(FILE)
    }

    fn icon(&self) -> PathBuf {
        self.data.join("icons/hicolor/scalable/apps/dialtone.svg")
    }

    fn mimeapps(&self) -> PathBuf {
        self.config.join("mimeapps.list")
    }

    fn autostart(&self) -> PathBuf {
        self.config.join("autostart").join(FILE)
    }
}

/// Lets the desktop open `dialtone://` links with this program.
///
/// # Errors
/// When a file cannot be written.
pub fn install_links(places: &Places) -> io::Result<()> {
    let entry = entry::application(places)?;
    files::replace(&places.icon(), ICON)?;
    files::replace(&places.application(), &entry)?;
    change_mimeapps(places, |text| mimeapps::with(text, SCHEME, FILE))?;
    worker::refresh_cache(&places.data.join("applications"));
    Ok(())
}

/// Takes that back.
///
/// # Errors
/// When a file stays.
pub fn uninstall_links(places: &Places) -> io::Result<()> {
    change_mimeapps(places, |text| mimeapps::without(text, SCHEME, FILE))?;
    files::remove(&places.application())?;
    files::remove(&places.icon())?;
    worker::refresh_cache(&places.data.join("applications"));
    Ok(())
}

/// Whether links are opened with this very program.
///
/// # Errors
/// When the files cannot be read.
pub fn is_installed(places: &Places) -> io::Result<bool> {
    let list = files::read(&places.mimeapps(), LONGEST)?.unwrap_or_default();
    Ok(mimeapps::first(&list, SCHEME) == Some(FILE) && is_ours(&places.application(), places)?)
}

/// Starts the program with the desktop, hidden, or no more.
///
/// # Errors
/// When the file cannot be written or removed.
pub fn set_autostart(places: &Places, on: bool) -> io::Result<()> {
    if on {
        files::replace(&places.autostart(), &entry::autostart(places)?)
    } else {
        files::remove(&places.autostart())
    }
}

/// Whether it starts with the desktop.
///
/// # Errors
/// When the file cannot be read.
pub fn starts_with_desktop(places: &Places) -> io::Result<bool> {
    let Some(text) = files::read(&places.autostart(), LONGEST)? else {
        return Ok(false);
    };
    // Desktops turn an entry off by these instead of removing it.
    let off = ["Hidden=true", "X-GNOME-Autostart-enabled=false"];
    Ok(!text.lines().any(|line| off.contains(&line.trim())))
}

fn is_ours(path: &Path, places: &Places) -> io::Result<bool> {
    let Some(text) = files::read(path, LONGEST)? else {
        return Ok(false);
    };
    Ok(text == entry::application(places)?)
}

fn change_mimeapps(places: &Places, change: impl Fn(&str) -> String) -> io::Result<()> {
    let path = places.mimeapps();
    let before = files::read(&path, LONGEST)?;
    let after = change(before.as_deref().unwrap_or_default());
    if before.as_deref().unwrap_or_default() == after {
        return Ok(());
    }
    files::replace(&path, &after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(folder: &Path) -> Places {
        Places {
            data: folder.join("data"),
            config: folder.join("config"),
            program: PathBuf::from("/opt/dial tone/dialtone"),
            profile: None,
        }
    }

    #[test]
    fn links_are_registered_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let list = places.mimeapps();
        let others = "[Default Applications]\ntext/html=firefox.desktop\n";
        files::replace(&list, others).unwrap();
        assert!(!is_installed(&places).unwrap());
        install_links(&places).unwrap();
        install_links(&places).unwrap();
        assert!(is_installed(&places).unwrap());
        let text = std::fs::read_to_string(&list).unwrap();
        assert!(text.contains("text/html=firefox.desktop"), "{text}");
        let entry = std::fs::read_to_string(places.application()).unwrap();
        assert!(
            entry.contains("Exec=\"/opt/dial tone/dialtone\" %u\n"),
            "{entry}"
        );
        assert!(
            entry.contains("MimeType=x-scheme-handler/dialtone;"),
            "{entry}"
        );
        uninstall_links(&places).unwrap();
        uninstall_links(&places).unwrap();
        assert_eq!(std::fs::read_to_string(&list).unwrap(), others);
        assert!(!is_installed(&places).unwrap() && !places.application().exists());
    }

    #[test]
    fn another_programs_entry_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let mine = places(folder.path());
        install_links(&mine).unwrap();
        let moved = Places {
            program: PathBuf::from("/elsewhere/dialtone"),
            ..mine
        };
        assert!(!is_installed(&moved).unwrap());
    }

    #[test]
    fn it_starts_with_the_desktop_as_long_as_nobody_turned_that_off() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        assert!(!starts_with_desktop(&places).unwrap());
        set_autostart(&places, true).unwrap();
        assert!(starts_with_desktop(&places).unwrap());
        let text = std::fs::read_to_string(places.autostart()).unwrap();
        assert!(
            text.contains("Exec=\"/opt/dial tone/dialtone\" --hidden\n"),
            "{text}"
        );
        assert!(!text.contains("MimeType"), "{text}");
        std::fs::write(places.autostart(), format!("{text}Hidden=true\n")).unwrap();
        assert!(!starts_with_desktop(&places).unwrap());
        set_autostart(&places, false).unwrap();
        set_autostart(&places, false).unwrap();
        assert!(!places.autostart().exists());
    }
}
