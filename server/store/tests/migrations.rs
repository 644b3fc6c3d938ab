//! Both databases have the same migrations.

use std::collections::BTreeSet;
use std::fs;

fn names(database: &str) -> BTreeSet<String> {
    let folder = format!("{}/../../migrations/{database}", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_databases_have_the_same_steps_numbered_without_a_gap() {
    let steps = names("sqlite");
    assert_eq!(steps, names("postgres"));
    for (number, name) in (1..).zip(&steps) {
        assert!(
            name.starts_with(&format!("{number:04}_")) && name.ends_with(".sql"),
            "{name}"
        );
    }
}
