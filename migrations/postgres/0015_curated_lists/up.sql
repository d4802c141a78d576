-- Lists that editors make: front pages. What one shows is an edition of it, each from an instant on until the next one.
CREATE TABLE curated_lists (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX curated_lists_slug ON curated_lists (slug);

CREATE TABLE curated_editions (
    id UUID NOT NULL PRIMARY KEY,
    list_id UUID NOT NULL REFERENCES curated_lists (id) ON DELETE CASCADE,
    publish_at BIGINT NOT NULL,
    time_zone TEXT COLLATE "C",
    -- The instant as it was given in that zone.
    publish_at_local TEXT COLLATE "C",
    -- [{"article_id"} | {"rule": {"category" | "tag" | "author", "kind", "limit"}}]
    slots TEXT COLLATE "C" NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX curated_editions_list ON curated_editions (list_id, publish_at);
