-- Bodies, defaults, row security, self references, common table expressions.
CREATE TABLE acct (id bigint PRIMARY KEY, owner text, bal numeric);
CREATE TABLE tx (id bigserial PRIMARY KEY, acct_id bigint REFERENCES acct, amt numeric, at timestamptz DEFAULT now());
CREATE INDEX tx_acct ON tx(acct_id);
CREATE TABLE audit (id serial PRIMARY KEY, t text, r text);
ALTER TABLE acct ENABLE ROW LEVEL SECURITY;
CREATE POLICY p1 ON acct USING (id IN (SELECT acct_id FROM tx));
CREATE FUNCTION tg() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit(t, r) VALUES (TG_TABLE_NAME, NEW::text); RETURN NEW; END $$;
CREATE TRIGGER t_b BEFORE INSERT OR UPDATE ON tx FOR EACH ROW WHEN (NEW.amt > 100) EXECUTE FUNCTION tg();
CREATE TABLE dis (id int); CREATE TRIGGER t_d AFTER INSERT ON dis FOR EACH ROW EXECUTE FUNCTION tg(); ALTER TABLE dis DISABLE TRIGGER t_d;
CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tg();
ALTER TABLE audit DISABLE TRIGGER ct;
CREATE TABLE pp (id int NOT NULL, d date NOT NULL, acct_id bigint REFERENCES acct, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE pp1 PARTITION OF pp FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE pp2 PARTITION OF pp FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE child (pid int, pd date, n int, FOREIGN KEY (pid, pd) REFERENCES pp ON DELETE SET NULL);
CREATE VIEW v1 AS SELECT * FROM acct; CREATE VIEW v2 AS SELECT v1.id, sum(tx.amt) s FROM v1 JOIN tx ON tx.acct_id = v1.id GROUP BY v1.id;
CREATE TYPE comp AS (a int, b text);
CREATE FUNCTION outer_f(x int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN inner_f(x) + 1; END $$;
CREATE FUNCTION inner_f(x int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM tx WHERE id = x; RETURN n; END $$;
CREATE FUNCTION rec_f(x int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF x <= 0 THEN RETURN 0; END IF; PERFORM 1 FROM audit; RETURN rec_f(x - 1); END $$;
CREATE FUNCTION trg_sql() RETURNS int LANGUAGE sql AS $$ INSERT INTO audit(t) VALUES ('x'); UPDATE dis SET id = 1; SELECT 1; $$;
CREATE FUNCTION dflt() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT coalesce(max(id),0) FROM tx); END $$;
CREATE TABLE withdef (id bigint DEFAULT dflt(), x int GENERATED ALWAYS AS (1+1) STORED, y int CHECK (y > 0));
CREATE TABLE self (id int PRIMARY KEY, up int REFERENCES self ON DELETE CASCADE);
INSERT INTO self VALUES (1, NULL), (2, 1), (3, 2);
INSERT INTO acct SELECT g, 'o', g FROM generate_series(1,50) g;
INSERT INTO tx(acct_id, amt) SELECT g, g FROM generate_series(1,50) g;
INSERT INTO pp SELECT g, date '2024-01-01' + g, g FROM generate_series(1,40) g;
INSERT INTO child SELECT g, date '2024-01-01' + g, g FROM generate_series(1,10) g;
ANALYZE;

-- case: select-from-acct
-- target:
SELECT * FROM acct;

-- case: update-acct-set-bal-0-where-id-1
-- target:
UPDATE acct SET bal = 0 WHERE id = 1;

-- case: insert-into-tx-acct-id-amt-values-1-500
-- target:
INSERT INTO tx(acct_id, amt) VALUES (1, 500);

-- case: insert-into-tx-acct-id-amt-values-1-5
-- target:
INSERT INTO tx(acct_id, amt) VALUES (1, 5);

-- case: insert-into-tx-id-acct-id-amt-overriding-system
-- target:
INSERT INTO tx(id, acct_id, amt) OVERRIDING SYSTEM VALUE VALUES (1000, 2, 3);

-- case: insert-into-dis-values-1
-- target:
INSERT INTO dis VALUES (1);

-- case: insert-into-audit-t-values-q
-- target:
INSERT INTO audit(t) VALUES ('q');

-- case: select-outer-f-3
-- target:
SELECT outer_f(3);

-- case: select-rec-f-3
-- target:
SELECT rec_f(3);

-- case: select-trg-sql
-- target:
SELECT trg_sql();

-- case: insert-into-withdef-y-values-1
-- target:
INSERT INTO withdef (y) VALUES (1);

-- case: insert-into-withdef-values-default-default-1
-- target:
INSERT INTO withdef VALUES (DEFAULT, DEFAULT, 1);

-- case: insert-into-withdef-id-y-values-1-1
-- target:
INSERT INTO withdef (id, y) VALUES (1, 1);

-- case: delete-from-self-where-id-2
-- target:
DELETE FROM self WHERE id = 2;

-- case: insert-into-self-values-10-1
-- target:
INSERT INTO self VALUES (10, 1);

-- case: insert-into-self-values-11-null
-- target:
INSERT INTO self VALUES (11, NULL);

-- case: update-self-set-up-null-where-id-3
-- target:
UPDATE self SET up = NULL WHERE id = 3;

-- case: delete-from-pp-where-d-2024-01-05
-- target:
DELETE FROM pp WHERE d = '2024-01-05';

-- case: delete-from-pp1-where-id-7
-- target:
DELETE FROM pp1 WHERE id = 7;

-- case: update-pp-set-acct-id-2-where-d-2024-01-06
-- target:
UPDATE pp SET acct_id = 2 WHERE d = '2024-01-06';

-- case: update-pp1-set-acct-id-3-where-id-8
-- target:
UPDATE pp1 SET acct_id = 3 WHERE id = 8;

-- case: insert-into-pp1-values-99-2024-01-09-1
-- target:
INSERT INTO pp1 VALUES (99, '2024-01-09', 1);

-- case: insert-into-child-values-9-2024-01-10-1
-- target:
INSERT INTO child VALUES (9, '2024-01-10', 1);

-- case: select-from-v2
-- target:
SELECT * FROM v2;

-- case: select-from-v2-where-id-3-for-update
-- target:
SELECT * FROM v2 WHERE id = 3 FOR UPDATE;

-- case: update-v1-set-bal-1-where-id-3
-- target:
UPDATE v1 SET bal = 1 WHERE id = 3;

-- case: select-count-from-tx-where-acct-id-in-select-id
-- target:
SELECT count(*) FROM tx WHERE acct_id IN (SELECT id FROM v1) UNION ALL SELECT count(*) FROM audit;

-- case: select-from-tx-natural-join-select-acct-id-from
-- target:
SELECT * FROM tx NATURAL JOIN (SELECT acct_id FROM tx) q LIMIT 1;

-- case: select-from-generate-series-1-3-g-lateral-select
-- target:
SELECT * FROM generate_series(1,3) g, LATERAL (SELECT outer_f(g)) x;

-- case: select-row-number-over-order-by-id-from-tx-where
-- target:
SELECT row_number() OVER (ORDER BY id) FROM tx WHERE EXISTS (SELECT FROM pp WHERE pp.d = '2024-01-05' AND pp.acct_id = tx.acct_id);

-- case: select-from-pp-p1-join-pp-p2-using-id-d-where-p1
-- target:
SELECT * FROM pp p1 JOIN pp p2 USING (id, d) WHERE p1.d = '2024-01-05';

-- case: select-from-pp-where-d-2024-01-05-or-d-2024-02-0
-- target:
SELECT * FROM pp WHERE d = '2024-01-05' OR d = '2024-02-05';

-- case: select-from-pp-where-d-2024-01-05-and-d-2024-01
-- target:
SELECT * FROM pp WHERE d >= '2024-01-05' AND d <= '2024-01-10' AND id = 3;

-- case: select-from-pp-where-d-date-2024-01-01-3
-- target:
SELECT * FROM pp WHERE d = date '2024-01-01' + 3;

-- case: select-from-pp-where-d-2024-01-05-timestamp
-- target:
SELECT * FROM pp WHERE d = '2024-01-05'::timestamp;

-- case: select-from-pp-where-d-current-date
-- target:
SELECT * FROM pp WHERE d >= current_date;

-- case: select-from-pp-where-extract-year-from-d-2024
-- target:
SELECT * FROM pp WHERE extract(year from d) = 2024;

-- case: select-from-pp-where-d-between-symmetric-2024-01
-- target:
SELECT * FROM pp WHERE d BETWEEN SYMMETRIC '2024-01-10' AND '2024-01-05';

-- case: select-from-pp-where-d-id-2024-02-01-3
-- target:
SELECT * FROM pp WHERE (d, id) >= ('2024-02-01', 3);

-- case: select-from-pp-where-d-in-2024-01-05-2024-01-06
-- target:
SELECT * FROM pp WHERE d IN ('2024-01-05', '2024-01-06');

-- case: select-from-pp-where-d-any-array-2024-01-05-2024
-- target:
SELECT * FROM pp WHERE d = ANY (ARRAY['2024-01-05', '2024-02-06']::date[]);

-- case: select-from-pp-where-d-any-2024-01-05-date
-- target:
SELECT * FROM pp WHERE d = ANY ('{2024-01-05}'::date[]);

-- case: select-from-pp-where-d-2023-01-01-and-d-2023-06
-- target:
SELECT * FROM pp WHERE d > '2023-01-01' AND d < '2023-06-01';

-- case: with-u-as-update-acct-set-bal-bal-1-where-id-2-r
-- target:
WITH u AS (UPDATE acct SET bal = bal + 1 WHERE id = 2 RETURNING id), i AS (INSERT INTO audit(t) SELECT 'u' FROM u RETURNING id) SELECT * FROM u, i;

-- case: insert-into-acct-values-1-x-1-on-conflict-id-do
-- target:
INSERT INTO acct VALUES (1, 'x', 1) ON CONFLICT (id) DO UPDATE SET bal = (SELECT sum(amt) FROM tx);

-- case: insert-into-child-select-id-d-1-from-pp-where-d
-- target:
INSERT INTO child SELECT id, d, 1 FROM pp WHERE d < '2024-01-04' RETURNING *;

-- case: update-tx-set-acct-id-a-id-from-acct-a-where-a-o
-- target:
UPDATE tx SET acct_id = a.id FROM acct a WHERE a.owner = 'zz' AND a.id = tx.id;

-- case: delete-from-tx-using-pp-where-pp-acct-id-tx-acct
-- target:
DELETE FROM tx USING pp WHERE pp.acct_id = tx.acct_id AND pp.d = '2024-02-02' AND tx.amt < 0;

-- case: delete-from-acct-where-id-50-and-not-exists-sele
-- target:
DELETE FROM acct WHERE id = 50 AND NOT EXISTS (SELECT 1 FROM tx WHERE tx.acct_id = acct.id);

-- case: delete-from-acct-where-id-5000
-- target:
DELETE FROM acct WHERE id = 5000;

-- case: update-acct-set-id-id-where-id-3
-- target:
UPDATE acct SET id = id WHERE id = 3;

-- case: update-acct-set-owner-bal-select-z-3-where-id-3
-- target:
UPDATE acct SET (owner, bal) = (SELECT 'z', 3) WHERE id = 3;

-- case: select-a-select-json-agg-t-from-tx-t-where-t-acc
-- target:
SELECT a.*, (SELECT json_agg(t) FROM tx t WHERE t.acct_id = a.id) FROM acct a;

-- case: select-distinct-on-acct-id-from-tx-order-by-acct
-- target:
SELECT DISTINCT ON (acct_id) * FROM tx ORDER BY acct_id, at DESC;

-- case: select-from-rows-from-generate-series-1-2-unnest
-- target:
SELECT * FROM ROWS FROM (generate_series(1,2), unnest(ARRAY[1])) r;

-- case: select-nextval-pg-get-serial-sequence-tx-id
-- target:
SELECT nextval(pg_get_serial_sequence('tx','id'));

-- case: select-coalesce-max-id-0-1-setval-tx-id-seq-coal
-- target:
SELECT coalesce(max(id), 0) + 1, setval('tx_id_seq', coalesce(max(id), 1)) FROM tx;

-- case: select-case-when-false-then-outer-f-1-else-2-end
-- target:
SELECT CASE WHEN false THEN outer_f(1) ELSE 2 END;

-- case: select-coalesce-1-outer-f-1
-- target:
SELECT coalesce(1, outer_f(1));

-- case: do-declare-c-cursor-for-select-from-tx-r-record
-- target:
DO $$ DECLARE c CURSOR FOR SELECT * FROM tx; r record; BEGIN OPEN c; FETCH c INTO r; CLOSE c; END $$;

-- case: do-begin-lock-table-audit-in-share-mode-end
-- target:
DO $$ BEGIN LOCK TABLE audit IN SHARE MODE; END $$;

-- case: do-begin-alter-table-dis-add-column-nn-int-inser
-- target:
DO $$ BEGIN ALTER TABLE dis ADD COLUMN nn int; INSERT INTO dis(nn) VALUES (1); END $$;

-- case: do-begin-begin-delete-from-self-where-id-1-raise
-- target:
DO $$ BEGIN BEGIN DELETE FROM self WHERE id = 1; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END; END $$;

-- case: do-declare-r-record-begin-for-r-in-execute-selec
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT 1 AS a FROM dis' LOOP PERFORM 1 FROM self; END LOOP; END $$;

-- case: do-begin-if-select-count-from-information-schema
-- target:
DO $$ BEGIN IF (SELECT count(*) FROM information_schema.table_constraints WHERE table_name = 'tx' AND constraint_type = 'PRIMARY KEY') = 1 THEN PERFORM 1 FROM dis; END IF; END $$;

-- case: do-begin-if-to-regclass-public-nope-is-null-then
-- target:
DO $$ BEGIN IF to_regclass('public.nope') IS NULL THEN PERFORM 1 FROM dis; ELSE PERFORM 1 FROM self; END IF; END $$;

-- case: do-declare-v-int-begin-select-1-into-v-from-pg-i
-- target:
DO $$ DECLARE v int; BEGIN SELECT 1 INTO v FROM pg_indexes WHERE indexname = 'tx_acct' AND schemaname = current_schema(); IF FOUND THEN PERFORM 1 FROM dis; ELSE PERFORM 1 FROM self; END IF; END $$;

-- case: do-begin-assert-select-count-from-dis-0-return-d
-- target:
DO $$ BEGIN ASSERT (SELECT count(*) FROM dis) >= 0; RETURN; DELETE FROM self; END $$;

-- case: do-begin-perform-set-config-search-path-public-t
-- target:
DO $$ BEGIN PERFORM set_config('search_path', 'public', true); PERFORM trg_sql(); END $$;

-- case: do-declare-i-int-0-begin-while-i-3-loop-insert-i
-- target:
DO $$ DECLARE i int := 0; BEGIN WHILE i < 3 LOOP INSERT INTO audit(t) VALUES (i::text); i := i + 1; EXIT WHEN i = 2; END LOOP; END $$;

-- case: select-1-from-dis
-- target:
SELECT 1 FROM dis;

-- case: update-dis-set-id-2
-- target:
UPDATE dis SET id = 2;

-- case: delete-from-self-where-id-100
-- target:
DELETE FROM self WHERE id = 100;

-- case: explain-verbose-select-outer-f-1-from-dis
-- target:
EXPLAIN VERBOSE SELECT outer_f(1) FROM dis;

-- case: truncate-acct-tx-pp-child
-- target:
TRUNCATE acct, tx, pp, child;

-- case: truncate-self
-- target:
TRUNCATE self;

-- case: loop-over-array-by-subscript
-- target:
DO $$ DECLARE n text[] := ARRAY['self', 'dis']; BEGIN FOR i IN 1 .. array_upper(n, 1) LOOP EXECUTE format('LOCK TABLE %I IN SHARE MODE', n[i]); END LOOP; END $$;

-- case: loop-reverse
-- target:
DO $$ DECLARE n text[] := '{self,dis}'; BEGIN FOR i IN REVERSE cardinality(n) .. 1 LOOP EXECUTE 'LOCK TABLE ' || n[i] || ' IN SHARE MODE'; END LOOP; END $$;

-- case: loop-continue-and-exit
-- target:
DO $$ DECLARE n text[] := ARRAY['none', 'self', 'dis', 'missing']; BEGIN FOR i IN 1..4 LOOP CONTINUE WHEN i = 1; EXIT WHEN i = 4; EXECUTE format('LOCK TABLE %I IN SHARE MODE', n[i]); END LOOP; END $$;

-- case: loop-while-is-counted
-- target:
DO $$ DECLARE n text[] := ARRAY['self'] || 'dis'::text; i int := 1; BEGIN WHILE i <= array_length(n, 1) LOOP EXECUTE format('LOCK TABLE %I IN SHARE MODE', n[i]); i := i + 1; END LOOP; END $$;

-- case: loop-over-values
-- target:
DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM (VALUES ('self', 'SHARE'), ('dis', 'EXCLUSIVE')) v (tab, mode) LOOP EXECUTE format('LOCK TABLE %I IN %s MODE', r.tab, r.mode); END LOOP; END $$;

-- case: loop-two-dimensions
-- target:
DO $$ DECLARE m text[][] := ARRAY[['self', 'SHARE'], ['dis', 'EXCLUSIVE']]; BEGIN FOR i IN 1..array_length(m, 1) LOOP EXECUTE format('LOCK TABLE %I IN %s MODE', m[i][1], m[i][2]); END LOOP; END $$;

-- case: loop-exit-in-if
-- target:
DO $$ BEGIN FOR i IN 1..3 LOOP IF i = 2 THEN EXIT; END IF; LOCK TABLE self IN SHARE MODE; END LOOP; LOCK TABLE dis IN SHARE MODE; END $$;
