#![no_main]
//! A profile that comes from another computer, once its seal was opened: no file lands elsewhere than in the profile's folder, and not
//! more is taken than was announced.
use std::io::Read as _;
use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;

#[path = "../../engine/src/moving/entries.rs"]
mod entries;

use entries::{
    MOST_BYTES, MOST_FILES, belongs, fits, read_entry, read_total, write_end, write_entry,
    write_total,
};

fuzz_target!(|bytes: &[u8]| {
    let _ = read(bytes);
    if let Ok(name) = std::str::from_utf8(bytes) {
        check_name(name);
    }
});

/// As the import does it.
fn read(mut input: &[u8]) -> std::io::Result<()> {
    let bytes = input;
    let total = read_total(&mut input)?;
    if total > MOST_BYTES {
        return Ok(());
    }
    let mut written = Vec::new();
    write_total(&mut written, total)?;
    let (mut done, mut files) = (0, 0);
    while let Some(entry) = read_entry(&mut input)? {
        files += 1;
        if files > MOST_FILES || !fits(done, entry.size, total) {
            return Ok(());
        }
        check_name(&entry.name);
        write_entry(&mut written, &entry)?;
        let begin = written.len();
        let read = (&mut input).take(entry.size).read_to_end(&mut written)?;
        done += read as u64;
        assert!(done <= total && written.len() - begin == read);
        if (read as u64) < entry.size {
            return Ok(());
        }
    }
    write_end(&mut written)?;
    assert_eq!(written, bytes[..bytes.len() - input.len()]);
    Ok(())
}

fn check_name(name: &str) {
    if belongs(name) {
        let parts: Vec<Component<'_>> = Path::new(name).components().collect();
        assert!(
            parts
                .iter()
                .all(|part| matches!(part, Component::Normal(_))),
            "{name:?}"
        );
        assert!((1..=3).contains(&parts.len()) && !name.contains(['\\', ':']));
    }
}
