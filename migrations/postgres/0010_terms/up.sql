-- What articles carry besides categories: tags, and the authors whom readers see. In one table, since everything is done to both alike.
CREATE TABLE terms (
    id UUID NOT NULL PRIMARY KEY,
    relation TEXT COLLATE "C" NOT NULL CHECK (relation IN ('tag', 'author')),
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- What a tag is about; who an author is.
    description TEXT COLLATE "C" NOT NULL,
    -- {"url", "alt"}
    picture TEXT COLLATE "C",
    -- [{"label", "url"}]
    links TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX terms_slug ON terms (relation, slug);

-- The slugs that they had: each leads on to the one that it is of.
CREATE TABLE term_slugs (
    relation TEXT COLLATE "C" NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    term_id UUID NOT NULL REFERENCES terms (id),
    PRIMARY KEY (relation, slug)
);
CREATE INDEX term_slugs_term ON term_slugs (term_id);

INSERT INTO terms SELECT id, 'tag', slug, name, '', NULL, '[]', 1, 0, 0 FROM tags;
INSERT INTO terms SELECT id, 'author', slug, name, bio, NULL, '[]', 1, 0, 0 FROM authors;
DROP TABLE tags;
DROP TABLE authors;
