//! Files that come: some at a time, each going on where it broke off, and only taken in if it is what was sent.

use std::path::PathBuf;
use std::sync::Arc;

use dialtone_crypto::file::sealed_size;

use super::super::run::Session;
use super::{After, FileInput};
use crate::core::sentence;
use crate::files::{GiveError, free_name, save};
use crate::net::{NetError, Shipment, Transfer, TransferError};
use crate::snapshot::{FileId, Severity};

/// How many come at a time.
const AT_A_TIME: usize = 3;

impl Session {
    /// Fetches a file unless it is here, and does `after` with it then.
    pub(super) fn fetch_file(&mut self, id: FileId, after: Option<After>) {
        if self.state.attachment(&id).is_none() {
            return;
        }
        self.state.dirty = true;
        let part = &mut self.state.files;
        part.failed.remove(&id);
        if part.is_here(&id) {
            if let Some(after) = after {
                self.do_after(id, after);
            }
            return;
        }
        let todo = part.after.entry(id).or_default();
        todo.extend(after.filter(|after| !todo.contains(after)));
        if !part.fetching.contains_key(&id) && !part.queue.contains(&id) {
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
        if let Some(transfer) = part.fetching.remove(id) {
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
            let words = "The server is not connected; try again when it is.";
            self.notice(Severity::Warning, words.into()).await;
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
            let words = format!("{} was not deleted: {error}.", file.name);
            self.notice(Severity::Error, words).await;
            return;
        }
        let part = &mut self.state.files;
        part.cache.remove(&file.hash);
        part.here.remove(id);
        Arc::make_mut(&mut part.pictures).remove(id);
        let words = "It was deleted from the server.".to_owned();
        part.failed.insert(*id, words);
    }

    /// Puts files on their way from the server, as many as go at a time.
    pub(super) fn fetch_next(&mut self) {
        while self.state.files.fetching.len() < AT_A_TIME {
            let (Some(line), Some(id)) = (self.line.clone(), self.state.files.queue.pop_front())
            else {
                return;
            };
            let Some(file) = self.state.attachment(&id).cloned() else {
                self.state.files.after.remove(&id);
                continue;
            };
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
        part.fetching.remove(id);
        match fetched {
            Ok(()) => {
                part.here.insert(*id);
                for after in part.after.remove(id).unwrap_or_default() {
                    self.do_after(*id, after);
                }
            }
            Err(TransferError::Stopped) => {}
            Err(error) => {
                part.after.remove(id);
                part.failed.insert(*id, words(&error));
            }
        }
        if self.state.caught_up {
            self.fetch_next();
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
        self.on_thread(move || {
            let saved = match to.or_else(|| downloads(&file.name)) {
                Some(to) => save(&file, &cache, &to).map(|()| to),
                None => Err(GiveError::Disk(std::io::Error::other(
                    "there is no folder for downloads; choose another place",
                ))),
            };
            FileInput::Saved(file.name, saved)
        });
    }

    pub(super) async fn file_saved(&mut self, name: &str, saved: Result<PathBuf, GiveError>) {
        match saved {
            Ok(path) => {
                let words = format!("{name} was saved as {}.", path.display());
                self.notice(Severity::Info, words).await;
            }
            Err(error) => {
                let words = format!("{name} was not saved: {error}.");
                self.notice(Severity::Error, words).await;
            }
        }
    }
}

/// A free name in the folder for downloads, where the name is one that a file can have.
fn downloads(name: &str) -> Option<PathBuf> {
    let dirs = directories::UserDirs::new()?;
    let folder = dirs
        .download_dir()
        .map_or_else(|| dirs.home_dir().join("Downloads"), ToOwned::to_owned);
    std::fs::create_dir_all(&folder).ok()?;
    Some(free_name(&folder, name))
}

fn words(error: &TransferError) -> String {
    match error {
        TransferError::Net(error) if error.code() == Some(dialtone_protocol::http::ErrorCode::NotFound) => {
            "The server does not have this file any more; ask who sent it.".to_owned()
        }
        TransferError::Other => {
            "The server gave something else than the file that was sent, so it was thrown away; ask who sent it, over another way."
                .to_owned()
        }
        error => {
            let told = sentence(&error.to_string());
            format!("{}.", told.trim_end_matches('.'))
        }
    }
}
