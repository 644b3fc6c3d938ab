//! Events that are appended to one channel's stream.
//!
//! Many are inserted by one statement, as if none of them were there; where a unique key or a recorded absence forbids one, that is undone,
//! and each is inserted by itself, so that only then the reason is looked for.

use dialtone_protocol::Hash;
use dialtone_store::{Appended, NewMessage, StoreError, StreamHead, UnixMillis};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::error::db;
use crate::messages::LockedStream;
use crate::row;

/// Appends `new` in this order; the outcomes stand in it.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    stream: &mut LockedStream,
    mut new: &[&NewMessage],
    now: UnixMillis,
) -> Result<Vec<Appended>, StoreError> {
    let mut outcomes = Vec::with_capacity(new.len());
    while !new.is_empty() {
        let (some, rest) = new.split_at(together(new.len()));
        new = rest;
        if some.len() > 1 && !stream.closed {
            let places = places(stream.head, some);
            if insert_many(connection, &places, now).await? {
                for (head, _) in places {
                    stream.head = head;
                    outcomes.push(Appended::Stored {
                        sequence: head.sequence,
                        stream_hash: head.stream_hash,
                    });
                }
                continue;
            }
            undo(connection, some[0], stream.head.sequence).await?;
        }
        for one in some {
            outcomes.push(append_one(connection, stream, one, now).await?);
        }
    }
    Ok(outcomes)
}

/// Where each event stands if all of them are appended.
fn places<'a>(mut head: StreamHead, new: &[&'a NewMessage]) -> Vec<(StreamHead, &'a NewMessage)> {
    let next = |one: &&'a NewMessage| {
        head = head.next(&one.event_hash);
        (head, *one)
    };
    new.iter().map(next).collect()
}

/// Runs are inserted in statements of so many rows, so that there are few statements to prepare.
const ROWS: [usize; 3] = [128, 32, 8];

/// How many of `waiting` one statement takes.
fn together(waiting: usize) -> usize {
    ROWS.into_iter().find(|rows| *rows <= waiting).unwrap_or(1)
}

/// Inserts all rows by one statement. False: not all of them went in.
async fn insert_many(
    connection: &mut SqliteConnection,
    places: &[(StreamHead, &NewMessage)],
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "WITH new (channel_id, sequence, device_id, device_sequence, client_event_id, sealed, event_hash, stream_hash,
                   stored_ms, expires_ms) AS (",
    );
    let mut numbers = Vec::with_capacity(places.len());
    for (head, new) in places {
        numbers.push((
            row::stored(head.sequence, "sequence")?,
            row::stored(new.device_sequence, "device sequence")?,
        ));
    }
    query.push_values(
        places.iter().zip(numbers),
        |mut values, ((head, new), (sequence, device_sequence))| {
            values
                .push_bind(&new.channel.0[..])
                .push_bind(sequence)
                .push_bind(&new.device.0[..])
                .push_bind(device_sequence)
                .push_bind(&new.client_event_id.0[..])
                .push_bind(&new.sealed)
                .push_bind(&new.event_hash.0[..])
                .push_bind(head.stream_hash.0.to_vec())
                .push_bind(now.0)
                .push_bind(new.expires.map(|at| at.0));
        },
    );
    query.push(
        ") INSERT INTO messages (channel_id, sequence, device_id, device_sequence, client_event_id, sealed, event_hash,
                                 stream_hash, stored_ms, expires_ms)
         SELECT * FROM new
         WHERE NOT EXISTS (SELECT 1 FROM absences AS gone
             WHERE gone.channel_id = new.channel_id AND gone.device_id = new.device_id
               AND gone.client_event_id = new.client_event_id AND gone.event_hash = new.event_hash)
         ON CONFLICT DO NOTHING",
    );
    let done = query.build().execute(&mut *connection).await.map_err(db)?;
    Ok(done.rows_affected() == places.len() as u64)
}

/// Takes out of the channel of `new` what was inserted after `sequence`.
async fn undo(
    connection: &mut SqliteConnection,
    new: &NewMessage,
    sequence: u64,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM messages WHERE channel_id = $1 AND sequence > $2")
        .bind(&new.channel.0[..])
        .bind(row::stored(sequence, "sequence")?)
        .execute(connection)
        .await
        .map_err(db)?;
    Ok(())
}

async fn append_one(
    connection: &mut SqliteConnection,
    stream: &mut LockedStream,
    new: &NewMessage,
    now: UnixMillis,
) -> Result<Appended, StoreError> {
    if stream.closed {
        return Ok(stored_before(connection, new)
            .await?
            .unwrap_or(Appended::Closed));
    }
    let head = stream.head.next(&new.event_hash);
    let StreamHead {
        sequence,
        stream_hash,
    } = head;
    let inserted = sqlx::query(
        "INSERT INTO messages (channel_id, sequence, device_id, device_sequence, client_event_id, sealed, event_hash,
                               stream_hash, stored_ms, expires_ms)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
         WHERE NOT EXISTS (SELECT 1 FROM absences
             WHERE channel_id = $1 AND device_id = $3 AND client_event_id = $5 AND event_hash = $7)
         ON CONFLICT DO NOTHING",
    )
    .bind(&new.channel.0[..])
    .bind(row::stored(sequence, "sequence")?)
    .bind(&new.device.0[..])
    .bind(row::stored(new.device_sequence, "device sequence")?)
    .bind(&new.client_event_id.0[..])
    .bind(&new.sealed)
    .bind(&new.event_hash.0[..])
    .bind(&stream_hash.0[..])
    .bind(now.0)
    .bind(new.expires.map(|at| at.0))
    .execute(&mut *connection)
    .await
    .map_err(db)?
    .rows_affected();
    if inserted == 0 {
        return Ok(stored_before(connection, new)
            .await?
            .unwrap_or(Appended::Absent));
    }
    stream.head = head;
    Ok(Appended::Stored {
        sequence,
        stream_hash,
    })
}

/// The outcome when the device has an event under the same client event id or device sequence.
async fn stored_before(
    connection: &mut SqliteConnection,
    new: &NewMessage,
) -> Result<Option<Appended>, StoreError> {
    let rows = sqlx::query(
        "SELECT sequence, event_hash, stream_hash, stored_ms FROM messages
         WHERE channel_id = $1 AND device_id = $2 AND (client_event_id = $3 OR device_sequence = $4)",
    )
    .bind(&new.channel.0[..])
    .bind(&new.device.0[..])
    .bind(&new.client_event_id.0[..])
    .bind(row::bound(new.device_sequence))
    .fetch_all(connection)
    .await
    .map_err(db)?;
    let mut clash = None;
    for row in &rows {
        let sequence = row::number(row, "sequence")?;
        let event_hash = Hash(row::array(row, "event_hash")?);
        if event_hash == new.event_hash {
            let stream_hash = Hash(row::array(row, "stream_hash")?);
            return Ok(Some(Appended::Duplicate {
                sequence,
                stream_hash,
                stored: row::time(row, "stored_ms")?,
            }));
        }
        clash = Some(Appended::Clash {
            sequence,
            event_hash,
        });
    }
    Ok(clash)
}
