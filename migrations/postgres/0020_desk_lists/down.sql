DROP TABLE title_grams;
DROP TABLE named_standings;
