//! Putting a backup back: into an empty data folder and an empty database, and only after every hash was compared.
//!
//! ```text
//! verify -> is everything empty? -> marked as begun -> schema of the archive's age -> rows, in one transaction
//!        -> files to the shelf, keys to the folder -> schema of today -> check -> the mark is taken away
//! ```
//!
//! While the mark is there no server starts: what was cut short is never taken for a whole one.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use dialtone_store::tables::{Column, Row, Table, Value};
use dialtone_store::{ObjectId, Store, Transaction};
use tokio::sync::mpsc;

use super::archive::{Piece, Verified, verify};
use super::folder::{RESTORING, is_plain};
use super::manifest::{Head, TableHead};
use super::{BackupError, Report, rows};
use crate::blobs::{Shelf, ShelfError};
use crate::check::{self, Found};
use crate::config::{Database, FILE_NAME, Settings, ShelfSetting};
use crate::database;
use crate::secrets::Folder;

/// Longest part of rows that is read into memory; one row may be as long as a group's state.
const LONGEST_ROWS: u64 = 256 * 1024 * 1024;

/// What was put back.
#[derive(Debug)]
pub struct Restored {
    /// How many rows.
    pub rows: u64,
    /// How many sealed files.
    pub files: u64,
    /// The keys were not in the backup.
    pub without_secrets: bool,
    /// `server.toml` was there already, and is as it was.
    pub kept_settings: bool,
    /// What is wrong with it, if anything: as the server was that it was taken of.
    pub found: Vec<Found>,
}

/// Refuses a data folder in which a restore did not come to its end.
pub(crate) fn refuse_half_restored(data_dir: &Path) -> Result<(), BackupError> {
    let path = data_dir.join(RESTORING);
    if path.exists() {
        return Err(BackupError::HalfRestored { path });
    }
    Ok(())
}

/// Puts the backup at `path` back.
///
/// # Errors
/// [`BackupError`]; what was begun is marked, and no server starts on it.
pub async fn restore(
    settings: &Settings,
    path: &Path,
    report: Report<'_>,
) -> Result<Restored, BackupError> {
    report("comparing every part with its hash");
    let from = path.to_owned();
    let verified = tokio::task::spawn_blocking(move || verify(&from)).await;
    let verified = verified.map_err(|_| BackupError::CutShort)??;
    refuse_half_restored(&settings.data_dir)?;
    let (head, manifest) = (verified.head.clone(), verified.manifest.clone());
    let kept_settings = check_empty(settings, &verified)?;
    check_shelf(settings, &head)?;
    Folder::open(&settings.data_dir)?;
    mark(&settings.data_dir)?;
    let store = database::create(&settings.database, head.schema).await?;
    let putting = Putting {
        settings,
        head: &head,
        store: Arc::clone(&store),
        shelf: Shelf::open(settings).await?,
        deleted: objects(&manifest.deleted),
        kept_settings,
        report,
    };
    let put = putting.run(verified).await;
    store.close().await;
    put?;
    report("bringing the schema up to date, and checking");
    // As a server does that starts on it.
    let store = database::open(&settings.database).await?;
    store.close().await;
    let found = check::check(settings, check::Depth::Quick, report).await;
    unmark(&settings.data_dir)?;
    Ok(Restored {
        rows: manifest.rows.values().sum(),
        files: manifest.files,
        without_secrets: !head.secrets,
        kept_settings,
        found: found?,
    })
}

/// Whether `server.toml` is there already and stays. Anything else that a backup brings must not be there.
fn check_empty(settings: &Settings, archive: &Verified) -> Result<bool, BackupError> {
    let folder = &settings.data_dir;
    let full = |what: String| Err(BackupError::NotEmpty { what });
    let mut kept_settings = false;
    for part in &archive.manifest.parts {
        let Some(name) = part.name.strip_prefix("folder/") else {
            continue;
        };
        if !folder.join(name).exists() {
            continue;
        }
        if name != FILE_NAME {
            return full(format!("{} is there", folder.join(name).display()));
        }
        kept_settings = true;
    }
    if let Database::Sqlite(path) = &settings.database
        && fs::metadata(path).is_ok_and(|file| file.len() > 0)
    {
        return full(format!("{} is there", path.display()));
    }
    let shelf = folder.join("blobs");
    let has_files = fs::read_dir(&shelf).is_ok_and(|entries| {
        let mut names = entries.flatten().map(|entry| entry.file_name());
        names.any(|name| name != "drafts")
    });
    if has_files {
        return full(format!("files are in {}", shelf.display()));
    }
    Ok(kept_settings)
}

fn check_shelf(settings: &Settings, head: &Head) -> Result<(), BackupError> {
    match (&head.bucket, &settings.blobs.shelf) {
        (Some(bucket), ShelfSetting::Folder) => Err(BackupError::OtherShelf {
            bucket: bucket.clone(),
        }),
        _ => Ok(()),
    }
}

fn mark(data_dir: &Path) -> Result<(), BackupError> {
    let path = data_dir.join(RESTORING);
    let words = "A restore began here. If it is not running, empty this folder and the database, and restore again.\n";
    private(&path, words.as_bytes())
        .map_err(BackupError::file("the data folder cannot be used", &path))
}

fn unmark(data_dir: &Path) -> Result<(), BackupError> {
    let path = data_dir.join(RESTORING);
    fs::remove_file(&path).map_err(BackupError::file("the data folder cannot be used", &path))
}

/// A new file on the disk that its owner alone reads.
fn private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn objects(names: &[String]) -> BTreeSet<Vec<u8>> {
    let read = names.iter().filter_map(|name| hex::decode(name).ok());
    read.collect()
}

struct Putting<'a> {
    settings: &'a Settings,
    head: &'a Head,
    store: Arc<dyn Store>,
    shelf: Shelf,
    deleted: BTreeSet<Vec<u8>>,
    kept_settings: bool,
    report: Report<'a>,
}

type Pieces = mpsc::Receiver<Result<Piece, BackupError>>;

impl Putting<'_> {
    async fn run(&self, archive: Verified) -> Result<(), BackupError> {
        let mut tx = self.store.begin().await?;
        self.check_tables(&mut *tx).await?;
        let mut rows = Some(tx);
        let mut pieces = archive.stream();
        while let Some(piece) = pieces.recv().await {
            let Piece::Begin { name, size } = piece? else {
                continue;
            };
            if let Some(table) = name.strip_prefix("rows/") {
                let content = whole(&mut pieces, &name, size).await?;
                let Some(tx) = &mut rows else {
                    return Err(damaged(&name));
                };
                self.put_rows(&mut **tx, table, &content).await?;
                continue;
            }
            let of_folder = name.strip_prefix("folder/");
            let of_shelf = name.strip_prefix("files/");
            // The rows come first: with the first other part they are whole.
            if of_folder.or(of_shelf).is_some()
                && let Some(tx) = rows.take()
            {
                tx.commit().await?;
            }
            if let Some(file) = of_folder {
                let content = whole(&mut pieces, &name, size).await?;
                self.put_beside(file, &content)?;
            } else if let Some(object) = of_shelf {
                self.put_file(object, size, &mut pieces).await?;
            } else {
                skip(&mut pieces).await?;
            }
        }
        if let Some(tx) = rows {
            tx.commit().await?;
        }
        Ok(())
    }

    /// The tables of the archive are known, and have no rows.
    async fn check_tables(&self, tx: &mut dyn Transaction) -> Result<(), BackupError> {
        for head in &self.head.tables {
            let (table, _) = known(head)?;
            if table.seeded {
                tx.tables().clear(table).await?;
            } else if tx.tables().count(table).await? > 0 {
                return Err(BackupError::NotEmpty {
                    what: format!("there are rows in the table {}", table.name),
                });
            }
        }
        Ok(())
    }

    async fn put_rows(
        &self,
        tx: &mut dyn Transaction,
        part: &str,
        content: &[u8],
    ) -> Result<(), BackupError> {
        let name = part.split('/').next().unwrap_or_default();
        let head = self.head.tables.iter().find(|table| table.name == name);
        let (table, columns) = known(head.ok_or_else(|| damaged(part))?)?;
        let mut read = rows::decode(content, &columns).ok_or_else(|| damaged(part))?;
        if table.name == "blobs"
            && let Some(place) = columns.iter().position(|column| column.name == "object_id")
        {
            read.retain(|row| !self.was_deleted(row, place));
        }
        (self.report)(&format!("rows of {}", table.name));
        Ok(tx.tables().insert(table, &columns, read).await?)
    }

    fn was_deleted(&self, row: &Row, object: usize) -> bool {
        matches!(row.get(object), Some(Value::Bytes(object)) if self.deleted.contains(object))
    }

    fn put_beside(&self, name: &str, content: &[u8]) -> Result<(), BackupError> {
        if !is_plain(name) {
            return Err(damaged(name));
        }
        if name == FILE_NAME && self.kept_settings {
            return Ok(());
        }
        let path = self.settings.data_dir.join(name);
        private(&path, content).map_err(BackupError::file("a key cannot be kept", &path))
    }

    async fn put_file(
        &self,
        name: &str,
        size: u64,
        pieces: &mut Pieces,
    ) -> Result<(), BackupError> {
        let mut object = [0; 16];
        hex::decode_to_slice(name, &mut object).map_err(|_| damaged(name))?;
        (self.report)("files");
        let failed = |error: ShelfError| BackupError::Object(error.to_string());
        let begun = self.shelf.begin(ObjectId(object), size).await;
        let mut draft = begun.map_err(failed)?;
        loop {
            match next(pieces).await? {
                Piece::Bytes(bytes) => draft.write(bytes).await.map_err(failed)?,
                Piece::End => return draft.finish().await.map_err(failed),
                Piece::Begin { .. } => return Err(damaged(name)),
            }
        }
    }
}

fn damaged(part: &str) -> BackupError {
    BackupError::Damaged {
        part: part.to_owned(),
    }
}

/// The table and the columns that an archive names, as this server knows them.
fn known(head: &TableHead) -> Result<(&'static Table, Vec<&'static Column>), BackupError> {
    let table = Table::named(&head.name).ok_or_else(|| damaged(&head.name))?;
    let columns = head.columns.iter().map(|name| table.column(name));
    let columns = columns.collect::<Option<Vec<_>>>();
    Ok((table, columns.ok_or_else(|| damaged(&head.name))?))
}

async fn next(pieces: &mut Pieces) -> Result<Piece, BackupError> {
    pieces.recv().await.ok_or(BackupError::CutShort)?
}

async fn skip(pieces: &mut Pieces) -> Result<(), BackupError> {
    while !matches!(next(pieces).await?, Piece::End) {}
    Ok(())
}

/// A whole part in memory.
async fn whole(pieces: &mut Pieces, name: &str, size: u64) -> Result<Vec<u8>, BackupError> {
    if size > LONGEST_ROWS {
        return Err(damaged(name));
    }
    let mut content = Vec::new();
    loop {
        match next(pieces).await? {
            Piece::Bytes(bytes) => content.extend_from_slice(&bytes),
            Piece::End => return Ok(content),
            Piece::Begin { .. } => return Err(damaged(name)),
        }
    }
}
