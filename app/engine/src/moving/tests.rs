//! Profiles of a few files, without a server.

use std::collections::BTreeMap;

use dialtone_crypto::keystore::Work;

use super::*;
use crate::command::Secret;
use crate::profile::Profile;

const PASSPHRASE: &str = "a long way home";

fn profile(folder: &Path, files: &[(&str, &str)]) -> Profile {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    Profile::open(folder).unwrap()
}

const FILES: [(&str, &str); 6] = [
    ("keystore.age", "sealed keys"),
    ("settings.toml", "# chosen"),
    ("chains/mine.toml", "# chain"),
    ("communities/00.11.db", "rows"),
    ("communities/00.11.files/0123", "a sealed file"),
    ("log/dialtone.log", "stays here"),
];

/// What is there of what goes along.
fn content(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, _) in FILES {
        if let Ok(text) = std::fs::read_to_string(folder.join(name)) {
            all.insert(name.to_owned(), text);
        }
    }
    all
}

fn goes_on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn exports(profile: &Profile, to: &Path, with_files: bool) -> Result<Exported, MoveError> {
    let (secret, work) = (Secret::new(PASSPHRASE), Work::ForTests);
    export(profile, to, &secret, with_files, work, &mut goes_on)
}

fn imports(profile: &Profile, from: &Path, replace: bool) -> Result<(), MoveError> {
    import(
        profile,
        from,
        &Secret::new(PASSPHRASE),
        replace,
        &mut goes_on,
    )
}

#[test]
fn it_arrives_whole_and_the_one_left_behind_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let file = folder.path().join("profile.dialtone");
    let old = profile(&here, &FILES);
    let exported = exports(&old, &file, true).unwrap();
    assert_eq!(exported.files, 5, "the log stays");
    assert!(old.is_moved());
    assert!(matches!(exports(&old, &file, true), Err(MoveError::Moved)));
    let new = profile(&there, &[]);
    imports(&new, &file, false).unwrap();
    assert!(!new.is_moved());
    let mut expected = content(&here);
    expected.remove("log/dialtone.log");
    assert_eq!(content(&there), expected);
    let left: Vec<_> = std::fs::read_dir(&there).unwrap().flatten().collect();
    assert_eq!(left.len(), 5, "{left:?}");
    // The file was not used after all.
    old.unmark_moved().unwrap();
    let exported = exports(&old, &file, false).unwrap();
    assert_eq!(exported.files, 4);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn keys_that_are_here_are_lost_only_where_that_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let file = folder.path().join("profile.dialtone");
    exports(&profile(&here, &FILES), &file, true).unwrap();
    let others = [
        ("keystore.age", "other keys"),
        ("communities/99.88.db", "other rows"),
    ];
    let new = profile(&there, &others);
    assert!(matches!(
        imports(&new, &file, false),
        Err(MoveError::Occupied)
    ));
    let keys = || std::fs::read_to_string(there.join("keystore.age")).unwrap();
    assert_eq!(keys(), "other keys");
    imports(&new, &file, true).unwrap();
    assert_eq!(keys(), "sealed keys");
    assert!(!there.join("communities/99.88.db").exists());
    assert!(!there.join("import.old").exists());
}

#[test]
fn what_cannot_be_opened_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let file = folder.path().join("profile.dialtone");
    exports(&profile(&here, &FILES), &file, true).unwrap();
    let new = profile(&there, &[("keystore.age", "other keys")]);
    let refused = |bytes: &[u8], passphrase: &str| {
        std::fs::write(&file, bytes).unwrap();
        let error = import(&new, &file, &Secret::new(passphrase), true, &mut goes_on).unwrap_err();
        let keys = std::fs::read_to_string(there.join("keystore.age")).unwrap();
        assert_eq!(keys, "other keys");
        assert!(!there.join("import.new").exists());
        error
    };
    let whole = std::fs::read(&file).unwrap();
    let wrong = refused(&whole, "not this one");
    assert!(matches!(
        wrong,
        MoveError::Parcel(ParcelError::WrongPassphrase)
    ));
    let cut = refused(&whole[..whole.len() - 1], PASSPHRASE);
    assert!(
        matches!(cut, MoveError::Parcel(ParcelError::Damaged)),
        "{cut}"
    );
    let other = refused(b"something else, long enough to be read", PASSPHRASE);
    assert!(matches!(other, MoveError::Parcel(ParcelError::NotAParcel)));
    let strange = refused(&with_entry("../../evil", b"x"), PASSPHRASE);
    assert!(matches!(strange, MoveError::Strange), "{strange}");
    assert!(!folder.path().join("evil").exists());
    let stopped = import(&new, &file, &Secret::new(PASSPHRASE), true, &mut |_, _| {
        ControlFlow::Break(())
    });
    assert!(stopped.is_err());
}

/// A file with one entry, as somebody else may write it who knows the passphrase.
fn with_entry(name: &str, content: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let passphrase = PASSPHRASE.into();
    let mut out = dialtone_crypto::parcel::seal(&mut file, &passphrase, Work::ForTests).unwrap();
    let entry = entries::Entry {
        name: name.into(),
        size: content.len() as u64,
    };
    entries::write_total(&mut out, entry.size).unwrap();
    entries::write_entry(&mut out, &entry).unwrap();
    io::Write::write_all(&mut out, content).unwrap();
    entries::write_end(&mut out).unwrap();
    out.finish().unwrap();
    file
}

#[test]
fn a_stopped_export_leaves_nothing_and_marks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile.dialtone");
    let here = profile(&folder.path().join("here"), &FILES);
    let secret = Secret::new(PASSPHRASE);
    let stop = &mut |_, _| ControlFlow::Break(());
    let stopped = export(&here, &file, &secret, true, Work::ForTests, stop);
    assert!(matches!(stopped, Err(MoveError::Stopped)));
    let short = Secret::new("short");
    let short = export(&here, &file, &short, true, Work::ForTests, &mut goes_on);
    assert!(matches!(short, Err(MoveError::ShortPassphrase)));
    assert!(!here.is_moved() && !file.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
