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
INSERT INTO tags SELECT id, slug, name FROM terms WHERE relation = 'tag';
INSERT INTO authors SELECT id, slug, name, description FROM terms WHERE relation = 'author';
DROP TABLE term_slugs;
DROP TABLE terms;
