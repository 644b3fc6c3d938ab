-- Messages that vanish: when the server need keep one no longer, and whether it has erased it. Its place, hash and header stay.

ALTER TABLE messages ADD COLUMN expires_ms BIGINT;
ALTER TABLE messages ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX messages_by_expiry ON messages (expires_ms) WHERE expires_ms IS NOT NULL;
