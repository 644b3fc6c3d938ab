#![no_main]
//! What members say once it is opened, and the rules for what of it is shown: names of files can be names of files anywhere, names of
//! people and channels are of one line, reactions are short.
use std::path::{Component, Path};

use dialtone_protocol::content::{
    Attachment, EventBody, EventContent, FILE_NAME_LIMIT, NAME_LIMIT, PICTURE_SIDE_LIMIT,
    REACTION_LIMIT, clean_file_name, is_reaction, is_valid_file_name, is_valid_name,
};
use dialtone_protocol::sealed::EVENT_LIMIT;
use dialtone_protocol::strict;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(content) = strict::decode::<EventContent>(bytes, EVENT_LIMIT) {
        assert_eq!(strict::encode(&content), bytes);
        match &content.body {
            EventBody::Files { files, .. } => files.iter().for_each(check_file),
            EventBody::Profile { picture, .. } => picture.iter().for_each(check_file),
            _ => {}
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_words(text);
    }
});

fn check_file(file: &Attachment) {
    if file.is_valid() {
        check_file_name(&file.name);
        let side = 1..=PICTURE_SIDE_LIMIT;
        let size = file.picture;
        assert!(size.is_none_or(|size| side.contains(&size.width) && side.contains(&size.height)));
    }
}

/// It is one name in a folder, and nothing else.
fn check_file_name(name: &str) {
    assert!((1..=FILE_NAME_LIMIT).contains(&name.len()), "{name:?}");
    let mut parts = Path::new(name).components();
    assert!(
        matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none(),
        "{name:?}"
    );
    assert!(!name.contains(['\\', ':']) && !name.contains(char::is_control));
}

fn check_words(text: &str) {
    let clean = clean_file_name(text);
    assert!(is_valid_file_name(&clean), "{clean:?}");
    assert_eq!(clean_file_name(&clean), clean);
    check_file_name(&clean);
    if is_valid_file_name(text) {
        check_file_name(text);
        assert_eq!(clean, text);
    }
    if is_valid_name(text) {
        assert!(text.chars().count() <= NAME_LIMIT && !text.contains(char::is_control));
    }
    if is_reaction(text) {
        assert!((1..=REACTION_LIMIT).contains(&text.len()));
        assert!(!text.contains(char::is_control));
    }
}
