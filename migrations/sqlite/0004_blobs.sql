-- Sealed files: who stores which, how long they are, and where their bytes lie.

-- An account may be gone, and its files stay, as its messages do: no reference.
CREATE TABLE blobs (
    blob_id    BLOB PRIMARY KEY CHECK (length(blob_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 32),
    size       INTEGER NOT NULL CHECK (size > 0),
    state      INTEGER NOT NULL CHECK (state IN (0, 1)), -- 0 pending, 1 stored
    object_id  BLOB NOT NULL UNIQUE CHECK (length(object_id) = 16), -- the bytes of one upload
    changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX blobs_by_account ON blobs (account_id);
CREATE INDEX blobs_by_change ON blobs (changed_ms) WHERE state = 0;

-- Bytes that no file needs any more, until they are deleted.
CREATE TABLE blob_leftovers (
    object_id BLOB PRIMARY KEY CHECK (length(object_id) = 16),
    since_ms  INTEGER NOT NULL
) STRICT;
