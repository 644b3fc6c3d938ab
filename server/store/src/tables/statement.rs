//! The statements, which both databases understand. They are built from [`TABLES`](super::TABLES) and hold no values.

use super::{Column, Reference, Table};

fn places(from: usize, count: usize) -> String {
    let places: Vec<String> = (from..from + count)
        .map(|place| format!("${place}"))
        .collect();
    places.join(", ")
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// Rows in the order of the key: behind the key that `$1` and so on hold, if `after`; the last place is for the most rows.
pub fn select(table: &Table, after: bool) -> String {
    let key = table.key.join(", ");
    let (columns, name) = (names(table.columns), table.name);
    let bound = if after { table.key.len() } else { 0 };
    let behind = if after {
        format!(" WHERE ({key}) > ({})", places(1, bound))
    } else {
        String::new()
    };
    format!(
        "SELECT {columns} FROM {name}{behind} ORDER BY {key} LIMIT ${}",
        bound + 1
    )
}

/// One row with these columns.
pub fn insert(table: &Table, columns: &[&Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.name,
        names.join(", "),
        places(1, columns.len())
    )
}

/// How many rows there are.
pub fn count(table: &Table) -> String {
    format!("SELECT COUNT(*) AS rows FROM {}", table.name)
}

/// Takes all out.
pub fn delete_all(table: &Table) -> String {
    format!("DELETE FROM {}", table.name)
}

/// How many rows refer to nothing.
pub fn orphans(table: &Table, reference: &Reference) -> String {
    let pairs = reference.columns.iter().zip(reference.named);
    let same: Vec<String> = pairs
        .map(|(column, named)| format!("other.{named} = one.{column}"))
        .collect();
    let there: Vec<String> = reference
        .columns
        .iter()
        .map(|column| format!("one.{column} IS NOT NULL"))
        .collect();
    format!(
        "SELECT COUNT(*) AS rows FROM {} one WHERE {} AND NOT EXISTS (SELECT 1 FROM {} other WHERE {})",
        table.name,
        there.join(" AND "),
        reference.table,
        same.join(" AND ")
    )
}
