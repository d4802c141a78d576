-- Instants are milliseconds since 1970 UTC. "No end" is 9223372036854775807. Ids are UUIDv7.

-- Counts the changes of names: of categories, tags and authors. Who keeps names in memory compares it.
CREATE TABLE names_version (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO names_version (id, version) VALUES (1, 1);

-- Random keys that all nodes share, such as the one that signs cursors.
CREATE TABLE secrets (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE categories (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    parent_id UUID REFERENCES categories (id),
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX categories_slug ON categories (slug);
CREATE INDEX categories_parent ON categories (parent_id);

-- Every category with itself (depth 0) and with each one above it.
CREATE TABLE category_ancestors (
    category_id UUID NOT NULL REFERENCES categories (id),
    ancestor_id UUID NOT NULL REFERENCES categories (id),
    depth BIGINT NOT NULL,
    PRIMARY KEY (category_id, ancestor_id)
);
CREATE INDEX category_ancestors_ancestor ON category_ancestors (ancestor_id, category_id);

-- The slugs that categories had: each leads on to the category that it is of.
CREATE TABLE category_slugs (
    slug TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    category_id UUID NOT NULL REFERENCES categories (id)
);
CREATE INDEX category_slugs_category ON category_slugs (category_id);

CREATE TABLE tags (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX tags_slug ON tags (slug);

CREATE TABLE authors (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    bio TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX authors_slug ON authors (slug);

-- One row an article, with what only a write changes.
CREATE TABLE articles (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('article', 'page')),
    locale TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by UUID NOT NULL,
    trashed_at BIGINT,
    version BIGINT NOT NULL,
    newest_revision BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    category_id UUID REFERENCES categories (id),
    title_folded TEXT COLLATE "C" NOT NULL,
    -- Until when nothing of it may be published, and why.
    embargo_until BIGINT,
    embargo_note TEXT COLLATE "C"
);
CREATE INDEX articles_embargo ON articles (embargo_until, id) WHERE embargo_until IS NOT NULL;
CREATE INDEX articles_category ON articles (category_id, saved_at DESC, id DESC);

-- What a card shows lies here, apart from bodies. Immutable, but for the ids that `reassign_to` rewrites.
CREATE TABLE revisions (
    article_id UUID NOT NULL REFERENCES articles (id),
    number BIGINT NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    excerpt TEXT COLLATE "C" NOT NULL,
    -- No reference: a category that only superseded saves name is not in use and may go.
    category_id UUID,
    -- {"further_categories": [id], "tags": [id], "authors": [id]} in the order given.
    refs TEXT COLLATE "C" NOT NULL,
    image TEXT COLLATE "C",
    seo TEXT COLLATE "C",
    custom TEXT COLLATE "C",
    word_count BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by UUID NOT NULL,
    -- The article's version as of this save.
    version BIGINT NOT NULL,
    -- What whoever saved it said about it.
    note TEXT COLLATE "C",
    -- The revision whose content was saved again.
    restored_from BIGINT,
    PRIMARY KEY (article_id, number)
);

CREATE TABLE revision_bodies (
    article_id UUID NOT NULL,
    number BIGINT NOT NULL,
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('markdown', 'html')),
    source TEXT COLLATE "C" NOT NULL,
    html TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    -- [{"code", "detail"}]: what the sanitiser took out.
    warnings TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (article_id, number),
    FOREIGN KEY (article_id, number) REFERENCES revisions (article_id, number)
);

-- The lists that a revision itself names; the ancestors of its categories are joined when it is published.
CREATE TABLE revision_keys (
    article_id UUID NOT NULL,
    number BIGINT NOT NULL,
    relation TEXT COLLATE "C" NOT NULL CHECK (relation IN ('category', 'tag', 'author')),
    target_id UUID NOT NULL,
    PRIMARY KEY (article_id, number, relation, target_id),
    FOREIGN KEY (article_id, number) REFERENCES revisions (article_id, number)
);
CREATE INDEX revision_keys_target ON revision_keys (relation, target_id, article_id, number);

CREATE TABLE publications (
    id UUID NOT NULL PRIMARY KEY,
    article_id UUID NOT NULL REFERENCES articles (id),
    revision BIGINT NOT NULL,
    follows_newest BOOLEAN NOT NULL,
    publish_at BIGINT NOT NULL,
    unpublish_at BIGINT NOT NULL,
    -- Set by trashing.
    cut_at BIGINT NOT NULL,
    -- The effective end: the earliest of its own end, the next start and the cut. Empty if not after publish_at.
    ends_at BIGINT NOT NULL,
    -- The date as given; null means that of the publication before.
    published_at_given BIGINT,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    minor BOOLEAN NOT NULL,
    withdrawn_reason TEXT COLLATE "C",
    time_zone TEXT COLLATE "C",
    publish_at_local TEXT COLLATE "C",
    unpublish_at_local TEXT COLLATE "C",
    version BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    -- The revision that it was planned to take the place of.
    base_revision BIGINT,
    -- "title,body": the fields in which what it will take the place of was changed since, and which it does not have so.
    undoes TEXT COLLATE "C" NOT NULL,
    -- Whether it may start within the article's embargo.
    overrides_embargo BOOLEAN NOT NULL,
    -- The release that it moves with.
    release_id UUID,
    FOREIGN KEY (article_id, revision) REFERENCES revisions (article_id, number)
);
CREATE UNIQUE INDEX publications_article_start ON publications (article_id, publish_at DESC);
CREATE INDEX publications_start ON publications (publish_at, id, article_id);
CREATE INDEX publications_end ON publications (ends_at, article_id, id);
CREATE INDEX publications_release ON publications (release_id, id) WHERE release_id IS NOT NULL;

-- One row for each list and unbroken stretch in which an article is on it under one date.
CREATE TABLE listings (
    list TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    article_id UUID NOT NULL REFERENCES articles (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX listings_order ON listings (list, first_at DESC, article_id DESC, from_at DESC) INCLUDE (until_at);
CREATE INDEX listings_article ON listings (article_id);

-- How many rows of listings with first_at in the bucket are live at the watermark. Levels: 0 all of the list, 1 month, 2 day, 3 quarter of an hour; the
-- bucket is its start in UTC. Only what tally_log has no more is counted.
CREATE TABLE tallies (
    level BIGINT NOT NULL,
    list TEXT COLLATE "C" NOT NULL,
    bucket BIGINT NOT NULL,
    live BIGINT NOT NULL,
    PRIMARY KEY (level, list, bucket)
);

-- The instant as of which tallies count: at first before all of them. The version counts the changes of tallies: who keeps something made of them
-- compares it.
CREATE TABLE tally_watermark (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO tally_watermark (id, at, version) VALUES (1, -9000000000000000000, 1);

-- Rows of listings put in (change 1) and taken out (-1) since they were last folded into tallies.
CREATE TABLE tally_log (
    list TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    change BIGINT NOT NULL
);

-- Where an article stands from when until when, if nothing of it is written any more; with what editors order their list by.
CREATE TABLE standings (
    article_id UUID NOT NULL REFERENCES articles (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('trashed', 'changed', 'live', 'scheduled', 'ended', 'draft')),
    kind TEXT COLLATE "C" NOT NULL,
    locale TEXT COLLATE "C" NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (article_id, from_at)
);
CREATE INDEX standings_saved ON standings (status, saved_at DESC, article_id DESC, from_at, until_at);
CREATE INDEX standings_created ON standings (status, created_at DESC, article_id DESC, from_at, until_at);
CREATE INDEX standings_own_saved ON standings (created_by, status, saved_at DESC, article_id DESC, from_at, until_at);
CREATE INDEX standings_own_created ON standings (created_by, status, created_at DESC, article_id DESC, from_at, until_at);
-- Pages are few beside articles, and so may be what is in one of the languages.
CREATE INDEX standings_pages_saved ON standings (status, saved_at DESC, article_id DESC, from_at, until_at) WHERE kind = 'page';
CREATE INDEX standings_pages_created ON standings (status, created_at DESC, article_id DESC, from_at, until_at) WHERE kind = 'page';
CREATE INDEX standings_locale_saved ON standings (locale, status, saved_at DESC, article_id DESC, from_at, until_at);
CREATE INDEX standings_locale_created ON standings (locale, status, created_at DESC, article_id DESC, from_at, until_at);

-- Which article holds a slug: by its newest save, or by a publication that is scheduled or has begun.
CREATE TABLE slugs (
    locale TEXT COLLATE "C" NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    article_id UUID NOT NULL REFERENCES articles (id),
    PRIMARY KEY (locale, slug)
);
CREATE INDEX slugs_article ON slugs (article_id);

-- Who did what, written as the last of the transaction of the change, numbered from 1 without a gap. Its latest instant is the floor of every clock.
-- `hash` is over that of the row before and this row, so that no row can be changed or taken out unnoticed. Rows are never deleted.
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    actor_id UUID,
    key_id UUID,
    address TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    target_kind TEXT COLLATE "C" NOT NULL,
    target_id UUID NOT NULL,
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    hash BYTEA NOT NULL
);
CREATE INDEX audit_at ON audit (at, id);
-- Users and keys alike.
CREATE INDEX audit_actor ON audit (coalesce(actor_id, key_id), at, id);
CREATE INDEX audit_action ON audit (action, at, id);
CREATE INDEX audit_target_kind ON audit (target_kind, at, id);
CREATE INDEX audit_target ON audit (target_id, at, id);

-- The last row of the audit log: without it, nobody would notice that the newest ones were taken out.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

-- The first answer to a POST with an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    body_hash BYTEA NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, operation, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
