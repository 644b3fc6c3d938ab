-- The two files that an account's recovery key opens.

CREATE TABLE recovery (
    account_id   BLOB PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    account_file BLOB NOT NULL,
    history_file BLOB,
    counter      INTEGER NOT NULL DEFAULT 0,
    updated_ms   INTEGER NOT NULL
) STRICT;
