-- What random scripts have shown (tests/differential): which of two refusals comes first, blocks that a loop leaves by an error.
CREATE TYPE pair AS (a int, b text);
CREATE TYPE deep AS (p pair);
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, title text, place pair, inner_place deep);
CREATE TABLE typed OF pair (CONSTRAINT positive CHECK (a > 0));
CREATE TABLE shelf (id text, k int) PARTITION BY RANGE (k);
CREATE TABLE shelf1 PARTITION OF shelf DEFAULT;
-- case: rename-constraint-of-a-typed-table
-- target:
ALTER TABLE typed RENAME CONSTRAINT positive TO other;
-- case: rename-no-constraint-of-a-typed-table
-- target:
ALTER TABLE typed RENAME CONSTRAINT nothing TO other;
-- case: attach-to-itself-beside-a-default
-- target:
ALTER TABLE shelf ATTACH PARTITION shelf DEFAULT;
-- case: bound-before-the-partitions-own-check
-- target:
CREATE TABLE shelf2 PARTITION OF shelf (CHECK (id > 0)) FOR VALUES IN (50);
-- case: check-of-a-partition
-- target:
CREATE TABLE shelf2 PARTITION OF shelf (CHECK (k > 0)) FOR VALUES FROM (1) TO (5);
-- case: predicate-before-the-operator-class
-- target:
ALTER TABLE book ADD CONSTRAINT ex EXCLUDE USING hash (inner_place WITH =) WHERE (nothing > 1);
-- case: predicate-before-the-column
-- target:
CREATE INDEX ON book USING hash (missing) WHERE nothing > 1;
-- case: expression-before-the-access-method
-- target:
CREATE UNIQUE INDEX ON book USING brin ((nothing + 1));
-- case: volatile-predicate-before-the-column
-- target:
CREATE INDEX ON book (missing) WHERE id > random();
-- case: operator-class-without-a-predicate
-- target:
ALTER TABLE book ADD CONSTRAINT ex EXCLUDE USING hash (inner_place WITH =) WHERE (id > 1);
-- case: block-in-a-loop-left-by-its-error
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM book LOOP BEGIN LOCK TABLE author IN EXCLUSIVE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; END LOOP; END $$;
-- case: two-blocks-left-by-their-errors
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM book LOOP BEGIN LOCK TABLE author IN EXCLUSIVE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; END LOOP; BEGIN LOCK TABLE author IN EXCLUSIVE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; END $$;
-- case: block-in-a-branch-left-by-its-error
-- target:
DO $$ BEGIN IF (SELECT count(*) FROM book) > 100 THEN BEGIN LOCK TABLE author IN SHARE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN raise_exception THEN LOCK TABLE typed IN SHARE MODE; END; END IF; END $$;
