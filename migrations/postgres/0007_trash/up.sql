-- When articles lay in the trash: what readers got then does not change when they are taken out of it. One that lies there now is there until 9223372036854775807.
CREATE TABLE trashings (
    article_id UUID NOT NULL REFERENCES articles (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (article_id, from_at)
);
INSERT INTO trashings (article_id, from_at, until_at)
    SELECT id, trashed_at, 9223372036854775807 FROM articles WHERE trashed_at IS NOT NULL;

-- What a release without a date holds is bound to the save that was approved, as publications are: added, or saved later by somebody who may publish.
ALTER TABLE release_entries ADD COLUMN follows_newest BOOLEAN;
UPDATE release_entries SET follows_newest = revision IS NULL;
UPDATE release_entries SET revision = (SELECT a.newest_revision FROM articles a WHERE a.id = release_entries.article_id) WHERE revision IS NULL;
ALTER TABLE release_entries ALTER COLUMN follows_newest SET NOT NULL;
ALTER TABLE release_entries ALTER COLUMN revision SET NOT NULL;
