-- Groups of private channels and direct conversations: what they are, and how devices that are away get into them.

ALTER TABLE mls_groups ADD COLUMN nature BYTEA; -- of a private group: its accounts and admins

-- What puts devices into a group, in the epoch that it is for.
CREATE TABLE welcomes (
    group_id BYTEA NOT NULL REFERENCES mls_groups (group_id) ON DELETE CASCADE,
    epoch    BIGINT NOT NULL,
    bytes    BYTEA NOT NULL,
    tree     BYTEA NOT NULL,
    PRIMARY KEY (group_id, epoch)
);

-- Whom it waits for.
CREATE TABLE welcomed (
    group_id  BYTEA NOT NULL,
    device_id BYTEA NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
    epoch     BIGINT NOT NULL,
    PRIMARY KEY (group_id, device_id),
    FOREIGN KEY (group_id, epoch) REFERENCES welcomes (group_id, epoch) ON DELETE CASCADE
);
CREATE INDEX welcomed_by_epoch ON welcomed (group_id, epoch);
CREATE INDEX welcomed_by_device ON welcomed (device_id);

CREATE TABLE key_packages (
    device_id BYTEA PRIMARY KEY REFERENCES devices (device_id) ON DELETE CASCADE,
    bytes     BYTEA NOT NULL,
    stored_ms BIGINT NOT NULL
);
