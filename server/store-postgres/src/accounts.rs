//! Accounts: a username's hash, an OPAQUE password file, and whether the account is let in.

use async_trait::async_trait;
use dialtone_protocol::AccountId;
use dialtone_store::{
    Account, AccountState, AccountStore, CreatedAccount, NewAccount, StoreError, UnixMillis,
    UsernameHash,
};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::db;
use crate::row;
use crate::transaction::PostgresTransaction;

#[async_trait]
impl AccountStore for PostgresTransaction {
    async fn create(
        &mut self,
        new: &NewAccount,
        now: UnixMillis,
    ) -> Result<CreatedAccount, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO accounts (account_id, username_hash, password_file, state, created_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(&new.account.0[..])
        .bind(&new.username.0[..])
        .bind(&new.password_file)
        .bind(state_number(new.state))
        .bind(now.0)
        .execute(self.connection())
        .await
        .map_err(db)?
        .rows_affected();
        if inserted == 1 {
            return Ok(CreatedAccount::Created);
        }
        Ok(match self.find_by_username(&new.username).await? {
            Some(_) => CreatedAccount::UsernameTaken,
            None => CreatedAccount::AccountExists,
        })
    }

    async fn find_by_username(
        &mut self,
        username: &UsernameHash,
    ) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query("SELECT * FROM accounts WHERE username_hash = $1")
            .bind(&username.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(account).transpose()
    }

    async fn find(&mut self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query("SELECT * FROM accounts WHERE account_id = $1")
            .bind(&id.0[..])
            .fetch_optional(self.connection())
            .await
            .map_err(db)?;
        found.as_ref().map(account).transpose()
    }

    async fn set_state(&mut self, id: &AccountId, state: AccountState) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE accounts SET state = $2 WHERE account_id = $1")
            .bind(&id.0[..])
            .bind(state_number(state))
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn set_password_file(
        &mut self,
        id: &AccountId,
        password_file: &[u8],
    ) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE accounts SET password_file = $2 WHERE account_id = $1")
            .bind(&id.0[..])
            .bind(password_file)
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(changed.rows_affected() == 1)
    }

    async fn remove(&mut self, id: &AccountId) -> Result<bool, StoreError> {
        let removed = sqlx::query("DELETE FROM accounts WHERE account_id = $1")
            .bind(&id.0[..])
            .execute(self.connection())
            .await
            .map_err(db)?;
        Ok(removed.rows_affected() == 1)
    }

    async fn page(
        &mut self,
        after: Option<&AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        // No id is as short as nothing, so that all stand behind it.
        let after = after.map_or(&[][..], |after| &after.0[..]);
        let rows = sqlx::query(
            "SELECT * FROM accounts WHERE account_id > $1 ORDER BY account_id LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(db)?;
        rows.iter().map(account).collect()
    }

    async fn count(&mut self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS accounts FROM accounts")
            .fetch_one(self.connection())
            .await
            .map_err(db)?;
        row::number(&row, "accounts")
    }
}

fn account(row: &PgRow) -> Result<Account, StoreError> {
    Ok(Account {
        username: UsernameHash(row::array(row, "username_hash")?),
        account: AccountId(row::array(row, "account_id")?),
        password_file: row::blob(row, "password_file")?,
        state: state(row.try_get("state").map_err(db)?)?,
        created: row::time(row, "created_ms")?,
    })
}

const fn state_number(state: AccountState) -> i64 {
    match state {
        AccountState::Pending => 0,
        AccountState::Active => 1,
    }
}

fn state(number: i64) -> Result<AccountState, StoreError> {
    match number {
        0 => Ok(AccountState::Pending),
        1 => Ok(AccountState::Active),
        other => Err(StoreError::corrupt(format!(
            "an account's state is {other}"
        ))),
    }
}
