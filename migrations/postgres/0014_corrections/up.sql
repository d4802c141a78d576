-- What was corrected after it had been published: each from an instant on, until it was retracted. It belongs to the article and to no revision.
CREATE TABLE corrections (
    id UUID NOT NULL PRIMARY KEY,
    article_id UUID NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- That of the article, which never changes.
    locale TEXT COLLATE "C" NOT NULL,
    from_at BIGINT NOT NULL,
    -- "Not retracted" is 9223372036854775807.
    until_at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('correction', 'clarification', 'update')),
    format TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    html TEXT COLLATE "C" NOT NULL,
    time_zone TEXT COLLATE "C",
    -- The instant as it was given in that zone.
    at_local TEXT COLLATE "C",
    version BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX corrections_article ON corrections (article_id, from_at, id);
CREATE INDEX corrections_site ON corrections (locale, from_at, id);
