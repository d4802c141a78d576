-- Publications that move together. Those of a release that has a date are publications; what one without a date holds lies in release_entries.
CREATE TABLE releases (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    publish_at INTEGER,
    time_zone TEXT,
    -- The start as it was given in that zone.
    publish_at_local TEXT,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX releases_created ON releases (created_at, id);

CREATE TABLE release_entries (
    -- That of the publication which it becomes.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    release_id BLOB NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- Null follows the newest save.
    revision INTEGER,
    -- Null means that of the publication before; "no end" is 9223372036854775807.
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
CREATE INDEX release_entries_article ON release_entries (article_id);

-- The release as of whose instant a preview link shows the site.
ALTER TABLE preview_links ADD COLUMN release_id BLOB REFERENCES releases (id) ON DELETE CASCADE;
CREATE INDEX preview_links_release ON preview_links (release_id) WHERE release_id IS NOT NULL;
