-- What was corrected after it had been published: each from an instant on, until it was retracted. It belongs to the article and to no revision.
CREATE TABLE corrections (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- That of the article, which never changes.
    locale TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    -- "Not retracted" is 9223372036854775807.
    until_at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('correction', 'clarification', 'update')),
    format TEXT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    time_zone TEXT,
    -- The instant as it was given in that zone.
    at_local TEXT,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX corrections_article ON corrections (article_id, from_at, id);
CREATE INDEX corrections_site ON corrections (locale, from_at, id);
