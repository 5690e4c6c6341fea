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
