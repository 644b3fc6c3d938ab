//! Sealing the rows of the client's database.
//!
//! ```text
//! row key    = HKDF(database key, "dialtone/v1/rows")
//! sealed row = nonce (24 random bytes) || XChaCha20-Poly1305(row key, nonce, aad, plain)
//! aad        = length of the table's name (4 bytes, big-endian) || table || row
//! ```
//!
//! A row that was moved to another table or place does not open. One that was put back in an older state does: what must
//! not go back (counters, positions) is compared with the server's.

use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::keystore::DatabaseKey;
use crate::labels;
use crate::primitives::{self, CryptoError, Secret};

const NONCE: usize = 24;

/// A row does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a row of {table} in the local database is damaged or belongs to another profile")]
pub struct RowError {
    /// Where.
    pub table: String,
}

/// A row, or one of MLS's values, that changed; `None`: it is gone.
#[derive(Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Where.
    pub key: Vec<u8>,
    /// Secret: to be sealed by [`RowKey::seal`] before it touches a disk.
    pub value: Option<Zeroizing<Vec<u8>>>,
}

/// Seals rows.
#[derive(Clone)]
pub struct RowKey(Secret);

impl RowKey {
    /// `HKDF(database key, "dialtone/v1/rows")`
    pub fn new(key: &DatabaseKey) -> Self {
        Self(primitives::hkdf(&*key.0, &[labels::ROWS]))
    }

    /// Seals one row.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal(
        &self,
        table: &str,
        row: &[u8],
        plain: &[u8],
        rng: &mut dyn CryptoRngCore,
    ) -> Result<Vec<u8>, CryptoError> {
        let nonce = primitives::random::<NONCE>(rng);
        let mut sealed = nonce.to_vec();
        sealed.extend(primitives::seal(&self.0, &nonce, &aad(table, row), plain)?);
        Ok(sealed)
    }

    /// Opens one row.
    ///
    /// # Errors
    /// When it was changed, moved, or sealed under another key.
    pub fn open(
        &self,
        table: &str,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RowError> {
        let failed = || RowError {
            table: table.to_owned(),
        };
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or_else(failed)?;
        primitives::open(&self.0, nonce, &aad(table, row), body).map_err(|_| failed())
    }
}

fn aad(table: &str, row: &[u8]) -> Vec<u8> {
    let mut aad = (table.len() as u32).to_be_bytes().to_vec();
    aad.extend_from_slice(table.as_bytes());
    aad.extend_from_slice(row);
    aad
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;
    use crate::keystore::ProfileSecrets;

    #[test]
    fn a_row_opens_in_its_own_place_alone() {
        let profile = ProfileSecrets::new(&mut OsRng);
        let key = RowKey::new(&profile.database_key);
        let sealed = key.seal("events", b"1", b"text", &mut OsRng).unwrap();
        assert_eq!(*key.open("events", b"1", &sealed).unwrap(), b"text");
        assert!(key.open("events", b"2", &sealed).is_err());
        assert!(key.open("event", b"s1", &sealed).is_err());
        assert!(key.open("events", b"1", &sealed[..20]).is_err());
        let other = RowKey::new(&ProfileSecrets::new(&mut OsRng).database_key);
        assert!(other.open("events", b"1", &sealed).is_err());
    }
}
