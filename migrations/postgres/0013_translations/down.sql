DROP INDEX articles_translations;
ALTER TABLE articles DROP COLUMN translation_group;
