//! One's own chains as files of a folder in the profile: `chains/voice-changed.toml`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use dialtone_audio::{ChainDirection, ChainSpec};

use crate::disk::private_folder;
use crate::snapshot::OwnChain;
use dialtone_words::say;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 64 * 1024;
/// The most files of the folder that are looked at.
const MOST: usize = 100;
/// So many names are tried that are told apart by a number.
const MOST_ALIKE: u32 = 1_000;
/// The longest name, in characters.
pub(super) const LONGEST_NAME: usize = 60;

const ENDING: &str = "toml";

/// The file of one of one's own chains.
pub(super) fn path(folder: &Path, file: &str) -> PathBuf {
    folder.join(format!("{file}.{ENDING}"))
}

/// The name that a file of the folder has; none for a file elsewhere.
pub(super) fn file_of(folder: &Path, path: &Path) -> Option<String> {
    let ours = path.parent() == Some(folder) && path.extension().is_some_and(|end| end == ENDING);
    let stem = path.file_stem().filter(|_| ours)?;
    stem.to_str().map(str::to_owned)
}

/// Reads a chain for the microphone.
///
/// # Errors
/// In a sentence.
pub(super) fn read(path: &Path) -> Result<ChainSpec, String> {
    let place = path.display().to_string();
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
        .map_err(|error| say!("chain-unreadable", place = place, error = error.to_string()))?;
    let spec = ChainSpec::from_toml(&text).map_err(|error| {
        let error = in_a_line(&error.to_string());
        say!("chain-is-none", place = place, error = error)
    })?;
    if spec.direction != ChainDirection::Uplink {
        return Err(say!("chain-for-hearing", place = place));
    }
    if spec.stages.len() > dialtone_audio::chain::MAX_STAGES {
        let (has, most) = (spec.stages.len(), dialtone_audio::chain::MAX_STAGES);
        return Err(say!(
            "chain-too-many-stages",
            place = place,
            has = has,
            most = most
        ));
    }
    Ok(spec)
}

/// What the reader of TOML says, without the lines that it draws.
fn in_a_line(words: &str) -> String {
    let lines = words.lines().map(str::trim);
    let said = lines.filter(|line| !line.is_empty() && !line.contains('|'));
    let said: Vec<&str> = said.collect();
    said.join(": ").trim_end_matches('.').to_owned()
}

/// Writes a chain as a whole, or not at all.
///
/// # Errors
/// In a sentence.
pub(super) fn write(path: &Path, chain: &ChainSpec) -> Result<(), String> {
    let text = chain.to_toml().map_err(|error| format!("{error}."))?;
    write_text(path, &text)
}

/// The same from text.
///
/// # Errors
/// In a sentence.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), String> {
    let fresh = path.with_extension("toml.new");
    let written = std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, path));
    written.map_err(|error| {
        let place = path.display().to_string();
        say!(
            "chain-not-written",
            place = place,
            error = error.to_string()
        )
    })
}

/// All that are there, by name.
pub(super) fn list(folder: &Path) -> Vec<OwnChain> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut own: Vec<OwnChain> = entries
        .flatten()
        .filter_map(|entry| file_of(folder, &entry.path()))
        .take(MOST)
        .map(|file| OwnChain {
            // One that cannot be read is listed, so that it can be deleted or looked at.
            name: read(&path(folder, &file)).map_or_else(|_| file.clone(), |spec| spec.name),
            file,
        })
        .collect();
    own.sort_by(|one, other| {
        let key = |own: &OwnChain| (own.name.to_lowercase(), own.file.clone());
        key(one).cmp(&key(other))
    });
    own
}

/// A name as one of one's own chains may have it.
///
/// # Errors
/// In a sentence.
pub(super) fn named(name: &str, own: &[OwnChain], except: Option<&str>) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(say!("chain-needs-name").to_owned());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(say!("chain-longest-name", most = LONGEST_NAME));
    }
    let mut others = own.iter().filter(|own| Some(own.file.as_str()) != except);
    if others.any(|own| own.name == name) {
        return Err(say!("chain-name-taken", name = name));
    }
    Ok(name.to_owned())
}

/// This name, or with a number where it is taken.
pub(super) fn free_name(name: &str, own: &[OwnChain]) -> String {
    let name: String = name.chars().filter(|one| !one.is_control()).collect();
    let name: String = name.trim().chars().take(LONGEST_NAME - 4).collect();
    let name = if name.is_empty() {
        say!("chain-unnamed").to_owned()
    } else {
        name
    };
    let numbered = (2..MOST_ALIKE).map(|number| format!("{name} {number}"));
    let mut all = std::iter::once(name.clone()).chain(numbered);
    all.find(|name| own.iter().all(|own| own.name != *name))
        .unwrap_or(name)
}

/// A file for a chain of this name, and the folder for it.
///
/// # Errors
/// In a sentence.
pub(super) fn free_file(folder: &Path, name: &str) -> Result<String, String> {
    private_folder(folder).map_err(|error| {
        let place = folder.display().to_string();
        say!(
            "chain-folder-unusable",
            place = place,
            error = error.to_string()
        )
    })?;
    let mut stem = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            stem.push(letter);
        } else if !stem.ends_with('-') && !stem.is_empty() {
            stem.push('-');
        }
    }
    let stem = stem.trim_end_matches('-');
    let stem = if stem.is_empty() { "chain" } else { stem };
    let numbered = (2..MOST_ALIKE).map(|number| format!("{stem}-{number}"));
    let mut all = std::iter::once(stem.to_owned()).chain(numbered);
    all.find(|file| !path(folder, file).exists())
        .ok_or_else(|| say!("chain-too-many").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(names: &[&str]) -> Vec<OwnChain> {
        let own = |name: &&str| OwnChain {
            name: (*name).to_owned(),
            file: name.to_lowercase(),
        };
        names.iter().map(own).collect()
    }

    #[test]
    fn chains_are_written_listed_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let chains = folder.path().join("chains");
        assert_eq!(list(&chains), []);
        for name in ["Voice, changed", "Ünsinn", "Voice, changed"] {
            let file = free_file(&chains, name).unwrap();
            let mut spec = ChainSpec::voice().unwrap();
            name.clone_into(&mut spec.name);
            write(&path(&chains, &file), &spec).unwrap();
            assert_eq!(read(&path(&chains, &file)), Ok(spec));
        }
        std::fs::write(chains.join("notes.txt"), "no chain").unwrap();
        let files: Vec<_> = list(&chains).into_iter().map(|own| own.file).collect();
        assert_eq!(files, ["voice-changed", "voice-changed-2", "nsinn"]);
    }

    #[test]
    fn a_file_that_is_no_chain_is_told_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        for (text, words) in [
            ("name = 'Mine'\n[[stage]\n", "line 2"),
            ("nam = 'x'", "unknown field"),
            (
                "name = 'x'\ndirection = 'downlink'",
                "not for the microphone",
            ),
        ] {
            std::fs::write(&path, text).unwrap();
            let told = read(&path).unwrap_err();
            assert!(told.contains(words) && !told.contains('\n'), "{told}");
            assert!(told.ends_with(['.', 't']), "{told}");
        }
        let many = "[[stage]]\ntype = 'gain'\n".repeat(33);
        std::fs::write(&path, format!("name = 'x'\n{many}")).unwrap();
        assert!(read(&path).unwrap_err().contains("33 stages"));
        assert!(read(Path::new("/nowhere/x.toml")).is_err());
    }

    #[test]
    fn names_are_told_apart() {
        let own = own(&["Mine"]);
        assert_eq!(named("  Other ", &own, None), Ok("Other".to_owned()));
        assert!(named("Mine", &own, None).is_err());
        assert!(named("Mine", &own, Some("mine")).is_ok(), "its own name");
        for wrong in ["", " ", "a\nb", &"x".repeat(61)] {
            assert!(named(wrong, &own, None).is_err(), "{wrong:?}");
        }
        assert_eq!(free_name("Mine", &own), "Mine 2");
        assert_eq!(free_name("\u{7}", &own), "Chain");
    }
}
