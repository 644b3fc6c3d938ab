//! What stands in a moved profile: `total bytes`, then for each file `length of its name, name, size, content`, and a name of
//! no length at the end. Numbers are big-endian; names are relative, with slashes.

use std::io::{self, Read, Write};
use std::path::Path;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 1_024;
/// The most files.
pub(super) const MOST_FILES: usize = 1_000_000;
/// The most that all of them may have, in bytes.
pub(super) const MOST_BYTES: u64 = 1 << 40;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
}

/// Whether a profile has a file of this name that goes along.
pub(super) fn belongs(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    if name.len() > LONGEST_NAME || !parts.iter().all(|part| is_plain(part)) {
        return false;
    }
    match parts.as_slice() {
        ["keystore.age" | "settings.toml"] => true,
        ["chains", chain] => has_ending(chain, &["toml"]),
        ["communities", file] => has_ending(file, &["db", "db-wal", "db-shm"]),
        ["communities", folder, _] => has_ending(folder, &["files"]),
        _ => false,
    }
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let own = Path::new(name).extension();
    own.is_some_and(|own| endings.iter().any(|one| own == *one))
}

/// A name that means the same file on every system, inside its folder.
fn is_plain(part: &str) -> bool {
    let odd = |one: char| one.is_control() || "\\/:*?\"<>|".contains(one);
    !part.is_empty() && part.len() <= 255 && !part.starts_with('.') && !part.contains(odd)
}

/// Whether a file of `size` bytes is among the `total` ones that were announced, of which so many were read.
pub(super) fn fits(done: u64, size: u64, total: u64) -> bool {
    total.checked_sub(done).is_some_and(|left| size <= left)
}

pub(super) fn write_total(out: &mut impl Write, total: u64) -> io::Result<()> {
    out.write_all(&total.to_be_bytes())
}

pub(super) fn write_entry(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let length = u16::try_from(entry.name.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(entry.name.as_bytes())?;
    out.write_all(&entry.size.to_be_bytes())
}

pub(super) fn write_end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&0_u16.to_be_bytes())
}

pub(super) fn read_total(input: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}

/// The next file, or none at the end. Its name is not judged.
pub(super) fn read_entry(input: &mut impl Read) -> io::Result<Option<Entry>> {
    let mut length = [0; 2];
    input.read_exact(&mut length)?;
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 {
        return Ok(None);
    }
    if length > LONGEST_NAME {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut name = vec![0; length];
    input.read_exact(&mut name)?;
    let name = String::from_utf8(name).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    let size = read_total(input)?;
    Ok(Some(Entry { name, size }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_profile_belong() {
        for name in [
            "keystore.age",
            "settings.toml",
            "chains/my voice.toml",
            "communities/00ff.11aa.db",
            "communities/00ff.11aa.db-wal",
            "communities/00ff.11aa.files/0123",
        ] {
            assert!(belongs(name), "{name}");
        }
        for name in [
            "",
            "lock",
            "moved",
            "log/dialtone.log",
            "../keystore.age",
            "communities/../../x.db",
            "communities/a.files/../x",
            "/keystore.age",
            "chains/.hidden.toml",
            "chains/a/b.toml",
            "communities/a.files/c:evil",
            "communities\\x.db",
        ] {
            assert!(!belongs(name), "{name}");
        }
    }

    #[test]
    fn no_file_is_longer_than_what_was_announced() {
        assert!(fits(0, 7, 7) && fits(7, 0, 7) && fits(3, 4, 7));
        assert!(!fits(3, 5, 7) && !fits(8, 0, 7));
        assert!(!fits(1, u64::MAX, 7));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let entry = Entry {
            name: "settings.toml".into(),
            size: 7,
        };
        let mut bytes = Vec::new();
        write_total(&mut bytes, 7).unwrap();
        write_entry(&mut bytes, &entry).unwrap();
        write_end(&mut bytes).unwrap();
        let mut input = &bytes[..];
        assert_eq!(read_total(&mut input).unwrap(), 7);
        assert_eq!(read_entry(&mut input).unwrap(), Some(entry));
        assert_eq!(read_entry(&mut input).unwrap(), None);
        assert!(read_entry(&mut input).is_err());
    }
}
