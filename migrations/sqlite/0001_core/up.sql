-- Instants are milliseconds since 1970 UTC. "No end" is 9223372036854775807. Ids are UUIDv7 in 16 bytes.

-- Counts the changes of names: of categories, tags and authors. Who keeps names in memory compares it.
CREATE TABLE names_version (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO names_version (id, version) VALUES (1, 1);

-- Random keys that all nodes share, such as the one that signs cursors.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE categories (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    parent_id BLOB REFERENCES categories (id),
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX categories_slug ON categories (slug);
CREATE INDEX categories_parent ON categories (parent_id);

-- Every category with itself (depth 0) and with each one above it.
CREATE TABLE category_ancestors (
    category_id BLOB NOT NULL REFERENCES categories (id),
    ancestor_id BLOB NOT NULL REFERENCES categories (id),
    depth INTEGER NOT NULL,
    PRIMARY KEY (category_id, ancestor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX category_ancestors_ancestor ON category_ancestors (ancestor_id, category_id);

-- The slugs that categories had: each leads on to the category that it is of.
CREATE TABLE category_slugs (
    slug TEXT NOT NULL PRIMARY KEY,
    category_id BLOB NOT NULL REFERENCES categories (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX category_slugs_category ON category_slugs (category_id);

CREATE TABLE tags (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tags_slug ON tags (slug);

CREATE TABLE authors (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    bio TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX authors_slug ON authors (slug);

-- One row an article, with what only a write changes.
CREATE TABLE articles (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('article', 'page')),
    locale TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    trashed_at INTEGER,
    version INTEGER NOT NULL,
    newest_revision INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    category_id BLOB REFERENCES categories (id),
    title_folded TEXT NOT NULL,
    -- Until when nothing of it may be published, and why.
    embargo_until INTEGER,
    embargo_note TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX articles_embargo ON articles (embargo_until, id) WHERE embargo_until IS NOT NULL;
CREATE INDEX articles_category ON articles (category_id, saved_at DESC, id DESC);

-- What a card shows lies here, apart from bodies. Immutable, but for the ids that `reassign_to` rewrites.
CREATE TABLE revisions (
    article_id BLOB NOT NULL REFERENCES articles (id),
    number INTEGER NOT NULL,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    -- No reference: a category that only superseded saves name is not in use and may go.
    category_id BLOB,
    -- {"further_categories": [id], "tags": [id], "authors": [id]} in the order given.
    refs TEXT NOT NULL,
    image TEXT,
    seo TEXT,
    custom TEXT,
    word_count INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    saved_by BLOB NOT NULL,
    -- The article's version as of this save.
    version INTEGER NOT NULL,
    -- What whoever saved it said about it.
    note TEXT,
    -- The revision whose content was saved again.
    restored_from INTEGER,
    PRIMARY KEY (article_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision_bodies (
    article_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('markdown', 'html')),
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    text TEXT NOT NULL,
    -- [{"code", "detail"}]: what the sanitiser took out.
    warnings TEXT NOT NULL,
    PRIMARY KEY (article_id, number),
    FOREIGN KEY (article_id, number) REFERENCES revisions (article_id, number)
) STRICT;

-- The lists that a revision itself names; the ancestors of its categories are joined when it is published.
CREATE TABLE revision_keys (
    article_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    relation TEXT NOT NULL CHECK (relation IN ('category', 'tag', 'author')),
    target_id BLOB NOT NULL,
    PRIMARY KEY (article_id, number, relation, target_id),
    FOREIGN KEY (article_id, number) REFERENCES revisions (article_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_keys_target ON revision_keys (relation, target_id, article_id, number);

CREATE TABLE publications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    article_id BLOB NOT NULL REFERENCES articles (id),
    revision INTEGER NOT NULL,
    follows_newest INTEGER NOT NULL CHECK (follows_newest IN (0, 1)),
    publish_at INTEGER NOT NULL,
    unpublish_at INTEGER NOT NULL,
    -- Set by trashing.
    cut_at INTEGER NOT NULL,
    -- The effective end: the earliest of its own end, the next start and the cut. Empty if not after publish_at.
    ends_at INTEGER NOT NULL,
    -- The date as given; null means that of the publication before.
    published_at_given INTEGER,
    published_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    minor INTEGER NOT NULL CHECK (minor IN (0, 1)),
    withdrawn_reason TEXT,
    time_zone TEXT,
    publish_at_local TEXT,
    unpublish_at_local TEXT,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- The revision that it was planned to take the place of.
    base_revision INTEGER,
    -- "title,body": the fields in which what it will take the place of was changed since, and which it does not have so.
    undoes TEXT NOT NULL,
    -- Whether it may start within the article's embargo.
    overrides_embargo INTEGER NOT NULL CHECK (overrides_embargo IN (0, 1)),
    -- The release that it moves with.
    release_id BLOB,
    FOREIGN KEY (article_id, revision) REFERENCES revisions (article_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX publications_article_start ON publications (article_id, publish_at DESC);
CREATE INDEX publications_start ON publications (publish_at, id, article_id);
CREATE INDEX publications_end ON publications (ends_at, article_id, id);
CREATE INDEX publications_release ON publications (release_id, id) WHERE release_id IS NOT NULL;

-- One row for each list and unbroken stretch in which an article is on it under one date.
CREATE TABLE listings (
    list TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (list, first_at DESC, article_id DESC, from_at DESC)
) STRICT, WITHOUT ROWID;
CREATE INDEX listings_article ON listings (article_id);

-- How many rows of listings with first_at in the bucket are live at the watermark. Levels: 0 all of the list, 1 month, 2 day, 3 quarter of an hour; the
-- bucket is its start in UTC. Only what tally_log has no more is counted.
CREATE TABLE tallies (
    level INTEGER NOT NULL,
    list TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    live INTEGER NOT NULL,
    PRIMARY KEY (level, list, bucket)
) STRICT, WITHOUT ROWID;

-- The instant as of which tallies count: at first before all of them. The version counts the changes of tallies: who keeps something made of them
-- compares it.
CREATE TABLE tally_watermark (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
INSERT INTO tally_watermark (id, at, version) VALUES (1, -9000000000000000000, 1);

-- Rows of listings put in (change 1) and taken out (-1) since they were last folded into tallies.
CREATE TABLE tally_log (
    list TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    change INTEGER NOT NULL
) STRICT;

-- Where an article stands from when until when, if nothing of it is written any more; with what editors order their list by.
CREATE TABLE standings (
    article_id BLOB NOT NULL REFERENCES articles (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('trashed', 'changed', 'live', 'scheduled', 'ended', 'draft')),
    kind TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (article_id, from_at)
) STRICT, WITHOUT ROWID;
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
    locale TEXT NOT NULL,
    slug TEXT NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id),
    PRIMARY KEY (locale, slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX slugs_article ON slugs (article_id);

-- Who did what, written as the last of the transaction of the change, numbered from 1 without a gap. Its latest instant is the floor of every clock.
-- `hash` is over that of the row before and this row, so that no row can be changed or taken out unnoticed. Rows are never deleted.
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    actor_id BLOB,
    key_id BLOB,
    address TEXT,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id BLOB NOT NULL,
    before TEXT,
    after TEXT,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at, id);
-- Users and keys alike.
CREATE INDEX audit_actor ON audit (coalesce(actor_id, key_id), at, id);
CREATE INDEX audit_action ON audit (action, at, id);
CREATE INDEX audit_target_kind ON audit (target_kind, at, id);
CREATE INDEX audit_target ON audit (target_id, at, id);

-- The last row of the audit log: without it, nobody would notice that the newest ones were taken out.
CREATE TABLE audit_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, x'0000000000000000000000000000000000000000000000000000000000000000');

-- The first answer to a POST with an Idempotency-Key, for 24 hours.
CREATE TABLE idempotency_keys (
    user_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, operation, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
