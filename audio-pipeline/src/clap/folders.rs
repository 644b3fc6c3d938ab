//! Where plugins lie: CLAP's own folders (`clap/entry.h`, "standard search path") and those that `CLAP_PATH` names.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Bounds on the search, for folders that lead in circles or hold a whole disk.
const DEEPEST: usize = 8;
const MOST_FILES: usize = 1_000;
const MOST_ENTRIES: usize = 20_000;

/// The folders to search, first those of `CLAP_PATH`; `variable` gives an environment variable's value. They need not exist.
pub fn search_folders(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let given = variable("CLAP_PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&given)
        .filter(|folder| folder.is_absolute())
        .collect();
    let mut add = |base: Option<OsString>, inside: &str| {
        let base = base.map(PathBuf::from).filter(|base| base.is_absolute());
        folders.extend(base.map(|base| base.join(inside)));
    };
    if cfg!(target_os = "windows") {
        add(variable("COMMONPROGRAMFILES"), "CLAP");
        add(variable("LOCALAPPDATA"), "Programs\\Common\\CLAP");
    } else if cfg!(target_os = "macos") {
        add(variable("HOME"), "Library/Audio/Plug-Ins/CLAP");
        add(Some("/Library".into()), "Audio/Plug-Ins/CLAP");
    } else {
        add(variable("HOME"), ".clap");
        add(Some("/usr".into()), "lib/clap");
        add(Some("/usr".into()), "local/lib/clap");
    }
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    folders
}

/// The plugins' files in these folders and in those inside them, in order; folders that cannot be read are passed over.
pub fn plugin_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut search = Search::default();
    for folder in folders {
        search.enter(folder, DEEPEST);
    }
    search.files.into_iter().collect()
}

#[derive(Default)]
struct Search {
    files: BTreeSet<PathBuf>,
    entries: usize,
}

impl Search {
    fn enter(&mut self, folder: &Path, levels: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        for entry in entries.flatten() {
            self.entries += 1;
            if self.files.len() >= MOST_FILES || self.entries > MOST_ENTRIES {
                return;
            }
            let path = entry.path();
            let named = path.extension().is_some_and(|ending| ending == "clap");
            // On macOS a plugin is a folder; elsewhere a folder may still be called so.
            let is_plugin = named && (cfg!(target_os = "macos") || path.is_file());
            if is_plugin {
                // By its own name, so that a link to it does not list it twice.
                self.files.insert(path.canonicalize().unwrap_or(path));
            } else if levels > 0 && path.is_dir() {
                self.enter(&path, levels - 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_variable_names_comes_before_the_standard_folders() {
        let folders = search_folders(|name| match name {
            "CLAP_PATH" => Some("/opt/mine:relative:/usr/lib/clap".into()),
            "HOME" => Some("/home/user".into()),
            _ => None,
        });
        let wanted = [
            "/opt/mine",
            "/usr/lib/clap",
            "/home/user/.clap",
            "/usr/local/lib/clap",
        ];
        assert_eq!(folders, wanted.map(PathBuf::from));
        let without = search_folders(|_| None);
        assert_eq!(
            without,
            ["/usr/lib/clap", "/usr/local/lib/clap"].map(PathBuf::from)
        );
    }

    #[test]
    fn files_are_found_below_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("maker/deep.clap")).unwrap();
        for file in [
            "a.clap",
            "maker/b.clap",
            "maker/deep.clap/c.clap",
            "readme.txt",
        ] {
            std::fs::write(root.join(file), "").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&root, root.join("maker/circle")).unwrap();
            std::os::unix::fs::symlink(root.join("a.clap"), root.join("again.clap")).unwrap();
        }
        let found = plugin_files(&[root.clone(), root.join("maker"), root.join("none")]);
        if cfg!(not(target_os = "macos")) {
            let wanted = ["a.clap", "maker/b.clap", "maker/deep.clap/c.clap"];
            assert_eq!(found, wanted.map(|file| root.join(file)));
        }
    }
}
