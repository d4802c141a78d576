-- Links that show what is not public yet. Their tokens are the id and a signature, and are not stored; deleting a link revokes it.
CREATE TABLE preview_links (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- The one article that it shows; the whole site without one.
    article_id BLOB REFERENCES articles (id) ON DELETE CASCADE,
    -- As of when; as of the instant of the request without one.
    at INTEGER,
    -- Whether it shows newest saves instead of what is live.
    drafts INTEGER NOT NULL CHECK (drafts IN (0, 1)),
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX preview_links_created ON preview_links (created_at, id);
CREATE INDEX preview_links_expires ON preview_links (expires_at);
CREATE INDEX preview_links_article ON preview_links (article_id);
CREATE INDEX preview_links_creator ON preview_links (created_by);
-- Subscriptions by which calendar programs read the editorial calendar. Tokens as those of preview links.
CREATE TABLE calendar_subscriptions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- What whoever made it calls it.
    name TEXT,
    -- What it shows, as JSON: states, and slugs of categories and authors.
    filters TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    -- Until when it is good; until it is revoked without one.
    expires_at INTEGER CHECK (expires_at > created_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX calendar_subscriptions_created ON calendar_subscriptions (created_at, id);
CREATE INDEX calendar_subscriptions_expires ON calendar_subscriptions (expires_at);
CREATE INDEX calendar_subscriptions_creator ON calendar_subscriptions (created_by);
-- What previews of newest saves list: as listings, but of the newest save of each article that is not in the trash, whatever of it is live. What has no date
-- has the greatest one.
CREATE TABLE drafts (
    list TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (list, first_at DESC, article_id DESC, from_at DESC)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_article ON drafts (article_id);
