//! What a message says about a file that it carries: where the sealed file is, how to open it, and what it is.

use std::fmt;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::{is_direction_control, is_invisible};
use crate::{BlobId, Hash};

/// The most files of one message.
pub const FILES_LIMIT: usize = 10;
/// The longest name of a file, in bytes of UTF-8.
pub const FILE_NAME_LIMIT: usize = 255;
/// The longest media type, in bytes.
pub const MEDIA_TYPE_LIMIT: usize = 64;
/// The longest file, in bytes: 1 TiB.
pub const FILE_SIZE_LIMIT: u64 = 1 << 40;
/// The longest side of a picture, in pixels.
pub const PICTURE_SIDE_LIMIT: u32 = 32_768;

/// A file that was sent. The server has it sealed, and sees nothing of this.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Attachment {
    /// Where the server has it.
    #[n(0)]
    pub blob: BlobId,
    /// What it is sealed with. Secret.
    #[n(1)]
    pub key: ByteArray<32>,
    /// Bytes of the file itself.
    #[n(2)]
    pub size: u64,
    /// SHA-256 of the sealed file.
    #[n(3)]
    pub hash: Hash,
    /// As its sender called it, without folders.
    #[n(4)]
    pub name: String,
    /// By IANA's registry (RFC 6838), as its sender says; `application/octet-stream` where it is not known.
    #[n(5)]
    pub media_type: String,
    /// Of a picture, so that there is room for it before it is here.
    #[n(6)]
    pub picture: Option<PictureSize>,
}

/// Width and height of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct PictureSize {
    /// Pixels; at least 1, at most [`PICTURE_SIDE_LIMIT`].
    #[n(0)]
    pub width: u32,
    /// Likewise.
    #[n(1)]
    pub height: u32,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({:?}, {} B)", self.blob, self.size)
    }
}

impl Attachment {
    /// Whether it keeps the limits, so that it can be shown and its name be used for a file.
    pub fn is_valid(&self) -> bool {
        let side = 1..=PICTURE_SIDE_LIMIT;
        is_valid_file_name(&self.name)
            && self.size <= FILE_SIZE_LIMIT
            && is_media_type(&self.media_type)
            && self
                .picture
                .is_none_or(|size| side.contains(&size.width) && side.contains(&size.height))
    }
}

/// Whether this can be the name of a file in a folder, on every system, and looks like what it is.
pub fn is_valid_file_name(name: &str) -> bool {
    let forbidden = |c: char| {
        c.is_control()
            || is_direction_control(c)
            || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
    };
    !name.is_empty()
        && name.len() <= FILE_NAME_LIMIT
        && name.trim() == name
        && !name.ends_with('.')
        && !name.starts_with('.')
        && !name.chars().any(forbidden)
        && !is_device_name(name)
        && name.chars().any(|c| !c.is_whitespace() && !is_invisible(c))
}

/// Names that mean a device on Windows, with whatever ending.
fn is_device_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let upper = stem.to_ascii_uppercase();
    let numbered = |of: &str| {
        upper
            .strip_prefix(of)
            .is_some_and(|rest| rest.chars().count() == 1 && rest != "0")
    };
    matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// The name that a file can be sent under: without folders, and without what [`is_valid_file_name`] refuses.
pub fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_direction_control(*c))
        .map(|c| {
            if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') {
                '_'
            } else {
                c
            }
        })
        .collect();
    let trimmed = visible
        .trim_start_matches(['.', ' '])
        .trim()
        .trim_end_matches('.')
        .trim();
    let short = shortened(trimmed);
    if is_valid_file_name(&short) {
        short
    } else {
        "file".to_owned()
    }
}

/// At most [`FILE_NAME_LIMIT`] bytes; what is after the last dot stays, since it tells what the file is.
fn shortened(name: &str) -> String {
    if name.len() <= FILE_NAME_LIMIT {
        return name.to_owned();
    }
    let dot = name.rfind('.').filter(|dot| name.len() - dot <= 16);
    let (stem, ending) = name.split_at(dot.unwrap_or(name.len()));
    let mut end = FILE_NAME_LIMIT - ending.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", stem[..end].trim_end())
}

/// `type/subtype` in RFC 6838's characters, without parameters.
fn is_media_type(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    text.len() <= MEDIA_TYPE_LIMIT
        && text
            .split_once('/')
            .is_some_and(|(kind, subtype)| part(kind) && part(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment() -> Attachment {
        Attachment {
            blob: BlobId([1; 16]),
            key: [2; 32].into(),
            size: 3,
            hash: Hash([4; 32]),
            name: "holiday.jpg".into(),
            media_type: "image/jpeg".into(),
            picture: Some(PictureSize {
                width: 4_000,
                height: 3_000,
            }),
        }
    }

    #[test]
    fn limits_are_kept() {
        assert!(attachment().is_valid());
        let changed = |change: fn(&mut Attachment)| {
            let mut changed = attachment();
            change(&mut changed);
            changed.is_valid()
        };
        assert!(changed(|it| it.picture = None));
        assert!(!changed(|it| it.name = "../holiday.jpg".into()));
        assert!(!changed(|it| it.size = FILE_SIZE_LIMIT + 1));
        assert!(!changed(|it| it.media_type = "image".into()));
        assert!(!changed(
            |it| it.media_type = format!("image/{}", "x".repeat(64))
        ));
        assert!(!changed(|it| it.picture = Some(PictureSize {
            width: 0,
            height: 1
        })));
        assert!(!changed(|it| it.picture = Some(PictureSize {
            width: 1,
            height: PICTURE_SIDE_LIMIT + 1
        })));
    }

    #[test]
    fn a_name_names_one_file_in_its_folder() {
        for good in [
            "a",
            "holiday.jpg",
            "Grüße an Jörg.tar.gz",
            "日本.txt",
            "a b",
        ] {
            assert!(is_valid_file_name(good), "{good}");
            assert_eq!(clean_file_name(good), good);
        }
        for bad in [
            "",
            "nul",
            "Com1.txt",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "C:x",
            "x\0",
            "gpj\u{202e}.exe",
            " x",
            "x ",
            "x.",
            ".bashrc",
            "\u{200b}",
        ] {
            assert!(!is_valid_file_name(bad), "{bad:?}");
            assert!(is_valid_file_name(&clean_file_name(bad)), "{bad:?}");
        }
        assert_eq!(clean_file_name("/photos/holiday.jpg"), "holiday.jpg");
        assert!(is_valid_file_name("console.txt") && is_valid_file_name("com10"));
        assert_eq!(clean_file_name("C:\\Users\\Anna\\a?.txt"), "a_.txt");
        let long = clean_file_name(&format!("{}.jpeg", "ü".repeat(200)));
        assert!(
            long.len() <= FILE_NAME_LIMIT && long.ends_with("ü.jpeg"),
            "{long}"
        );
    }

    #[test]
    fn the_key_is_not_shown() {
        let shown = format!("{:?}", attachment());
        assert!(!shown.contains("02"), "{shown}");
        assert!(!shown.contains("holiday"), "{shown}");
    }
}
