-- When articles lay in the trash: what readers got then does not change when they are taken out of it. One that lies there now is there until 9223372036854775807.
CREATE TABLE trashings (
    article_id BLOB NOT NULL REFERENCES articles (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (article_id, from_at)
) STRICT, WITHOUT ROWID;
INSERT INTO trashings (article_id, from_at, until_at)
    SELECT id, trashed_at, 9223372036854775807 FROM articles WHERE trashed_at IS NOT NULL;

-- What a release without a date holds is bound to the save that was approved, as publications are: added, or saved later by somebody who may publish.
CREATE TABLE bound_entries (
    -- That of the publication which it becomes.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    release_id BLOB NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    follows_newest INTEGER NOT NULL CHECK (follows_newest IN (0, 1)),
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
INSERT INTO bound_entries
    SELECT e.id, e.release_id, e.article_id, COALESCE(e.revision, a.newest_revision), e.revision IS NULL, e.unpublish_at, e.unpublish_at_local,
        e.time_zone, e.published_at, e.minor, e.overrides_embargo, e.created_by, e.created_at
    FROM release_entries e JOIN articles a ON a.id = e.article_id;
DROP TABLE release_entries;
ALTER TABLE bound_entries RENAME TO release_entries;
CREATE INDEX release_entries_article ON release_entries (article_id);
