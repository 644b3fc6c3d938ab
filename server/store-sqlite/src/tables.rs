//! Whole tables, row by row, for backups.

use async_trait::async_trait;
use dialtone_store::tables::{
    Column, Kind, MAX_ROWS, Row, TABLES, Table, TableStore, Value, count, delete_all, insert,
    orphans, select,
};
use dialtone_store::{StoreError, read_page};
use futures_util::StreamExt as _;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite};

use crate::error::db;
use crate::row;
use crate::transaction::SqliteTransaction;

#[async_trait]
impl TableStore for SqliteTransaction {
    async fn rows(
        &mut self,
        table: &'static Table,
        after: Option<&[Value]>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut query = sqlx::query(AssertSqlSafe(select(table, after.is_some())));
        for value in after.unwrap_or_default() {
            query = bind(query, Kind::Bytes, value.clone());
        }
        let rows = query.bind(i64::from(MAX_ROWS)).fetch(self.connection());
        let read = rows.map(|row| {
            let row = row.map_err(db)?;
            let values = table.columns.iter().map(|column| value(&row, column));
            values.collect::<Result<Row, _>>()
        });
        read_page(read, MAX_ROWS, |row| row.iter().map(Value::size).sum()).await
    }

    async fn count(&mut self, table: &'static Table) -> Result<u64, StoreError> {
        number(self, count(table)).await
    }

    async fn insert(
        &mut self,
        table: &'static Table,
        columns: &[&'static Column],
        rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        let statement = insert(table, columns);
        for row in rows {
            let mut query = sqlx::query(AssertSqlSafe(statement.clone()));
            for (column, value) in columns.iter().zip(row) {
                query = bind(query, column.kind, value);
            }
            query.execute(self.connection()).await.map_err(db)?;
        }
        Ok(())
    }

    async fn clear(&mut self, table: &'static Table) -> Result<(), StoreError> {
        let statement = AssertSqlSafe(delete_all(table));
        let deleted = sqlx::query(statement).execute(self.connection()).await;
        deleted.map(|_| ()).map_err(db)
    }

    async fn faults(&mut self) -> Result<Vec<String>, StoreError> {
        let mut found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(100)")
            .fetch_all(self.connection())
            .await
            .map_err(db)?;
        found.retain(|line| line != "ok");
        for table in TABLES {
            for reference in table.references {
                let rows = number(self, orphans(table, reference)).await?;
                if rows > 0 {
                    found.push(format!(
                        "{rows} rows of {} refer to {} that are not there",
                        table.name, reference.table
                    ));
                }
            }
        }
        Ok(found)
    }
}

async fn number(tx: &mut SqliteTransaction, statement: String) -> Result<u64, StoreError> {
    let counted = sqlx::query(AssertSqlSafe(statement))
        .fetch_one(tx.connection())
        .await
        .map_err(db)?;
    row::number(&counted, "rows")
}

type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Binds a value; `kind` is for nothing, whose kind does not show.
fn bind(query: Bound<'_>, kind: Kind, value: Value) -> Bound<'_> {
    match (value, kind) {
        (Value::Bytes(bytes), _) => query.bind(bytes),
        (Value::Number(number), _) => query.bind(number),
        (Value::Flag(flag), _) => query.bind(flag),
        (Value::Text(text), _) => query.bind(text),
        (Value::Null, Kind::Bytes) => query.bind(None::<Vec<u8>>),
        (Value::Null, Kind::Number) => query.bind(None::<i64>),
        (Value::Null, Kind::Flag) => query.bind(None::<bool>),
        (Value::Null, Kind::Text) => query.bind(None::<String>),
    }
}

fn value(row: &SqliteRow, column: &Column) -> Result<Value, StoreError> {
    let name = column.name;
    let read = match column.kind {
        Kind::Bytes => row
            .try_get::<Option<Vec<u8>>, _>(name)
            .map(|v| v.map(Value::Bytes)),
        Kind::Number => row
            .try_get::<Option<i64>, _>(name)
            .map(|v| v.map(Value::Number)),
        Kind::Flag => row
            .try_get::<Option<bool>, _>(name)
            .map(|v| v.map(Value::Flag)),
        Kind::Text => row
            .try_get::<Option<String>, _>(name)
            .map(|v| v.map(Value::Text)),
    };
    Ok(read.map_err(db)?.unwrap_or(Value::Null))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sqlx::Connection as _;

    use super::*;
    use crate::open::open_store;

    /// Its columns, and those of its key with their places in that.
    type Described = (Vec<String>, Vec<(i64, String)>);

    /// A table or a column that a migration adds and the list lacks would be missing in every backup.
    #[tokio::test]
    async fn the_list_has_every_table_and_column_of_the_schema() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.db");
        let store = open_store(&path).await.unwrap();
        let url = format!("sqlite://{}", path.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT t.name, c.name, c.pk FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY t.name, c.cid",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut schema: BTreeMap<String, Described> = BTreeMap::new();
        for (table, column, key) in rows {
            let entry = schema.entry(table).or_default();
            if key > 0 {
                entry.1.push((key, column.clone()));
            }
            entry.0.push(column);
        }
        let mut listed = BTreeMap::new();
        for table in TABLES {
            let columns: Vec<_> = table
                .columns
                .iter()
                .map(|one| one.name.to_owned())
                .collect();
            let key = (1..).zip(table.key.iter().map(|&name| name.to_owned()));
            listed.insert(table.name.to_owned(), (columns, key.collect::<Vec<_>>()));
        }
        for (_, key) in schema.values_mut() {
            key.sort();
        }
        assert_eq!(schema, listed);
        let references: Vec<(String, i64)> = sqlx::query_as(
            "SELECT t.name, COUNT(DISTINCT f.id) FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
             WHERE t.type = 'table' GROUP BY t.name",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        for (name, count) in references {
            let table = Table::named(&name).unwrap();
            assert_eq!(
                table.references.len(),
                usize::try_from(count).unwrap(),
                "{name}"
            );
        }
        drop(store);
    }
}
