#![no_main]
//! Rows of a backup: what is read as rows of a table is what is written of them.
use dialtone_store::tables::{Column, TABLES};
use libfuzzer_sys::fuzz_target;

#[path = "../../src/backup/rows.rs"]
mod rows;

fuzz_target!(|bytes: &[u8]| {
    let Some((number, bytes)) = bytes.split_first() else {
        return;
    };
    let table = &TABLES[usize::from(*number) % TABLES.len()];
    let columns: Vec<&Column> = table.columns.iter().collect();
    let Some(read) = rows::decode(bytes, &columns) else {
        return;
    };
    let mut written = Vec::new();
    for row in &read {
        assert_eq!(row.len(), columns.len());
        rows::encode(row, &mut written);
    }
    // CBOR has several ways to write a number; ours is the shortest.
    assert!(written.len() <= bytes.len());
    assert_eq!(rows::decode(&written, &columns), Some(read));
});
