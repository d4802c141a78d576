-- Links that show what is not public yet. Their tokens are the id and a signature, and are not stored; deleting a link revokes it.
CREATE TABLE preview_links (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- The one article that it shows; the whole site without one.
    article_id BLOB REFERENCES articles (id) ON DELETE CASCADE,
    -- As of when; as of the instant of the request without one.
    at INTEGER,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX preview_links_created ON preview_links (created_at, id);
CREATE INDEX preview_links_expires ON preview_links (expires_at);
CREATE INDEX preview_links_article ON preview_links (article_id);
CREATE INDEX preview_links_creator ON preview_links (created_by);
