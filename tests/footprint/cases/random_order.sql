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
-- case: conflict-on-a-deferrable-key
ALTER TABLE book ADD CONSTRAINT late UNIQUE (title) DEFERRABLE;
-- target:
INSERT INTO book (id) VALUES (2) ON CONFLICT ON CONSTRAINT late DO NOTHING;
-- case: conflict-on-a-deferrable-keys-column
ALTER TABLE book ADD CONSTRAINT late UNIQUE (title) DEFERRABLE;
-- target:
INSERT INTO book (id) VALUES (2) ON CONFLICT (title) DO NOTHING;
-- case: conflict-on-anything-beside-a-deferrable-key
CREATE TABLE slow (k int UNIQUE DEFERRABLE);
-- target:
INSERT INTO slow VALUES (1) ON CONFLICT DO NOTHING;
-- case: conflict-beside-a-deferrable-key
ALTER TABLE book ADD CONSTRAINT late UNIQUE (title) DEFERRABLE;
-- target:
INSERT INTO book (id) VALUES (2) ON CONFLICT (id) DO NOTHING;
-- case: conflict-of-no-rows-on-a-deferrable-key
ALTER TABLE book ADD CONSTRAINT late UNIQUE (title) DEFERRABLE;
-- target:
INSERT INTO book (id) SELECT 1 FROM author ON CONFLICT (title) DO NOTHING;
-- case: conflict-on-no-constraint
-- target:
INSERT INTO book (id) VALUES (2) ON CONFLICT ON CONSTRAINT nothing DO NOTHING;
-- case: conflict-on-a-constraint-without-an-index
ALTER TABLE author ADD CONSTRAINT named CHECK (name <> '');
-- target:
INSERT INTO author (id) VALUES (2) ON CONFLICT ON CONSTRAINT named DO NOTHING;
-- case: conflict-updates-beside-an-exclusion
ALTER TABLE author ADD CONSTRAINT ex EXCLUDE USING btree (name WITH =);
-- target:
INSERT INTO author (id) VALUES (2) ON CONFLICT ON CONSTRAINT ex DO UPDATE SET name = 'x';
-- case: conflict-with-an-exclusion
ALTER TABLE author ADD CONSTRAINT ex EXCLUDE USING btree (name WITH =);
-- target:
INSERT INTO author (id) VALUES (2) ON CONFLICT ON CONSTRAINT ex DO NOTHING;
-- case: foreign-table-without-its-server
-- target:
CREATE FOREIGN TABLE remote (id int) SERVER far;
-- case: event-trigger-beside-a-known-extension
CREATE EXTENSION citext;
-- target:
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION watch();
-- case: no-operator-class-beside-a-known-extension
CREATE EXTENSION btree_gist;
-- target:
CREATE INDEX ON book USING brin (place);
-- case: server-of-an-extensions-wrapper
CREATE EXTENSION file_fdw;
-- target:
CREATE SERVER far FOREIGN DATA WRAPPER file_fdw;
-- case: type-changed-twice
-- target:
ALTER TABLE author ALTER COLUMN name TYPE varchar(10), ALTER COLUMN name TYPE varchar(20);
-- case: type-changed-once-and-named-again
-- target:
ALTER TABLE author ALTER COLUMN name TYPE text, ALTER COLUMN name TYPE varchar(20);
-- case: rule-action-for-a-condition
CREATE RULE also AS ON INSERT TO author WHERE new.id > 5 DO ALSO INSERT INTO book (id, author) VALUES (1, 1);
-- target:
INSERT INTO author VALUES (1, 'x');
-- case: rule-action-for-every-row
INSERT INTO author VALUES (9, 'x');
CREATE RULE also AS ON INSERT TO author DO ALSO INSERT INTO book (id, author) VALUES (1, 9);
-- target:
INSERT INTO author VALUES (1, 'x');
-- case: rule-action-of-all-rows-runs-once
INSERT INTO author VALUES (9, 'x');
CREATE RULE also AS ON DELETE TO book DO ALSO INSERT INTO book (id, author) VALUES (1, 9);
-- target:
DELETE FROM book;
-- case: rule-action-that-needs-a-row
CREATE RULE also AS ON DELETE TO book DO ALSO INSERT INTO book (id, author) VALUES (old.id, 9);
-- target:
DELETE FROM book;
-- case: rule-action-of-some-rows
CREATE RULE also AS ON UPDATE TO typed DO ALSO INSERT INTO book (id, author) VALUES (1, 9);
-- target:
UPDATE typed SET b = 'x' WHERE a = 1;
-- case: rule-action-of-joined-rows
CREATE RULE also AS ON DELETE TO typed DO ALSO INSERT INTO book (id, author) VALUES (1, 9);
-- target:
DELETE FROM typed USING author;
-- case: rule-instead-for-a-condition
INSERT INTO author VALUES (9, 'x');
CREATE RULE never AS ON INSERT TO book WHERE new.id < 5 DO INSTEAD NOTHING;
-- target:
INSERT INTO book (id, author) VALUES (1, 9);
-- case: column-of-a-generated-one-after-its-inheritance
CREATE TABLE made (k int, g int GENERATED ALWAYS AS (k * 2) STORED);
CREATE TABLE made1 () INHERITS (made);
ALTER TABLE made1 NO INHERIT made;
-- target:
ALTER TABLE made1 DROP COLUMN k;
-- case: column-of-a-generated-one-after-its-partitioned-table
CREATE TABLE made (id int, k int, g int GENERATED ALWAYS AS (k * 2) STORED) PARTITION BY RANGE (id);
CREATE TABLE made1 PARTITION OF made DEFAULT;
ALTER TABLE made DETACH PARTITION made1;
-- target:
ALTER TABLE made1 DROP COLUMN k;
