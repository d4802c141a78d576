-- What articles carry besides categories: tags, and the authors whom readers see. In one table, since everything is done to both alike.
CREATE TABLE terms (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    relation TEXT NOT NULL CHECK (relation IN ('tag', 'author')),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    -- What a tag is about; who an author is.
    description TEXT NOT NULL,
    -- {"url", "alt"}
    picture TEXT,
    -- [{"label", "url"}]
    links TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX terms_slug ON terms (relation, slug);

-- The slugs that they had: each leads on to the one that it is of.
CREATE TABLE term_slugs (
    relation TEXT NOT NULL,
    slug TEXT NOT NULL,
    term_id BLOB NOT NULL REFERENCES terms (id),
    PRIMARY KEY (relation, slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX term_slugs_term ON term_slugs (term_id);

INSERT INTO terms SELECT id, 'tag', slug, name, '', NULL, '[]', 1, 0, 0 FROM tags;
INSERT INTO terms SELECT id, 'author', slug, name, bio, NULL, '[]', 1, 0, 0 FROM authors;
DROP TABLE tags;
DROP TABLE authors;
