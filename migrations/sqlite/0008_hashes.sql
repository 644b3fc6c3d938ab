-- What the bytes of a sealed file were when all of them were there: SHA-256. NULL: it was stored before this step, and nobody knows.

ALTER TABLE blobs ADD COLUMN hash BLOB CHECK (hash IS NULL OR length(hash) = 32);
