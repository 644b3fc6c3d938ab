#![no_main]
//! Usernames as anybody types them: what is a name stays the same name when it is typed in its own form.
use dialtone_protocol::username::Username;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(name) = Username::parse(text) {
        assert_eq!(Username::parse(name.as_str()).unwrap(), name);
    }
});
