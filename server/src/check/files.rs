//! Sealed files: the object of each is there and as long as it should be, and there is no object that nothing names.

use std::collections::BTreeSet;

use dialtone_store::tables::{Table, Value};
use dialtone_store::{Blob, ObjectId, Store, StoreError};

use super::{Area, Depth, Findings};
use crate::backup::BackupError;
use crate::blobs::{Shelf, ShelfError};
use crate::config::Settings;

pub(super) async fn check(
    settings: &Settings,
    store: &dyn Store,
    depth: Depth,
    findings: &mut Findings<'_>,
) -> Result<(), BackupError> {
    let failed = |error: ShelfError| BackupError::Object(error.to_string());
    let shelf = Shelf::open(settings).await?;
    // First what is there, then what is named: an object is named before its first byte is written.
    let (there, others) = shelf.list().await.map_err(failed)?;
    let named = named(store).await?;
    let known: BTreeSet<ObjectId> = named.iter().map(|(object, _)| *object).collect();
    for object in there.iter().filter(|object| !known.contains(object)) {
        // It may have been deleted meanwhile, name first.
        if shelf.length(*object).await.map_err(failed)?.is_some() {
            let name = hex::encode(object.0);
            findings.add(Area::Files, format!("nothing names the object {name}"));
        }
    }
    for other in others {
        findings.add(Area::Files, format!("{other} is none of the server's"));
    }
    for (count, (object, size)) in named.iter().enumerate() {
        let Some(size) = size else {
            continue;
        };
        (findings.report)(&format!("{count} of {} files", named.len()));
        let length = shelf.length(*object).await.map_err(failed)?;
        let wrong = match length {
            None => "is missing".to_owned(),
            Some(length) if length != *size => {
                format!("has {length} bytes instead of {size}")
            }
            Some(_) if depth == Depth::Deep => match read(&shelf, *object, *size).await {
                Ok(read) if read == *size => continue,
                Ok(read) => format!("ends after {read} bytes"),
                Err(error) => format!("cannot be read: {error}"),
            },
            Some(_) => continue,
        };
        // It may have been deleted meanwhile, name first.
        if let Some(blob) = still_stored(store, object).await? {
            let name = hex::encode(object.0);
            let id = blob.blob;
            findings.add(Area::Files, format!("file {id}: its object {name} {wrong}"));
        }
    }
    Ok(())
}

async fn read(shelf: &Shelf, object: ObjectId, size: u64) -> Result<u64, ShelfError> {
    let mut reading = shelf.read(object, size, 0).await?;
    let mut length = 0;
    while let Some(bytes) = reading.next().await? {
        length += bytes.len() as u64;
    }
    Ok(length)
}

async fn still_stored(store: &dyn Store, object: &ObjectId) -> Result<Option<Blob>, StoreError> {
    let mut tx = store.read().await?;
    let found = tx.blobs().by_object(object).await?;
    Ok(found.filter(|blob| blob.stored))
}

/// Every object that is named, with its length if its bytes must be there.
async fn named(store: &dyn Store) -> Result<Vec<(ObjectId, Option<u64>)>, StoreError> {
    let mut tx = store.read().await?;
    let mut named = Vec::new();
    for name in ["blobs", "blob_leftovers"] {
        let Some(table) = Table::named(name) else {
            continue;
        };
        let mut after: Option<Vec<Value>> = None;
        loop {
            let page = tx.tables().rows(table, after.as_deref()).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(table.key_of(last));
            named.extend(page.iter().filter_map(|row| object(table, row)));
        }
    }
    Ok(named)
}

fn object(table: &Table, row: &[Value]) -> Option<(ObjectId, Option<u64>)> {
    let value = |name: &str| {
        let place = table.columns.iter().position(|column| column.name == name);
        row.get(place?)
    };
    let Value::Bytes(object) = value("object_id")? else {
        return None;
    };
    let object = ObjectId(object.as_slice().try_into().ok()?);
    let size = match (value("size"), value("state")) {
        (Some(Value::Number(size)), Some(Value::Number(1))) => u64::try_from(*size).ok(),
        _ => None,
    };
    Some((object, size))
}
