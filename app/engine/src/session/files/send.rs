//! Files that go: sealed into the cache first, so that a restart loses nothing and the user may do with the files what they want.

use std::path::PathBuf;

use dialtone_crypto::file::sealed_size;
use dialtone_protocol::content::{Attachment, EventBody, FILES_LIMIT, TEXT_LIMIT};
use dialtone_protocol::http::{BlobRoom, ErrorCode};
use dialtone_protocol::{BlobId, ChannelId, ClientEventId};
use dialtone_words::say;
use tokio::runtime::Handle;

use super::super::SessionUpdate;
use super::super::run::{Ended, Session};
use super::super::state::State;
use super::super::view::my_name;
use super::{FileInput, Taking, Unsent, told};
use crate::FileSource;
use crate::chat::attachments::{attachments, id_of};
use crate::chat::records::OutboxItem;
use crate::core::sentence;
use crate::files::{Room, TakeError, portrait, take};
use crate::net::{Line, NetError, Shipment, Transfer, TransferError};
use crate::snapshot::{FileId, Severity};

/// The longest picture that is made into a portrait, in bytes.
const PICTURE_LIMIT: u64 = 64 * 1024 * 1024;

impl Session {
    /// Seals files on another thread; then they are sent as one message.
    pub(super) async fn send_files(&mut self, unsent: Unsent) {
        if let Err(reason) = self.may_send_files(unsent.channel, &unsent.files, &unsent.text) {
            self.give_back(unsent, reason).await;
            return;
        }
        let id = ClientEventId(self.state.clock.random());
        let sources = unsent.files.clone();
        self.state.files.taking.insert(id, unsent);
        self.state.dirty = true;
        self.take_files(Taking::Message(id), sources);
    }

    fn may_send_files(
        &self,
        channel: ChannelId,
        files: &[FileSource],
        text: &str,
    ) -> Result<(), String> {
        if files.is_empty() {
            return Err(say!("notice-no-file").into());
        }
        if files.len() > FILES_LIMIT {
            return Err(say!("notice-files-most", most = FILES_LIMIT));
        }
        if text.len() > TEXT_LIMIT {
            return Err(say!("notice-too-long").into());
        }
        if !self.state.open_channels().any(|id| id == channel) {
            return Err(say!("notice-channel-gone").into());
        }
        if !self.state.may_write(&channel) {
            return Err(say!("notice-admins-write").into());
        }
        Ok(())
    }

    /// Text and files go back to where they were written and chosen.
    async fn give_back(&self, unsent: Unsent, reason: String) {
        let Unsent {
            channel,
            text,
            reply_to,
            files,
        } = unsent;
        self.tell(SessionUpdate::Unsent {
            channel,
            text,
            reply_to,
            files,
            reason,
        })
        .await;
    }

    /// The session ends: what is not sealed yet goes back.
    pub(in super::super) async fn give_back_unsealed(&mut self) {
        for (_, unsent) in std::mem::take(&mut self.state.files.taking) {
            let reason = say!("notice-closed-before");
            self.give_back(unsent, reason.into()).await;
        }
    }

    fn take_files(&mut self, taking: Taking, sources: Vec<FileSource>) {
        let drawn: Vec<(BlobId, u64)> = sources
            .iter()
            .map(|_| {
                let blob = BlobId(self.state.clock.random());
                (blob, u64::from_be_bytes(self.state.clock.random()))
            })
            .collect();
        let cache = self.state.files.cache.clone();
        let line = self.line.clone();
        let runtime = Handle::current();
        let failed = FileInput::Taken(taking.clone(), Err(TakeError::Broke));
        self.on_thread(failed, move || {
            // Without the server nobody knows; it says no later.
            let room = line.and_then(|line| runtime.block_on(room_of(&line)));
            let mut room = room.map_or(Room::UNKNOWN, |room| Room {
                largest: room.largest,
                left: room.quota.saturating_sub(room.used),
            });
            let mut taken: Vec<Attachment> = Vec::new();
            for (source, drawn) in sources.iter().zip(drawn) {
                match take(source, &cache, room, drawn) {
                    Ok(file) => {
                        room.left = room.left.saturating_sub(sealed_size(file.size));
                        taken.push(file);
                    }
                    Err(error) => {
                        for file in taken {
                            cache.remove(&file.hash);
                        }
                        return FileInput::Taken(taking, Err(error));
                    }
                }
            }
            FileInput::Taken(taking, Ok(taken))
        });
    }

    pub(super) async fn files_taken(
        &mut self,
        taking: Taking,
        taken: Result<Vec<Attachment>, TakeError>,
    ) -> Result<(), Ended> {
        match taking {
            Taking::Message(id) => {
                let Some(unsent) = self.state.files.taking.remove(&id) else {
                    return Ok(());
                };
                let files = match taken {
                    Ok(files) => files,
                    Err(error) => {
                        let reason = format!("{}.", sentence(&error.to_string()));
                        self.give_back(unsent, reason).await;
                        return Ok(());
                    }
                };
                let to_store = files.iter().map(|file| file.blob).collect();
                let hashes: Vec<_> = files.iter().map(|file| file.hash).collect();
                let body = EventBody::Files {
                    text: unsent.text.clone(),
                    reply_to: unsent.reply_to,
                    files,
                };
                if !self.enqueue_after(unsent.channel, body, id, Some(to_store))? {
                    for hash in hashes {
                        self.state.files.cache.remove(&hash);
                    }
                    let reason = say!("notice-too-many-wait");
                    self.give_back(unsent, reason.into()).await;
                }
            }
            Taking::Portrait => match taken {
                Ok(files) => self.say_portrait(files.into_iter().next())?,
                Err(error) => {
                    let words = say!("notice-picture-not-set", error = error.to_string());
                    self.notice(Severity::Error, words).await;
                }
            },
        }
        self.mind_files(self.state.clock.now_ms());
        Ok(())
    }

    /// Shows others another picture of oneself, or none.
    pub(super) fn set_picture(&mut self, source: Option<FileSource>) -> Result<(), Ended> {
        let Some(source) = source else {
            return self.say_portrait(None);
        };
        let failed = FileInput::Portrait(Err(say!("engine-cannot-read").into()));
        self.on_thread(failed, move || {
            let bytes = read(&source).map_err(|error| error.to_string());
            let made = bytes.and_then(|bytes| portrait(&bytes).map_err(|error| error.to_string()));
            FileInput::Portrait(made)
        });
        Ok(())
    }

    pub(super) async fn portrait_made(&mut self, made: Result<Vec<u8>, String>) {
        match made {
            Ok(bytes) => {
                let source = FileSource::Bytes {
                    name: "portrait.jpg".into(),
                    bytes: bytes.into(),
                };
                self.take_files(Taking::Portrait, vec![source]);
            }
            Err(error) => {
                let words = say!("notice-picture-not-set", error = error);
                self.notice(Severity::Error, words).await;
            }
        }
    }

    fn say_portrait(&mut self, picture: Option<Attachment>) -> Result<(), Ended> {
        let directory = self.state.directory_id();
        // An earlier one that still waits for its file would come after this one.
        let part = self.state.channel(directory);
        let waiting = part.outbox.values().filter(|item| {
            let is_portrait = matches!(item.content.body, EventBody::Profile { .. });
            is_portrait && (item.waits_for_files() || item.failed.is_some())
        });
        let waiting: Vec<ClientEventId> = waiting.map(|item| item.client_id).collect();
        for id in waiting {
            self.settle_failed(id, false)?;
        }
        let to_store = picture.as_ref().map(|picture| vec![picture.blob]);
        let body = EventBody::Profile {
            name: my_name(&self.state),
            picture,
        };
        let id = ClientEventId(self.state.clock.random());
        self.enqueue_after(directory, body, id, to_store)?;
        Ok(())
    }

    /// Puts the next file on its way to the server.
    pub(super) fn store_next(&mut self, now_ms: u64) {
        let part = &self.state.files;
        if part.storing.is_some() || now_ms < part.rests_until_ms {
            return;
        }
        let (Some(line), Some(file)) = (self.line.clone(), self.state.next_to_store()) else {
            return;
        };
        let (blob, path) = (file.blob, part.cache.path(&file.hash));
        let transfer = Transfer::new(sealed_size(file.size));
        let item = self.state.item_with(&blob);
        let keep_s = item.and_then(|(_, _, item)| item.content.lifetime_s);
        self.state.files.storing = Some((blob, id_of(&file), transfer.clone()));
        let done = self.files.0.clone();
        tokio::spawn(async move {
            let stored = line
                .carry(Shipment::Out { blob, path, keep_s }, transfer)
                .await;
            let _ = done.send(FileInput::Stored(blob, stored)).await;
        });
    }

    pub(super) fn file_stored(
        &mut self,
        blob: &BlobId,
        stored: Result<(), TransferError>,
    ) -> Result<(), Ended> {
        let flying = self
            .state
            .files
            .storing
            .take_if(|(flying, _, _)| flying == blob);
        let Some((channel, order, item)) = self.state.item_with(blob) else {
            return Ok(());
        };
        match stored {
            Ok(()) => {
                if let (Some((_, id, _)), Some(file)) = (flying, item.next_to_store()) {
                    let file = file.clone();
                    self.state.files.know_one(&file);
                    self.state.files.here.insert(id);
                }
                self.state.files.backoff.reset();
                let mut to_store = item.to_store.clone().unwrap_or_default();
                to_store.retain(|waiting| waiting != blob);
                let to_store = Some(to_store);
                self.keep(channel, order, OutboxItem { to_store, ..item })?;
            }
            Err(TransferError::Stopped) => {}
            Err(TransferError::Net(error)) if is_passing(&error) => {
                let random = self.state.clock.random_u32();
                let part = &mut self.state.files;
                let pause = part.backoff.next(random).as_millis();
                let pause = u64::try_from(pause).unwrap_or(u64::MAX);
                part.rests_until_ms = self.state.clock.now_ms().saturating_add(pause);
                tracing::info!("a file waits: {error}");
            }
            Err(error) => {
                let words = told(&error);
                self.fail_item(channel, item.client_id, &words)?;
                if channel == self.state.directory_id() {
                    // Nobody sees a line of it.
                    self.settle_failed(item.client_id, false)?;
                    let words = say!("notice-picture-not-set-words", words = words);
                    self.state.words.push(words);
                }
            }
        }
        self.store_next(self.state.clock.now_ms());
        Ok(())
    }

    /// A message that waited for its files is not to be sent: they are of no use to anybody.
    pub(in super::super) fn files_dropped(&mut self, item: &OutboxItem) {
        let files = attachments(&item.content.body).to_vec();
        for file in &files {
            let storing = &mut self.state.files.storing;
            if let Some((_, _, transfer)) = storing.take_if(|(blob, _, _)| *blob == file.blob) {
                transfer.stop();
            }
            self.state.files.cache.remove(&file.hash);
        }
        let Some(line) = self.line.clone().filter(|_| !files.is_empty()) else {
            return;
        };
        tokio::spawn(async move {
            for file in files {
                if let Err(error) = line.delete(&format!("/blobs/{}", file.blob)).await {
                    tracing::info!("a file that nobody needs may stay at the server: {error}");
                }
            }
        });
    }
}

impl State {
    /// The first file that the outbox waits for.
    fn next_to_store(&self) -> Option<Attachment> {
        let items = self.outbox_items();
        let mut waiting = items.filter(|item| item.failed.is_none());
        waiting.find_map(OutboxItem::next_to_store).cloned()
    }

    fn item_with(&self, blob: &BlobId) -> Option<(ChannelId, u64, OutboxItem)> {
        self.channels.iter().find_map(|(channel, part)| {
            let waits = |item: &OutboxItem| {
                let waiting = item.to_store.as_ref();
                waiting.is_some_and(|waiting| waiting.contains(blob))
            };
            let mut items = part.outbox.iter();
            let (order, item) = items.find(|(_, item)| waits(item))?;
            Some((*channel, *order, item.clone()))
        })
    }

    /// Files that wait to go or go, with how far they are.
    pub(super) fn going(&self) -> Vec<(FileId, (u64, u64))> {
        let items = self.outbox_items();
        let mut going = Vec::new();
        for item in items.filter(|item| item.waits_for_files() && item.failed.is_none()) {
            for file in attachments(&item.content.body) {
                let total = sealed_size(file.size);
                let waits = (item.to_store.as_ref()).is_some_and(|all| all.contains(&file.blob));
                let flying = self.files.storing.as_ref();
                let progress = match flying.filter(|(blob, _, _)| *blob == file.blob) {
                    Some((_, _, transfer)) => transfer.progress(),
                    None if waits => (0, total),
                    None => (total, total),
                };
                going.push((id_of(file), progress));
            }
        }
        going
    }
}

/// Whether it may be otherwise in a while.
fn is_passing(error: &NetError) -> bool {
    match error.code() {
        Some(code) => matches!(
            code,
            ErrorCode::NotSignedIn
                | ErrorCode::TooMany
                | ErrorCode::Unavailable
                | ErrorCode::Internal
        ),
        None => true,
    }
}

async fn room_of(line: &Line) -> Option<BlobRoom> {
    match line.get("/blobs").await {
        Ok(room) => Some(room),
        Err(error) => {
            tracing::info!("the server does not say how much room there is: {error}");
            None
        }
    }
}

fn read(source: &FileSource) -> std::io::Result<Vec<u8>> {
    match source {
        FileSource::Bytes { bytes, .. } => Ok(bytes.to_vec()),
        FileSource::Path(path) => read_path(path),
        FileSource::Pixels { .. } => Err(std::io::Error::other(say!("engine-choose-picture"))),
    }
}

fn read_path(path: &PathBuf) -> std::io::Result<Vec<u8>> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() || about.len() > PICTURE_LIMIT {
        return Err(std::io::Error::other(say!("engine-choose-small-picture")));
    }
    std::fs::read(path)
}
