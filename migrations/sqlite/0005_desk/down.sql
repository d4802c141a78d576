DROP TABLE redirects;
DROP INDEX publications_revision;
DROP INDEX articles_trashed;
DROP TABLE autosaves;
