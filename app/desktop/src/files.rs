//! Files of the user's that are written whole or not at all.

use dialtone_words::say;
use std::io;
use std::path::Path;

/// Puts `text` in place of what is at `path`, making its folder where there is none.
///
/// # Errors
/// When it cannot be written; what was there is there still.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let mut name = path
        .file_name()
        .ok_or(io::ErrorKind::InvalidInput)?
        .to_owned();
    name.push(".new");
    let fresh = folder.join(name);
    std::fs::write(&fresh, text)?;
    std::fs::rename(&fresh, path).inspect_err(|_| {
        let _ = std::fs::remove_file(&fresh);
    })
}

/// Reads a file of at most `most` bytes; nothing where there is none.
///
/// # Errors
/// When it cannot be read, or is longer.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Option<String>> {
    use std::io::Read as _;

    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(most + 1).read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(io::Error::other(say!("tray-file-long")));
    }
    Ok(Some(text))
}

/// Removes a file that may not be there.
///
/// # Errors
/// When it stays.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
