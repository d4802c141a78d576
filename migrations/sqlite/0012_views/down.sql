DROP TABLE view_salts;
DROP TABLE view_readers;
DROP TABLE view_buckets;
DROP TABLE view_totals;
