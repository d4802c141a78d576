-- The standings of what names a category, or what lies below it, or an author: by its newest save. Editors list by them.
CREATE TABLE named_standings (
    -- The category or the author.
    target_id BLOB NOT NULL,
    status TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (article_id, target_id, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX named_standings_saved ON named_standings (target_id, status, saved_at DESC, article_id DESC, from_at, until_at);
CREATE INDEX named_standings_created ON named_standings (target_id, status, created_at DESC, article_id DESC, from_at, until_at);
INSERT INTO named_standings (target_id, status, saved_at, created_at, article_id, from_at, until_at)
    SELECT DISTINCT COALESCE(d.ancestor_id, k.target_id), s.status, s.saved_at, s.created_at, s.article_id, s.from_at, s.until_at
    FROM articles a JOIN revision_keys k ON k.article_id = a.id AND k.number = a.newest_revision AND k.relation IN ('category', 'author')
    JOIN standings s ON s.article_id = a.id LEFT JOIN category_ancestors d ON k.relation = 'category' AND d.category_id = k.target_id;

-- Every three characters of each article's folded title, by which a part of it is found.
CREATE TABLE title_grams (
    gram TEXT NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id),
    PRIMARY KEY (gram, article_id)
) STRICT, WITHOUT ROWID;
WITH RECURSIVE places (place, last) AS (
    SELECT 1, max(length(title_folded)) - 2 FROM articles UNION ALL SELECT place + 1, last FROM places WHERE place < last
)
INSERT INTO title_grams (gram, article_id)
    SELECT DISTINCT substr(a.title_folded, p.place, 3), a.id FROM articles a JOIN places p ON p.place <= length(a.title_folded) - 2;
