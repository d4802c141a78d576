-- Publications that move together. Those of a release that has a date are publications; what one without a date holds lies in release_entries.
CREATE TABLE releases (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    publish_at BIGINT,
    time_zone TEXT COLLATE "C",
    -- The start as it was given in that zone.
    publish_at_local TEXT COLLATE "C",
    version BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX releases_created ON releases (created_at, id);

CREATE TABLE release_entries (
    -- That of the publication which it becomes.
    id UUID NOT NULL PRIMARY KEY,
    release_id UUID NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
    article_id UUID NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- Null follows the newest save.
    revision BIGINT,
    -- Null means that of the publication before; "no end" is 9223372036854775807.
    unpublish_at BIGINT,
    unpublish_at_local TEXT COLLATE "C",
    time_zone TEXT COLLATE "C",
    published_at BIGINT,
    minor BOOLEAN NOT NULL,
    overrides_embargo BOOLEAN NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (release_id, article_id)
);
CREATE INDEX release_entries_article ON release_entries (article_id);

-- The release as of whose instant a preview link shows the site.
ALTER TABLE preview_links ADD COLUMN release_id UUID REFERENCES releases (id) ON DELETE CASCADE;
CREATE INDEX preview_links_release ON preview_links (release_id) WHERE release_id IS NOT NULL;
