-- Articles that are translations of each other have the same group: the id of the one that was there first.
ALTER TABLE articles ADD COLUMN translation_group BLOB;
CREATE UNIQUE INDEX articles_translations ON articles (translation_group, locale) WHERE translation_group IS NOT NULL;
