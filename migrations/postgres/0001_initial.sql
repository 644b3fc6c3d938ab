-- Ids and hashes are raw bytes; times are milliseconds since 1970 UTC; everything named "sealed" or "bytes" is opaque.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
    value BYTEA NOT NULL
);

CREATE TABLE accounts (
    account_id    BYTEA PRIMARY KEY CHECK (octet_length(account_id) = 32),
    username_hash BYTEA NOT NULL UNIQUE CHECK (octet_length(username_hash) = 32),
    password_file BYTEA NOT NULL,
    state         BIGINT NOT NULL CHECK (state IN (0, 1)), -- 0 pending, 1 active
    created_ms    BIGINT NOT NULL
);

CREATE TABLE devices (
    device_id    BYTEA PRIMARY KEY CHECK (octet_length(device_id) = 32),
    account_id   BYTEA NOT NULL REFERENCES accounts (account_id) ON DELETE CASCADE,
    device_key   BYTEA NOT NULL CHECK (octet_length(device_key) = 32),
    box_key      BYTEA NOT NULL,
    created_ms   BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    revoked_ms   BIGINT,
    last_grant   BIGINT NOT NULL DEFAULT 0 -- the highest grant id ever used for this device
);
CREATE INDEX devices_by_account ON devices (account_id);

CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    device_id  BYTEA NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    revoked_ms BIGINT
);
CREATE INDEX sessions_by_device ON sessions (device_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE invites (
    token_hash BYTEA PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    kind       BIGINT NOT NULL CHECK (kind IN (0, 1, 2)), -- 0 founding, 1 knock, 2 member
    invite_id  BYTEA UNIQUE CHECK (octet_length(invite_id) = 16),
    uses       BIGINT NOT NULL,
    uses_left  BIGINT NOT NULL CHECK (uses_left BETWEEN 0 AND uses),
    expires_ms BIGINT,
    pack       BYTEA,
    issuer     BYTEA CHECK (octet_length(issuer) = 32),
    created_ms BIGINT NOT NULL,
    revoked_ms BIGINT
);
CREATE INDEX invites_by_creation ON invites (created_ms);
CREATE INDEX invites_by_expiry ON invites (expires_ms);

CREATE TABLE roster_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    length BIGINT NOT NULL,
    head   BYTEA NOT NULL CHECK (octet_length(head) = 32)
);
INSERT INTO roster_head (id, length, head) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE roster (
    position    BIGINT PRIMARY KEY,
    bytes       BYTEA NOT NULL,
    hash        BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    appended_ms BIGINT NOT NULL
);

CREATE TABLE knocks (
    account_id BYTEA PRIMARY KEY REFERENCES accounts (account_id) ON DELETE CASCADE,
    bytes      BYTEA NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE mls_groups (
    group_id     BYTEA PRIMARY KEY CHECK (octet_length(group_id) = 17),
    epoch        BIGINT NOT NULL,
    group_info   BYTEA NOT NULL,
    public_state BYTEA NOT NULL,
    tree         BYTEA NOT NULL,
    changed_ms   BIGINT NOT NULL
);

CREATE TABLE mls_commits (
    group_id    BYTEA NOT NULL REFERENCES mls_groups (group_id) ON DELETE CASCADE,
    epoch       BIGINT NOT NULL, -- that the commit was made in
    bytes       BYTEA NOT NULL,
    accepted_ms BIGINT NOT NULL,
    PRIMARY KEY (group_id, epoch)
);

CREATE TABLE channels (
    channel_id    BYTEA PRIMARY KEY CHECK (octet_length(channel_id) = 16),
    group_id      BYTEA NOT NULL CHECK (octet_length(group_id) = 17),
    created_ms    BIGINT NOT NULL,
    closed        BOOLEAN NOT NULL DEFAULT FALSE,
    last_sequence BIGINT NOT NULL DEFAULT 0,
    stream_hash   BYTEA NOT NULL DEFAULT (decode(repeat('00', 32), 'hex')) CHECK (octet_length(stream_hash) = 32)
);

CREATE TABLE messages (
    channel_id      BYTEA NOT NULL REFERENCES channels (channel_id),
    sequence        BIGINT NOT NULL,
    device_id       BYTEA NOT NULL CHECK (octet_length(device_id) = 32),
    device_sequence BIGINT NOT NULL,
    client_event_id BYTEA NOT NULL CHECK (octet_length(client_event_id) = 16),
    sealed          BYTEA NOT NULL,
    event_hash      BYTEA NOT NULL CHECK (octet_length(event_hash) = 32),
    stream_hash     BYTEA NOT NULL CHECK (octet_length(stream_hash) = 32),
    stored_ms       BIGINT NOT NULL,
    PRIMARY KEY (channel_id, sequence),
    UNIQUE (channel_id, device_id, device_sequence),
    UNIQUE (channel_id, device_id, client_event_id)
);

CREATE TABLE absences (
    channel_id      BYTEA NOT NULL REFERENCES channels (channel_id),
    device_id       BYTEA NOT NULL CHECK (octet_length(device_id) = 32),
    client_event_id BYTEA NOT NULL CHECK (octet_length(client_event_id) = 16),
    event_hash      BYTEA NOT NULL CHECK (octet_length(event_hash) = 32),
    recorded_ms     BIGINT NOT NULL,
    PRIMARY KEY (channel_id, device_id, client_event_id, event_hash)
);

CREATE TABLE grants (
    device_id   BYTEA NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE, -- that it is for
    grant_id    BIGINT NOT NULL,
    from_device BYTEA NOT NULL CHECK (octet_length(from_device) = 32),
    bytes       BYTEA NOT NULL,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (device_id, grant_id)
);
