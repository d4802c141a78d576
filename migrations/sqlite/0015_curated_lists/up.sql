-- Lists that editors make: front pages. What one shows is an edition of it, each from an instant on until the next one.
CREATE TABLE curated_lists (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX curated_lists_slug ON curated_lists (slug);

CREATE TABLE curated_editions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    list_id BLOB NOT NULL REFERENCES curated_lists (id) ON DELETE CASCADE,
    publish_at INTEGER NOT NULL,
    time_zone TEXT,
    -- The instant as it was given in that zone.
    publish_at_local TEXT,
    -- [{"article_id"} | {"rule": {"category" | "tag" | "author", "kind", "limit"}}]
    slots TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX curated_editions_list ON curated_editions (list_id, publish_at);
