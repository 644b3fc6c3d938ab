//! Events that are appended to one channel's stream.
//!
//! Many are inserted by one statement, as if none of them were there; where a unique key or a recorded absence forbids one, that is undone,
//! and each is inserted by itself, so that only then the reason is looked for.

use dialtone_protocol::Hash;
use dialtone_store::{Appended, NewMessage, StoreError, StreamHead, UnixMillis};

use crate::error::db;
use crate::messages::LockedStream;
use crate::patient::Patient;
use crate::row;

/// Appends `new` in this order; the outcomes stand in it.
pub(crate) async fn run(
    connection: &mut Patient,
    stream: &mut LockedStream,
    new: &[&NewMessage],
    now: UnixMillis,
) -> Result<Vec<Appended>, StoreError> {
    if new.len() > 1 && !stream.closed {
        let places = places(stream.head, new);
        if insert_many(connection, &places, now).await? {
            let stored = places.into_iter().map(|(head, _)| {
                stream.head = head;
                Appended::Stored {
                    sequence: head.sequence,
                    stream_hash: head.stream_hash,
                }
            });
            return Ok(stored.collect());
        }
        undo(connection, new[0], stream.head.sequence).await?;
    }
    let mut outcomes = Vec::with_capacity(new.len());
    for one in new {
        outcomes.push(append_one(connection, stream, one, now).await?);
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

/// Inserts all rows by one statement. False: not all of them went in.
async fn insert_many(
    connection: &mut Patient,
    places: &[(StreamHead, &NewMessage)],
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let [mut sequences, mut device_sequences] = [Vec::new(), Vec::new()];
    for (head, new) in places {
        sequences.push(row::stored(head.sequence, "sequence")?);
        device_sequences.push(row::stored(new.device_sequence, "device sequence")?);
    }
    let column = |of: fn(&(StreamHead, &NewMessage)) -> Vec<u8>| -> Vec<Vec<u8>> {
        places.iter().map(of).collect()
    };
    let sealed: Vec<&[u8]> = places.iter().map(|(_, new)| &new.sealed[..]).collect();
    let expires: Vec<Option<i64>> = places
        .iter()
        .map(|(_, new)| new.expires.map(|at| at.0))
        .collect();
    let done = sqlx::query(
        "INSERT INTO messages (channel_id, sequence, device_id, device_sequence, client_event_id, sealed, event_hash,
                               stream_hash, stored_ms, expires_ms)
         SELECT new.channel_id, new.sequence, new.device_id, new.device_sequence, new.client_event_id, new.sealed,
                new.event_hash, new.stream_hash, $9, new.expires_ms
         FROM UNNEST($1::bytea[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[],
                     $8::bytea[], $10::bigint[])
              AS new (channel_id, sequence, device_id, device_sequence, client_event_id, sealed, event_hash, stream_hash,
                      expires_ms)
         WHERE NOT EXISTS (SELECT 1 FROM absences AS gone
             WHERE gone.channel_id = new.channel_id AND gone.device_id = new.device_id
               AND gone.client_event_id = new.client_event_id AND gone.event_hash = new.event_hash)
         ON CONFLICT DO NOTHING",
    )
    .bind(column(|(_, new)| new.channel.0.to_vec()))
    .bind(sequences)
    .bind(column(|(_, new)| new.device.0.to_vec()))
    .bind(device_sequences)
    .bind(column(|(_, new)| new.client_event_id.0.to_vec()))
    .bind(sealed)
    .bind(column(|(_, new)| new.event_hash.0.to_vec()))
    .bind(column(|(head, _)| head.stream_hash.0.to_vec()))
    .bind(now.0)
    .bind(expires)
    .execute(&mut *connection)
    .await
    .map_err(db)?;
    Ok(done.rows_affected() == places.len() as u64)
}

/// Takes out of the channel of `new` what was inserted after `sequence`.
async fn undo(connection: &mut Patient, new: &NewMessage, sequence: u64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM messages WHERE channel_id = $1 AND sequence > $2")
        .bind(&new.channel.0[..])
        .bind(row::stored(sequence, "sequence")?)
        .execute(connection)
        .await
        .map_err(db)?;
    Ok(())
}

async fn append_one(
    connection: &mut Patient,
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
    connection: &mut Patient,
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
