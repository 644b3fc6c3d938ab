-- What the bytes of a sealed file were when all of them were there: SHA-256. NULL: it was stored before this step, and nobody knows.

ALTER TABLE blobs ADD COLUMN hash BYTEA CHECK (hash IS NULL OR octet_length(hash) = 32);
