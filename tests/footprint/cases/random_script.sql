-- What random scripts have shown (tests/differential): rows that the migration itself brings, materialized views without rows, one action twice.
CREATE TYPE pair AS (a int, b text);
CREATE TABLE author (id int PRIMARY KEY, name text);
CREATE TABLE book (id int PRIMARY KEY, author int, title text);
CREATE TABLE noted (id int, k int, v text);
CREATE MATERIALIZED VIEW seen AS SELECT id, author FROM book WITH NO DATA;
CREATE UNIQUE INDEX seen_id ON seen (id);
CREATE UNIQUE INDEX seen_author ON seen (author);
CREATE TABLE typed OF pair;
CREATE TABLE below (x int) INHERITS (typed);
-- case: persistence-twice
-- target:
ALTER TABLE noted SET UNLOGGED, ADD COLUMN more text, SET UNLOGGED;
-- case: persistence-forth-and-back
-- target:
ALTER TABLE noted SET UNLOGGED, SET LOGGED;
-- case: persistence-once-changed
-- target:
ALTER TABLE noted SET LOGGED, SET LOGGED, SET UNLOGGED;
-- case: owner-to-the-current-user
CREATE ROLE lender;
ALTER TABLE author OWNER TO lender;
-- target:
ALTER TABLE author OWNER TO CURRENT_USER;
-- case: owner-as-before
-- target:
ALTER TABLE author OWNER TO CURRENT_USER;
-- case: grant-in-a-schema-that-is-missing
-- target:
GRANT SELECT ON ALL TABLES IN SCHEMA public, nowhere TO PUBLIC;
-- case: cluster-without-rows
-- target:
CLUSTER seen USING seen_id;
-- case: key-of-rows-just-inserted
INSERT INTO author VALUES (1, 'a');
INSERT INTO book VALUES (1, 1, 'x');
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: key-of-rows-without-it
INSERT INTO author VALUES (1, 'a');
INSERT INTO book (id, title) VALUES (1, 'x'), (2, 'y');
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: key-of-rows-from-a-query-without-it
INSERT INTO author VALUES (1, 'a');
INSERT INTO book SELECT g, NULL, 'x' FROM generate_series(1, 9) g;
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: key-of-rows-updated-later
INSERT INTO author VALUES (1, 'a');
INSERT INTO book (id, title) VALUES (1, 'x'), (2, 'y');
UPDATE book SET author = 1;
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: key-of-an-emptied-table
INSERT INTO author VALUES (1, 'a');
INSERT INTO book VALUES (1, 1, 'x');
TRUNCATE book;
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: with-and-a-rule
CREATE RULE keep AS ON UPDATE TO noted DO ALSO INSERT INTO author VALUES (2, 'b');
-- target:
WITH x AS (SELECT 1 AS k) UPDATE noted SET v = 'z' FROM x;
-- case: with-and-a-notifying-rule
CREATE RULE tell AS ON UPDATE TO noted DO ALSO NOTIFY noted;
-- target:
WITH x AS (SELECT 1 AS k) UPDATE noted SET v = 'z' FROM x;
-- case: with-and-an-instead-rule
CREATE RULE other AS ON DELETE TO noted DO INSTEAD DELETE FROM author;
-- target:
WITH x AS (SELECT 1 AS k) DELETE FROM noted USING x;
-- case: attribute-dropped-below-a-typed-table
-- target:
ALTER TYPE pair DROP ATTRIBUTE a CASCADE;
-- case: attribute-changed-below-a-typed-table
-- target:
ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE;
-- case: in-a-subquery-of-another-type
-- target:
DELETE FROM book WHERE title IN (SELECT id FROM author);
-- case: all-of-a-subquery-of-another-type
-- target:
DELETE FROM book WHERE title > ALL (SELECT id FROM author UNION SELECT 1);
-- case: in-values-of-another-type
-- target:
SELECT 1 FROM book WHERE title IN (VALUES (1), (2));
-- case: in-a-subquery-of-a-literal
-- target:
SELECT 1 FROM book WHERE title IN (SELECT 'x');
-- case: number-in-a-subquery-of-a-literal
-- target:
SELECT 1 FROM book WHERE id IN (SELECT 'x');
-- case: in-a-subquery-with-a-column-too-many
-- target:
SELECT 1 FROM book WHERE id IN (SELECT id, name FROM author);
-- case: row-in-a-subquery
-- target:
SELECT 1 FROM book WHERE (id, title) IN (SELECT id, name FROM author);
-- case: row-in-a-subquery-of-other-types
-- target:
SELECT 1 FROM book WHERE (id, title) IN (SELECT id, id FROM author);
-- case: subquery-before-its-left-side
-- target:
SELECT 1 FROM book WHERE nothing IN (SELECT 1 FROM nowhere);
-- case: whole-row-in-a-subquery
-- target:
SELECT 1 FROM author a WHERE a IN (SELECT b FROM author b);
-- case: statistics-of-a-partitioned-index
CREATE TABLE shelf (id int, k int) PARTITION BY RANGE (id);
CREATE TABLE shelf1 PARTITION OF shelf FOR VALUES FROM (0) TO (9);
CREATE INDEX shelf_k ON shelf ((k + 1));
-- target:
ALTER INDEX shelf_k ALTER COLUMN 1 SET STATISTICS 100;
-- case: trigger-before-a-conflict
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.noted VALUES (1); RETURN NEW; END $$;
CREATE TRIGGER first BEFORE INSERT ON author FOR EACH ROW EXECUTE FUNCTION fill();
ALTER TABLE noted RENAME TO other;
-- target:
INSERT INTO author VALUES (1, 'a') ON CONFLICT (id) DO NOTHING;
-- case: two-refusals-of-one-list
CREATE TABLE shelf (id int, k int, v date) PARTITION BY RANGE (id);
-- target:
ALTER TABLE shelf ALTER COLUMN v TYPE numeric(12,2), CLUSTER ON nothing, SET ACCESS METHOD heap;
-- case: action-on-a-generated-column-before-the-number-of-columns
CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE made (id int, g int GENERATED ALWAYS AS (id * 2) STORED);
-- target:
ALTER TABLE made ADD FOREIGN KEY (g) REFERENCES pairs ON UPDATE SET NULL;
-- case: no-rows-of-a-join-without-partitions
CREATE TABLE shelf (id int, k int) PARTITION BY RANGE (id);
-- target:
SELECT * FROM shelf a, seen b FOR SHARE OF a SKIP LOCKED;
-- case: no-rows-of-a-subquery-in-such-a-join
CREATE TABLE shelf (id int, k int) PARTITION BY RANGE (id);
-- target:
SELECT * FROM (SELECT * FROM seen OFFSET 0) x, shelf;
-- case: no-rows-below-a-sublink
CREATE TABLE shelf (id int, k int) PARTITION BY RANGE (id);
-- target:
SELECT (SELECT count(*) FROM seen) FROM shelf;
-- case: no-rows-where-nothing-is-true
-- target:
SELECT id FROM author UNION ALL SELECT id FROM seen WHERE 1 = 0;
-- case: no-rows-for-nobody
-- target:
WITH x AS (SELECT * FROM seen) SELECT 1;
-- case: no-rows-for-a-limit
-- target:
SELECT * FROM seen LIMIT 0;
-- case: truncate-a-partition-that-was-written
CREATE TABLE shelf (id int, k int) PARTITION BY RANGE (id);
CREATE TABLE shelf1 PARTITION OF shelf FOR VALUES FROM (0) TO (9);
-- target:
TRUNCATE shelf1;
-- case: owner-of-an-owned-sequence-to-oneself
CREATE ROLE keeper;
CREATE TABLE kept (id serial);
ALTER TABLE kept OWNER TO keeper;
-- target:
ALTER SEQUENCE kept_id_seq OWNER TO CURRENT_USER;
-- case: owner-of-an-owned-sequence-as-it-is
CREATE TABLE kept (id serial);
-- target:
ALTER SEQUENCE kept_id_seq OWNER TO CURRENT_USER;
-- case: insert-from-a-table-without-rows
INSERT INTO author VALUES (1, 'a');
INSERT INTO book SELECT n.id, n.k, n.v FROM noted n;
INSERT INTO book SELECT n.id, n.k, n.v FROM author a JOIN noted n ON n.k = a.id;
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: insert-an-aggregate-of-no-rows
INSERT INTO author VALUES (1, 'a');
INSERT INTO book SELECT count(*), 1, 'x' FROM noted;
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
-- case: insert-left-of-a-table-without-rows
INSERT INTO author VALUES (1, 'a');
INSERT INTO book SELECT a.id, a.id, n.v FROM author a LEFT JOIN noted n ON n.k = a.id;
-- target:
ALTER TABLE book ADD FOREIGN KEY (author) REFERENCES author;
