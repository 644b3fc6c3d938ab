#![no_main]
//! What a member hands to the server of a group: commits, trees, key packages. First by Dialtone's own eyes, then by the library that the
//! server reads them with.
use dialtone_protocol::group_rules::{
    check_commit_keys, check_package_keys, check_tree_keys, read_commit_aad,
};
use openmls::prelude::tls_codec::{DeserializeBytes as _, Serialize as _};
use openmls::prelude::{KeyPackageIn, MlsMessageIn, RatchetTreeIn};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = read_commit_aad(bytes);
    let _ = check_commit_keys(bytes);
    let _ = check_tree_keys(bytes);
    let _ = check_package_keys(bytes);
    if let Ok((message, rest)) = MlsMessageIn::tls_deserialize_bytes(bytes) {
        let written = message.tls_serialize_detached().unwrap();
        assert_eq!(written, bytes[..bytes.len() - rest.len()]);
        let _ = message.try_into_protocol_message();
    }
    let _ = RatchetTreeIn::tls_deserialize_bytes(bytes);
    let _ = KeyPackageIn::tls_deserialize_bytes(bytes);
});
