-- What random scripts have shown (tests/differential): rules in WITH, identity columns, keys from indexes, detached bounds, switched-off keys.
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE book (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author int REFERENCES author, title text DEFAULT 'x', pages int UNIQUE);
CREATE UNIQUE INDEX book_lower ON book (lower(title));
CREATE UNIQUE INDEX book_back ON book (title DESC);
CREATE UNIQUE INDEX book_title ON book (title);
CREATE TABLE noted (id int, k int);
CREATE RULE also AS ON DELETE TO noted DO ALSO INSERT INTO author VALUES (1, 'x');
CREATE RULE never AS ON UPDATE TO noted DO INSTEAD NOTHING;
CREATE RULE sometimes AS ON INSERT TO noted WHERE k > 5 DO INSTEAD NOTHING;
CREATE TABLE shelf (id int, k int) PARTITION BY RANGE (k);
CREATE TABLE shelf1 PARTITION OF shelf FOR VALUES FROM (0) TO (10);
CREATE TABLE span (id int, during int4range, EXCLUDE USING gist (during WITH &&));
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE feeling (id int, m mood);
-- case: delete-in-with-that-a-rule-adds-to
-- target:
WITH x AS (DELETE FROM noted RETURNING k) SELECT * FROM x;
-- case: update-in-with-that-a-rule-drops
-- target:
WITH x AS (UPDATE noted SET k = 1) SELECT 1;
-- case: returning-from-a-conditional-rule
-- target:
INSERT INTO noted (k) VALUES (1) RETURNING k;
-- case: returning-from-an-instead-rule
-- target:
UPDATE noted SET k = 1 RETURNING k;
-- case: returning-beside-an-also-rule
-- target:
DELETE FROM noted RETURNING k;
-- case: rule-condition-with-bare-columns
-- target:
CREATE RULE bare AS ON DELETE TO shelf WHERE k > 5 DO INSTEAD NOTHING;
-- case: rule-action-with-bare-columns
-- target:
CREATE RULE bare AS ON DELETE TO shelf DO ALSO INSERT INTO author VALUES (k, 'x');
-- case: update-of-an-identity-column
-- target:
UPDATE book SET id = 9 WHERE title = 'y';
-- case: conflict-sets-an-identity-column
-- target:
INSERT INTO book (author) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 3;
-- case: merge-sets-an-identity-column (versions: 15-18)
-- target:
MERGE INTO book b USING author a ON a.id = b.author WHEN MATCHED THEN UPDATE SET id = 5;
-- case: merge-inserts-an-identity-column (versions: 15-18)
-- target:
MERGE INTO book b USING author a ON a.id = b.author WHEN NOT MATCHED THEN INSERT (id) VALUES (5);
-- case: key-from-an-index-over-an-expression
-- target:
ALTER TABLE book ADD UNIQUE USING INDEX book_lower;
-- case: key-from-a-descending-index
-- target:
ALTER TABLE book ADD UNIQUE USING INDEX book_back;
-- case: key-from-an-index
-- target:
ALTER TABLE book ADD UNIQUE USING INDEX book_title;
-- case: key-from-no-index-beside-a-column
-- target:
ALTER TABLE shelf ADD UNIQUE USING INDEX nothing, ADD COLUMN n bigserial PRIMARY KEY;
-- case: retype-what-an-exclusion-holds
-- target:
ALTER TABLE span ALTER COLUMN during TYPE text USING during::text;
-- case: retype-a-default-under-a-view
CREATE VIEW titles AS SELECT title FROM book;
-- target:
ALTER TABLE book ALTER COLUMN title TYPE bigint USING title::bigint;
-- case: gin-over-an-enum
-- target:
CREATE INDEX ON feeling USING gin (m);
-- case: materialized-view-over-a-temporary-table
-- target:
DO $$ BEGIN CREATE TEMP TABLE brief (k int); CREATE MATERIALIZED VIEW seen AS SELECT * FROM brief; END $$;
-- case: replace-view-by-a-temporary-one
CREATE VIEW seen AS SELECT 1 AS k;
-- target:
DO $$ BEGIN CREATE TEMP TABLE brief (k int); CREATE OR REPLACE VIEW public.seen AS SELECT * FROM brief; END $$;
-- case: attach-a-second-default
CREATE TABLE rest PARTITION OF shelf DEFAULT;
CREATE TABLE other (k int);
-- target:
ALTER TABLE shelf ATTACH PARTITION other DEFAULT;
-- case: insert-with-the-key-switched-off
ALTER TABLE book DISABLE TRIGGER ALL;
-- target:
INSERT INTO book (author) VALUES (NULL);
-- case: delete-with-the-key-switched-off
ALTER TABLE author DISABLE TRIGGER ALL;
INSERT INTO author VALUES (1, 'x');
-- target:
DELETE FROM author WHERE id = 1;
-- case: delete-with-the-key-on
INSERT INTO author VALUES (1, 'x');
-- target:
DELETE FROM author WHERE id = 1;
-- case: disable-all-triggers-leaves-partitions-their-own
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER own AFTER INSERT ON shelf1 FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER above AFTER INSERT ON shelf FOR EACH ROW EXECUTE FUNCTION f();
-- target:
ALTER TABLE shelf DISABLE TRIGGER ALL;
-- case: execute-what-was-not-prepared
-- target:
EXECUTE nothing;
-- case: deallocate-what-was-not-prepared
-- target:
DEALLOCATE nothing;
-- case: statistics-of-an-index-column
-- target:
ALTER INDEX book_title ALTER COLUMN 1 SET STATISTICS 100;
-- case: statistics-of-an-index-expression
-- target:
ALTER INDEX book_lower ALTER COLUMN 1 SET STATISTICS 100;
-- case: statistics-of-no-index-column
-- target:
ALTER INDEX book_lower ALTER COLUMN 2 SET STATISTICS 100;
-- case: server-without-its-wrapper
-- target:
CREATE SERVER far FOREIGN DATA WRAPPER dummy;
-- case: event-trigger-without-its-function
-- target:
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION watch();
-- case: enforce-what-is-enforced (versions: 18)
ALTER TABLE book ADD CONSTRAINT later FOREIGN KEY (pages) REFERENCES author NOT VALID;
-- target:
ALTER TABLE book ALTER CONSTRAINT later ENFORCED;
-- case: column-key-waits-behind-a-default
-- target:
ALTER TABLE span ADD COLUMN up int REFERENCES span, ALTER COLUMN during SET DEFAULT 5;
-- case: column-key-goes-before-a-constraint
-- target:
ALTER TABLE noted ADD CONSTRAINT c CHECK (nowhere > 0), ADD COLUMN up int REFERENCES noted;
-- case: raise-is-caught-in-a-block-of-a-loop
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT k FROM noted LOOP BEGIN LOCK TABLE book IN EXCLUSIVE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; END LOOP; BEGIN LOCK TABLE author IN EXCLUSIVE MODE; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; INSERT INTO noted (k) VALUES (1); END $$;
-- case: foreign-table-without-its-server
-- target:
CREATE FOREIGN TABLE far (id int) SERVER nowhere;
-- case: foreign-partition-without-its-server
-- target:
CREATE FOREIGN TABLE far PARTITION OF shelf DEFAULT SERVER nowhere;
-- case: rename-a-column-of-two-parents
CREATE TABLE memo (k int);
CREATE TABLE pair () INHERITS (noted, memo);
-- target:
ALTER TABLE memo RENAME COLUMN k TO kk;
-- case: rename-a-column-of-two-parents-in-one-tree
CREATE TABLE lower () INHERITS (noted);
CREATE TABLE pair () INHERITS (noted, lower);
-- target:
ALTER TABLE noted RENAME COLUMN k TO kk;
-- case: change-the-type-of-a-column-of-two-parents
CREATE TABLE memo (k int);
CREATE TABLE pair () INHERITS (noted, memo);
-- target:
ALTER TABLE memo ALTER COLUMN k TYPE text;
-- case: change-the-type-of-a-lower-partition-key
ALTER TABLE shelf ADD COLUMN at date;
CREATE TABLE shelf2 PARTITION OF shelf FOR VALUES FROM (10) TO (20) PARTITION BY LIST (at);
-- target:
ALTER TABLE shelf ALTER COLUMN at TYPE text;
-- case: attach-an-index-of-another-column
CREATE INDEX above ON ONLY shelf (k);
CREATE INDEX below ON shelf1 (id);
-- target:
ALTER INDEX above ATTACH PARTITION below;
-- case: attach-an-index-without-the-constraint
CREATE UNIQUE INDEX below ON shelf1 (k);
ALTER TABLE ONLY shelf ADD CONSTRAINT above UNIQUE (k);
-- target:
ALTER INDEX above ATTACH PARTITION below;
-- case: attach-a-second-index
CREATE INDEX above ON shelf (k);
CREATE INDEX below ON shelf1 (k);
-- target:
ALTER INDEX above ATTACH PARTITION below;
-- case: attach-what-is-no-index
CREATE INDEX above ON ONLY shelf (k);
-- target:
ALTER INDEX above ATTACH PARTITION shelf1;
-- case: expression-of-an-index-before-its-table
-- target:
CREATE INDEX ON shelf USING hash ((nowhere + 1), id) WHERE elsewhere > 1;
-- case: expression-of-an-index-of-a-view
CREATE VIEW seen AS SELECT * FROM noted;
-- target:
CREATE INDEX ON seen ((nowhere + 1));
-- case: partition-bound-before-its-check
-- target:
CREATE TABLE shelf2 PARTITION OF shelf (CHECK (nowhere > 0)) FOR VALUES WITH (MODULUS 2, REMAINDER 0);
-- case: change-a-type-twice
-- target:
ALTER TABLE noted ALTER COLUMN k TYPE bigint, ADD COLUMN IF NOT EXISTS k int, ALTER COLUMN k TYPE bigint;
-- case: change-a-type-twice-after-nothing
-- target:
ALTER TABLE noted ALTER COLUMN k TYPE int, ALTER COLUMN k TYPE bigint;
