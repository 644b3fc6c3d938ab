//! Whole tables, row by row: what a backup copies and a restore puts back, in either database alike.
//!
//! ```text
//! rows(table, after the last one) -> page by page, in the order of the key -> insert(table, columns, rows) into an empty database
//! ```
//!
//! [`TABLES`] says what the newest schema has, referred-to tables first. Statements are built from it alone, never from what an
//! archive says.

mod list;
mod statement;

use async_trait::async_trait;

pub use self::list::TABLES;
pub use self::statement::{count, delete_all, insert, orphans, select};
use crate::StoreError;

/// Most rows that one [`TableStore::rows`] answers with.
pub const MAX_ROWS: u32 = 500;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Bytes.
    Bytes,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A name of the server's own.
    Text,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in both databases.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// That columns name a row of another table.
#[derive(Debug)]
pub struct Reference {
    /// Of this table.
    pub columns: &'static [&'static str],
    /// The other table.
    pub table: &'static str,
    /// Its columns.
    pub named: &'static [&'static str],
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name in both databases.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// The columns of its primary key, in order.
    pub key: &'static [&'static str],
    /// What it refers to.
    pub references: &'static [Reference],
    /// The schema itself puts rows in.
    pub seeded: bool,
}

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The values of the key in a whole row.
    pub fn key_of(&self, row: &[Value]) -> Vec<Value> {
        let place = |name: &&str| self.columns.iter().position(|column| column.name == *name);
        let places = self.key.iter().filter_map(place);
        places.filter_map(|place| row.get(place).cloned()).collect()
    }
}

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Bytes.
    Bytes(Vec<u8>),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A name.
    Text(String),
}

impl Value {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len() + 8,
            Self::Text(text) => text.len() + 8,
            Self::Null | Self::Number(_) | Self::Flag(_) => 8,
        }
    }
}

/// Values in the order of the columns that were asked for.
pub type Row = Vec<Value>;

/// Whole tables.
#[async_trait]
pub trait TableStore: Send {
    /// Rows in the order of the key, behind the row with the key `after` (or from the first one on), at most [`MAX_ROWS`] and
    /// [`MAX_PAGE_BYTES`](crate::MAX_PAGE_BYTES). None: there are no more.
    async fn rows(
        &mut self,
        table: &'static Table,
        after: Option<&[Value]>,
    ) -> Result<Vec<Row>, StoreError>;

    /// How many rows there are.
    async fn count(&mut self, table: &'static Table) -> Result<u64, StoreError>;

    /// Puts rows into a table that has none of them.
    async fn insert(
        &mut self,
        table: &'static Table,
        columns: &[&'static Column],
        rows: Vec<Row>,
    ) -> Result<(), StoreError>;

    /// Takes every row out of a table.
    async fn clear(&mut self, table: &'static Table) -> Result<(), StoreError>;

    /// What is wrong with the database itself, in words: broken pages, rows that refer to nothing. At most 100 of each kind.
    async fn faults(&mut self) -> Result<Vec<String>, StoreError>;
}
