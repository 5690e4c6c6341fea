-- What migrations do to partitions, generated columns and indexes: keys taken over one by one, hash bounds asked row by row, arbiters over expressions.
CREATE TABLE p (id int PRIMARY KEY, k int, v text) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200) PARTITION BY HASH (id);
CREATE TABLE p20 PARTITION OF p2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE q (id int, k int, v text, r int REFERENCES p) PARTITION BY LIST (k);
CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
CREATE TABLE q2 (LIKE q);
CREATE TABLE h (id int NOT NULL, k int, v text) PARTITION BY HASH (id);
CREATE TABLE ht (id int NOT NULL, k int, v text);
CREATE TABLE t (id int PRIMARY KEY, k int, v text);
CREATE UNIQUE INDEX ON t (lower(v), k);

-- case: attach-one-of-two-keys
ALTER TABLE q ADD CONSTRAINT q_f FOREIGN KEY (r) REFERENCES p;
ALTER TABLE q2 ADD CONSTRAINT q_g FOREIGN KEY (r) REFERENCES p;
-- target:
ALTER TABLE q ATTACH PARTITION q2 FOR VALUES IN (2)

-- case: attached-key-goes-with-its-parent
ALTER TABLE q ADD CONSTRAINT q_f FOREIGN KEY (r) REFERENCES p;
ALTER TABLE q2 ADD CONSTRAINT q_g FOREIGN KEY (r) REFERENCES p;
ALTER TABLE q ATTACH PARTITION q2 FOR VALUES IN (2);
ALTER TABLE q DROP CONSTRAINT q_f;
-- target:
ALTER TABLE q2 RENAME CONSTRAINT q_r_fkey TO other

-- case: attach-hash-rows
INSERT INTO ht VALUES (2, 1, 'a');
-- target:
ALTER TABLE h ATTACH PARTITION ht FOR VALUES WITH (MODULUS 1, REMAINDER 0)

-- case: attach-hash-empty
-- target:
ALTER TABLE h ATTACH PARTITION ht FOR VALUES WITH (MODULUS 1, REMAINDER 0)

-- case: expression-dropped
ALTER TABLE t ADD COLUMN g text GENERATED ALWAYS AS (v || 'x') STORED;
ALTER TABLE t ALTER COLUMN g DROP EXPRESSION;
ALTER TABLE t DROP COLUMN v;
-- target:
ALTER TABLE t ALTER COLUMN g SET DEFAULT NULL

-- case: arbiter-expression
-- target:
INSERT INTO t (id, k, v) VALUES (1, 2, 'a') ON CONFLICT (lower(v), k) DO UPDATE SET k = 9

-- case: arbiter-other-expression
-- target:
INSERT INTO t (id, k, v) VALUES (1, 2, 'a') ON CONFLICT (upper(v), k) DO NOTHING

-- case: arbiter-lacks-expression
-- target:
INSERT INTO t (id, k, v) VALUES (1, 2, 'a') ON CONFLICT (k) DO NOTHING

-- case: opclass-of-another-type
-- target:
CREATE INDEX ON t (k varchar_pattern_ops)

-- case: opclass-of-domain
CREATE DOMAIN d AS text;
ALTER TABLE t ADD COLUMN d d;
-- target:
CREATE INDEX ON t (d text_pattern_ops)

-- case: validate-no-constraint-of-contained-domain
CREATE DOMAIN d AS int;
ALTER TABLE t ADD COLUMN a d[];
-- target:
ALTER DOMAIN d VALIDATE CONSTRAINT nothing

-- case: retype-attached-index
CREATE INDEX p_v ON p (v);
CREATE TABLE a (id int PRIMARY KEY, k int, v text);
CREATE INDEX a_mine ON a (v);
ALTER TABLE p ATTACH PARTITION a FOR VALUES FROM (200) TO (300);
-- target:
ALTER TABLE p ALTER COLUMN v TYPE varchar(99)

-- case: view-of-itself
CREATE VIEW w AS SELECT k, v FROM t;
CREATE OR REPLACE VIEW w AS SELECT a.k, b.v FROM t a JOIN w b ON a.k = b.k;
-- target:
DO $$ BEGIN IF EXISTS (SELECT 1 FROM w) THEN UPDATE t SET k = 1; END IF; END $$

-- case: view-of-a-view-of-itself
CREATE VIEW w AS SELECT k, v FROM t;
CREATE VIEW w2 AS SELECT * FROM w;
CREATE OR REPLACE VIEW w AS SELECT k, (SELECT v FROM w2 LIMIT 1) AS v FROM t;
-- target:
DELETE FROM t WHERE k IN (SELECT k FROM w2)
