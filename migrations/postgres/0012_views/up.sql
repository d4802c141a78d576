-- How often each article was read: as it is counted here, and as it was counted elsewhere before.
CREATE TABLE view_totals (
    article_id UUID NOT NULL PRIMARY KEY,
    views BIGINT NOT NULL,
    imported BIGINT NOT NULL
);

-- The same by minute, hour and day (so many milliseconds wide), each for as long as a window reaches back.
CREATE TABLE view_buckets (
    width BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    article_id UUID NOT NULL,
    views BIGINT NOT NULL,
    PRIMARY KEY (width, starts_at, article_id)
);

-- When a reader last counted, for half an hour. Who that is, nobody can tell: both numbers are digests with the salt of the day, which is deleted.
CREATE TABLE view_readers (
    article_id UUID NOT NULL,
    address BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    PRIMARY KEY (article_id, address, agent)
);
CREATE INDEX view_readers_counted ON view_readers (counted_at);

-- Random, the same on all nodes. The day is its start in UTC.
CREATE TABLE view_salts (
    day BIGINT NOT NULL PRIMARY KEY,
    salt BYTEA NOT NULL
);
