-- How often each article was read: as it is counted here, and as it was counted elsewhere before.
CREATE TABLE view_totals (
    article_id BLOB NOT NULL PRIMARY KEY CHECK (length(article_id) = 16),
    views INTEGER NOT NULL,
    imported INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The same by minute, hour and day (so many milliseconds wide), each for as long as a window reaches back.
CREATE TABLE view_buckets (
    width INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    article_id BLOB NOT NULL CHECK (length(article_id) = 16),
    views INTEGER NOT NULL,
    PRIMARY KEY (width, starts_at, article_id)
) STRICT, WITHOUT ROWID;

-- When a reader last counted, for half an hour. Who that is, nobody can tell: both numbers are digests with the salt of the day, which is deleted.
CREATE TABLE view_readers (
    article_id BLOB NOT NULL CHECK (length(article_id) = 16),
    address INTEGER NOT NULL,
    agent INTEGER NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (article_id, address, agent)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_readers_counted ON view_readers (counted_at);

-- Random, the same on all nodes. The day is its start in UTC.
CREATE TABLE view_salts (
    day INTEGER NOT NULL PRIMARY KEY,
    salt BLOB NOT NULL
) STRICT;
