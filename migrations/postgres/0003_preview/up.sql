-- Links that show what is not public yet. Their tokens are the id and a signature, and are not stored; deleting a link revokes it.
CREATE TABLE preview_links (
    id UUID NOT NULL PRIMARY KEY,
    -- The one article that it shows; the whole site without one.
    article_id UUID REFERENCES articles (id) ON DELETE CASCADE,
    -- As of when; as of the instant of the request without one.
    at BIGINT,
    -- Whether it shows newest saves instead of what is live.
    drafts BOOLEAN NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX preview_links_created ON preview_links (created_at, id);
CREATE INDEX preview_links_expires ON preview_links (expires_at);
CREATE INDEX preview_links_article ON preview_links (article_id);
CREATE INDEX preview_links_creator ON preview_links (created_by);
-- Subscriptions by which calendar programs read the editorial calendar. Tokens as those of preview links.
CREATE TABLE calendar_subscriptions (
    id UUID NOT NULL PRIMARY KEY,
    -- What whoever made it calls it.
    name TEXT COLLATE "C",
    -- What it shows, as JSON: states, and slugs of categories and authors.
    filters TEXT COLLATE "C" NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    -- Until when it is good; until it is revoked without one.
    expires_at BIGINT CHECK (expires_at > created_at)
);
CREATE INDEX calendar_subscriptions_created ON calendar_subscriptions (created_at, id);
CREATE INDEX calendar_subscriptions_expires ON calendar_subscriptions (expires_at);
CREATE INDEX calendar_subscriptions_creator ON calendar_subscriptions (created_by);
-- What previews of newest saves list: as listings, but of the newest save of each article that is not in the trash, whatever of it is live. What has no date
-- has the greatest one.
CREATE TABLE drafts (
    list TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    article_id UUID NOT NULL REFERENCES articles (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX drafts_order ON drafts (list, first_at DESC, article_id DESC, from_at DESC) INCLUDE (until_at);
CREATE INDEX drafts_article ON drafts (article_id);
