-- Names that are not there, and statements that are refused in the server's own order.
CREATE TABLE reed (id int PRIMARY KEY, k int, v text, g int GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE rush (id int, k int);
CREATE TABLE sedge (id int NOT NULL, k int, v text) PARTITION BY LIST (k);
CREATE TABLE sedge1 PARTITION OF sedge FOR VALUES IN (1);
CREATE VIEW pond AS SELECT id, k FROM reed;
CREATE VIEW tally AS SELECT k, count(*) AS n FROM rush GROUP BY k;
CREATE MATERIALIZED VIEW dry AS SELECT k FROM rush WITH NO DATA;
CREATE TYPE leaf AS (a int, b text);
CREATE DOMAIN few AS int;
CREATE FUNCTION two(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a * 2';
CREATE FUNCTION many() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE base (id int PRIMARY KEY);
CREATE TABLE heir (x int) INHERITS (base);
CREATE TABLE marsh (id int, r int REFERENCES base) PARTITION BY RANGE (id);

-- case: column-of-a-query
-- target:
SELECT nope FROM reed
-- case: column-of-a-table
-- target:
SELECT reed.nope FROM reed
-- case: table-not-in-from
-- target:
SELECT rush.k FROM reed
-- case: column-of-two-tables
-- target:
SELECT k FROM reed, rush
-- case: column-merged-by-using
-- target:
SELECT k FROM reed JOIN rush USING (k)
-- case: using-of-one-side
-- target:
SELECT * FROM reed JOIN rush USING (v)
-- case: lateral-sibling
-- target:
SELECT l.k FROM reed, LATERAL (SELECT rush.k FROM rush WHERE rush.id = reed.id) l
-- case: sibling-without-lateral
-- target:
SELECT l.k FROM reed, (SELECT rush.k FROM rush WHERE rush.id = reed.id) l
-- case: order-by-output-name
-- target:
SELECT k AS kk FROM reed ORDER BY kk
-- case: system-column
-- target:
SELECT ctid, xmin FROM reed WHERE reed.tableoid = 1
-- case: whole-row
-- target:
SELECT r, (r).k FROM reed r
-- case: column-of-a-cte
-- target:
WITH c(a) AS (SELECT k FROM reed) SELECT b FROM c
-- case: columns-of-a-catalogue
-- target:
SELECT c.nope FROM pg_class c
-- case: where-of-an-update
-- target:
UPDATE reed SET v = 'x' WHERE nope = 1
-- case: view-of-a-missing-column
-- target:
CREATE VIEW lake AS SELECT nope FROM reed
-- case: table-as-of-a-missing-column
-- target:
CREATE TABLE copy AS SELECT nope FROM reed
-- case: index-over-a-missing-column
-- target:
CREATE INDEX ON reed ((nope + 1))
-- case: index-where-a-missing-column
-- target:
CREATE INDEX ON reed (k) WHERE nope > 1
-- case: trigger-when-a-missing-column
-- target:
CREATE TRIGGER t BEFORE UPDATE ON rush FOR EACH ROW WHEN (NEW.nope > 0) EXECUTE FUNCTION fired()
-- case: trigger-when-a-column
-- target:
CREATE TRIGGER t BEFORE UPDATE ON rush FOR EACH ROW WHEN (NEW.k > OLD.k) EXECUTE FUNCTION fired()
-- case: rule-of-a-missing-column
-- target:
CREATE RULE u AS ON INSERT TO rush WHERE NEW.nope > 5 DO ALSO DELETE FROM reed
-- case: rule-of-new-columns
-- target:
CREATE RULE u AS ON UPDATE TO rush WHERE NEW.k > 5 DO ALSO DELETE FROM reed WHERE id = OLD.id
-- case: policy-of-a-missing-column
-- target:
CREATE POLICY p ON rush USING (nope IN (SELECT k FROM reed))
-- case: copy-of-a-missing-column
-- target:
COPY rush (nope) TO '/dev/null'
-- case: analyze-of-a-missing-column
-- target:
ANALYZE rush (nope)
-- case: execute-of-a-missing-column
-- target:
DO $$ BEGIN EXECUTE 'DELETE FROM rush WHERE nope = $1' USING 5; END $$
-- case: body-of-a-missing-column
-- target:
DO $$ BEGIN DELETE FROM rush WHERE nope = 5; END $$
-- case: body-of-a-variable
-- target:
DO $$ DECLARE nope int := 5; BEGIN DELETE FROM rush WHERE k = nope; END $$
-- case: body-of-a-loop-variable
-- target:
DO $$ BEGIN FOR nope IN 1..2 LOOP DELETE FROM rush WHERE k = nope; END LOOP; END $$
-- case: set-returning-where
-- target:
SELECT 1 FROM rush WHERE k = many()
-- case: aggregate-where
-- target:
DELETE FROM rush WHERE count(*) > 1
-- case: cast-that-is-not
-- target:
SELECT k::jsonb FROM rush
-- case: operator-that-is-not
-- target:
SELECT v + k FROM reed
-- case: generated-column-inserted
-- target:
INSERT INTO reed (id, g) VALUES (1, 2)
-- case: generated-column-default
-- target:
INSERT INTO reed (id, g) VALUES (1, DEFAULT)
-- case: generated-column-updated
-- target:
UPDATE reed SET g = 1
-- case: unpopulated
-- target:
SELECT * FROM dry
-- case: rows-of-a-materialized-view
REFRESH MATERIALIZED VIEW dry;
-- target:
SELECT * FROM dry FOR UPDATE
-- case: refresh-a-view
-- target:
REFRESH MATERIALIZED VIEW pond
-- case: attach-wrong-bound-first
-- target:
ALTER TABLE sedge ATTACH PARTITION reed FOR VALUES FROM (1) TO (2)
-- case: finalize-nothing (versions: 14-18)
-- target:
ALTER TABLE sedge DETACH PARTITION sedge1 FINALIZE
-- case: type-cast-before-view
-- target:
ALTER TABLE reed ALTER COLUMN k TYPE jsonb
-- case: using-a-missing-column
-- target:
ALTER TABLE rush ALTER COLUMN id TYPE bigint USING nope::bigint
-- case: alter-attribute-of-a-composite
-- target:
ALTER TYPE leaf ALTER ATTRIBUTE b TYPE int
-- case: of-a-type-that-differs
-- target:
ALTER TABLE rush OF leaf
-- case: truncate-trigger-on-a-view
-- target:
CREATE TRIGGER t BEFORE TRUNCATE ON pond FOR EACH STATEMENT EXECUTE FUNCTION fired()
-- case: transition-rows-of-a-partitioned-table
-- target:
CREATE TRIGGER t AFTER INSERT ON sedge REFERENCING NEW TABLE AS n FOR EACH ROW EXECUTE FUNCTION fired()
-- case: inherit-twice
-- target:
CREATE TABLE both () INHERITS (rush, rush)
-- case: domain-within-an-array
CREATE TABLE holds (f few[]);
-- target:
ALTER DOMAIN few ADD CHECK (VALUE > 0)
-- case: update-without-replica-identity
CREATE PUBLICATION p FOR TABLE rush;
-- target:
UPDATE rush SET k = 1
-- case: insert-without-replica-identity
CREATE PUBLICATION p FOR TABLE rush;
-- target:
INSERT INTO rush VALUES (1)
-- case: update-that-is-not-published
CREATE PUBLICATION p FOR TABLE rush WITH (publish = 'insert');
-- target:
UPDATE rush SET k = 1
-- case: delete-with-a-key
CREATE PUBLICATION p FOR ALL TABLES;
-- target:
DELETE FROM reed
-- case: partition-of-a-referencing-table
-- target:
CREATE TABLE marsh1 PARTITION OF marsh FOR VALUES FROM (1) TO (2)
-- case: merge-nothing-into-a-view (versions: 17-18)
-- target:
MERGE INTO pond p USING rush r ON p.id = r.id WHEN MATCHED THEN DO NOTHING
-- case: merge-into-a-view-that-groups (versions: 17-18)
-- target:
MERGE INTO tally t USING rush r ON t.k = r.k WHEN MATCHED THEN UPDATE SET n = 1
-- case: table-as-of-a-parent
-- target:
CREATE TABLE copy AS SELECT * FROM base
-- case: exclusion-of-a-partitioned-table
-- target:
ALTER TABLE ONLY sedge ADD EXCLUDE USING btree (k WITH =)
-- case: toast-option-of-a-partitioned-table
-- target:
ALTER TABLE sedge SET (toast.autovacuum_enabled = off)
-- case: commit-in-a-block
-- target:
DO $$ BEGIN LOCK TABLE rush; COMMIT; END $$
-- case: null-primary-key
-- target:
CREATE TABLE cattail (id int NULL PRIMARY KEY)
-- case: primary-key-said-null
-- target:
CREATE TABLE cattail (id int PRIMARY KEY NULL)
-- case: identity-said-null
-- target:
CREATE TABLE cattail (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY NULL)
-- case: not-null-of-a-domain-by-name
CREATE DOMAIN plenty AS int NOT NULL;
-- target:
ALTER DOMAIN plenty DROP CONSTRAINT plenty_not_null
-- case: another-name-for-not-null-of-a-domain
CREATE DOMAIN plenty AS int CONSTRAINT wanted NOT NULL;
-- target:
ALTER DOMAIN plenty DROP CONSTRAINT plenty_not_null
-- case: variable-declared-after-a-comment
-- target:
DO $$ DECLARE
  n int := 1; -- begin
  /* begin */ wanted int := 2;
  "Wanted" int := 3;
BEGIN
  UPDATE reed SET k = wanted WHERE k = "Wanted";
END $$
-- case: label-of-a-block
-- target:
DO $$ BEGIN <<shore>> DECLARE wanted int := 2; BEGIN UPDATE reed SET k = shore.wanted; END; END $$
-- case: no-variable-of-a-comment
-- target:
DO $$ DECLARE n int; /* nope */ BEGIN UPDATE reed SET k = nope; END $$
-- case: variable-of-a-body-in-quotes
CREATE FUNCTION quoted() RETURNS void LANGUAGE plpgsql AS E'DECLARE\n wanted int := 2; BEGIN UPDATE reed SET k = wanted; END';
-- target:
SELECT quoted()
-- case: merged-columns-under-a-name
-- target:
SELECT x.k FROM reed JOIN rush USING (k) AS x
-- case: others-not-under-it
-- target:
SELECT x.v FROM reed JOIN rush USING (k) AS x
-- case: merge-inserts-see-the-source
-- target:
MERGE INTO reed USING rush ON reed.id = rush.id WHEN NOT MATCHED THEN INSERT (id, k) VALUES (id, k)
-- case: merge-condition
-- target:
MERGE INTO reed a USING rush b ON a.id = b.nope WHEN MATCHED THEN DELETE
-- case: parent-twice
-- target:
CREATE TABLE twice () INHERITS (marsh, marsh)
-- case: expression-of-statistics
-- target:
CREATE STATISTICS tell ON (nope + 1) FROM rush
