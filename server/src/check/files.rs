//! Sealed files: the object of each is there and as long as it should be, and there is no object that nothing names. Where every byte is
//! read, they are those that came in: of each file that was stored since hashes are kept, the server knows.

use std::collections::BTreeSet;

use dialtone_protocol::Hash;
use dialtone_store::tables::{Table, Value};
use dialtone_store::{Blob, ObjectId, Store, StoreError};
use sha2::{Digest as _, Sha256};

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
    let known: BTreeSet<ObjectId> = named.iter().map(|one| one.object).collect();
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
    let mut unknown = 0_usize;
    for (count, one) in named.iter().enumerate() {
        let Some(size) = one.size else {
            continue;
        };
        (findings.report)(&format!("{count} of {} files", named.len()));
        let length = shelf.length(one.object).await.map_err(failed)?;
        let wrong = match length {
            None => "is missing".to_owned(),
            Some(length) if length != size => {
                format!("has {length} bytes instead of {size}")
            }
            Some(_) if depth == Depth::Deep => match read(&shelf, one.object, size).await {
                Ok((read, _)) if read != size => format!("ends after {read} bytes"),
                Ok((_, hash)) if one.hash.is_some_and(|right| right != hash) => {
                    "has other bytes than those that were stored".to_owned()
                }
                Ok(_) => {
                    unknown += usize::from(one.hash.is_none());
                    continue;
                }
                Err(error) => format!("cannot be read: {error}"),
            },
            Some(_) => continue,
        };
        // It may have been deleted meanwhile, name first.
        if let Some(blob) = still_stored(store, &one.object).await? {
            let name = hex::encode(one.object.0);
            let id = blob.blob;
            findings.add(Area::Files, format!("file {id}: its object {name} {wrong}"));
        }
    }
    if unknown > 0 {
        let what = format!(
            "whether the bytes of {unknown} files are still the same is unknown: they were stored before hashes of files were kept"
        );
        findings.unknown(Area::Files, what);
    }
    Ok(())
}

/// How long it is, and the hash of its bytes.
async fn read(shelf: &Shelf, object: ObjectId, size: u64) -> Result<(u64, Hash), ShelfError> {
    let mut reading = shelf.read(object, size, 0).await?;
    let (mut length, mut hash) = (0, Sha256::new());
    while let Some(bytes) = reading.next().await? {
        length += bytes.len() as u64;
        hash.update(&bytes);
    }
    Ok((length, Hash(hash.finalize().into())))
}

async fn still_stored(store: &dyn Store, object: &ObjectId) -> Result<Option<Blob>, StoreError> {
    let mut tx = store.read().await?;
    let found = tx.blobs().by_object(object).await?;
    Ok(found.filter(|blob| blob.stored))
}

/// An object that is named.
struct Named {
    object: ObjectId,
    /// How long it is, if its bytes must be there.
    size: Option<u64>,
    /// Of its bytes, if it is known.
    hash: Option<Hash>,
}

async fn named(store: &dyn Store) -> Result<Vec<Named>, StoreError> {
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

fn object(table: &Table, row: &[Value]) -> Option<Named> {
    let value = |name: &str| {
        let place = table.columns.iter().position(|column| column.name == name);
        row.get(place?)
    };
    let Value::Bytes(object) = value("object_id")? else {
        return None;
    };
    let size = match (value("size"), value("state")) {
        (Some(Value::Number(size)), Some(Value::Number(1))) => u64::try_from(*size).ok(),
        _ => None,
    };
    let hash = match value("hash") {
        Some(Value::Bytes(hash)) => hash.as_slice().try_into().ok().map(Hash),
        _ => None,
    };
    Some(Named {
        object: ObjectId(object.as_slice().try_into().ok()?),
        size,
        hash,
    })
}
