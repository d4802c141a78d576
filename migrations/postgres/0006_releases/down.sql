DROP TABLE release_entries;
DROP TABLE releases;
