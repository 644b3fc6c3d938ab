//! What lies beside the database in the data folder: keys, certificate, settings. All small files at its top, whatever they are called,
//! so that none is forgotten that comes to be there; not the database, the sealed files, and what is written at the moment.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Database;

/// Larger files are nothing of the server's.
const LARGEST: u64 = 1024 * 1024;
/// In the data folder while a restore is not at its end.
pub(super) const RESTORING: &str = "restoring";

/// A file beside the database.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// It goes along.
    Taken {
        /// Its name.
        name: String,
        /// What is in it.
        content: Vec<u8>,
    },
    /// It does not, for it is too large, or has a name that no file of the server has.
    Left {
        /// Which.
        path: PathBuf,
    },
}

/// Everything beside the database, in the order of the names.
pub(super) fn read(folder: &Path, database: &Database) -> io::Result<Vec<Beside>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let metadata = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => metadata,
            // A folder, or gone meanwhile.
            _ => continue,
        };
        if is_database(&path, database) || is_passing(&name) {
            continue;
        }
        match name.to_str() {
            Some(name) if metadata.len() <= LARGEST && is_plain(name) => {
                let name = name.to_owned();
                match fs::read(&path) {
                    Ok(content) => found.push(Beside::Taken { name, content }),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            _ => found.push(Beside::Left { path }),
        }
    }
    Ok(found)
}

/// Whether a restore may make a file of this name at the top of the data folder.
pub(super) fn is_plain(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.len() <= 64 && !name.starts_with('.') && name.chars().all(known)
}

fn is_database(path: &Path, database: &Database) -> bool {
    let Database::Sqlite(file) = database else {
        return false;
    };
    let (Some(name), Some(base)) = (path.file_name(), file.file_name()) else {
        return false;
    };
    let same_folder = path.parent().map(fs::canonicalize).and_then(Result::ok)
        == file.parent().map(fs::canonicalize).and_then(Result::ok);
    let belongs = ["", "-wal", "-shm", "-journal", ".lock"].iter().any(|end| {
        let mut belonging = base.to_owned();
        belonging.push(end);
        belonging == name
    });
    same_folder && belongs
}

/// What is being written, or says that something is.
fn is_passing(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == RESTORING || name.ends_with(".new") || name.ends_with(".unfinished")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_go_along_and_the_database_and_what_is_large_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for name in [
            "identity-key",
            "dialtone.db",
            "dialtone.db-wal",
            "dialtone.db.lock",
            "address.abc.new",
            "old.backup",
            "dialtone.db.copy",
        ] {
            fs::write(path.join(name), name).unwrap();
        }
        fs::write(path.join("old.backup"), vec![0; 1024 * 1024 + 1]).unwrap();
        fs::create_dir(path.join("blobs")).unwrap();
        let taken = |name: &str| Beside::Taken {
            name: name.to_owned(),
            content: name.into(),
        };
        let database = Database::Sqlite(path.join("dialtone.db"));
        let found = read(path, &database).unwrap();
        let left = Beside::Left {
            path: path.join("old.backup"),
        };
        assert_eq!(
            found,
            [taken("dialtone.db.copy"), taken("identity-key"), left]
        );
        for name in ["", ".", "..", "a/b", ".hidden", "a b", &"a".repeat(65)] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
