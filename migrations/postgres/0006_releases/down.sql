DROP INDEX preview_links_release;
ALTER TABLE preview_links DROP COLUMN release_id;
DROP TABLE release_entries;
DROP TABLE releases;
