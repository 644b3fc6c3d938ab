//! Both databases have the same migrations.

use std::collections::BTreeSet;
use std::{fs, io};

fn names(database: &str) -> io::Result<BTreeSet<String>> {
    let folder = format!("{}/../../migrations/{database}", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

#[test]
fn both_databases_have_the_same_steps_numbered_without_a_gap() -> io::Result<()> {
    let steps = names("sqlite")?;
    assert!(!steps.is_empty());
    assert_eq!(steps, names("postgres")?);
    for (number, name) in (1..).zip(&steps) {
        let stem = name.strip_suffix(".sql");
        assert!(
            stem.is_some_and(|stem| stem.starts_with(&format!("{number:04}_"))),
            "{name}"
        );
    }
    Ok(())
}
