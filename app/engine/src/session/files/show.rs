//! Pictures that are shown: a bounded number of them, as large as they are drawn.

use std::sync::Arc;

use dialtone_protocol::content::Attachment;
use dialtone_words::say;

use super::super::run::Session;
use super::{After, FileInput, ShowError, told};
use crate::files::{FileCache, content, scaled};
use crate::snapshot::{FileId, Picture};

/// Longer ones are not fetched without being asked for, in bytes.
const BY_ITSELF: u64 = 16 * 1024 * 1024;
/// What a timeline shows, in pixels, on a screen with two of them for a point.
const IN_LINE: (u32, u32) = (960, 640);
/// What one sees of a picture by itself, in pixels.
const BY_ITSELF_SIZE: (u32, u32) = (2_560, 1_600);
/// Larger files are not opened into memory, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;
/// What a person's picture takes, in pixels.
const PORTRAIT: (u32, u32) = (128, 128);
/// How many pictures of messages are kept: at most 2.4 MB each.
const LINES_KEPT: usize = 64;
/// How many of people: at most 64 KiB each.
const PORTRAITS_KEPT: usize = 600;

impl Session {
    /// Shows a picture, which is fetched first where it must be.
    pub(super) fn show_picture(&mut self, id: FileId) {
        let Some(file) = self.state.attachment(&id) else {
            return;
        };
        let (file, part) = (file.clone(), &mut self.state.files);
        let settled = part.pictures.contains_key(&id)
            || part.failed.contains_key(&id)
            || part.decoding == Some(id)
            || part.to_decode.contains(&id);
        if settled || (file.size > BY_ITSELF && !part.look_for(&id, &file)) {
            return;
        }
        self.fetch_file(id, Some(After::Show));
    }

    /// Opens a picture that is here.
    pub(super) fn decode(&mut self, id: FileId) {
        let part = &mut self.state.files;
        if part.decoding != Some(id) && !part.to_decode.contains(&id) {
            part.to_decode.push_back(id);
        }
        self.decode_next();
    }

    fn decode_next(&mut self) {
        let (id, file) = loop {
            let part = &mut self.state.files;
            if part.decoding.is_some() {
                return;
            }
            let Some(id) = part.to_decode.pop_front() else {
                return;
            };
            let file = self.state.attachment(&id).cloned();
            if let Some(file) = file.filter(|file| file.size <= LARGEST) {
                break (id, file);
            }
        };
        self.state.files.decoding = Some(id);
        let (width, height) = if self.state.is_portrait(&id) {
            PORTRAIT
        } else {
            IN_LINE
        };
        let cache = self.state.files.cache.clone();
        let failed = FileInput::Decoded(id, Err(ShowError::Broke));
        self.on_thread(failed, move || {
            FileInput::Decoded(id, opened(&file, &cache, width, height))
        });
    }

    /// Looks at a picture by itself, or at none any more.
    pub(super) fn view_picture(&mut self, id: Option<FileId>) {
        self.state.dirty = true;
        self.state.files.viewing = id.map(|id| (id, None));
        if let Some(id) = id {
            self.fetch_file(id, Some(After::View));
        }
    }

    pub(super) fn decode_large(&mut self, id: FileId) {
        let Some(file) = self.state.attachment(&id).cloned() else {
            return;
        };
        if file.size > LARGEST {
            let words = say!("notice-too-large-to-show");
            self.state.files.failed.insert(id, words.to_owned());
            return;
        }
        let ((width, height), cache) = (BY_ITSELF_SIZE, self.state.files.cache.clone());
        let failed = FileInput::Viewed(id, Err(ShowError::Broke));
        self.on_thread(failed, move || {
            FileInput::Viewed(id, opened(&file, &cache, width, height))
        });
    }

    pub(super) fn picture_viewed(&mut self, id: FileId, decoded: Result<Picture, ShowError>) {
        let part = &mut self.state.files;
        let looked_at = part.viewing.as_mut().filter(|(viewed, _)| *viewed == id);
        match (looked_at, decoded) {
            (Some((_, shown)), Ok(picture)) => *shown = Some(Arc::new(picture)),
            (_, Err(error)) => {
                part.failed.insert(id, told(&error));
            }
            (None, Ok(_)) => {}
        }
    }

    pub(super) fn picture_decoded(&mut self, id: FileId, decoded: Result<Picture, ShowError>) {
        self.state.files.decoding = None;
        self.decode_next();
        let picture = match decoded {
            Ok(picture) => picture,
            Err(error) => {
                self.state.files.failed.insert(id, told(&error));
                return;
            }
        };
        let (portraits, others): (Vec<FileId>, Vec<FileId>) = {
            let part = &mut self.state.files;
            part.shown.retain(|shown| *shown != id);
            part.shown.push_back(id);
            let shown: Vec<FileId> = part.shown.iter().copied().collect();
            shown.into_iter().partition(|id| self.state.is_portrait(id))
        };
        let part = &mut self.state.files;
        let pictures = Arc::make_mut(&mut part.pictures);
        pictures.insert(id, Arc::new(picture));
        let old = |of: &[FileId], kept: usize| of[..of.len().saturating_sub(kept)].to_vec();
        for old in [old(&portraits, PORTRAITS_KEPT), old(&others, LINES_KEPT)].concat() {
            pictures.remove(&old);
            part.shown.retain(|shown| *shown != old);
        }
    }
}

fn opened(
    file: &Attachment,
    cache: &FileCache,
    width: u32,
    height: u32,
) -> Result<Picture, ShowError> {
    let bytes = content(file, cache)?;
    Ok(scaled(&bytes, width, height)?)
}
