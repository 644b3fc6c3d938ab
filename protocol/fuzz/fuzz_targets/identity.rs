#![no_main]
//! The server's statement.
use dialtone_protocol::{Hash, PublicKey, identity::check_identity};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = check_identity(bytes, &PublicKey([1; 32]), &Hash::ZERO, &Hash::ZERO, 0);
});
