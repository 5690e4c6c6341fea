-- What is analysed before a command turns out to do nothing, conditions of rules, later queries of WITH RECURSIVE, types with subscripts, triggers FROM.
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT a FROM t;
CREATE TABLE r1 (a int);
CREATE TABLE rp (a int);
CREATE TABLE tp (a int, b text) PARTITION BY RANGE (a);
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return null; end';
CREATE CONSTRAINT TRIGGER ptr AFTER UPDATE ON tp FROM rp FOR EACH ROW EXECUTE FUNCTION tf();
CREATE COLLATION c0 FROM "C";
CREATE TABLE cd4 (a int, b text);
CREATE INDEX cd4i ON cd4 (b COLLATE c0);
CREATE TABLE pt (f point, n name);

-- case: matview-if-not-exists
CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
-- target:
CREATE MATERIALIZED VIEW IF NOT EXISTS mv AS SELECT * FROM t

-- case: table-as-if-not-exists
-- target:
CREATE TABLE IF NOT EXISTS r1 AS SELECT * FROM v

-- case: body-create-table-as
-- target:
CREATE FUNCTION f4() RETURNS void AS 'create table cr as select * from t' LANGUAGE sql

-- case: body-explain
-- target:
CREATE FUNCTION f6() RETURNS void AS 'explain select * from v' LANGUAGE sql

-- case: rule-condition
-- target:
CREATE RULE rr AS ON INSERT TO r1 WHERE EXISTS (SELECT 1 FROM t x WHERE x.a = new.a) DO INSTEAD NOTHING

-- case: rule-condition-bare-column
-- target:
CREATE RULE rq AS ON INSERT TO r1 WHERE a < 0 DO ALSO DELETE FROM t

-- case: rule-condition-fires
CREATE RULE rr AS ON INSERT TO r1 WHERE EXISTS (SELECT 1 FROM t x WHERE x.a = new.a) DO INSTEAD NOTHING;
-- target:
INSERT INTO r1 VALUES (1)

-- case: subscripts
-- target:
SELECT * FROM pt WHERE f[0] > 1 AND n[0] = 'a'

-- case: forward-cte
-- target:
WITH RECURSIVE x(id) AS (SELECT * FROM y UNION ALL SELECT id + 1 FROM x WHERE id < 5), y(id) AS (SELECT a FROM t) SELECT * FROM x

-- case: partition-of-trigger-from
-- target:
CREATE TABLE tp4 PARTITION OF tp FOR VALUES FROM (4000) TO (5000)

-- case: drop-collation-cascade
-- target:
DROP COLLATION c0 CASCADE

-- case: shell-type
CREATE FUNCTION xfin(cstring) RETURNS xf IMMUTABLE STRICT LANGUAGE internal AS 'float4in';
CREATE FUNCTION xfout(xf) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'float4out';
-- target:
CREATE TYPE xf (INPUT = xfin, OUTPUT = xfout, LIKE = float4)
