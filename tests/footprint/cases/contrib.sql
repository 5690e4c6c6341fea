-- What PostgreSQL's contrib modules' own scripts taught: functions that run queries given as texts, foreign tables, ON COMMIT DROP.
CREATE TABLE t (id int, k text, v text);
CREATE TABLE x (a int);
CREATE TABLE p (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200);
CREATE TABLE q (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE q1 PARTITION OF q FOR VALUES FROM (0) TO (100);
CREATE TABLE q2 PARTITION OF q FOR VALUES FROM (100) TO (200);

-- case: crosstab-reads
CREATE EXTENSION tablefunc;
-- target:
SELECT * FROM crosstab('SELECT id, k, v FROM t ORDER BY 1, 2', 'SELECT DISTINCT a::text FROM x ORDER BY 1') AS c (id int, one text);

-- case: crosstab-in-a-view-reads-nothing-yet
CREATE EXTENSION tablefunc;
-- target:
CREATE VIEW wide AS SELECT * FROM crosstab('SELECT id, k, v FROM t ORDER BY 1, 2') AS c (id int, one text);

-- case: connectby-reads
CREATE EXTENSION tablefunc;
-- target:
SELECT * FROM connectby('t', 'k', 'v', 'a', 0) AS c (k text, v text, level int);

-- case: dblink-builds-a-statement
CREATE EXTENSION dblink;
ALTER TABLE t ADD PRIMARY KEY (id);
INSERT INTO t VALUES (1, 'a', 'b');
-- target:
SELECT dblink_build_sql_update('t', '1', 1, '{"1"}', '{"2"}');

-- case: foreign-table-is-analysed
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE f (line text) SERVER files OPTIONS (filename '/etc/passwd');
-- target:
ANALYZE f;

-- case: required-extension-is-missing
-- target:
CREATE EXTENSION earthdistance;

-- case: on-commit-drop
BEGIN;
CREATE TEMP TABLE x (a int) ON COMMIT DROP;
CREATE TEMP TABLE y ON COMMIT DROP AS SELECT 1 AS a;
COMMIT;
-- target:
ALTER TABLE x ADD COLUMN b int;

-- case: full-join-using-is-not-pruned
-- target:
SELECT a FROM p FULL JOIN q USING (a) WHERE a > 150;

-- case: right-join-using-is-pruned-on-the-right
-- target:
SELECT a FROM p RIGHT JOIN q USING (a) WHERE a > 150;

-- case: left-join-using-is-pruned-on-the-left
-- target:
SELECT a FROM p LEFT JOIN q USING (a) WHERE a > 150;

-- case: row-type-in-use-takes-a-null-column
CREATE TABLE holder (h t);
-- target:
ALTER TABLE t ADD COLUMN w text DEFAULT NULL;

-- case: view-column-gets-another-length
CREATE VIEW w AS SELECT a, 1.5::numeric(10,1) AS n FROM x;
-- target:
CREATE OR REPLACE VIEW w AS SELECT a, 1.5::numeric(10,2) AS n FROM x;

-- case: view-column-keeps-its-length
CREATE VIEW w AS SELECT a, 1.5::numeric(10,1) AS n FROM x;
-- target:
CREATE OR REPLACE VIEW w AS SELECT a, (SELECT 2.5::numeric(10,1)) AS n, a + 1 AS b FROM x;

-- case: unlogged-partitioned-table
-- target:
CREATE UNLOGGED TABLE u (a int) PARTITION BY RANGE (a);

-- case: extension-is-updated
CREATE EXTENSION hstore;
CREATE TABLE h (h hstore);
-- target:
ALTER EXTENSION hstore UPDATE;

-- case: comment-on-a-partition's-key-is-not-written-again
CREATE TABLE hp (id int, n varchar(64), UNIQUE (id, n)) PARTITION BY HASH (id);
CREATE TABLE hp0 PARTITION OF hp FOR VALUES WITH (MODULUS 1, REMAINDER 0);
COMMENT ON CONSTRAINT hp0_id_n_key ON hp0 IS 'of the partition';
-- target:
ALTER TABLE hp ALTER COLUMN n TYPE varchar(128);

-- case: comment-on-the-parent's-key-is-written-again
CREATE TABLE hp (id int, n varchar(64), UNIQUE (id, n)) PARTITION BY HASH (id);
CREATE TABLE hp0 PARTITION OF hp FOR VALUES WITH (MODULUS 1, REMAINDER 0);
COMMENT ON CONSTRAINT hp_id_n_key ON hp IS 'of the parent';
-- target:
ALTER TABLE hp ALTER COLUMN n TYPE varchar(128);

-- case: foreign-table-like-a-table-with-identity (versions: 18)
CREATE TABLE i (id int GENERATED ALWAYS AS IDENTITY, v text);
CREATE FOREIGN DATA WRAPPER none;
CREATE SERVER nothing FOREIGN DATA WRAPPER none;
-- target:
CREATE FOREIGN TABLE f (LIKE i INCLUDING ALL) SERVER nothing;
