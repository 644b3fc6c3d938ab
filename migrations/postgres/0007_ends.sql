-- Files of messages that vanish: when the server need keep one no longer. And sessions that were ended are found by when.

ALTER TABLE blobs ADD COLUMN expires_ms BIGINT;
CREATE INDEX blobs_by_expiry ON blobs (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE INDEX sessions_by_revocation ON sessions (revoked_ms) WHERE revoked_ms IS NOT NULL;
