-- Ids and hashes are raw bytes; times are milliseconds since 1970 UTC; everything named "sealed" or "bytes" is opaque.

PRAGMA application_id = 1145651532; -- "DIAL"

CREATE TABLE meta (
    key   TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    account_id    BLOB PRIMARY KEY CHECK (length(account_id) = 32),
    username_hash BLOB NOT NULL UNIQUE CHECK (length(username_hash) = 32),
    password_file BLOB NOT NULL,
    state         INTEGER NOT NULL CHECK (state IN (0, 1)), -- 0 pending, 1 active
    created_ms    INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    device_id    BLOB PRIMARY KEY CHECK (length(device_id) = 32),
    account_id   BLOB NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    device_key   BLOB NOT NULL CHECK (length(device_key) = 32),
    box_key      BLOB NOT NULL,
    created_ms   INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    revoked_ms   INTEGER,
    last_grant   INTEGER NOT NULL DEFAULT 0 -- the highest grant id ever used for this device
) STRICT;
CREATE INDEX devices_by_account ON devices (account_id);

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    device_id  BLOB NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX sessions_by_device ON sessions (device_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE invites (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    kind       INTEGER NOT NULL CHECK (kind IN (0, 1, 2)), -- 0 founding, 1 knock, 2 member
    invite_id  BLOB UNIQUE CHECK (length(invite_id) = 16),
    uses       INTEGER NOT NULL,
    uses_left  INTEGER NOT NULL CHECK (uses_left BETWEEN 0 AND uses),
    expires_ms INTEGER,
    pack       BLOB,
    issuer     BLOB CHECK (length(issuer) = 32),
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX invites_by_creation ON invites (created_ms);
CREATE INDEX invites_by_expiry ON invites (expires_ms);

CREATE TABLE roster_head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    length INTEGER NOT NULL,
    head   BLOB NOT NULL CHECK (length(head) = 32)
) STRICT;
INSERT INTO roster_head (id, length, head) VALUES (1, 0, zeroblob(32));

CREATE TABLE roster (
    position    INTEGER PRIMARY KEY,
    bytes       BLOB NOT NULL,
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    appended_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE knocks (
    account_id BLOB PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    bytes      BLOB NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE mls_groups (
    group_id     BLOB PRIMARY KEY CHECK (length(group_id) = 17),
    epoch        INTEGER NOT NULL,
    group_info   BLOB NOT NULL,
    public_state BLOB NOT NULL,
    tree         BLOB NOT NULL,
    changed_ms   INTEGER NOT NULL
) STRICT;

CREATE TABLE mls_commits (
    group_id    BLOB NOT NULL REFERENCES mls_groups (group_id) ON DELETE CASCADE,
    epoch       INTEGER NOT NULL, -- that the commit was made in
    bytes       BLOB NOT NULL,
    accepted_ms INTEGER NOT NULL,
    PRIMARY KEY (group_id, epoch)
) STRICT;

CREATE TABLE channels (
    channel_id    BLOB PRIMARY KEY CHECK (length(channel_id) = 16),
    group_id      BLOB NOT NULL CHECK (length(group_id) = 17),
    created_ms    INTEGER NOT NULL,
    closed        INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    last_sequence INTEGER NOT NULL DEFAULT 0,
    stream_hash   BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(stream_hash) = 32)
) STRICT;

CREATE TABLE messages (
    channel_id      BLOB NOT NULL REFERENCES channels (channel_id),
    sequence        INTEGER NOT NULL,
    device_id       BLOB NOT NULL CHECK (length(device_id) = 32),
    device_sequence INTEGER NOT NULL,
    client_event_id BLOB NOT NULL CHECK (length(client_event_id) = 16),
    sealed          BLOB NOT NULL,
    event_hash      BLOB NOT NULL CHECK (length(event_hash) = 32),
    stream_hash     BLOB NOT NULL CHECK (length(stream_hash) = 32),
    stored_ms       INTEGER NOT NULL,
    PRIMARY KEY (channel_id, sequence),
    UNIQUE (channel_id, device_id, device_sequence),
    UNIQUE (channel_id, device_id, client_event_id)
) STRICT;

CREATE TABLE absences (
    channel_id      BLOB NOT NULL REFERENCES channels (channel_id),
    device_id       BLOB NOT NULL CHECK (length(device_id) = 32),
    client_event_id BLOB NOT NULL CHECK (length(client_event_id) = 16),
    event_hash      BLOB NOT NULL CHECK (length(event_hash) = 32),
    recorded_ms     INTEGER NOT NULL,
    PRIMARY KEY (channel_id, device_id, client_event_id, event_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    device_id   BLOB NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE, -- that it is for
    grant_id    INTEGER NOT NULL,
    from_device BLOB NOT NULL CHECK (length(from_device) = 32),
    bytes       BLOB NOT NULL,
    created_ms  INTEGER NOT NULL,
    PRIMARY KEY (device_id, grant_id)
) STRICT;
