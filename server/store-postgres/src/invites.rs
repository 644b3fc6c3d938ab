//! The server's side of invites: which tokens let someone register, and how often.

use async_trait::async_trait;
use dialtone_protocol::{DeviceId, InviteId};
use dialtone_store::{
    ConsumedInvite, Invite, InviteKind, InviteStore, NewInvite, StoreError, TokenHash, UnixMillis,
};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl InviteStore for PostgresTransaction {
    async fn add(&mut self, new: &NewInvite, now: UnixMillis) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO invites (token_hash, kind, invite_id, uses, uses_left, expires_ms, pack, issuer, created_ms)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )
        .bind(&new.token.0[..])
        .bind(kind_number(new.kind))
        .bind(new.invite.as_ref().map(|id| &id.0[..]))
        .bind(i64::from(new.uses))
        .bind(new.expires.map(|at| at.0))
        .bind(new.pack.as_deref())
        .bind(new.issuer.as_ref().map(|id| &id.0[..]))
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(inserted.rows_affected() == 1)
    }

    async fn find(&mut self, token: &TokenHash) -> Result<Option<Invite>, StoreError> {
        let found = sqlx::query("SELECT * FROM invites WHERE token_hash = $1")
            .bind(&token.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(invite).transpose()
    }

    async fn find_by_id(&mut self, id: &InviteId) -> Result<Option<Invite>, StoreError> {
        let found = sqlx::query("SELECT * FROM invites WHERE invite_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(invite).transpose()
    }

    async fn consume(
        &mut self,
        token: &TokenHash,
        now: UnixMillis,
    ) -> Result<ConsumedInvite, StoreError> {
        // One statement decides and takes, so that no two callers see the same last use.
        let updated = sqlx::query(
            "UPDATE invites SET uses_left = uses_left - 1
             WHERE token_hash = $1 AND uses_left > 0 AND revoked_ms IS NULL
               AND (expires_ms IS NULL OR expires_ms > $2)
             RETURNING *",
        )
        .bind(&token.0[..])
        .bind(now.0)
        .fetch_optional(self.connection())
        .await
        .map_err(db)?;
        if let Some(row) = updated {
            return Ok(ConsumedInvite::Taken(invite(&row)?));
        }
        Ok(match InviteStore::find(self, token).await? {
            None => ConsumedInvite::Unknown,
            Some(found) if found.revoked.is_some() => ConsumedInvite::Revoked,
            Some(found) if found.expires.is_some_and(|at| at <= now) => ConsumedInvite::Expired,
            Some(_) => ConsumedInvite::UsedUp,
        })
    }

    async fn release(&mut self, token: &TokenHash) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE invites SET uses_left = uses_left + 1 WHERE token_hash = $1 AND uses_left < uses")
            .bind(&token.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn revoke(&mut self, token: &TokenHash, now: UnixMillis) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE invites SET revoked_ms = $2 WHERE token_hash = $1 AND revoked_ms IS NULL",
        )
        .bind(&token.0[..])
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn list(&mut self, limit: u32) -> Result<Vec<Invite>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM invites ORDER BY created_ms DESC, token_hash LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(self.connection())
                .await
                .map_err(db)?;
        rows.iter().map(invite).collect()
    }

    async fn delete_expired(&mut self, before: UnixMillis) -> Result<u64, StoreError> {
        let deleted = sqlx::query("DELETE FROM invites WHERE expires_ms < $1")
            .bind(before.0)
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(deleted.rows_affected())
    }
}

fn invite(row: &PgRow) -> Result<Invite, StoreError> {
    Ok(Invite {
        token: TokenHash(row::array(row, "token_hash")?),
        kind: kind(row.try_get("kind").map_err(db)?)?,
        invite: row::optional_array(row, "invite_id")?.map(InviteId),
        uses: row::small_number(row, "uses")?,
        uses_left: row::small_number(row, "uses_left")?,
        expires: row::optional_time(row, "expires_ms")?,
        pack: row.try_get("pack").map_err(db)?,
        issuer: row::optional_array(row, "issuer")?.map(DeviceId),
        created: row::time(row, "created_ms")?,
        revoked: row::optional_time(row, "revoked_ms")?,
    })
}

const fn kind_number(kind: InviteKind) -> i64 {
    match kind {
        InviteKind::Founding => 0,
        InviteKind::Knock => 1,
        InviteKind::Member => 2,
    }
}

fn kind(number: i64) -> Result<InviteKind, StoreError> {
    match number {
        0 => Ok(InviteKind::Founding),
        1 => Ok(InviteKind::Knock),
        2 => Ok(InviteKind::Member),
        other => Err(StoreError::corrupt(format!("an invite's kind is {other}"))),
    }
}
