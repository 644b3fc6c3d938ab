-- How many days what is written in a channel is kept, where its operator set that; 0: for good. NULL: as the server's setting says.

ALTER TABLE channels ADD COLUMN retention_days INTEGER CHECK (retention_days >= 0);
CREATE INDEX channels_by_retention ON channels (channel_id) WHERE retention_days IS NOT NULL;
