//! Whole tables, row by row, for backups.

use std::time::Duration;

use async_trait::async_trait;
use dialtone_store::tables::{
    Column, Kind, MAX_ROWS, Row, TABLES, Table, TableStore, Value, count, delete_all, insert,
    orphans, select,
};
use dialtone_store::{StoreError, read_page};
use futures_util::StreamExt as _;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres, Row as _};

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

/// How long looking at all rows of a table may take.
const LOOK_TIME: Duration = Duration::from_hours(1);

#[async_trait]
impl TableStore for PostgresTransaction {
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
        // Looking at all of it takes longer than a request may.
        self.connection().set_patience(LOOK_TIME);
        sqlx::query("SET LOCAL statement_timeout = 0")
            .execute(self.connection())
            .await
            .map_err(db)?;
        let mut found = Vec::new();
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

async fn number(tx: &mut PostgresTransaction, statement: String) -> Result<u64, StoreError> {
    let counted = sqlx::query(AssertSqlSafe(statement))
        .fetch_one(tx.connection())
        .await
        .map_err(db)?;
    row::number(&counted, "rows")
}

type Bound<'q> = Query<'q, Postgres, PgArguments>;

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

fn value(row: &PgRow, column: &Column) -> Result<Value, StoreError> {
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
