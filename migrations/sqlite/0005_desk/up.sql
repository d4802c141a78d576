-- What somebody writes and has not saved: one text for each person and article, beside the revisions. It takes no number and never goes live.
CREATE TABLE autosaves (
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- A user or an API key.
    user_id BLOB NOT NULL,
    -- The article's version that it is based on.
    base_version INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    note TEXT,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('markdown', 'html')),
    source TEXT NOT NULL,
    -- No reference: what only an autosave names is not in use and may go.
    category_id BLOB,
    refs TEXT NOT NULL,
    image TEXT,
    seo TEXT,
    custom TEXT,
    PRIMARY KEY (article_id, user_id)
) STRICT;
CREATE INDEX autosaves_user ON autosaves (user_id);

-- What lies in the trash, by how long.
CREATE INDEX articles_trashed ON articles (trashed_at, id) WHERE trashed_at IS NOT NULL;
-- Which revisions a publication names: those are kept.
CREATE INDEX publications_revision ON publications (article_id, revision);

-- Redirects that editors make by hand. None leads to a path that is redirected itself.
CREATE TABLE redirects (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    from_path TEXT NOT NULL,
    target TEXT NOT NULL,
    -- The path of the site that the target is, without what follows it.
    target_path TEXT,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX redirects_from ON redirects (from_path);
CREATE INDEX redirects_target ON redirects (target_path) WHERE target_path IS NOT NULL;
