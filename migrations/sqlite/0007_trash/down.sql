CREATE TABLE unbound_entries (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    release_id BLOB NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    revision INTEGER,
    unpublish_at INTEGER,
    unpublish_at_local TEXT,
    time_zone TEXT,
    published_at INTEGER,
    minor INTEGER NOT NULL CHECK (minor IN (0, 1)),
    overrides_embargo INTEGER NOT NULL CHECK (overrides_embargo IN (0, 1)),
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (release_id, article_id)
) STRICT, WITHOUT ROWID;
INSERT INTO unbound_entries
    SELECT id, release_id, article_id, CASE WHEN follows_newest = 0 THEN revision END, unpublish_at, unpublish_at_local, time_zone, published_at, minor,
        overrides_embargo, created_by, created_at
    FROM release_entries;
DROP TABLE release_entries;
ALTER TABLE unbound_entries RENAME TO release_entries;
CREATE INDEX release_entries_article ON release_entries (article_id);
DROP TABLE trashings;
