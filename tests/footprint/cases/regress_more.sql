-- What PostgreSQL's own regression scripts brought up: clauses of columns, pruning below defaults, NOT NULL constraints, read-only transactions.
CREATE TABLE gen (a int PRIMARY KEY, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE plain (a int, b int);
CREATE TABLE one (f text COLLATE "C", n int DEFAULT 1); CREATE TABLE two (f text COLLATE "C", n int DEFAULT 2);
CREATE TABLE checked (a int, CONSTRAINT positive CHECK (a > 0)); CREATE TABLE checked_child () INHERITS (checked);
CREATE TYPE pair AS (x int, y int);
CREATE TABLE part (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (20) PARTITION BY RANGE (a);
CREATE TABLE part_low_1 PARTITION OF part_low FOR VALUES FROM (0) TO (10);
CREATE TABLE part_low_d PARTITION OF part_low DEFAULT;
CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (20) TO (40) PARTITION BY LIST (b);
CREATE TABLE part_high_1 PARTITION OF part_high FOR VALUES IN (1);
CREATE TABLE part_high_d PARTITION OF part_high DEFAULT;
CREATE TABLE spans (r int4range) PARTITION BY LIST (r);
CREATE TABLE spans_1 PARTITION OF spans FOR VALUES IN ('[1,2)', '[2,3)'); CREATE TABLE spans_2 PARTITION OF spans FOR VALUES IN ('[3,4)');
CREATE TABLE arrays (v int[]) PARTITION BY LIST (v);
CREATE TABLE arrays_1 PARTITION OF arrays FOR VALUES IN ('{1}'); CREATE TABLE arrays_2 PARTITION OF arrays FOR VALUES IN ('{2,3}');
CREATE TABLE flags (f bool) PARTITION BY LIST ((NOT f));
CREATE TABLE flags_t PARTITION OF flags FOR VALUES IN (true); CREATE TABLE flags_f PARTITION OF flags FOR VALUES IN (false);
CREATE TABLE pairs (a int, b int) PARTITION BY RANGE (a, abs(b));
CREATE TABLE pairs_1 PARTITION OF pairs FOR VALUES FROM (1, 1) TO (1, 10); CREATE TABLE pairs_2 PARTITION OF pairs FOR VALUES FROM (1, 10) TO (10, 5);
CREATE TABLE pairs_3 PARTITION OF pairs FOR VALUES FROM (10, 5) TO (20, 5);
CREATE TABLE person (name text); CREATE TABLE hobby (person text, what text); CREATE TABLE tool (what text, tool text);
CREATE FUNCTION hobbies(person) RETURNS SETOF hobby LANGUAGE sql AS 'SELECT * FROM hobby WHERE person = $1.name';
CREATE FUNCTION tools(hobby) RETURNS SETOF tool LANGUAGE sql AS 'SELECT * FROM tool WHERE what = $1.what';
CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree) PARTITION BY RANGE (id);
CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (0) TO (10); CREATE TABLE tree_2 PARTITION OF tree FOR VALUES FROM (10) TO (20);
CREATE TABLE keyed (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE keyed_1 PARTITION OF keyed FOR VALUES FROM (0) TO (10);
CREATE TABLE refs (c int, a int REFERENCES keyed) PARTITION BY RANGE (c); CREATE TABLE refs_1 PARTITION OF refs FOR VALUES FROM (0) TO (10);
CREATE TABLE up (a int); CREATE TABLE mid () INHERITS (up); CREATE TABLE low () INHERITS (mid);
-- case: generated-child-default
-- target:
CREATE TABLE bad (b int DEFAULT 10) INHERITS (gen)
-- case: generated-child-of-plain
-- target:
CREATE TABLE bad (b int GENERATED ALWAYS AS (a + 1) STORED) INHERITS (plain)
-- case: generated-conflict
-- target:
CREATE TABLE bad () INHERITS (plain, gen)
-- case: conflicting-defaults
-- target:
CREATE TABLE bad () INHERITS (one, two)
-- case: conflicting-defaults-own
-- target:
CREATE TABLE good (n int DEFAULT 3) INHERITS (one, two)
-- case: like-and-inherits
-- target:
CREATE TABLE good (LIKE plain, c int) INHERITS (plain)
-- case: typed-identity
-- target:
CREATE TABLE bad OF pair (x WITH OPTIONS GENERATED ALWAYS AS IDENTITY)
-- case: typed-twice
-- target:
CREATE TABLE bad OF pair (x WITH OPTIONS NOT NULL, x WITH OPTIONS DEFAULT 1)
-- case: null-and-not-null
-- target:
CREATE TABLE bad (id int GENERATED ALWAYS AS IDENTITY NULL)
-- case: deferrable-twice
-- target:
CREATE TABLE bad (id int UNIQUE DEFERRABLE NOT DEFERRABLE)
-- case: child-adds-inherited-check
-- target:
ALTER TABLE checked_child ADD CONSTRAINT positive CHECK (a > 0)
-- case: like-foreign
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
-- target:
CREATE FOREIGN TABLE ft (LIKE gen INCLUDING ALL) SERVER s
-- case: virtual-user-function (versions: 18)
CREATE FUNCTION twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
-- target:
CREATE TABLE bad (a int, b int GENERATED ALWAYS AS (twice(a)) VIRTUAL)
-- case: too-many-names
-- target:
CREATE TABLE bad (x, y, z) AS SELECT a, b FROM plain
-- case: in-pg-catalog
-- target:
CREATE TABLE pg_catalog.bad (a int)
-- case: prune-sub-default
-- target:
SELECT * FROM part WHERE a < 1 OR (a > 20 AND a < 25 AND b = 1)
-- case: prune-refuted
-- target:
SELECT * FROM part_high WHERE a = 5
-- case: prune-range-value
-- target:
SELECT * FROM spans WHERE r = '[1,1]'
-- case: prune-array-value
-- target:
SELECT * FROM arrays WHERE v = '{2, 3}'
-- case: prune-negated-key
-- target:
SELECT * FROM flags WHERE f = false
-- case: prune-keys-in-or
-- target:
SELECT * FROM pairs WHERE (a = 1 AND abs(b) = 2) OR (a = 15)
-- case: row-function
-- target:
SELECT p.name, (p.hobbies).tools.tool FROM person p
-- case: reattach-own-key
ALTER TABLE tree DETACH PARTITION tree_2;
-- target:
ALTER TABLE tree ATTACH PARTITION tree_2 FOR VALUES FROM (10) TO (20)
-- case: truncate-cascade-partition
-- target:
TRUNCATE keyed_1 CASCADE
-- case: only-primary-key
ALTER TABLE keyed DROP CONSTRAINT keyed_pkey CASCADE; ALTER TABLE keyed ALTER a DROP NOT NULL;
-- target:
ALTER TABLE ONLY keyed ADD PRIMARY KEY (a)
-- case: not-valid-twice (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a NOT VALID;
-- target:
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a
-- case: set-not-null-validates (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a NOT VALID;
-- target:
ALTER TABLE up ALTER a SET NOT NULL
-- case: validate-not-null (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a NOT VALID;
-- target:
ALTER TABLE up VALIDATE CONSTRAINT nn
-- case: alter-constraint-inherit (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a NO INHERIT;
-- target:
ALTER TABLE up ALTER CONSTRAINT nn INHERIT
-- case: alter-constraint-no-inherit (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a;
-- target:
ALTER TABLE up ALTER CONSTRAINT nn NO INHERIT
-- case: drop-not-null-local-child
ALTER TABLE up ALTER a SET NOT NULL; ALTER TABLE mid ALTER a SET NOT NULL;
-- target:
ALTER TABLE up ALTER a DROP NOT NULL
-- case: primary-key-not-valid (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a NOT VALID;
-- target:
ALTER TABLE up ADD PRIMARY KEY (a)
-- case: no-inherit-below (versions: 18)
ALTER TABLE up ADD CONSTRAINT nn NOT NULL a;
-- target:
CREATE TABLE bad (a int NOT NULL NO INHERIT) INHERITS (up)
-- case: period-without-period (versions: 18)
CREATE TABLE span (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
-- target:
CREATE TABLE bad (id int4range, during daterange, FOREIGN KEY (id, PERIOD during) REFERENCES span (id, during))
