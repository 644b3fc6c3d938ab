//! Files of messages, and pictures of people: what they are, and where they are.

use dialtone_words::say;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use dialtone_protocol::{ChannelId, Hash};

/// Names a file of a community on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub Hash);

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileView {
    /// Which.
    pub id: FileId,
    /// As its sender called it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// As its sender says: `image/jpeg`.
    pub media_type: String,
    /// Width and height in pixels, of a picture that can be shown.
    pub picture: Option<(u32, u32)>,
}

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// On its way to the server: bytes that are there, and all.
    Sending {
        /// Bytes.
        done: u64,
        /// Bytes.
        total: u64,
    },
    /// On its way from the server.
    Fetching {
        /// Bytes.
        done: u64,
        /// Bytes.
        total: u64,
    },
    /// On this device, sealed.
    Here,
    /// It could not be fetched or shown: why, and what to do.
    Failed(String),
}

/// Pixels.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Rows from the top, each pixel as red, green, blue, opacity (not multiplied in).
    pub rgba: Vec<u8>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

/// What is known of a community's files.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Where they are; of one that is not in here nothing is on this device.
    pub states: BTreeMap<FileId, FileState>,
    /// Those that were asked for by [`FileCommand::Show`](crate::FileCommand) last.
    pub pictures: Arc<BTreeMap<FileId, Arc<Picture>>>,
    /// The one that is looked at by itself ([`FileCommand::View`](crate::FileCommand)), larger, once it is there.
    pub viewed: Option<(FileId, Arc<Picture>)>,
    /// Where files are being made ready to be sent: one for each message.
    pub preparing: Vec<ChannelId>,
}

impl PartialEq for Files {
    /// Pictures never change, so they are not compared pixel by pixel.
    fn eq(&self, other: &Self) -> bool {
        self.states == other.states
            && self.preparing == other.preparing
            && self.viewed.as_ref().map(|(id, _)| id) == other.viewed.as_ref().map(|(id, _)| id)
            && Arc::ptr_eq(&self.pictures, &other.pictures)
    }
}

/// Bytes in words: `1.5 MiB`.
pub fn size_in_words(bytes: u64) -> String {
    let steps = ["k", "m", "g", "t", "p", "e"];
    if bytes < 1024 {
        return say!("call-bytes", bytes = bytes);
    }
    let mut value = bytes as f64 / 1024.0;
    let mut step = 0;
    while value >= 1024.0 && step + 1 < steps.len() {
        value /= 1024.0;
        step += 1;
    }
    let value = dialtone_words::decimal(format_args!("{value:.1}"));
    say!("engine-size", value = value, unit = steps[step])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_sizes_its_own_way() {
        use dialtone_words::{Language, within};

        let words = |language| within(language, || size_in_words(1_572_864));
        assert_eq!(words(Language::English), "1.5 MiB");
        assert_eq!(words(Language::German), "1,5 MiB");
        assert_eq!(words(Language::French), "1,5 Mio");
    }

    #[test]
    fn sizes_are_said_in_words() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1_023, "1023 bytes"),
            (1_536, "1.5 KiB"),
            (1 << 30, "1.0 GiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}
