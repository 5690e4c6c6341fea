CREATE SCHEMA r;
CREATE TABLE r.pk (id int PRIMARY KEY);
CREATE TABLE r.pt (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE r.pt1 PARTITION OF r.pt FOR VALUES FROM (0) TO (10);
CREATE TABLE r.f (a int REFERENCES r.pk, k int) PARTITION BY LIST (k);
CREATE TABLE r.g (a int REFERENCES r.pt, k int) PARTITION BY LIST (k);
CREATE TABLE r.h (a int, k int) PARTITION BY LIST (k);
CREATE TABLE r.h1 PARTITION OF r.h FOR VALUES IN (1);
CREATE TABLE r.h2 PARTITION OF r.h FOR VALUES IN (2) PARTITION BY LIST (a);
CREATE TABLE r.h21 PARTITION OF r.h2 FOR VALUES IN (2);
CREATE TABLE r.e (a int, b int) PARTITION BY RANGE (a, abs(b));
CREATE TABLE r.e1 PARTITION OF r.e FOR VALUES FROM (0, 0) TO (10, 10);
CREATE TABLE r.e2 PARTITION OF r.e FOR VALUES FROM (10, 10) TO (20, 20);
CREATE TABLE r.ed PARTITION OF r.e DEFAULT;
CREATE TABLE r.base (b int NOT NULL);
CREATE TABLE r.i (id int GENERATED ALWAYS AS IDENTITY, v text);
CREATE TABLE r.t (id int PRIMARY KEY, v text);
CREATE VIEW r.v AS SELECT id, v FROM r.t;
CREATE RULE v_ins AS ON INSERT TO r.v DO INSTEAD INSERT INTO r.i (v) VALUES (new.v);
CREATE RULE v_del AS ON DELETE TO r.v DO INSTEAD DELETE FROM r.i WHERE v = old.v;
CREATE FUNCTION r.runs(text) RETURNS TABLE (n int) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE format('SELECT 1 FROM %s', $1); FOR n IN EXECUTE format('SELECT id FROM %s', $1) LOOP RETURN NEXT; END LOOP; END $$;
CREATE TABLE r.inc (a int, b int, c int, UNIQUE (a) INCLUDE (c));

-- case: attach-partition-with-its-own-key
CREATE TABLE r.f1 (a int REFERENCES r.pk, k int);
-- target:
ALTER TABLE r.f ATTACH PARTITION r.f1 FOR VALUES IN (1)

-- case: attach-partition-with-its-own-key-to-partitioned
CREATE TABLE r.g1 (a int REFERENCES r.pt, k int);
-- target:
ALTER TABLE r.g ATTACH PARTITION r.g1 FOR VALUES IN (1)

-- case: add-key-that-partitions-have
ALTER TABLE r.h1 ADD FOREIGN KEY (a) REFERENCES r.pk;
ALTER TABLE r.h2 ADD FOREIGN KEY (a) REFERENCES r.pk;
-- target:
ALTER TABLE r.h ADD FOREIGN KEY (a) REFERENCES r.pk

-- case: add-key-to-partitioned-that-a-partition-has
ALTER TABLE r.h1 ADD FOREIGN KEY (a) REFERENCES r.pt;
-- target:
ALTER TABLE r.h ADD FOREIGN KEY (a) REFERENCES r.pt

-- case: key-over-inherited-column
-- target:
CREATE TABLE r.c1 (x int, PRIMARY KEY (b)) INHERITS (r.base)

-- case: bound-overlaps
-- target:
CREATE TABLE r.e3 PARTITION OF r.e FOR VALUES FROM (5, 5) TO (7, 7)

-- case: bound-empty
-- target:
CREATE TABLE r.e3 PARTITION OF r.e FOR VALUES FROM (30, 5) TO (30, 5)

-- case: bound-after-minvalue
-- target:
CREATE TABLE r.e3 PARTITION OF r.e FOR VALUES FROM (MINVALUE, 5) TO (0, 0)

-- case: prune-by-expression
-- target:
SELECT * FROM r.e WHERE a = 5 AND abs(b) = 3

-- case: prune-partial-key-keeps-default
-- target:
SELECT * FROM r.e WHERE a = 5

-- case: route-by-expression
-- target:
INSERT INTO r.e VALUES (12, -15)

-- case: insert-into-view-with-rule
-- target:
INSERT INTO r.v VALUES (1, 'x')

-- case: delete-from-view-with-rule
-- target:
DELETE FROM r.v WHERE id = 1

-- case: identity-overriding-user
-- target:
INSERT INTO r.i (id, v) OVERRIDING USER VALUE VALUES (7, 'x')

-- case: identity-update-default
INSERT INTO r.i (v) VALUES ('a');
-- target:
UPDATE r.i SET id = DEFAULT

-- case: identity-type
-- target:
ALTER TABLE r.i ALTER COLUMN id TYPE bigint

-- case: include-column-of-a-key
-- target:
ALTER TABLE r.inc DROP COLUMN c

-- case: function-executes-its-argument
-- target:
SELECT * FROM r.runs('r.t')

-- case: partition-tree
-- target:
SELECT count(*) FROM pg_partition_tree('r.h')

-- case: default-with-subquery
-- target:
CREATE TABLE r.n1 (a int DEFAULT (SELECT 1))

-- case: generated-from-generated
-- target:
CREATE TABLE r.n2 (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int GENERATED ALWAYS AS (b * 2) STORED)

-- case: identity-of-text
-- target:
CREATE TABLE r.n3 (a text GENERATED ALWAYS AS IDENTITY)

-- case: index-not-immutable
-- target:
CREATE INDEX ON r.t ((v || now()::text))

-- case: hash-unique
-- target:
CREATE UNIQUE INDEX ON r.t USING hash (id)

-- case: key-types-do-not-compare
-- target:
CREATE TABLE r.n4 (a numeric REFERENCES r.pk)

-- case: temporary-in-schema
-- target:
CREATE TEMP TABLE r.n5 (a int)
