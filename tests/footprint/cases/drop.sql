-- DROP of everything: what goes along, and what is locked for it.
CREATE SCHEMA lib;
CREATE SCHEMA arch;
CREATE TYPE lib.kind AS ENUM ('book', 'map');
CREATE TYPE lib.place AS (room text, shelf int);
CREATE DOMAIN lib.isbn AS text CHECK (VALUE <> '');
CREATE DOMAIN lib.isbn13 AS lib.isbn CHECK (length(VALUE) = 13);
CREATE SEQUENCE lib.ticket;
CREATE FUNCTION lib.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION lib.fold(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'select lower($1)';
CREATE FUNCTION lib.one() RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION lib.one(int) RETURNS int LANGUAGE sql AS 'select 1';
CREATE TABLE lib.author (id int PRIMARY KEY, name text UNIQUE);
CREATE TABLE lib.item (id serial PRIMARY KEY, author int REFERENCES lib.author, kind lib.kind DEFAULT 'book', code lib.isbn, title text,
    at lib.place, num int DEFAULT nextval('lib.ticket'), CONSTRAINT item_title CHECK (lib.fold(title) <> ''));
CREATE INDEX item_fold ON lib.item (lib.fold(title));
CREATE TABLE lib.loan (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item int REFERENCES lib.item, who text);
CREATE TRIGGER item_stamp BEFORE UPDATE ON lib.item FOR EACH ROW EXECUTE FUNCTION lib.stamp();
CREATE RULE loan_keep AS ON DELETE TO lib.loan DO INSTEAD NOTHING;
ALTER TABLE lib.loan ENABLE ROW LEVEL SECURITY;
CREATE POLICY loan_own ON lib.loan USING (who = current_user);
CREATE STATISTICS lib.item_st ON author, kind FROM lib.item;
CREATE VIEW lib.titles AS SELECT id, title FROM lib.item;
CREATE VIEW lib.maps AS SELECT t.title FROM lib.titles t JOIN lib.item i USING (id) WHERE i.kind = 'map';
CREATE MATERIALIZED VIEW lib.counts AS SELECT author, count(*) AS n FROM lib.item GROUP BY author;
CREATE UNIQUE INDEX counts_author ON lib.counts (author);
CREATE TABLE lib.visit (id int, on_day date, author int REFERENCES lib.author) PARTITION BY RANGE (on_day);
CREATE TABLE lib.visit_1 PARTITION OF lib.visit FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE lib.visit_2 PARTITION OF lib.visit FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE lib.visit_d PARTITION OF lib.visit DEFAULT;
CREATE INDEX visit_id ON lib.visit (id);
CREATE TRIGGER visit_stamp AFTER INSERT ON lib.visit FOR EACH ROW EXECUTE FUNCTION lib.stamp();
CREATE TABLE lib.area (id int, zone int, PRIMARY KEY (id, zone)) PARTITION BY LIST (zone);
CREATE TABLE lib.area_1 PARTITION OF lib.area FOR VALUES IN (1) PARTITION BY RANGE (id);
CREATE TABLE lib.area_1a PARTITION OF lib.area_1 FOR VALUES FROM (0) TO (9);
CREATE TABLE lib.area_2 PARTITION OF lib.area FOR VALUES IN (2);
CREATE TABLE lib.sign (id int PRIMARY KEY, a int, z int, FOREIGN KEY (a, z) REFERENCES lib.area (id, zone));
CREATE TABLE lib.base (id int PRIMARY KEY, note text);
CREATE TABLE lib.derived (extra int) INHERITS (lib.base);
CREATE TABLE lib.spot OF lib.place;
CREATE PUBLICATION lib_pub FOR TABLE lib.author, lib.item;
CREATE TABLE arch.old (id int PRIMARY KEY, author int REFERENCES lib.author);
CREATE VIEW arch.seen AS SELECT * FROM arch.old;

-- case: table-with-dependents
-- target:
DROP TABLE lib.item;
-- case: table-cascade
-- target:
DROP TABLE lib.item CASCADE;
-- case: referencing-table
-- target:
DROP TABLE lib.loan;
-- case: referenced-table-cascade
-- target:
DROP TABLE lib.author CASCADE;
-- case: two-tables
-- target:
DROP TABLE lib.loan, lib.sign;
-- case: both-ends-of-a-key
CREATE TABLE lib.x (id int PRIMARY KEY); CREATE TABLE lib.y (x int REFERENCES lib.x);
-- target:
DROP TABLE lib.x, lib.y;
-- case: self-reference
CREATE TABLE lib.tree (id int PRIMARY KEY, up int REFERENCES lib.tree);
-- target:
DROP TABLE lib.tree;
-- case: partition
-- target:
DROP TABLE lib.visit_1;
-- case: default-partition
-- target:
DROP TABLE lib.visit_d;
-- case: two-partitions
-- target:
DROP TABLE lib.visit_1, lib.visit_2;
-- case: partitioned-table
-- target:
DROP TABLE lib.visit;
-- case: referenced-partition
-- target:
DROP TABLE lib.area_2 CASCADE;
-- case: referenced-partitioned-table
-- target:
DROP TABLE lib.area CASCADE;
-- case: references-partitioned-table
-- target:
DROP TABLE lib.sign;
-- case: parent
-- target:
DROP TABLE lib.base;
-- case: parent-cascade
-- target:
DROP TABLE lib.base CASCADE;
-- case: child
-- target:
DROP TABLE lib.derived;
-- case: missing
-- target:
DROP TABLE lib.nothing;
-- case: missing-schema
-- target:
DROP TABLE nowhere.nothing;
-- case: missing-if-exists
-- target:
DROP TABLE IF EXISTS lib.nothing, nowhere.nothing;
-- case: table-is-view
-- target:
DROP TABLE lib.titles;
-- case: view-is-table
-- target:
DROP VIEW lib.item;
-- case: view-with-dependents
-- target:
DROP VIEW lib.titles;
-- case: view-cascade
-- target:
DROP VIEW lib.titles CASCADE;
-- case: view
-- target:
DROP VIEW lib.maps;
-- case: matview
-- target:
DROP MATERIALIZED VIEW lib.counts;
-- case: view-is-matview
-- target:
DROP VIEW lib.counts;
-- case: sequence-in-default
-- target:
DROP SEQUENCE lib.ticket;
-- case: sequence-in-default-cascade
-- target:
DROP SEQUENCE lib.ticket CASCADE;
-- case: serial-sequence
-- target:
DROP SEQUENCE lib.item_id_seq;
-- case: serial-sequence-cascade
-- target:
DROP SEQUENCE lib.item_id_seq CASCADE;
-- case: identity-sequence
-- target:
DROP SEQUENCE lib.loan_id_seq CASCADE;
-- case: type-used
-- target:
DROP TYPE lib.kind;
-- case: type-cascade
-- target:
DROP TYPE lib.kind CASCADE;
-- case: composite-cascade
-- target:
DROP TYPE lib.place CASCADE;
-- case: domain-used
-- target:
DROP DOMAIN lib.isbn;
-- case: domain-cascade
-- target:
DROP DOMAIN lib.isbn CASCADE;
-- case: domain-unused
-- target:
DROP DOMAIN lib.isbn13;
-- case: type-is-domain
-- target:
DROP TYPE lib.isbn13;
-- case: domain-is-type
-- target:
DROP DOMAIN lib.kind;
-- case: type-missing
-- target:
DROP TYPE lib.nothing;
-- case: type-missing-if-exists
-- target:
DROP TYPE IF EXISTS lib.nothing;
-- case: row-type
-- target:
DROP TYPE lib.author;
-- case: function-used
-- target:
DROP FUNCTION lib.fold(text);
-- case: function-cascade
-- target:
DROP FUNCTION lib.fold(text) CASCADE;
-- case: trigger-function-used
-- target:
DROP FUNCTION lib.stamp();
-- case: trigger-function-cascade
-- target:
DROP FUNCTION lib.stamp() CASCADE;
-- case: function-ambiguous
-- target:
DROP FUNCTION lib.one;
-- case: function-exact
-- target:
DROP FUNCTION lib.one(int);
-- case: function-missing
-- target:
DROP FUNCTION lib.one(text);
-- case: function-missing-if-exists
-- target:
DROP FUNCTION IF EXISTS lib.one(text), lib.two;
-- case: trigger
-- target:
DROP TRIGGER item_stamp ON lib.item;
-- case: trigger-missing
-- target:
DROP TRIGGER nothing ON lib.item;
-- case: trigger-missing-if-exists
-- target:
DROP TRIGGER IF EXISTS nothing ON lib.item;
-- case: trigger-partitioned
-- target:
DROP TRIGGER visit_stamp ON lib.visit;
-- case: trigger-of-partition
-- target:
DROP TRIGGER visit_stamp ON lib.visit_1;
-- case: rule
-- target:
DROP RULE loan_keep ON lib.loan;
-- case: rule-missing
-- target:
DROP RULE nothing ON lib.loan;
-- case: policy
-- target:
DROP POLICY loan_own ON lib.loan;
-- case: policy-missing-if-exists
-- target:
DROP POLICY IF EXISTS nothing ON lib.loan;
-- case: statistics
-- target:
DROP STATISTICS lib.item_st;
-- case: publication
-- target:
DROP PUBLICATION lib_pub;
-- case: schema-used
-- target:
DROP SCHEMA arch;
-- case: schema-cascade
-- target:
DROP SCHEMA arch CASCADE;
-- case: schema-missing
-- target:
DROP SCHEMA nowhere;
-- case: schema-empty
CREATE SCHEMA empty;
-- target:
DROP SCHEMA empty;
-- case: operator
CREATE OPERATOR lib.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
-- target:
DROP OPERATOR lib.=== (int, int);
-- case: aggregate
CREATE AGGREGATE lib.plus (int) (SFUNC = int4pl, STYPE = int);
-- target:
DROP AGGREGATE lib.plus (int);
-- case: cast
CREATE FUNCTION lib.k(lib.kind) RETURNS int LANGUAGE sql AS 'select 1'; CREATE CAST (lib.kind AS int) WITH FUNCTION lib.k(lib.kind);
-- target:
DROP CAST (lib.kind AS int);
-- case: foreign-data
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE lib.remote (a int) SERVER far;
-- target:
DROP SERVER far;
-- case: foreign-data-cascade
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE lib.remote (a int) SERVER far;
-- target:
DROP FOREIGN DATA WRAPPER w CASCADE;
-- case: foreign-table
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE lib.remote (a int) SERVER far;
-- target:
DROP FOREIGN TABLE lib.remote;
-- case: index-of-matview
-- target:
DROP INDEX lib.counts_author;
-- case: concurrently-cascade
-- target:
DROP INDEX CONCURRENTLY lib.counts_author CASCADE;
-- case: references-parent-of-inheritance
CREATE TABLE lib.points (base int REFERENCES lib.base);
-- target:
DROP TABLE lib.points;
