-- Grammar that came with a version: what older servers say of it.
CREATE TABLE t (a int, b int, PRIMARY KEY (a));
CREATE TABLE u (a int REFERENCES t, c text);
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
-- case: subquery-without-alias
-- target:
CREATE TABLE x AS SELECT * FROM (SELECT a FROM t);
-- case: merge
-- target:
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE;
-- case: merge-by-source
-- target:
MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED BY SOURCE THEN DELETE;
-- case: merge-returning
-- target:
MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE RETURNING t.a;
-- case: nulls-not-distinct
-- target:
CREATE UNIQUE INDEX i ON u (a) NULLS NOT DISTINCT;
-- case: nulls-not-distinct-constraint
-- target:
ALTER TABLE u ADD UNIQUE NULLS NOT DISTINCT (a);
-- case: not-enforced
-- target:
CREATE TABLE x (a int CHECK (a > 0) NOT ENFORCED);
-- case: virtual-column
-- target:
CREATE TABLE x (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL);
-- case: delete-set-null-columns
-- target:
CREATE TABLE x (a int, b int, FOREIGN KEY (a) REFERENCES t ON DELETE SET NULL (a));
-- case: not-null-of-table
-- target:
CREATE TABLE x (a int, CONSTRAINT n NOT NULL a);
-- case: replace-trigger
-- target:
CREATE OR REPLACE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();
-- case: function-body
-- target:
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
-- case: statistics-expression
-- target:
CREATE STATISTICS s ON (a + 1), b FROM t;
-- case: publication-schema
-- target:
CREATE PUBLICATION p FOR TABLES IN SCHEMA public;
-- case: publication-where
-- target:
CREATE PUBLICATION p FOR TABLE t WHERE (a > 1);
-- case: publication-columns
-- target:
CREATE PUBLICATION p FOR TABLE t (a);
-- case: compression
-- target:
CREATE TABLE x (a text COMPRESSION pglz);
-- case: storage
-- target:
CREATE TABLE x (a text STORAGE PLAIN);
-- case: unlogged-sequence
-- target:
CREATE UNLOGGED SEQUENCE s;
-- case: json-constructor
-- target:
CREATE VIEW x AS SELECT JSON_OBJECT('a': 1) AS j;
-- case: json-is
-- target:
CREATE VIEW x AS SELECT c IS JSON AS j FROM u;
-- case: json-table
-- target:
CREATE VIEW x AS SELECT * FROM JSON_TABLE(jsonb '{}', '$' COLUMNS (a int PATH '$.a'));
-- case: set-access-method
-- target:
ALTER TABLE t SET ACCESS METHOD heap;
-- case: reindex-verbose
-- target:
REINDEX (VERBOSE) TABLE t;
-- case: reindex-verbose-off
-- target:
REINDEX (VERBOSE off) TABLE t;
-- case: reindex-tablespace
-- target:
REINDEX (TABLESPACE pg_default) TABLE t;
