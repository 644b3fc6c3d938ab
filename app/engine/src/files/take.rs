//! What the user wants to send, sealed into the cache: the file itself is read once, and may be changed or deleted afterwards.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, Write as _};
use std::path::Path;

use dialtone_crypto::OsRng;
use dialtone_crypto::file::{FileKey, SealedReader, sealed_size};
use dialtone_protocol::BlobId;
use dialtone_protocol::content::{Attachment, PICTURE_SIDE_LIMIT, PictureSize, clean_file_name};
use dialtone_words::say;
use image::metadata::Orientation;
use image::{ImageFormat, ImageReader};

use super::FileCache;
use super::metadata::without_metadata;
use crate::command::FileSource;
use crate::disk::private_file;
use crate::snapshot::size_in_words;

/// Larger pictures are sent with what is in them, in bytes.
const CLEANED_LIMIT: u64 = 128 * 1024 * 1024;

/// Why something cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    /// A folder, a device, a pipe.
    #[error("{}", say!("error-a-folder", name = name))]
    NotAFile {
        /// Its name.
        name: String,
    },
    /// It cannot be read, or not be kept.
    #[error("{}", say!("error-not-read", name = name, reason = reason.to_string()))]
    Unreadable {
        /// Its name.
        name: String,
        /// From the system.
        reason: io::Error,
    },
    /// A library gave up on it.
    #[error("{}", say!("error-not-ready"))]
    Broke,
    /// There is no room for it on the server.
    #[error("{0}")]
    NoRoom(String),
}

/// What the server still takes, in bytes of sealed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// The longest file.
    pub(crate) largest: u64,
    /// All together.
    pub(crate) left: u64,
}

impl Room {
    /// Nothing is known of it: the server says no later.
    pub(crate) const UNKNOWN: Self = Self {
        largest: u64::MAX,
        left: u64::MAX,
    };

    /// Why there is none for `sealed` bytes called `name`.
    fn problem(self, name: &str, sealed: u64) -> Option<String> {
        if sealed > self.largest {
            return Some(say!(
                "error-file-too-large",
                name = name,
                size = size_in_words(sealed),
                most = size_in_words(self.largest)
            ));
        }
        (sealed > self.left).then(|| {
            say!(
                "error-no-room",
                name = name,
                size = size_in_words(sealed),
                left = size_in_words(self.left)
            )
        })
    }
}

/// Seals one file, if there is room for it. `blob` and `number` are drawn at random.
///
/// # Errors
/// [`TakeError`]; nothing is left in the cache then.
pub(crate) fn take(
    source: &FileSource,
    cache: &FileCache,
    room: Room,
    (blob, number): (BlobId, u64),
) -> Result<Attachment, TakeError> {
    let name = source.name();
    let unreadable = |reason| TakeError::Unreadable {
        name: name.clone(),
        reason,
    };
    let pixels = encoded(source).map_err(unreadable)?;
    let source = pixels.as_ref().unwrap_or(source);
    let (mut content, mut size) = open(source, &name)?;
    let seen = picture_of(&mut content).map_err(unreadable)?;
    if let Some(seen) = &seen
        && let Some(clean) = cleaned(&mut content, size, seen).map_err(unreadable)?
    {
        size = clean.len() as u64;
        content = Box::new(io::Cursor::new(clean));
    }
    let sealed = sealed_size(size);
    if let Some(words) = room.problem(&name, sealed) {
        return Err(TakeError::NoRoom(words));
    }
    let media_type = match &seen {
        Some(seen) => seen.format.to_mime_type().to_owned(),
        None => media_type_of(&name),
    };
    cache.prepare().map_err(unreadable)?;
    let fresh = cache.fresh(number);
    let key = FileKey::generate(&mut OsRng);
    let hash = seal(&key, size, content, &fresh).map_err(|reason| {
        let _ = std::fs::remove_file(&fresh);
        unreadable(reason)
    })?;
    std::fs::rename(&fresh, cache.path(&hash)).map_err(unreadable)?;
    Ok(Attachment {
        blob,
        key: (*key.as_bytes()).into(),
        size,
        hash,
        name,
        media_type,
        picture: seen.map(|seen| seen.size),
    })
}

/// What can be read from the start on as often as it is needed.
trait Content: Read + io::Seek {}
impl<T: Read + io::Seek> Content for T {}

fn open<'a>(source: &'a FileSource, name: &str) -> Result<(Box<dyn Content + 'a>, u64), TakeError> {
    match source {
        FileSource::Path(path) => {
            let unreadable = |reason| TakeError::Unreadable {
                name: name.to_owned(),
                reason,
            };
            // Before it is opened: a pipe would wait for whoever writes into it.
            let about = std::fs::metadata(path).map_err(unreadable)?;
            if !about.is_file() {
                let name = name.to_owned();
                return Err(TakeError::NotAFile { name });
            }
            let file = File::open(path).map_err(unreadable)?;
            Ok((Box::new(BufReader::new(file)), about.len()))
        }
        FileSource::Bytes { bytes, .. } => {
            let size = bytes.len() as u64;
            Ok((Box::new(io::Cursor::new(&**bytes)), size))
        }
        FileSource::Pixels { .. } => Err(TakeError::NotAFile {
            name: name.to_owned(),
        }),
    }
}

/// Pixels as a PNG file.
fn encoded(source: &FileSource) -> io::Result<Option<FileSource>> {
    let FileSource::Pixels { name, picture } = source else {
        return Ok(None);
    };
    let mut file = io::Cursor::new(Vec::new());
    image::write_buffer_with_format(
        &mut file,
        &picture.rgba,
        picture.width,
        picture.height,
        image::ExtendedColorType::Rgba8,
        image::ImageFormat::Png,
    )
    .map_err(io::Error::other)?;
    Ok(Some(FileSource::Bytes {
        name: name.clone(),
        bytes: file.into_inner().into(),
    }))
}

fn seal(
    key: &FileKey,
    size: u64,
    content: impl Read,
    to: &Path,
) -> io::Result<dialtone_protocol::Hash> {
    let mut out = private_file().truncate(true).write(true).open(to)?;
    let mut reader = SealedReader::new(key, size, content);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        out.write_all(&chunk[..count])?;
    }
    out.sync_all()?;
    reader
        .hash()
        .ok_or_else(|| io::Error::other(say!("engine-file-changed")))
}

/// A picture that can be shown.
struct Seen {
    format: ImageFormat,
    orientation: Orientation,
    /// As it stands upright.
    size: PictureSize,
}

/// What kind of picture it is and how large, if it is one that can be shown.
fn picture_of(content: &mut Box<dyn Content + '_>) -> io::Result<Option<Seen>> {
    let found = ImageReader::new(BufReader::new(&mut *content))
        .with_guessed_format()
        .ok()
        .and_then(|reader| {
            let format = reader.format()?;
            let mut decoder = reader.into_decoder().ok()?;
            let (width, height) = image::ImageDecoder::dimensions(&decoder);
            let orientation = image::ImageDecoder::orientation(&mut decoder);
            let orientation = orientation.unwrap_or(Orientation::NoTransforms);
            let size = if is_on_its_side(orientation) {
                PictureSize {
                    width: height,
                    height: width,
                }
            } else {
                PictureSize { width, height }
            };
            let sides = 1..=PICTURE_SIDE_LIMIT;
            (sides.contains(&width) && sides.contains(&height)).then_some(Seen {
                format,
                orientation,
                size,
            })
        });
    content.rewind()?;
    Ok(found)
}

/// A picture without what its camera wrote into it; none if it is sent as it is.
fn cleaned(
    content: &mut Box<dyn Content + '_>,
    size: u64,
    seen: &Seen,
) -> io::Result<Option<Vec<u8>>> {
    if size > CLEANED_LIMIT {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    content.rewind()?;
    Ok(without_metadata(bytes, seen.format, seen.orientation))
}

fn is_on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// By the ending of its name.
fn media_type_of(name: &str) -> String {
    let guessed = mime_guess::from_path(name).first_or_octet_stream();
    let essence = guessed.essence_str().to_owned();
    if essence.len() <= dialtone_protocol::content::MEDIA_TYPE_LIMIT {
        essence
    } else {
        mime_guess::mime::APPLICATION_OCTET_STREAM.to_string()
    }
}

impl FileSource {
    /// The name that it is sent under.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Path(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                clean_file_name(&name)
            }
            Self::Bytes { name, .. } | Self::Pixels { name, .. } => clean_file_name(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use dialtone_protocol::BlobId;

    use super::*;
    use crate::files::{content, free_name, save};

    const DRAWN: (BlobId, u64) = (BlobId([1; 16]), 7);

    fn bytes(name: &str, bytes: &[u8]) -> FileSource {
        FileSource::Bytes {
            name: name.into(),
            bytes: bytes.into(),
        }
    }

    #[test]
    fn a_file_is_sealed_named_and_given_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"));
        let path = folder.path().join("report.pdf");
        let written: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &written).unwrap();
        let taken = take(
            &FileSource::Path(path.clone()),
            &cache,
            Room::UNKNOWN,
            DRAWN,
        )
        .unwrap();
        assert_eq!(
            (&*taken.name, &*taken.media_type),
            ("report.pdf", "application/pdf")
        );
        assert_eq!((taken.size, taken.blob), (200_000, DRAWN.0));
        assert!(taken.is_valid() && taken.picture.is_none() && cache.has(&taken));
        let sealed = std::fs::read(cache.path(&taken.hash)).unwrap();
        assert!(!sealed.windows(32).any(|some| some == &written[..32]));
        assert_eq!(*content(&taken, &cache).unwrap(), written);
        let to = free_name(folder.path(), "report.pdf").unwrap();
        assert_eq!(to, folder.path().join("report (1).pdf"));
        save(&taken, &cache, &to).unwrap();
        assert_eq!(std::fs::read(to).unwrap(), written);
    }

    #[test]
    fn a_file_that_was_changed_here_takes_no_other_files_place() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"));
        let taken = take(&bytes("a.txt", b"right"), &cache, Room::UNKNOWN, DRAWN).unwrap();
        let mut sealed = std::fs::read(cache.path(&taken.hash)).unwrap();
        sealed[100] ^= 1;
        std::fs::write(cache.path(&taken.hash), sealed).unwrap();
        let to = folder.path().join("a.txt");
        std::fs::write(&to, "mine").unwrap();
        assert!(save(&taken, &cache, &to).is_err());
        assert_eq!(std::fs::read(&to).unwrap(), b"mine");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_picture_is_known_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"));
        let mut png = std::io::Cursor::new(Vec::new());
        let image = image::RgbImage::new(30, 20);
        image.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let taken = take(&bytes("x.txt", png.get_ref()), &cache, Room::UNKNOWN, DRAWN).unwrap();
        assert_eq!(taken.media_type, "image/png");
        assert_eq!(
            taken.picture,
            Some(PictureSize {
                width: 30,
                height: 20
            })
        );
        let text = take(&bytes("x.png", b"no picture"), &cache, Room::UNKNOWN, DRAWN).unwrap();
        assert_eq!(text.picture, None);
    }

    #[test]
    fn pixels_become_a_picture_file() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"));
        let picture = crate::snapshot::Picture {
            width: 3,
            height: 2,
            rgba: (0..24).map(|byte| byte | 0xf0).collect(),
        };
        let source = FileSource::Pixels {
            name: "pasted.png".into(),
            picture: picture.clone().into(),
        };
        let taken = take(&source, &cache, Room::UNKNOWN, DRAWN).unwrap();
        assert_eq!(taken.media_type, "image/png");
        let file = content(&taken, &cache).unwrap();
        assert_eq!(crate::files::scaled(&file, 9, 9).unwrap(), picture);
    }

    #[test]
    fn what_cannot_be_sent_says_why_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"));
        let refused = |source: FileSource, room| {
            let refused = take(&source, &cache, room, DRAWN).unwrap_err();
            refused.to_string()
        };
        let room = Room {
            largest: 9_000,
            ..Room::UNKNOWN
        };
        let large = refused(bytes("a.txt", &[0; 10_000]), room);
        assert!(
            large.contains("a.txt is too large") && large.contains("8.8 KiB"),
            "{large}"
        );
        let room = Room {
            left: 9_000,
            ..Room::UNKNOWN
        };
        let full = refused(bytes("a.txt", &[0; 10_000]), room);
        assert!(
            full.contains("no room for a.txt") && full.contains("8.8 KiB are left"),
            "{full}"
        );
        let missing = refused(FileSource::Path(folder.path().join("b.txt")), Room::UNKNOWN);
        assert!(missing.starts_with("b.txt could not be read"), "{missing}");
        let not_a_file = refused(FileSource::Path(folder.path().to_owned()), Room::UNKNOWN);
        assert!(not_a_file.contains("is not a file"), "{not_a_file}");
        assert!(
            !cache
                .path(&dialtone_protocol::Hash::ZERO)
                .parent()
                .unwrap()
                .exists()
        );
    }
}
