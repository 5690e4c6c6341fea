-- What types refuse: values that are not the column's, arguments that no function takes, expressions that are read again when a column changes its type.
CREATE TYPE en AS ENUM ('a', 'b');
CREATE TABLE t (id int, k int, v text, st en);
CREATE TABLE o (id int, k int, v text, d date, j jsonb);
CREATE TABLE g1 (id int, k int, v text, g int GENERATED ALWAYS AS (k * 2) STORED);
CREATE TABLE g2 (LIKE g1 INCLUDING ALL);
CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY, k int, v text);
CREATE FUNCTION rows(a int) RETURNS TABLE (n int, m text) LANGUAGE sql AS 'SELECT 1, ''a''';
CREATE TYPE pair AS (a int, b text);
CREATE TABLE vc (k int, v varchar(20), w varchar(20));

-- case: insert-select-type
-- target:
INSERT INTO t (id, k) SELECT k, v FROM o

-- case: insert-all-columns-type
-- target:
INSERT INTO t SELECT id, v FROM o

-- case: insert-union-type
-- target:
INSERT INTO o (d) SELECT v FROM t UNION SELECT 'a'

-- case: insert-literal
-- target:
INSERT INTO o (d, j) SELECT '2024-01-01', NULL FROM t

-- case: insert-value-type
-- target:
INSERT INTO o (k, d) VALUES (1, '2024-01-01'), (2, 3)

-- case: insert-assigned
-- target:
INSERT INTO o (v, k) SELECT k, 1.5 FROM t

-- case: update-type
-- target:
UPDATE t SET k = o.d FROM o WHERE o.k = t.k

-- case: conflict-type
CREATE UNIQUE INDEX ON t (id);
-- target:
INSERT INTO t (id, k) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET k = excluded.v

-- case: merge-type (versions: 15-18)
-- target:
MERGE INTO t USING o ON t.id = o.id WHEN MATCHED THEN UPDATE SET k = o.d

-- case: insert-record
-- target:
INSERT INTO t (k) VALUES (rows(1))

-- case: update-rows
-- target:
UPDATE t SET k = rows(1)

-- case: policy-rows
-- target:
CREATE POLICY p ON t FOR INSERT WITH CHECK (k = rows(1))

-- case: policy-aggregate-below
-- target:
CREATE POLICY p ON t USING (k = (SELECT max(k) FROM o))

-- case: policy-aggregate
-- target:
CREATE POLICY p ON t USING (k = max(k))

-- case: insert-generated-star
-- target:
INSERT INTO g2 SELECT * FROM g1

-- case: insert-generated-with
-- target:
WITH x AS (SELECT * FROM g1) INSERT INTO g2 SELECT * FROM x

-- case: insert-before-generated
-- target:
INSERT INTO g2 SELECT id, k, v FROM g1

-- case: insert-identity-star
-- target:
INSERT INTO ident SELECT id, k FROM t

-- case: insert-identity-user-value
-- target:
INSERT INTO ident OVERRIDING USER VALUE SELECT id, k FROM t

-- case: index-no-function
-- target:
CREATE INDEX ON t (date_trunc('day', k))

-- case: index-no-function-generic
-- target:
CREATE INDEX ON t (lower(k))

-- case: coalesce-types
-- target:
SELECT coalesce(k, d) FROM o

-- case: inherited-default-of-row
CREATE TABLE r (x int, p pair DEFAULT ROW(1, 'a'));
ALTER TYPE pair ADD ATTRIBUTE c int;
-- target:
CREATE TABLE c () INHERITS (r)

-- case: enum-anew
CREATE INDEX ON t (st);
ALTER TYPE en RENAME TO en_old;
CREATE TYPE en AS ENUM ('a', 'c');
-- target:
ALTER TABLE t ALTER COLUMN st TYPE en USING st::text::en

-- case: enum-anew-predicate
CREATE INDEX ON t (k) WHERE st = 'a';
ALTER TYPE en RENAME TO en_old;
CREATE TYPE en AS ENUM ('a', 'c');
-- target:
ALTER TABLE t ALTER COLUMN st TYPE en USING st::text::en

-- case: enum-anew-check
ALTER TABLE t ADD CHECK (st IN ('a', 'b'));
ALTER TYPE en RENAME TO en_old;
CREATE TYPE en AS ENUM ('a', 'c');
-- target:
ALTER TABLE t ALTER COLUMN st TYPE en USING st::text::en

-- case: enum-anew-check-of-text
ALTER TABLE t ADD CHECK (st::text IN ('a', 'b'));
ALTER TYPE en RENAME TO en_old;
CREATE TYPE en AS ENUM ('a', 'c');
-- target:
ALTER TABLE t ALTER COLUMN st TYPE en USING st::text::en

-- case: retyped-cast-in-check
ALTER TABLE vc ADD CHECK (v IN ('1', '2'));
-- target:
ALTER TABLE vc ALTER COLUMN v TYPE en USING NULL

-- case: retyped-cast-in-predicate
CREATE INDEX ON vc (k) WHERE v = 'a';
-- target:
ALTER TABLE vc ALTER COLUMN v TYPE en USING NULL

-- case: retyped-argument
CREATE INDEX ON vc (lower(v));
-- target:
ALTER TABLE vc ALTER COLUMN v TYPE int USING 1

-- case: retyped-coalesce
ALTER TABLE vc ADD CHECK (coalesce(v, 'z') <> 'q');
-- target:
ALTER TABLE vc ALTER COLUMN v TYPE int USING 1

-- case: retyped-condition
CREATE TABLE b (k int, b boolean);
CREATE INDEX ON b (k) WHERE b;
-- target:
ALTER TABLE b ALTER COLUMN b TYPE int USING b::int

-- case: retyped-not-immutable
CREATE INDEX ON o (k) WHERE d > '2020-01-01';
-- target:
ALTER TABLE o ALTER COLUMN d TYPE timestamptz
