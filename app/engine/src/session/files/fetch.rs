//! Files that come: some at a time, each going on where it broke off, and only taken in if it is what was sent.

use std::path::PathBuf;
use std::sync::Arc;

use dialtone_crypto::file::sealed_size;
use dialtone_protocol::Hash;
use dialtone_words::say;

use super::super::run::Session;
use super::super::state::State;
use super::{After, FileInput, told};
use crate::chat::attachments::id_of;
use crate::chat::records::StoredEvent;
use crate::files::{GiveError, free_name, save};
use crate::net::{NetError, Shipment, Transfer, TransferError};
use crate::snapshot::{FileId, Severity};

/// How long to wait for one that was stopped and has not ended.
const BUSY_MS: u64 = 1_000;
/// How many come at a time.
const AT_A_TIME: usize = 3;

impl Session {
    /// Fetches a file unless it is here, and does `after` with it then.
    pub(super) fn fetch_file(&mut self, id: FileId, after: Option<After>) {
        let Some(file) = self.state.attachment(&id).cloned() else {
            return;
        };
        self.state.dirty = true;
        let part = &mut self.state.files;
        part.failed.remove(&id);
        if part.look_for(&id, &file) {
            if let Some(after) = after {
                self.do_after(id, after);
            }
            return;
        }
        if self.state.is_removed() {
            let words = say!("notice-file-elsewhere");
            self.state.files.failed.insert(id, words.to_owned());
            return;
        }
        let part = &mut self.state.files;
        let todo = part.after.entry(id).or_default();
        todo.extend(after.filter(|after| !todo.contains(after)));
        let coming = part.fetching.get(&id);
        let coming = coming.is_some_and(|transfer| !transfer.is_stopped());
        if !coming && !part.queue.contains(&id) {
            part.queue.push_back(id);
        }
        if self.state.caught_up {
            self.fetch_next();
        }
    }

    pub(super) fn stop_fetching(&mut self, id: &FileId) {
        let part = &mut self.state.files;
        part.queue.retain(|waiting| waiting != id);
        part.after.remove(id);
        part.failed.remove(id);
        // It stays there until whoever moves it has ended.
        if let Some(transfer) = part.fetching.get(id) {
            transfer.stop();
        }
        self.state.dirty = true;
    }

    /// Deletes a file from the server.
    pub(super) async fn delete_file(&mut self, id: FileId) {
        let Some(blob) = self.state.attachment(&id).map(|file| file.blob) else {
            return;
        };
        let Some(line) = self.line.clone().filter(|_| self.state.is_connected()) else {
            self.notice(Severity::Warning, say!("notice-not-connected").into())
                .await;
            return;
        };
        let done = self.files.0.clone();
        tokio::spawn(async move {
            let deleted = line.delete(&format!("/blobs/{blob}")).await;
            let _ = done.send(FileInput::Deleted(id, deleted)).await;
        });
    }

    pub(super) async fn file_deleted(&mut self, id: &FileId, deleted: Result<(), NetError>) {
        let Some(file) = self.state.attachment(id).cloned() else {
            return;
        };
        if let Err(error) = deleted {
            let words = say!(
                "notice-file-not-deleted",
                name = file.name,
                error = error.to_string()
            );
            self.notice(Severity::Error, words).await;
            return;
        }
        let part = &mut self.state.files;
        part.cache.remove(&file.hash);
        part.here.remove(id);
        Arc::make_mut(&mut part.pictures).remove(id);
        let words = say!("notice-file-deleted").to_owned();
        part.failed.insert(*id, words);
    }

    /// The files of a message that was taken back go: from this device, and by who took it back from the server.
    pub(in super::super) fn files_taken_back(&mut self, event: &StoredEvent, mine: bool) {
        for file in event.attachments() {
            let part = &mut self.state.files;
            part.cache.remove(&file.hash);
            part.here.remove(&id_of(file));
            Arc::make_mut(&mut part.pictures).remove(&id_of(file));
            if let (true, Some(line)) = (mine, self.line.clone()) {
                let blob = file.blob;
                tokio::spawn(async move {
                    if let Err(error) = line.delete(&format!("/blobs/{blob}")).await {
                        tracing::warn!("a file that was taken back stays on the server: {error}");
                    }
                });
            }
        }
    }

    /// Puts files on their way from the server, as many as go at a time.
    pub(super) fn fetch_next(&mut self) {
        let now_ms = self.state.clock.now_ms();
        let mut rest = self.state.files.queue.len();
        while rest > 0 {
            rest -= 1;
            let part = &mut self.state.files;
            let rests = now_ms < part.fetch_rests_until_ms;
            if rests || part.fetching.len() >= AT_A_TIME {
                return;
            }
            let (Some(line), Some(id)) = (self.line.clone(), part.queue.pop_front()) else {
                return;
            };
            let Some(file) = self.state.attachment(&id).cloned() else {
                self.state.files.after.remove(&id);
                continue;
            };
            if self.state.comes_already(&id, &file.hash) {
                self.state.files.queue.push_back(id);
                continue;
            }
            let cache = self.state.files.cache.clone();
            if cache.has(&file) {
                // Another message has brought the same one, or it was there all the time.
                self.file_fetched(&id, Ok(()));
                continue;
            }
            let length = sealed_size(file.size);
            let transfer = Transfer::new(length);
            self.state.files.fetching.insert(id, transfer.clone());
            let done = self.files.0.clone();
            tokio::spawn(async move {
                let fetched = async {
                    cache.prepare().map_err(TransferError::Disk)?;
                    let (blob, path) = (file.blob, cache.part(&file.hash));
                    let shipment = Shipment::In { blob, path, length };
                    line.carry(shipment, transfer).await?;
                    let completed =
                        tokio::task::spawn_blocking(move || cache.complete(&file.hash)).await;
                    match completed {
                        Ok(Ok(true)) => Ok(()),
                        Ok(Ok(false)) => Err(TransferError::Other),
                        Ok(Err(error)) => Err(TransferError::Disk(error)),
                        Err(_) => Err(NetError::Closed.into()),
                    }
                };
                let _ = done.send(FileInput::Fetched(id, fetched.await)).await;
            });
        }
    }

    pub(super) fn file_fetched(&mut self, id: &FileId, fetched: Result<(), TransferError>) {
        let part = &mut self.state.files;
        let moved = part.fetching.remove(id);
        if moved.is_some_and(|transfer| transfer.is_stopped()) {
            // However it ended; what is wanted of it now is another request.
            return;
        }
        match fetched {
            Ok(()) => {
                part.here.insert(*id);
                // It may be one too many.
                part.trimmed = false;
                for after in part.after.remove(id).unwrap_or_default() {
                    self.do_after(*id, after);
                }
            }
            Err(TransferError::Busy) => {
                part.fetch_rests_until_ms = self.state.clock.now_ms() + BUSY_MS;
                part.queue.push_back(*id);
            }
            Err(error) => {
                part.after.remove(id);
                if matches!(&error, TransferError::Net(error) if error.code().is_none()) {
                    part.passing.insert(*id);
                }
                part.failed.insert(*id, words(&error));
            }
        }
    }

    fn do_after(&mut self, id: FileId, after: After) {
        match after {
            After::Show => self.decode(id),
            After::View => self.decode_large(id),
            After::Save(to) => self.give(id, to),
        }
    }

    pub(super) fn save_file(&mut self, id: FileId, to: Option<PathBuf>) {
        self.fetch_file(id, Some(After::Save(to)));
    }

    fn give(&mut self, id: FileId, to: Option<PathBuf>) {
        let Some(file) = self.state.attachment(&id).cloned() else {
            return;
        };
        let cache = self.state.files.cache.clone();
        let broke = GiveError::Disk(std::io::Error::other(say!("engine-not-opened")));
        let failed = FileInput::Saved(file.name.clone(), Err(broke));
        self.on_thread(failed, move || {
            let saved = match to {
                Some(to) => save(&file, &cache, &to).map(|()| to),
                None => downloads().map_err(GiveError::Disk).and_then(|folder| {
                    let to = free_name(&folder, &file.name)?;
                    let saved = save(&file, &cache, &to);
                    if saved.is_err() {
                        // It was made to keep the name.
                        let _ = std::fs::remove_file(&to);
                    }
                    saved.map(|()| to)
                }),
            };
            FileInput::Saved(file.name, saved)
        });
    }

    pub(super) async fn file_saved(&mut self, name: &str, saved: Result<PathBuf, GiveError>) {
        match saved {
            Ok(path) => {
                let words = say!(
                    "notice-file-saved",
                    name = name,
                    place = path.display().to_string()
                );
                self.notice(Severity::Info, words).await;
            }
            Err(error) => {
                let words = say!(
                    "notice-file-not-saved",
                    name = name,
                    error = error.to_string()
                );
                self.notice(Severity::Error, words).await;
            }
        }
    }
}

impl State {
    /// The same sealed file is on its way, or was and has not ended.
    fn comes_already(&self, id: &FileId, hash: &Hash) -> bool {
        let mut coming = self.files.fetching.keys();
        coming.any(|other| {
            other == id
                || self
                    .attachment(other)
                    .is_some_and(|file| file.hash == *hash)
        })
    }
}

/// The folder for downloads.
pub(crate) fn downloads() -> std::io::Result<PathBuf> {
    let dirs = directories::UserDirs::new()
        .ok_or_else(|| std::io::Error::other(say!("engine-no-downloads")))?;
    let folder = dirs
        .download_dir()
        .map_or_else(|| dirs.home_dir().join("Downloads"), ToOwned::to_owned);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn words(error: &TransferError) -> String {
    match error {
        TransferError::Net(error)
            if error.code() == Some(dialtone_protocol::http::ErrorCode::NotFound) =>
        {
            say!("notice-file-gone").to_owned()
        }
        TransferError::Other => say!("notice-file-other").to_owned(),
        error => told(error),
    }
}
