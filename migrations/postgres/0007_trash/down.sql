ALTER TABLE release_entries ALTER COLUMN revision DROP NOT NULL;
UPDATE release_entries SET revision = NULL WHERE follows_newest;
ALTER TABLE release_entries DROP COLUMN follows_newest;
DROP TABLE trashings;
