//! Reading columns: what cannot be what it should be is [`StoreError::Corrupt`], and says which column.

use dialtone_store::{StoreError, UnixMillis};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::db;

/// Fixed-size bytes: an id, a hash or a key.
pub(crate) fn array<const N: usize>(row: &SqliteRow, column: &str) -> Result<[u8; N], StoreError> {
    exact(&blob(row, column)?, column)
}

/// Fixed-size bytes, or nothing.
pub(crate) fn optional_array<const N: usize>(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<[u8; N]>, StoreError> {
    row.try_get::<Option<Vec<u8>>, _>(column)
        .map_err(db)?
        .map(|bytes| exact(&bytes, column))
        .transpose()
}

/// Bytes of any size.
pub(crate) fn blob(row: &SqliteRow, column: &str) -> Result<Vec<u8>, StoreError> {
    row.try_get(column).map_err(db)
}

/// A number that is never negative.
pub(crate) fn number(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    let value: i64 = row.try_get(column).map_err(db)?;
    u64::try_from(value).map_err(|_| StoreError::corrupt(format!("{column} is negative")))
}

/// A small number that is never negative.
pub(crate) fn small_number(row: &SqliteRow, column: &str) -> Result<u32, StoreError> {
    let value: i64 = row.try_get(column).map_err(db)?;
    u32::try_from(value).map_err(|_| StoreError::corrupt(format!("{column} is out of its range")))
}

/// A small number that is never negative, or nothing.
pub(crate) fn optional_small_number(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<u32>, StoreError> {
    let value: Option<i64> = row.try_get(column).map_err(db)?;
    let Some(value) = value else {
        return Ok(None);
    };
    let small = u32::try_from(value)
        .map_err(|_| StoreError::corrupt(format!("{column} is out of its range")))?;
    Ok(Some(small))
}

/// A moment.
pub(crate) fn time(row: &SqliteRow, column: &str) -> Result<UnixMillis, StoreError> {
    row.try_get(column).map(UnixMillis).map_err(db)
}

/// A moment, or nothing.
pub(crate) fn optional_time(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<UnixMillis>, StoreError> {
    Ok(row
        .try_get::<Option<i64>, _>(column)
        .map_err(db)?
        .map(UnixMillis))
}

/// A number as it is stored. One above the database's range does not fit.
///
/// # Errors
/// [`StoreError::Internal`]: callers refuse such numbers before.
pub(crate) fn stored(value: u64, what: &str) -> Result<i64, StoreError> {
    i64::try_from(value)
        .map_err(|_| StoreError::internal(format!("{what} {value} is above the database's range")))
}

/// A bound to compare with: above the database's range everything is below it.
pub(crate) fn bound(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn exact<const N: usize>(bytes: &[u8], column: &str) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| {
        StoreError::corrupt(format!("{column} has {} bytes instead of {N}", bytes.len()))
    })
}
