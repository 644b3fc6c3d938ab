-- The two files that an account's recovery key opens.

CREATE TABLE recovery (
    account_id   BYTEA PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    account_file BYTEA NOT NULL,
    history_file BYTEA,
    counter      BIGINT NOT NULL DEFAULT 0,
    updated_ms   BIGINT NOT NULL
);
