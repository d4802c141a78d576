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
INSERT INTO tags SELECT id, slug, name FROM terms WHERE relation = 'tag';
INSERT INTO authors SELECT id, slug, name, description FROM terms WHERE relation = 'author';
DROP TABLE term_slugs;
DROP TABLE terms;
