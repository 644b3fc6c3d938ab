//! Taking one's history along: what this device can open, channel by channel, as plain files in a new folder.
//!
//! A part at a time between everything else; files are opened on other threads, one after the other.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dialtone_protocol::ChannelId;
use dialtone_protocol::content::{Attachment, clean_file_name};
use dialtone_words::say;
use jiff::tz::TimeZone;

use super::files::{FileInput, downloads};
use super::run::{Ended, Session};
use crate::chat::attachments::attachments;
use crate::chat::records::{StoredEvent, Verdict, channel_key, number_of};
use crate::disk::private_folder;
use crate::export::{json_line, text_line};
use crate::files::{GiveError, save};
use crate::local::Table;
use crate::snapshot::{ExportState, ExportView};

/// Events that are read at once.
const AT_ONCE: usize = 200;

/// What is being taken along.
#[derive(Default)]
pub(super) struct ExportPart {
    run: Option<Run>,
    pub(super) view: Option<Arc<ExportView>>,
}

struct Run {
    folder: PathBuf,
    channels: VecDeque<(ChannelId, String)>,
    open: Option<Open>,
    /// Files that are to be opened, and where to.
    files: VecDeque<(Attachment, PathBuf)>,
    /// One is being opened.
    copying: bool,
}

/// The channel that is being written.
struct Open {
    channel: ChannelId,
    name: String,
    next: u64,
    json: BufWriter<File>,
    text: BufWriter<File>,
}

impl ExportPart {
    /// There is more to do, and nothing to wait for.
    pub(super) fn is_working(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.copying)
    }
}

impl Session {
    /// Begins, into a new folder in `to` or among the downloads.
    pub(super) fn export(&mut self, to: Option<PathBuf>) {
        if self.state.export.run.is_some() {
            return;
        }
        let community = self.state.directory.community.clone();
        let name = clean_file_name(&community.unwrap_or_else(|| self.state.me.server.clone()));
        let made = to.map_or_else(downloads, Ok);
        let made = made.and_then(|parent| new_folder(&parent, &format!("Dialtone {name}")));
        let folder = match made {
            Ok(folder) => folder,
            Err(error) => return self.show_export(ExportState::Failed(error.to_string())),
        };
        let channels = self.state.arranged().into_iter().enumerate();
        let channels: VecDeque<_> = channels
            .map(|(at, id)| {
                let name = self.state.channel_name(&id).unwrap_or_default();
                (id, format!("{:02} {}", at + 1, clean_file_name(&name)))
            })
            .collect();
        self.state.export.view = Some(Arc::new(ExportView {
            folder: folder.clone(),
            state: ExportState::Working,
            messages: 0,
            files: 0,
        }));
        self.state.export.run = Some(Run {
            folder,
            channels,
            open: None,
            files: VecDeque::new(),
            copying: false,
        });
        self.state.dirty = true;
    }

    /// Stops, or forgets how it ended. What was written stays.
    pub(super) fn stop_export(&mut self) {
        let was_working = self.state.export.run.take().is_some();
        if was_working {
            self.show_export(ExportState::Stopped);
        } else {
            self.state.export.view = None;
        }
        self.state.dirty = true;
    }

    fn show_export(&mut self, state: ExportState) {
        let view = self.state.export.view.get_or_insert_with(|| {
            Arc::new(ExportView {
                folder: PathBuf::new(),
                state: ExportState::Working,
                messages: 0,
                files: 0,
            })
        });
        Arc::make_mut(view).state = state;
        self.state.dirty = true;
    }

    /// Writes another part.
    pub(super) fn export_on(&mut self) -> Result<(), Ended> {
        let Some(mut run) = self.state.export.run.take() else {
            return Ok(());
        };
        match self.step(&mut run) {
            Ok(true) => self.state.export.run = Some(run),
            Ok(false) => self.show_export(ExportState::Done),
            Err(Step::Disk(error)) => self.show_export(ExportState::Failed(error.to_string())),
            Err(Step::Ended(ended)) => return Err(ended),
        }
        self.state.dirty = true;
        Ok(())
    }

    /// One step; false: there is nothing more.
    fn step(&mut self, run: &mut Run) -> Result<bool, Step> {
        if let Some((file, to)) = run.files.pop_front() {
            run.copying = true;
            let cache = self.state.file_cache();
            let broke = GiveError::Disk(io::Error::other(say!("engine-not-opened")));
            self.on_thread(FileInput::Exported(Err(broke)), move || {
                FileInput::Exported(save(&file, &cache, &to))
            });
            return Ok(true);
        }
        let Some(open) = &mut run.open else {
            let Some((channel, name)) = run.channels.pop_front() else {
                return Ok(false);
            };
            run.open = Some(Open::new(&run.folder, channel, name)?);
            return Ok(true);
        };
        let (low, high) = (
            channel_key(&open.channel, open.next),
            channel_key(&open.channel, u64::MAX),
        );
        let rows = self
            .database
            .range(Table::Event, &low, &high, AT_ONCE, false);
        let rows = rows.map_err(Ended::from)?;
        let is_end = rows.len() < AT_ONCE;
        let zone = TimeZone::system();
        for (key, row) in rows {
            let Some(sequence) = number_of(&key) else {
                continue;
            };
            open.next = sequence + 1;
            let Ok(event) = minicbor::decode::<StoredEvent>(&row) else {
                continue;
            };
            let line = self
                .state
                .marked_line(&self.database, &open.channel, sequence, &event);
            let Some(line) = line.map_err(Ended::from)? else {
                continue;
            };
            let paths = self.files_of(&event, sequence, open, (&run.folder, &mut run.files))?;
            if let (Some(json), Some(text)) =
                (json_line(&line, &paths), text_line(&line, &paths, &zone))
            {
                writeln!(open.json, "{json}")?;
                writeln!(open.text, "{text}")?;
                if let Some(view) = &mut self.state.export.view {
                    Arc::make_mut(view).messages += 1;
                }
            }
        }
        if is_end {
            open.json.flush()?;
            open.text.flush()?;
            run.open = None;
        }
        Ok(true)
    }

    /// Where the files of an event will be, as far as they are here.
    fn files_of(
        &self,
        event: &StoredEvent,
        sequence: u64,
        open: &Open,
        (folder, files): (&Path, &mut VecDeque<(Attachment, PathBuf)>),
    ) -> io::Result<Vec<Option<String>>> {
        let Verdict::Opened(content) = &event.verdict else {
            return Ok(Vec::new());
        };
        let cache = self.state.file_cache();
        let mut paths = Vec::new();
        for (at, file) in attachments(&content.body).iter().enumerate() {
            if !cache.has(file) {
                paths.push(None);
                continue;
            }
            let place = say!("engine-export-files", channel = open.name);
            private_folder(&folder.join(&place))?;
            let name = format!("{sequence}-{} {}", at + 1, clean_file_name(&file.name));
            files.push_back((file.clone(), folder.join(&place).join(&name)));
            paths.push(Some(format!("{place}/{name}")));
        }
        Ok(paths)
    }

    /// A file was written, or not: then its line leads nowhere, and the rest goes on.
    pub(super) fn file_exported(&mut self, written: Result<(), GiveError>) {
        if let Some(run) = &mut self.state.export.run {
            run.copying = false;
        }
        match written {
            Ok(()) => {
                if let Some(view) = &mut self.state.export.view {
                    Arc::make_mut(view).files += 1;
                }
            }
            Err(error) => tracing::warn!("a file was not taken along: {error}"),
        }
    }
}

/// A step was not done.
enum Step {
    Disk(io::Error),
    Ended(Ended),
}

impl From<io::Error> for Step {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<Ended> for Step {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl Open {
    fn new(folder: &Path, channel: ChannelId, name: String) -> io::Result<Self> {
        let file = |ending: &str| {
            let path = folder.join(format!("{name}.{ending}"));
            File::create_new(path).map(BufWriter::new)
        };
        Ok(Self {
            channel,
            next: 1,
            json: file("jsonl")?,
            text: file("txt")?,
            name,
        })
    }
}

/// A folder in `parent` that was not there, its owner's alone.
fn new_folder(parent: &Path, name: &str) -> io::Result<PathBuf> {
    let others = (1..1_000_u32).map(|number| format!("{name} ({number})"));
    for name in std::iter::once(name.to_owned()).chain(others) {
        let path = parent.join(name);
        match std::fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => return private_folder(&path).map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
