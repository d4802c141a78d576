DROP TABLE curated_editions;
DROP TABLE curated_lists;
