//! A community's files: those that go, those that come, and the pictures that are shown.
//!
//! ```text
//! Send, SetPicture -> send: sealed on a thread of its own -> outbox -> one after the other to the server -> the event goes
//! Fetch, Save, Show -> fetch: some at a time from the server, compared with their hash -> show: opened
//! ```
//!
//! What is done on other threads comes back as a [`FileInput`]; nothing here waits.

mod fetch;
mod send;
mod show;

pub(crate) use fetch::downloads;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::content::Attachment;
use dialtone_protocol::{BlobId, ChannelId, ClientEventId, Hash};

use super::backoff::Backoff;
use super::run::{Ended, Session};
use super::state::State;
use crate::chat::attachments::{attachments, id_of};
use crate::chat::records::{OutboxItem, StoredEvent};
use crate::core::sentence;
use crate::files::{FileCache, GiveError, PictureError, TakeError};
use crate::net::{NetError, Transfer, TransferError};
use crate::snapshot::{FileId, FileState, Files, Picture};
use crate::{FileCommand, FileSource};
use dialtone_words::say;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What a thread has done.
pub(in super::super) enum FileInput {
    /// The user's files are sealed, or not.
    Taken(Taking, Result<Vec<Attachment>, TakeError>),
    /// The server has a file no more, or still.
    Deleted(FileId, Result<(), NetError>),
    /// A picture was made ready to be sealed, or cannot be.
    Portrait(Result<Vec<u8>, String>),
    /// The server has a file now, or not.
    Stored(BlobId, Result<(), TransferError>),
    /// A file is here now, or not.
    Fetched(FileId, Result<(), TransferError>),
    /// A file was written where the user wanted it, or not.
    Saved(String, Result<PathBuf, GiveError>),
    /// A file was written for whoever takes their history along, or not.
    Exported(Result<(), GiveError>),
    /// A picture can be shown, or not.
    Decoded(FileId, Result<Picture, ShowError>),
    /// A large one can, or not.
    Viewed(FileId, Result<Picture, ShowError>),
}

/// Why a picture is not shown.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum ShowError {
    #[error(transparent)]
    Give(#[from] GiveError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("{}", say!("engine-no-picture"))]
    Broke,
}

/// What sealed files are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Taking {
    /// A message of this id.
    Message(ClientEventId),
    /// One's own picture.
    Portrait,
}

/// A message whose files are being sealed: it goes back if that does not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unsent {
    channel: ChannelId,
    text: String,
    reply_to: Option<Hash>,
    files: Vec<FileSource>,
}

/// What is done with a file once it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
enum After {
    Show,
    View,
    Save(Option<PathBuf>),
}

/// The state of all that.
pub(in super::super) struct FilesPart {
    cache: FileCache,
    /// Files of the lines that are loaded.
    known: BTreeMap<FileId, Attachment>,
    /// Those of them that are here.
    here: BTreeSet<FileId>,
    /// Messages whose files are being sealed.
    taking: BTreeMap<ClientEventId, Unsent>,
    /// What goes to the server now.
    storing: Option<(BlobId, FileId, Transfer)>,
    /// Before that nothing goes there: the server or the network did not take it.
    rests_until_ms: u64,
    backoff: Backoff,
    /// What comes now.
    fetching: BTreeMap<FileId, Transfer>,
    /// What is to come.
    queue: VecDeque<FileId>,
    /// And what is done with it then.
    after: BTreeMap<FileId, Vec<After>>,
    /// Before that nothing comes: what was stopped has not ended.
    fetch_rests_until_ms: u64,
    /// What is being opened: one at a time, since each takes memory.
    decoding: Option<FileId>,
    /// What is to be opened.
    to_decode: VecDeque<FileId>,
    failed: BTreeMap<FileId, String>,
    /// Those of them that failed because the server was not there.
    passing: BTreeSet<FileId>,
    pictures: Arc<BTreeMap<FileId, Arc<Picture>>>,
    /// What is looked at by itself, and its pixels once they are here.
    viewing: Option<(FileId, Option<Arc<Picture>>)>,
    /// The order in which they were asked for.
    shown: VecDeque<FileId>,
    /// What is not needed any more was looked for in this run.
    trimmed: bool,
}

impl State {
    /// Where files are that are here.
    pub(super) fn file_cache(&self) -> FileCache {
        self.files.cache.clone()
    }
}

impl FilesPart {
    /// Of the community whose local database is this file.
    pub(in super::super) fn new(database: &Path) -> Self {
        let cache = FileCache::new(database.with_extension("files"));
        cache.clean();
        Self {
            cache,
            known: BTreeMap::new(),
            here: BTreeSet::new(),
            taking: BTreeMap::new(),
            storing: None,
            rests_until_ms: 0,
            backoff: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE),
            fetching: BTreeMap::new(),
            queue: VecDeque::new(),
            after: BTreeMap::new(),
            fetch_rests_until_ms: 0,
            decoding: None,
            to_decode: VecDeque::new(),
            failed: BTreeMap::new(),
            passing: BTreeSet::new(),
            pictures: Arc::default(),
            viewing: None,
            shown: VecDeque::new(),
            trimmed: true,
        }
    }

    /// Other lines are shown: what is known of the files of those before is not needed any more, unless they are on their way.
    pub(in super::super) fn forget_lines(&mut self) {
        let (after, fetching) = (&self.after, &self.fetching);
        self.known
            .retain(|id, _| after.contains_key(id) || fetching.contains_key(id));
        let known = &self.known;
        self.here.retain(|id| known.contains_key(id));
        self.failed.retain(|id, _| known.contains_key(id));
    }

    /// It is looked whether there is too much.
    pub(in super::super) fn want_trim(&mut self) {
        self.trimmed = false;
    }

    /// The server is there again: what failed without it is worth another try.
    pub(in super::super) fn begin_again(&mut self) {
        for id in std::mem::take(&mut self.passing) {
            self.failed.remove(&id);
        }
    }

    /// The files of a line.
    pub(in super::super) fn know(&mut self, event: &StoredEvent) {
        for file in event.attachments() {
            self.know_one(file);
        }
    }

    fn know_one(&mut self, file: &Attachment) -> FileId {
        let id = id_of(file);
        if self.known.insert(id, file.clone()).is_none() && self.cache.has(file) {
            self.here.insert(id);
        }
        id
    }

    /// Whether a file is here now; what was here may have made room for others.
    fn look_for(&mut self, id: &FileId, file: &Attachment) -> bool {
        let here = self.cache.has(file);
        if here {
            self.here.insert(*id);
        } else {
            self.here.remove(id);
        }
        here
    }
}

/// Nobody listens any more: what is on its way ends with its next bytes.
impl Drop for FilesPart {
    fn drop(&mut self) {
        let storing = self.storing.iter().map(|(_, _, transfer)| transfer);
        for transfer in storing.chain(self.fetching.values()) {
            transfer.stop();
        }
    }
}

/// An error as a whole sentence with one full stop, for the user.
fn told(error: &impl std::fmt::Display) -> String {
    let words = sentence(&error.to_string());
    format!("{}.", words.trim_end_matches('.'))
}

impl State {
    /// What waits to be sent, or could not be, in all channels.
    fn outbox_items(&self) -> impl Iterator<Item = &OutboxItem> {
        self.channels.values().flat_map(|part| part.outbox.values())
    }

    /// A file that is shown, or somebody's picture.
    fn attachment(&self, id: &FileId) -> Option<&Attachment> {
        let portraits = self.directory.pictures.values();
        let portrait = || {
            let mut found = portraits.filter(|(portrait, _)| portrait == id);
            found.next().map(|(_, attachment)| attachment)
        };
        let items = self.outbox_items();
        let waiting = || {
            let mut files = items.flat_map(|item| attachments(&item.content.body));
            files.find(|file| id_of(file) == *id)
        };
        let known = self.files.known.get(id);
        known.or_else(portrait).or_else(waiting)
    }

    fn is_portrait(&self, id: &FileId) -> bool {
        let mut portraits = self.directory.pictures.values();
        portraits.any(|(portrait, _)| portrait == id)
    }

    /// Files that the outbox needs.
    fn files_to_send(&self) -> BTreeSet<Hash> {
        let items = self.outbox_items();
        items
            .flat_map(|item| attachments(&item.content.body))
            .map(|file| file.hash)
            .collect()
    }

    /// As the window shows it.
    pub(super) fn files_view(&self) -> Files {
        let part = &self.files;
        let mut states: BTreeMap<FileId, FileState> = BTreeMap::new();
        states.extend(part.here.iter().map(|id| (*id, FileState::Here)));
        for (id, words) in &part.failed {
            states.insert(*id, FileState::Failed(words.clone()));
        }
        let waiting = part.queue.iter().map(|id| (id, (0, self.size_of(id))));
        let coming = part.fetching.iter();
        let coming = coming.filter(|(_, transfer)| !transfer.is_stopped());
        let coming = coming.map(|(id, transfer)| (id, transfer.progress()));
        for (id, (done, total)) in waiting.chain(coming) {
            states.insert(*id, FileState::Fetching { done, total });
        }
        for (id, (done, total)) in self.going() {
            states.insert(id, FileState::Sending { done, total });
        }
        Files {
            states,
            pictures: Arc::clone(&part.pictures),
            viewed: part
                .viewing
                .as_ref()
                .and_then(|(id, picture)| Some((*id, picture.clone()?))),
            preparing: part.taking.values().map(|unsent| unsent.channel).collect(),
        }
    }

    fn size_of(&self, id: &FileId) -> u64 {
        let file = self.attachment(id);
        file.map_or(0, |file| dialtone_crypto::file::sealed_size(file.size))
    }

    /// Whether something moves, so that it is shown how far it is.
    pub(super) fn files_move(&self) -> bool {
        let part = &self.files;
        part.storing.is_some() || !part.fetching.is_empty()
    }
}

impl Session {
    pub(super) async fn file_command(&mut self, command: FileCommand) -> Result<(), Ended> {
        match command {
            FileCommand::Send {
                channel,
                files,
                text,
                reply_to,
            } => {
                self.send_files(Unsent {
                    channel,
                    text,
                    reply_to,
                    files,
                })
                .await;
            }
            FileCommand::SetPicture(source) => return self.set_picture(source),
            FileCommand::Fetch(id) => self.fetch_file(id, None),
            FileCommand::Stop(id) => self.stop_fetching(&id),
            FileCommand::Delete(id) => self.delete_file(id).await,
            FileCommand::Save { file, to } => self.save_file(file, to),
            FileCommand::Show(id) => self.show_picture(id),
            FileCommand::View(id) => self.view_picture(id),
        }
        Ok(())
    }

    /// Takes in what a thread has done.
    pub(super) async fn file_input(&mut self, input: FileInput) -> Result<(), Ended> {
        self.state.dirty = true;
        match input {
            FileInput::Taken(taking, taken) => self.files_taken(taking, taken).await?,
            FileInput::Portrait(made) => self.portrait_made(made).await,
            FileInput::Stored(blob, stored) => self.file_stored(&blob, stored)?,
            FileInput::Fetched(id, fetched) => {
                self.file_fetched(&id, fetched);
                if self.state.caught_up {
                    self.fetch_next();
                }
            }
            FileInput::Deleted(id, deleted) => self.file_deleted(&id, deleted).await,
            FileInput::Saved(name, saved) => self.file_saved(&name, saved).await,
            FileInput::Exported(written) => self.file_exported(written),
            FileInput::Decoded(id, decoded) => self.picture_decoded(id, decoded),
            FileInput::Viewed(id, decoded) => self.picture_viewed(id, decoded),
        }
        Ok(())
    }

    /// Goes on with what is to go and to come.
    pub(super) fn mind_files(&mut self, now_ms: u64) {
        if !std::mem::replace(&mut self.state.files.trimmed, true) {
            let (cache, keep) = (self.state.files.cache.clone(), self.state.files_to_send());
            // What is being sealed is in no outbox yet.
            if self.state.files.taking.is_empty() {
                tokio::task::spawn_blocking(move || cache.trim(&keep));
            } else {
                self.state.files.trimmed = false;
            }
        }
        self.state.dirty |= self.state.files_move();
        if self.state.caught_up {
            self.store_next(now_ms);
            self.fetch_next();
        }
    }

    /// Does something on another thread and takes its outcome in; `failed` if it panics.
    pub(super) fn on_thread(
        &self,
        failed: FileInput,
        work: impl FnOnce() -> FileInput + Send + 'static,
    ) {
        let done = self.files.0.clone();
        tokio::task::spawn_blocking(move || {
            // What an enemy has sent may bring a library down, and nobody would wait for the rest of it.
            let input = catch_unwind(AssertUnwindSafe(work)).unwrap_or(failed);
            // Whoever does not listen any more does not need it.
            let _ = done.blocking_send(input);
        });
    }
}
