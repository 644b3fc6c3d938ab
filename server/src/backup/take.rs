//! Taking a backup, beside the server that runs: first the rows of one moment, then the files that they name.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use dialtone_store::tables::{TABLES, Table, Value};
use dialtone_store::{ObjectId, Store, Transaction, UnixMillis};

use super::archive::Writer;
use super::manifest::{FORMAT, HEAD, Head, Manifest, TableHead};
use super::{BackupError, Report, folder, refuse_half_restored, rows};
use crate::blobs::object_path;
use crate::config::{Settings, ShelfSetting};
use crate::{calendar, database};

/// Rows are written when they come to so many bytes.
const PART: usize = 4 * 1024 * 1024;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The file, or a folder to make one in.
    pub to: PathBuf,
    /// Whether the keys go along.
    pub secrets: bool,
}

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The file.
    pub path: PathBuf,
    /// How many rows.
    pub rows: u64,
    /// How many sealed files.
    pub files: u64,
    /// How long they are together.
    pub file_bytes: u64,
    /// How many files were deleted while the backup was taken.
    pub deleted: u64,
    /// How many files are not where they should be.
    pub missing: u64,
    /// Where the files are, if not in the backup.
    pub bucket: Option<String>,
    /// Files of the data folder that did not go along.
    pub left: Vec<PathBuf>,
    /// The usernames' key is given by a setting, not by the data folder, and so is not in the backup.
    pub pepper_elsewhere: bool,
}

/// Takes a backup; the server may be running.
///
/// # Errors
/// [`BackupError`]; then there is no file.
pub async fn take(
    settings: &Settings,
    wanted: &Wanted,
    now: UnixMillis,
    report: Report<'_>,
) -> Result<Taken, BackupError> {
    refuse_half_restored(&settings.data_dir)?;
    let store = database::open_beside_server(&settings.database).await?;
    let path = if wanted.to.is_dir() {
        wanted
            .to
            .join(format!("dialtone-{}.backup", calendar::stamp(now.0 / 1000)))
    } else {
        wanted.to.clone()
    };
    let taken_s = u64::try_from(now.0 / 1000).unwrap_or(0);
    let writer = Writer::begin(&path, taken_s)?;
    let mut taking = Taking {
        settings,
        writer,
        manifest: Manifest::default(),
        report,
        left: Vec::new(),
    };
    let taken = taking.run(&*store, wanted.secrets, now).await;
    store.close().await;
    taken?;
    let manifest = taking.manifest.clone();
    taking.writer.finish(taking.manifest)?;
    Ok(Taken {
        path,
        rows: manifest.rows.values().sum(),
        files: manifest.files,
        file_bytes: manifest.file_bytes,
        deleted: manifest.deleted.len() as u64,
        missing: manifest.missing.len() as u64,
        bucket: bucket(settings),
        left: taking.left,
        pepper_elsewhere: settings.pepper.is_some(),
    })
}

/// `s3://name/prefix`, where files are in a bucket.
pub(super) fn bucket(settings: &Settings) -> Option<String> {
    match &settings.blobs.shelf {
        ShelfSetting::Folder => None,
        ShelfSetting::Bucket(bucket) => {
            let slash = if bucket.prefix.is_empty() { "" } else { "/" };
            Some(format!("s3://{}{slash}{}", bucket.bucket, bucket.prefix))
        }
    }
}

struct Taking<'a> {
    settings: &'a Settings,
    writer: Writer,
    manifest: Manifest,
    report: Report<'a>,
    left: Vec<PathBuf>,
}

impl Taking<'_> {
    async fn run(
        &mut self,
        store: &dyn Store,
        secrets: bool,
        now: UnixMillis,
    ) -> Result<(), BackupError> {
        let mut snapshot = store.read().await?;
        let head = Head {
            format: FORMAT,
            schema: snapshot.meta().schema_version().await?,
            taken_ms: now.0,
            server: env!("CARGO_PKG_VERSION").to_owned(),
            database: store.kind().to_owned(),
            secrets,
            bucket: bucket(self.settings),
            tables: TABLES.iter().map(table_head).collect(),
        };
        let head = serde_json::to_vec_pretty(&head).map_err(|error| {
            BackupError::file("the backup cannot be written", HEAD)(error.into())
        })?;
        self.writer.add_bytes(HEAD, &head)?;
        let mut objects = Vec::new();
        for table in TABLES {
            self.table(&mut *snapshot, table, &mut objects).await?;
        }
        // The rest needs no snapshot, and the database may tidy up again.
        drop(snapshot);
        if secrets {
            self.folder()?;
        }
        if self.settings.blobs.shelf == ShelfSetting::Folder {
            self.files(store, &objects).await?;
        }
        Ok(())
    }

    /// Adds a table's rows, and remembers which objects hold stored files.
    async fn table(
        &mut self,
        snapshot: &mut dyn Transaction,
        table: &'static Table,
        objects: &mut Vec<(ObjectId, u64)>,
    ) -> Result<(), BackupError> {
        let (mut part, mut number, mut count) = (Vec::new(), 1, 0_u64);
        let mut after: Option<Vec<Value>> = None;
        loop {
            let page = snapshot.tables().rows(table, after.as_deref()).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(table.key_of(last));
            count += page.len() as u64;
            for row in &page {
                rows::encode(row, &mut part);
                if table.name == "blobs" {
                    objects.extend(stored_object(table, row));
                }
            }
            (self.report)(&format!("{count} rows of {}", table.name));
            if part.len() >= PART {
                self.rows_part(table, &mut number, &mut part)?;
            }
        }
        self.rows_part(table, &mut number, &mut part)?;
        self.manifest.rows.insert(table.name.to_owned(), count);
        Ok(())
    }

    fn rows_part(
        &mut self,
        table: &Table,
        number: &mut u32,
        part: &mut Vec<u8>,
    ) -> Result<(), BackupError> {
        if !part.is_empty() {
            let name = format!("rows/{}/{number:06}", table.name);
            self.writer.add_bytes(&name, part)?;
            *number += 1;
            part.clear();
        }
        Ok(())
    }

    fn folder(&mut self) -> Result<(), BackupError> {
        let path = &self.settings.data_dir;
        let found = folder::read(path, &self.settings.database)
            .map_err(BackupError::file("the data folder cannot be read", path))?;
        for beside in found {
            match beside {
                folder::Beside::Taken { name, content } => {
                    self.writer.add_bytes(&format!("folder/{name}"), &content)?;
                }
                folder::Beside::Left { path } => self.left.push(path),
            }
        }
        Ok(())
    }

    async fn files(
        &mut self,
        store: &dyn Store,
        objects: &[(ObjectId, u64)],
    ) -> Result<(), BackupError> {
        for (object, size) in objects {
            let name = hex::encode(object.0);
            let path = object_path(&self.settings.data_dir, *object);
            let whole = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
            match whole {
                Ok((length, file)) if length == *size => {
                    self.writer.add(&format!("files/{name}"), *size, file)?;
                    self.manifest.files += 1;
                    self.manifest.file_bytes += size;
                    (self.report)(&format!(
                        "{} of {} files",
                        self.manifest.files,
                        objects.len()
                    ));
                }
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(BackupError::file("a member's file cannot be read", path)(
                        error,
                    ));
                }
                _ if is_named(store, *object).await? => self.manifest.missing.push(name),
                _ => self.manifest.deleted.push(name),
            }
        }
        Ok(())
    }
}

/// Whether a file still has this object.
async fn is_named(store: &dyn Store, object: ObjectId) -> Result<bool, BackupError> {
    let mut tx = store.read().await?;
    Ok(tx.blobs().by_object(&object).await?.is_some())
}

fn table_head(table: &Table) -> TableHead {
    TableHead {
        name: table.name.to_owned(),
        columns: table
            .columns
            .iter()
            .map(|column| column.name.to_owned())
            .collect(),
    }
}

/// The object of a row of `blobs`, and its length, if its bytes are there.
fn stored_object(table: &Table, row: &[Value]) -> Option<(ObjectId, u64)> {
    let value = |name: &str| {
        let place = table
            .columns
            .iter()
            .position(|column| column.name == name)?;
        row.get(place)
    };
    let (Value::Bytes(object), Value::Number(size), Value::Number(1)) =
        (value("object_id")?, value("size")?, value("state")?)
    else {
        return None;
    };
    let object = object.as_slice().try_into().ok()?;
    Some((ObjectId(object), u64::try_from(*size).ok()?))
}
