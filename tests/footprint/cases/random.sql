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
