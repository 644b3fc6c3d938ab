-- Groups of private channels and direct conversations: what they are, and how devices that are away get into them.

ALTER TABLE mls_groups ADD COLUMN nature BLOB; -- of a private group: its accounts and admins

-- What puts devices into a group, in the epoch that it is for.
CREATE TABLE welcomes (
    group_id BLOB NOT NULL REFERENCES mls_groups (group_id) ON DELETE CASCADE,
    epoch    INTEGER NOT NULL,
    bytes    BLOB NOT NULL,
    tree     BLOB NOT NULL,
    PRIMARY KEY (group_id, epoch)
) STRICT;

-- Whom it waits for.
CREATE TABLE welcomed (
    group_id  BLOB NOT NULL,
    device_id BLOB NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
    epoch     INTEGER NOT NULL,
    PRIMARY KEY (group_id, device_id),
    FOREIGN KEY (group_id, epoch) REFERENCES welcomes (group_id, epoch) ON DELETE CASCADE
) STRICT;
CREATE INDEX welcomed_by_epoch ON welcomed (group_id, epoch);
CREATE INDEX welcomed_by_device ON welcomed (device_id);

CREATE TABLE key_packages (
    device_id BLOB PRIMARY KEY REFERENCES devices (device_id) ON DELETE CASCADE,
    bytes     BLOB NOT NULL,
    stored_ms INTEGER NOT NULL
) STRICT;
