#![no_main]
//! A sealed file as a server gives it: nothing is taken for whole that was not sealed under the key, and no more comes out than was announced.
use std::io::{self, Write};

use dialtone_crypto::file::{FileKey, open_file};
use dialtone_protocol::Hash;
use libfuzzer_sys::fuzz_target;

/// Counts what comes out.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fuzz_target!(|given: (u64, Vec<u8>)| {
    let (size, sealed) = given;
    let mut out = Counted(0);
    let opened = open_file(
        &FileKey::from_bytes(&[7; 32]),
        size,
        &Hash::of(&sealed),
        &*sealed,
        &mut out,
    );
    assert!(opened.is_err(), "nobody seals under this key");
    assert!(out.0 <= size);
});
