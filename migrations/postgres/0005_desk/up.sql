-- What somebody writes and has not saved: one text for each person and article, beside the revisions. It takes no number and never goes live.
CREATE TABLE autosaves (
    article_id UUID NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- A user or an API key.
    user_id UUID NOT NULL,
    -- The article's version that it is based on.
    base_version BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    note TEXT COLLATE "C",
    slug TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    excerpt TEXT COLLATE "C" NOT NULL,
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('markdown', 'html')),
    source TEXT COLLATE "C" NOT NULL,
    -- No reference: what only an autosave names is not in use and may go.
    category_id UUID,
    refs TEXT COLLATE "C" NOT NULL,
    image TEXT COLLATE "C",
    seo TEXT COLLATE "C",
    custom TEXT COLLATE "C",
    PRIMARY KEY (article_id, user_id)
);
CREATE INDEX autosaves_user ON autosaves (user_id);

-- What lies in the trash, by how long.
CREATE INDEX articles_trashed ON articles (trashed_at, id) WHERE trashed_at IS NOT NULL;
-- Which revisions a publication names: those are kept.
CREATE INDEX publications_revision ON publications (article_id, revision);

-- Redirects that editors make by hand. None leads to a path that is redirected itself.
CREATE TABLE redirects (
    id UUID NOT NULL PRIMARY KEY,
    from_path TEXT COLLATE "C" NOT NULL,
    target TEXT NOT NULL,
    -- The path of the site that the target is, without what follows it.
    target_path TEXT COLLATE "C",
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX redirects_from ON redirects (from_path);
CREATE INDEX redirects_target ON redirects (target_path) WHERE target_path IS NOT NULL;
