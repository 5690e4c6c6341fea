-- Indexes: CREATE, ALTER, DROP, REINDEX, CLUSTER, ANALYZE, REFRESH in a transaction.
CREATE SCHEMA inv;
CREATE FUNCTION inv.norm(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select upper($1)';
CREATE TABLE inv.bin (id int PRIMARY KEY, label text, shelf int, CONSTRAINT bin_label UNIQUE (label));
CREATE INDEX bin_shelf ON inv.bin (shelf);
CREATE INDEX bin_norm ON inv.bin (inv.norm(label));
CREATE TABLE inv.item (id int PRIMARY KEY, bin int REFERENCES inv.bin, note text);
CREATE TABLE inv.move (id int, at date, item int) PARTITION BY RANGE (at);
CREATE TABLE inv.move_a PARTITION OF inv.move FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE inv.move_b PARTITION OF inv.move FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (item);
CREATE TABLE inv.move_b1 PARTITION OF inv.move_b FOR VALUES IN (1);
CREATE TABLE inv.move_b2 PARTITION OF inv.move_b DEFAULT;
CREATE INDEX move_at ON inv.move (at);
CREATE INDEX move_only ON ONLY inv.move (item);
CREATE INDEX move_a_item ON inv.move_a (item);
CREATE INDEX move_b1_id ON inv.move_b1 (id);
CREATE MATERIALIZED VIEW inv.totals AS SELECT bin, count(*) AS n FROM inv.item GROUP BY bin;
CREATE UNIQUE INDEX totals_bin ON inv.totals (bin);
INSERT INTO inv.bin SELECT g, 'b' || g, g FROM generate_series(1, 30) g;
INSERT INTO inv.move SELECT g, date '2020-01-01' + g * 10, g % 2 + 1 FROM generate_series(1, 60) g;

-- case: create-index
-- target:
CREATE INDEX ON inv.bin (label, shelf);
-- case: create-index-covering
-- target:
CREATE UNIQUE INDEX bin_cover ON inv.bin (shelf) INCLUDE (label);
-- case: create-index-exists
-- target:
CREATE INDEX bin_shelf ON inv.bin (shelf);
-- case: create-index-if-not-exists
-- target:
CREATE INDEX IF NOT EXISTS bin_shelf ON inv.bin (shelf);
-- case: create-index-missing-table
-- target:
CREATE INDEX ON inv.nothing (id);
-- case: create-index-missing-column
-- target:
CREATE INDEX ON inv.bin (nothing);
-- case: create-index-on-view
CREATE VIEW inv.v AS SELECT * FROM inv.bin;
-- target:
CREATE INDEX ON inv.v (id);
-- case: create-index-partitioned
-- target:
CREATE INDEX ON inv.move (id);
-- case: create-index-partitioned-only
-- target:
CREATE INDEX ON ONLY inv.move (id);
-- case: create-index-partitioned-item
-- target:
CREATE INDEX ON inv.move (item);
-- case: create-index-sub-partitioned
-- target:
CREATE INDEX ON inv.move_b (id, item);
-- case: create-index-matview
-- target:
CREATE INDEX ON inv.totals (n);
-- case: create-index-concurrently-in-block
-- target:
CREATE INDEX CONCURRENTLY ON inv.bin (shelf);
-- case: drop-index
-- target:
DROP INDEX inv.bin_shelf;
-- case: drop-index-two
-- target:
DROP INDEX inv.bin_shelf, inv.bin_norm;
-- case: drop-index-if-exists
-- target:
DROP INDEX IF EXISTS inv.nothing;
-- case: drop-index-missing
-- target:
DROP INDEX inv.nothing;
-- case: drop-index-of-constraint
-- target:
DROP INDEX inv.bin_label;
-- case: drop-index-partitioned
-- target:
DROP INDEX inv.move_at;
-- case: drop-index-partition
-- target:
DROP INDEX inv.move_a_at_idx;
-- case: drop-index-is-table
-- target:
DROP INDEX inv.bin;
-- case: rename-index
-- target:
ALTER INDEX inv.bin_shelf RENAME TO bin_s2;
-- case: rename-index-constraint
-- target:
ALTER INDEX inv.bin_label RENAME TO bin_l2;
-- case: rename-index-taken
-- target:
ALTER INDEX inv.bin_label RENAME TO bin_shelf;
-- case: rename-index-missing-if-exists
-- target:
ALTER INDEX IF EXISTS inv.nothing RENAME TO x;
-- case: rename-table-by-alter-index
-- target:
ALTER INDEX inv.bin RENAME TO bin2;
-- case: rename-index-by-alter-table
-- target:
ALTER TABLE inv.bin_shelf RENAME TO bin_s2;
-- case: alter-index-fillfactor
-- target:
ALTER INDEX inv.bin_shelf SET (fillfactor = 70);
-- case: alter-index-reset
-- target:
ALTER INDEX inv.bin_shelf RESET (fillfactor);
-- case: alter-index-statistics
-- target:
ALTER INDEX inv.bin_norm ALTER COLUMN 1 SET STATISTICS 100;
-- case: alter-index-attach
-- target:
ALTER INDEX inv.move_only ATTACH PARTITION inv.move_a_item;
-- case: alter-index-attach-again
ALTER INDEX inv.move_only ATTACH PARTITION inv.move_a_item;
-- target:
ALTER INDEX inv.move_only ATTACH PARTITION inv.move_a_item;
-- case: alter-index-tablespace-same
-- target:
ALTER INDEX inv.bin_shelf SET TABLESPACE pg_default;
-- case: reindex-index
-- target:
REINDEX INDEX inv.bin_shelf;
-- case: reindex-table
-- target:
REINDEX TABLE inv.bin;
-- case: reindex-table-without-index
CREATE TABLE inv.bare (a int);
-- target:
REINDEX TABLE inv.bare;
-- case: reindex-matview
-- target:
REINDEX TABLE inv.totals;
-- case: reindex-partitioned-in-block
-- target:
REINDEX TABLE inv.move;
-- case: reindex-schema-in-block
-- target:
REINDEX SCHEMA inv;
-- case: cluster
-- target:
CLUSTER inv.bin USING bin_shelf;
-- case: cluster-not-remembered
-- target:
CLUSTER inv.bin;
-- case: cluster-remembered
ALTER TABLE inv.bin CLUSTER ON bin_label;
-- target:
CLUSTER inv.bin;
-- case: cluster-partitioned
-- target:
CLUSTER inv.move USING move_at;
-- case: analyze
-- target:
ANALYZE inv.bin;
-- case: analyze-partitioned
-- target:
ANALYZE inv.move;
-- case: analyze-partition
-- target:
ANALYZE inv.move_a;
-- case: analyze-inherited
CREATE TABLE inv.p (a int); CREATE TABLE inv.c () INHERITS (inv.p); INSERT INTO inv.c SELECT generate_series(1, 9);
-- target:
ANALYZE inv.p;
-- case: analyze-view
CREATE VIEW inv.v AS SELECT * FROM inv.bin;
-- target:
ANALYZE inv.v;
-- case: vacuum-full-parallel
-- target:
VACUUM (FULL, PARALLEL 2) inv.bin;
-- case: vacuum-columns
-- target:
VACUUM inv.bin (id);
-- case: vacuum-in-block
-- target:
VACUUM inv.bin;
-- case: refresh
-- target:
REFRESH MATERIALIZED VIEW inv.totals;
-- case: refresh-concurrently
-- target:
REFRESH MATERIALIZED VIEW CONCURRENTLY inv.totals;
-- case: refresh-no-data
-- target:
REFRESH MATERIALIZED VIEW inv.totals WITH NO DATA;
-- case: refresh-concurrently-no-unique
DROP INDEX inv.totals_bin;
-- target:
REFRESH MATERIALIZED VIEW CONCURRENTLY inv.totals;
-- case: refresh-table
-- target:
REFRESH MATERIALIZED VIEW inv.bin;
