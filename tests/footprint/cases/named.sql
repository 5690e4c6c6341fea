-- What hangs on constraints' comments, access methods, event triggers, fields of a row type; names of statistics; rows of another length.
CREATE TABLE jar (id int PRIMARY KEY, n int CHECK (n > 0), t text);
CREATE TYPE lid AS (size int, colour text);
CREATE TABLE pot (id int, top lid CHECK ((top).size > 0));
CREATE TABLE log (what text);
CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (tg_tag); END $$;
-- case: type-under-a-commented-check
COMMENT ON CONSTRAINT jar_n_check ON jar IS 'positive';
-- target:
ALTER TABLE jar ALTER COLUMN n TYPE bigint;
-- case: type-under-a-commented-key
COMMENT ON CONSTRAINT jar_pkey ON jar IS 'key';
-- target:
ALTER TABLE jar ALTER COLUMN id TYPE bigint;
-- case: drop-an-attribute-that-a-check-reads
-- target:
ALTER TYPE lid DROP ATTRIBUTE size;
-- case: drop-an-attribute-that-a-check-reads-cascade
-- target:
ALTER TYPE lid DROP ATTRIBUTE size CASCADE;
-- case: lock-rows-of-an-alias-in-a-view
-- target:
CREATE VIEW jars AS SELECT a.id FROM jar a, pot b WHERE a.id = b.id FOR UPDATE OF a;
-- case: statistics-of-the-same-columns-again (versions: 16-18)
CREATE STATISTICS ON id, n FROM jar;
-- target:
CREATE STATISTICS ON id, n FROM jar;
-- case: statistics-of-one-column
-- target:
CREATE STATISTICS lonely ON id FROM jar;
-- case: more-values-than-columns
-- target:
INSERT INTO jar VALUES (1, 2, 'x', 4);
-- case: more-values-than-names
-- target:
INSERT INTO jar (id, n) SELECT id, n, t FROM jar;
-- case: fewer-values-than-names
-- target:
INSERT INTO jar (id, n) VALUES (1);
-- case: rows-of-two-lengths
-- target:
INSERT INTO jar VALUES (1, 2), (3);
-- case: function-that-returns-a-query (versions: 14-18)
CREATE VIEW jars AS SELECT id FROM jar;
-- target:
CREATE FUNCTION many() RETURNS bigint RETURN (SELECT count(*) FROM jars);
-- case: drop-a-method-of-a-table
CREATE ACCESS METHOD heap9 TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE crate (id int) USING heap9;
-- target:
DROP ACCESS METHOD heap9;
-- case: drop-a-method-of-a-table-cascade
CREATE ACCESS METHOD heap9 TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE crate (id int) USING heap9;
-- target:
DROP ACCESS METHOD heap9 CASCADE;
-- case: create-under-an-event-trigger
CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION noted();
-- target:
CREATE TABLE other (id int);
-- case: index-beside-an-event-trigger
CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION noted();
-- target:
CREATE INDEX ON jar (t);
-- case: drop-under-an-event-trigger-that-is-off
CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION noted();
ALTER EVENT TRIGGER e DISABLE;
-- target:
DROP TABLE jar;
-- case: drop-the-function-of-an-event-trigger
CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION noted();
-- target:
DROP FUNCTION noted();
-- case: using-where-a-child-is-foreign
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER away FOREIGN DATA WRAPPER far;
CREATE FOREIGN TABLE jar_away () INHERITS (jar) SERVER away;
-- target:
ALTER TABLE jar ALTER COLUMN t TYPE varchar(9) USING left(t, 9);
