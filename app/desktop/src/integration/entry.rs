//! The desktop entries, by the Desktop Entry Specification 1.5.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::Places;
use dialtone_words::say;

const TEMPLATE: &str = include_str!("../../../../assets/desktop/dialtone.desktop");

/// How the program is found in menus, and opens links.
///
/// # Errors
/// When the program's path cannot be written into one.
pub(super) fn application(places: &Places) -> io::Result<String> {
    let start = start(places)?;
    let mut out = String::new();
    for line in TEMPLATE.lines() {
        if line.starts_with("Exec=") {
            let _ = writeln!(out, "Exec={start} %u");
        } else if !line.starts_with("TryExec=") {
            let _ = writeln!(out, "{line}");
        }
    }
    Ok(out)
}

/// How it starts with the desktop.
///
/// # Errors
/// Likewise.
pub(super) fn autostart(places: &Places) -> io::Result<String> {
    let start = start(places)?;
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Dialtone\nComment=Starts in the tray\nExec={start} --hidden\nIcon=dialtone\n\
         Terminal=false\nX-GNOME-Autostart-enabled=true\n"
    ))
}

fn start(places: &Places) -> io::Result<String> {
    let mut words = quoted(&places.program)?;
    if let Some(profile) = &places.profile {
        words.push_str(" --profile ");
        words.push_str(&quoted(profile)?);
    }
    Ok(words)
}

/// A path as a word of `Exec`: quoted where it must be, `%` doubled, and backslashes doubled once more for the file's own reader.
fn quoted(path: &Path) -> io::Result<String> {
    let cannot = || io::Error::other(say!("tray-path"));
    let text = path.to_str().ok_or_else(cannot)?;
    if text.chars().any(char::is_control) {
        return Err(cannot());
    }
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+".contains(letter);
    if text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '%' => out.push_str("%%"),
            '\\' => out.push_str("\\\\\\\\"),
            '"' | '`' | '$' => {
                out.push_str("\\\\");
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_as_the_specification_says() {
        for (path, word) in [
            ("/usr/bin/dialtone", "/usr/bin/dialtone"),
            ("/home/ä/dialtone", "/home/ä/dialtone"),
            ("/a b/x", "\"/a b/x\""),
            ("/50%/x", "\"/50%%/x\""),
            ("/$x/\"y\"", "\"/\\\\$x/\\\\\"y\\\\\"\""),
            ("/a\\b", "\"/a\\\\\\\\b\""),
        ] {
            assert_eq!(quoted(Path::new(path)).unwrap(), word);
        }
        assert!(quoted(Path::new("/a\nExec=evil")).is_err());
    }
}
