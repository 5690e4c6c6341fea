-- Queries and writes: views, inheritance, partitions, rules, foreign keys, triggers, functions, TRUNCATE, LOCK.
CREATE TABLE a (id int PRIMARY KEY, x int, y text);
CREATE INDEX a_x ON a(x);
CREATE TABLE b (id serial PRIMARY KEY, a_id int REFERENCES a(id), note text);
CREATE TABLE bn (id int PRIMARY KEY, a_id int REFERENCES a(id) ON DELETE SET NULL ON UPDATE CASCADE, note text);
CREATE TABLE bc (id int PRIMARY KEY, b_id int REFERENCES b(id) ON DELETE CASCADE);
CREATE TABLE bd (id int PRIMARY KEY, a_id int REFERENCES a(id) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO a SELECT g, g, 'y' FROM generate_series(1,100) g;
INSERT INTO b(a_id,note) SELECT g,'n' FROM generate_series(1,10) g;
INSERT INTO bn SELECT g,g+20,'n' FROM generate_series(1,10) g;
INSERT INTO bc SELECT g,g FROM generate_series(1,5) g;
CREATE VIEW va AS SELECT id, x FROM a WHERE x > 3;
CREATE VIEW vva AS SELECT * FROM va WHERE id IN (SELECT a_id FROM b);
CREATE VIEW vj AS SELECT a.id, b.note FROM a JOIN b ON b.a_id = a.id;
CREATE MATERIALIZED VIEW ma AS SELECT x, count(*) FROM a GROUP BY x;
CREATE VIEW vm AS SELECT * FROM ma;
CREATE TABLE p (id int, k int, at date, t text) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30) PARTITION BY LIST (t);
CREATE TABLE p3a PARTITION OF p3 FOR VALUES IN ('a');
CREATE TABLE p3b PARTITION OF p3 FOR VALUES IN ('b', NULL);
CREATE TABLE pd PARTITION OF p DEFAULT;
CREATE INDEX p_id ON p(id);
INSERT INTO p SELECT g, g%25, '2024-01-01', CASE WHEN g%2=0 THEN 'a' ELSE 'b' END FROM generate_series(1,100) g;
CREATE TABLE h (id int, t text) PARTITION BY HASH (id);
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (modulus 4, remainder 0);
CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (modulus 4, remainder 1);
CREATE TABLE h2 PARTITION OF h FOR VALUES WITH (modulus 4, remainder 2);
CREATE TABLE h3 PARTITION OF h FOR VALUES WITH (modulus 4, remainder 3);
CREATE TABLE i0 (id int, t text);
CREATE TABLE i1 () INHERITS (i0);
CREATE TABLE i2 () INHERITS (i1);
CREATE VIEW vp AS SELECT * FROM p;
CREATE FUNCTION fsql() RETURNS bigint LANGUAGE sql AS 'select count(*) from a';
CREATE FUNCTION fset() RETURNS SETOF a LANGUAGE sql STABLE AS 'select * from a';
CREATE FUNCTION fpl(i int) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN IF i > 5 THEN SELECT count(*) INTO n FROM a; ELSE SELECT count(*) INTO n FROM b; END IF; RETURN n; END $$;
CREATE TABLE q (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int DEFAULT fsql());
CREATE SEQUENCE sq;
CREATE VIEW vtrig AS SELECT id, x FROM a;
CREATE FUNCTION vt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO b(note) VALUES ('v'); RETURN NEW; END $$;
CREATE TRIGGER vtr INSTEAD OF INSERT OR UPDATE OR DELETE ON vtrig FOR EACH ROW EXECUTE FUNCTION vt();
CREATE TABLE ru (id int, x int);
CREATE TABLE rlog (id int);
CREATE RULE r1 AS ON UPDATE TO ru DO ALSO INSERT INTO rlog VALUES (NEW.id);
CREATE RULE r2 AS ON DELETE TO ru DO INSTEAD UPDATE ru SET x = 0 WHERE id = OLD.id;
INSERT INTO ru VALUES (1,1);
CREATE TABLE pk (id int, k int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE pk1 PARTITION OF pk FOR VALUES FROM (0) TO (10);
CREATE TABLE pk2 PARTITION OF pk FOR VALUES FROM (10) TO (20);
INSERT INTO pk SELECT g, g FROM generate_series(1,19) g;
CREATE TABLE fk (id int, pk_id int REFERENCES pk(id) ON DELETE CASCADE);
INSERT INTO fk SELECT g, g FROM generate_series(1,9) g;
CREATE TABLE pfk (id int, a_id int REFERENCES a(id)) PARTITION BY RANGE (id);
CREATE TABLE pfk1 PARTITION OF pfk FOR VALUES FROM (0) TO (10);
CREATE TABLE pfk2 PARTITION OF pfk FOR VALUES FROM (10) TO (20);
INSERT INTO pfk SELECT g, g FROM generate_series(1,19) g;

-- case: select-from-va
-- target:
SELECT * FROM va;

-- case: select-from-vva
-- target:
SELECT * FROM vva;

-- case: select-from-vva-for-update
-- target:
SELECT * FROM vva FOR UPDATE;

-- case: select-from-vj-for-update-of-vj
-- target:
SELECT * FROM vj FOR UPDATE OF vj;

-- case: select-from-a-select-from-b-s-for-update
-- target:
SELECT * FROM a, (SELECT * FROM b) s FOR UPDATE;

-- case: select-from-a-join-b-on-b-a-id-a-id-for-share-of
-- target:
SELECT * FROM a JOIN b ON b.a_id=a.id FOR SHARE OF b;

-- case: with-c-as-select-from-b-select-from-a-c-for-upda
-- target:
WITH c AS (SELECT * FROM b) SELECT * FROM a, c FOR UPDATE;

-- case: select-from-vm
-- target:
SELECT * FROM vm;

-- case: update-va-set-x-4-where-id-4
-- target:
UPDATE va SET x = 4 WHERE id = 4;

-- case: update-vva-set-x-4-where-id-4
-- target:
UPDATE vva SET x = 4 WHERE id = 4;

-- case: delete-from-va-where-id-99
-- target:
DELETE FROM va WHERE id = 99;

-- case: insert-into-va-values-200-5
-- target:
INSERT INTO va VALUES (200, 5);

-- case: insert-into-vva-values-201-5
-- target:
INSERT INTO vva VALUES (201, 5);

-- case: insert-into-vtrig-values-202-5
-- target:
INSERT INTO vtrig VALUES (202, 5);

-- case: update-vtrig-set-x-1-where-id-1
-- target:
UPDATE vtrig SET x = 1 WHERE id = 1;

-- case: delete-from-vtrig-where-id-1
-- target:
DELETE FROM vtrig WHERE id = 1;

-- case: select-from-p-where-k-5
-- target:
SELECT * FROM p WHERE k = 5;

-- case: select-from-p-where-k-between-5-and-12
-- target:
SELECT * FROM p WHERE k BETWEEN 5 AND 12;

-- case: select-from-p-where-k-in-5-25
-- target:
SELECT * FROM p WHERE k IN (5, 25);

-- case: select-from-p-where-k-25-and-t-a
-- target:
SELECT * FROM p WHERE k = 25 AND t = 'a';

-- case: select-from-p-where-k-25-and-t-is-null
-- target:
SELECT * FROM p WHERE k = 25 AND t IS NULL;

-- case: select-from-p-where-k-0
-- target:
SELECT * FROM p WHERE k < 0;

-- case: select-from-p-where-k-is-null
-- target:
SELECT * FROM p WHERE k IS NULL;

-- case: select-from-p-where-k-5-or-k-15
-- target:
SELECT * FROM p WHERE k = 5 OR k = 15;

-- case: select-from-p-where-k-5-and-not-k-15
-- target:
SELECT * FROM p WHERE k > 5 AND NOT (k > 15);

-- case: select-from-p-where-k-5-2
-- target:
SELECT * FROM p WHERE k <> 5;

-- case: select-from-p-where-k-select-5
-- target:
SELECT * FROM p WHERE k = (SELECT 5);

-- case: select-from-p-where-k-length-abcde
-- target:
SELECT * FROM p WHERE k = length('abcde');

-- case: select-from-p-where-k-5-int
-- target:
SELECT * FROM p WHERE k = '5'::int;

-- case: select-from-p-where-k-5-bigint
-- target:
SELECT * FROM p WHERE k = 5::bigint;

-- case: select-from-p-where-k-5-0
-- target:
SELECT * FROM p WHERE k = 5.0;

-- case: select-from-p-where-k-text-5
-- target:
SELECT * FROM p WHERE k::text = '5';

-- case: select-from-p-join-a-on-a-x-p-k-where-a-x-5
-- target:
SELECT * FROM p JOIN a ON a.x = p.k WHERE a.x = 5;

-- case: select-from-p-join-a-on-a-x-p-k-and-p-k-5
-- target:
SELECT * FROM p JOIN a ON a.x = p.k AND p.k = 5;

-- case: select-from-a-left-join-p-on-a-x-p-k-and-p-k-5
-- target:
SELECT * FROM a LEFT JOIN p ON a.x = p.k AND p.k = 5;

-- case: select-from-a-left-join-p-on-a-x-p-k-where-a-x-5
-- target:
SELECT * FROM a LEFT JOIN p ON a.x = p.k WHERE a.x = 5;

-- case: select-from-select-from-p-s-where-k-5
-- target:
SELECT * FROM (SELECT * FROM p) s WHERE k = 5;

-- case: select-from-vp-where-k-5
-- target:
SELECT * FROM vp WHERE k = 5;

-- case: select-from-p-where-false
-- target:
SELECT * FROM p WHERE false;

-- case: select-from-p-where-k-null
-- target:
SELECT * FROM p WHERE k = NULL;

-- case: select-from-a-where-exists-select-1-from-p-where
-- target:
SELECT * FROM a WHERE EXISTS (SELECT 1 FROM p WHERE p.k = 5);

-- case: select-from-p-for-update
-- target:
SELECT * FROM p FOR UPDATE;

-- case: update-p-set-t-b-where-k-5
-- target:
UPDATE p SET t = 'b' WHERE k = 5;

-- case: update-p-set-k-15-where-k-5-and-id-5
-- target:
UPDATE p SET k = 15 WHERE k = 5 AND id = 5;

-- case: update-p-set-k-17-where-k-999
-- target:
UPDATE p SET k = 17 WHERE k = 999;

-- case: delete-from-p-where-k-10-and-k-20
-- target:
DELETE FROM p WHERE k >= 10 AND k < 20;

-- case: delete-from-p-where-k-select-3
-- target:
DELETE FROM p WHERE k = (SELECT 3);

-- case: select-from-h-where-id-7
-- target:
SELECT * FROM h WHERE id = 7;

-- case: select-from-h-where-id-in-7-8
-- target:
SELECT * FROM h WHERE id IN (7, 8);

-- case: select-from-h-where-id-7-2
-- target:
SELECT * FROM h WHERE id > 7;

-- case: select-from-h-where-id-is-null
-- target:
SELECT * FROM h WHERE id IS NULL;

-- case: select-from-i0
-- target:
SELECT * FROM i0;

-- case: select-from-only-i0
-- target:
SELECT * FROM ONLY i0;

-- case: update-i0-set-t-x
-- target:
UPDATE i0 SET t = 'x';

-- case: update-i1-set-t-x
-- target:
UPDATE i1 SET t = 'x';

-- case: insert-into-i0-values-1-a
-- target:
INSERT INTO i0 VALUES (1, 'a');

-- case: insert-into-p-values-1-5-null-a
-- target:
INSERT INTO p VALUES (1, 5, NULL, 'a');

-- case: insert-into-p-values-1-25-null-a
-- target:
INSERT INTO p VALUES (1, 25, NULL, 'a');

-- case: insert-into-p-values-1-5-null-a-1-15-null-x
-- target:
INSERT INTO p VALUES (1, 5, NULL, 'a'), (1, 15, NULL, 'x');

-- case: insert-into-p-select-1-x-from-a-where-x-12
-- target:
INSERT INTO p SELECT 1, x FROM a WHERE x < 12;

-- case: insert-into-h-values-7-x
-- target:
INSERT INTO h VALUES (7, 'x');

-- case: insert-into-b-a-id-note-values-1-x
-- target:
INSERT INTO b(a_id, note) VALUES (1, 'x');

-- case: insert-into-b-a-id-note-values-null-x
-- target:
INSERT INTO b(a_id, note) VALUES (NULL, 'x');

-- case: insert-into-b-note-values-x
-- target:
INSERT INTO b(note) VALUES ('x');

-- case: insert-into-b-a-id-note-select-1-x-where-false
-- target:
INSERT INTO b(a_id, note) SELECT 1, 'x' WHERE false;

-- case: insert-into-bd-values-1-1
-- target:
INSERT INTO bd VALUES (1, 1);

-- case: update-b-set-a-id-2-where-id-1
-- target:
UPDATE b SET a_id = 2 WHERE id = 1;

-- case: update-b-set-note-q-where-id-1
-- target:
UPDATE b SET note = 'q' WHERE id = 1;

-- case: update-a-set-x-3-where-id-1
-- target:
UPDATE a SET x = 3 WHERE id = 1;

-- case: update-a-set-id-1-where-id-1
-- target:
UPDATE a SET id = 1 WHERE id = 1;

-- case: update-a-set-id-1001-where-id-60
-- target:
UPDATE a SET id = 1001 WHERE id = 60;

-- case: update-a-set-id-1002-where-id-25
-- target:
UPDATE a SET id = 1002 WHERE id = 25;

-- case: delete-from-a-where-id-61
-- target:
DELETE FROM a WHERE id = 61;

-- case: delete-from-a-where-id-26
-- target:
DELETE FROM a WHERE id = 26;

-- case: delete-from-b-where-id-2
-- target:
DELETE FROM b WHERE id = 2;

-- case: delete-from-fk-where-id-1
-- target:
DELETE FROM fk WHERE id = 1;

-- case: insert-into-fk-values-50-3
-- target:
INSERT INTO fk VALUES (50, 3);

-- case: delete-from-pk-where-id-15
-- target:
DELETE FROM pk WHERE id = 15;

-- case: delete-from-pk-where-id-5
-- target:
DELETE FROM pk WHERE id = 5;

-- case: insert-into-pfk-values-3-3
-- target:
INSERT INTO pfk VALUES (3, 3);

-- case: select-fsql
-- target:
SELECT fsql();

-- case: select-from-fset
-- target:
SELECT * FROM fset();

-- case: select-fpl-3
-- target:
SELECT fpl(3);

-- case: select-fpl-x-from-b-a
-- target:
SELECT fpl(x) FROM b, a;

-- case: insert-into-q-default-values
-- target:
INSERT INTO q DEFAULT VALUES;

-- case: insert-into-q-v-values-1
-- target:
INSERT INTO q (v) VALUES (1);

-- case: insert-into-q-v-select-1-where-false
-- target:
INSERT INTO q (v) SELECT 1 WHERE false;

-- case: select-nextval-sq
-- target:
SELECT nextval('sq');

-- case: select-nextval-sq-where-false
-- target:
SELECT nextval('sq') WHERE false;

-- case: select-pg-get-serial-sequence-b-id
-- target:
SELECT pg_get_serial_sequence('b', 'id');

-- case: select-setval-pg-get-serial-sequence-b-id-select
-- target:
SELECT setval(pg_get_serial_sequence('b', 'id'), (SELECT max(id) FROM b));

-- case: select-from-sq
-- target:
SELECT * FROM sq;

-- case: select-from-pg-sequences
-- target:
SELECT * FROM pg_sequences;

-- case: update-ru-set-x-2
-- target:
UPDATE ru SET x = 2;

-- case: delete-from-ru
-- target:
DELETE FROM ru;

-- case: update-tt-set-n-1
-- target:
UPDATE tt SET n = 1;

-- case: update-tt-set-n-1-where-false
-- target:
UPDATE tt SET n = 1 WHERE false;

-- case: insert-into-tt-values-1-1-1
-- target:
INSERT INTO tt VALUES (1, 1, 1);

-- case: delete-from-tt
-- target:
DELETE FROM tt;

-- case: insert-into-tt-values-1-1-1-on-conflict-do-nothi
-- target:
INSERT INTO tt VALUES (1, 1, 1) ON CONFLICT DO NOTHING;

-- case: insert-into-tt-values-1-1-1-on-conflict-id-do-up
-- target:
INSERT INTO tt VALUES (1, 1, 1) ON CONFLICT (id) DO UPDATE SET n = 2;

-- case: truncate-tt
-- target:
TRUNCATE tt;

-- case: truncate-b-cascade
-- target:
TRUNCATE b CASCADE;

-- case: truncate-b-restart-identity-cascade
-- target:
TRUNCATE b RESTART IDENTITY CASCADE;

-- case: truncate-p
-- target:
TRUNCATE p;

-- case: truncate-p3
-- target:
TRUNCATE p3;

-- case: truncate-p1
-- target:
TRUNCATE p1;

-- case: truncate-i0
-- target:
TRUNCATE i0;

-- case: truncate-only-i0
-- target:
TRUNCATE ONLY i0;

-- case: truncate-fk-pk
-- target:
TRUNCATE fk, pk;

-- case: truncate-pk-cascade
-- target:
TRUNCATE pk CASCADE;

-- case: truncate-pk1-cascade
-- target:
TRUNCATE pk1 CASCADE;

-- case: truncate-pk1-fk
-- target:
TRUNCATE pk1, fk;

-- case: truncate-ma
-- target:
TRUNCATE ma;

-- case: explain-update-p-set-t-b-where-k-5
-- target:
EXPLAIN UPDATE p SET t = 'b' WHERE k = 5;

-- case: explain-insert-into-b-a-id-values-1
-- target:
EXPLAIN INSERT INTO b(a_id) VALUES (1);

-- case: explain-analyze-insert-into-b-a-id-values-1
-- target:
EXPLAIN ANALYZE INSERT INTO b(a_id) VALUES (1);

-- case: explain-insert-into-p-values-1-5-null-a
-- target:
EXPLAIN INSERT INTO p VALUES (1, 5, NULL, 'a');

-- case: explain-select-fsql-fpl-3
-- target:
EXPLAIN SELECT fsql(), fpl(3);

-- case: explain-select-from-fset
-- target:
EXPLAIN SELECT * FROM fset();

-- case: explain-create-table-xx-as-select-from-a
-- target:
EXPLAIN CREATE TABLE xx AS SELECT * FROM a;

-- case: explain-analyze-create-table-xx-as-select-from-a
-- target:
EXPLAIN ANALYZE CREATE TABLE xx AS SELECT * FROM a;

-- case: select-into-ctas2-from-vva
-- target:
SELECT * INTO ctas2 FROM vva;

-- case: select-from-values-1-v-x-where-x-in-select-id-fr
-- target:
SELECT * FROM (VALUES (1)) v(x) WHERE x IN (SELECT id FROM b);

-- case: with-d-as-delete-from-bc-returning-insert-into-r
-- target:
WITH d AS (DELETE FROM bc RETURNING *) INSERT INTO rlog SELECT id FROM d;

-- case: with-d-as-select-from-bc-insert-into-rlog-select
-- target:
WITH d AS (SELECT * FROM bc) INSERT INTO rlog SELECT 1;

-- case: with-d-as-update-bn-set-note-x-where-false-retur
-- target:
WITH d AS (UPDATE bn SET note='x' WHERE false RETURNING *) SELECT 1;

-- case: merge-into-b-using-a-on-a-id-b-a-id-when-matched versions: 15-
-- target:
MERGE INTO b USING a ON a.id = b.a_id WHEN MATCHED THEN UPDATE SET note = 'm' WHEN NOT MATCHED THEN INSERT (a_id) VALUES (a.id);

-- case: merge-into-p-using-a-on-a-id-p-id-when-matched-t versions: 15-
-- target:
MERGE INTO p USING a ON a.id = p.id WHEN MATCHED THEN UPDATE SET t = 'a';

-- case: merge-into-p-using-a-on-a-id-p-id-and-p-k-5-when versions: 15-
-- target:
MERGE INTO p USING a ON a.id = p.id AND p.k = 5 WHEN NOT MATCHED THEN INSERT VALUES (a.id, 5, null, 'a');

-- case: delete-from-b-using-a-where-a-id-b-a-id-and-a-x
-- target:
DELETE FROM b USING a WHERE a.id = b.a_id AND a.x = 1000;

-- case: update-b-set-note-a-y-from-a-join-bn-on-bn-a-id
-- target:
UPDATE b SET note = a.y FROM a JOIN bn ON bn.a_id = a.id WHERE a.id = b.a_id;

-- case: select-select-max-id-from-b-array-select-id-from
-- target:
SELECT (SELECT max(id) FROM b), ARRAY(SELECT id FROM bn), CASE WHEN false THEN (SELECT 1 FROM ru) END;

-- case: select-pg-relation-size-b-pg-total-relation-size
-- target:
SELECT pg_relation_size('b'), pg_total_relation_size('b'), pg_table_size('b'), pg_indexes_size('b'), 'b'::regclass, to_regclass('b');

-- case: select-pg-get-viewdef-vva-regclass
-- target:
SELECT pg_get_viewdef('vva'::regclass);

-- case: select-pg-get-viewdef-vva
-- target:
SELECT pg_get_viewdef('vva');

-- case: select-pg-get-constraintdef-oid-from-pg-constrai
-- target:
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'b'::regclass;

-- case: select-pg-get-expr-adbin-adrelid-from-pg-attrdef
-- target:
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'b'::regclass;

-- case: select-from-information-schema-columns-where-tab
-- target:
SELECT * FROM information_schema.columns WHERE table_name = 'vva';

-- case: select-from-information-schema-tables-where-tabl
-- target:
SELECT * FROM information_schema.tables WHERE table_name = 'vva';

-- case: select-from-pg-indexes-where-tablename-b
-- target:
SELECT * FROM pg_indexes WHERE tablename = 'b';

-- case: select-from-pg-stat-user-tables
-- target:
SELECT * FROM pg_stat_user_tables;

-- case: select-has-table-privilege-b-select
-- target:
SELECT has_table_privilege('b', 'select');

-- case: select-pg-advisory-lock-1-pg-advisory-unlock-1
-- target:
SELECT pg_advisory_lock(1), pg_advisory_unlock(1);

-- case: select-pg-sequence-last-value-sq-regclass
-- target:
SELECT pg_sequence_last_value('sq'::regclass);

-- case: select-from-pg-sequence-parameters-sq-regclass
-- target:
SELECT * FROM pg_sequence_parameters('sq'::regclass);

-- case: table-b
-- target:
TABLE b;

-- case: values-1-select-max-id-from-b
-- target:
VALUES (1), ((SELECT max(id) FROM b));

-- case: select-from-a-lateral-select-from-b-where-b-a-id
-- target:
SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.a_id = a.id) l WHERE a.id IN (SELECT a_id FROM bn UNION SELECT id FROM ru);

-- case: select-from-a-tablesample-system-10
-- target:
SELECT * FROM a TABLESAMPLE system(10);

-- case: select-from-a-where-id-any-array-select-k-from-p
-- target:
SELECT * FROM a WHERE id = ANY(ARRAY(SELECT k FROM p WHERE k = 5));

-- case: select-from-p-where-k-any-5-12
-- target:
SELECT * FROM p WHERE k = ANY('{5,12}');

-- case: select-from-p-where-k-any-array-5-12
-- target:
SELECT * FROM p WHERE k = ANY(ARRAY[5,12]);

-- case: select-from-p-where-k-5-and-at-now
-- target:
SELECT * FROM p WHERE k <= 5 AND at = now();

-- case: select-from-p-where-k-id-5-1
-- target:
SELECT * FROM p WHERE (k, id) = (5, 1);

-- case: select-from-p-where-k-5-and-k-12
-- target:
SELECT * FROM p WHERE k > 5 AND k > 12;

-- case: select-from-p-where-k-not-in-5
-- target:
SELECT * FROM p WHERE k NOT IN (5);

-- case: select-from-p-where-k-is-not-null
-- target:
SELECT * FROM p WHERE k IS NOT NULL;

-- case: select-from-p-where-coalesce-k-1-5
-- target:
SELECT * FROM p WHERE coalesce(k, 1) = 5;

-- case: select-from-p-where-k-2-3
-- target:
SELECT * FROM p WHERE k = 2 + 3;

-- case: select-from-p-where-k-0-5
-- target:
SELECT * FROM p WHERE k + 0 = 5;

-- case: select-from-p-where-5-k
-- target:
SELECT * FROM p WHERE 5 = k;

-- case: select-from-p-where-5-k-2
-- target:
SELECT * FROM p WHERE 5 > k;

-- case: select-from-p-where-k-5-is-true
-- target:
SELECT * FROM p WHERE (k = 5) IS TRUE;

-- case: select-from-p-where-k-5-and-k-12-2
-- target:
SELECT * FROM p WHERE k = 5 AND k = 12;

-- case: select-from-p-x-join-p-y-on-x-k-y-k-where-x-k-5
-- target:
SELECT * FROM p x JOIN p y ON x.k = y.k WHERE x.k = 5;

-- case: select-from-p-x-join-p-y-using-k-where-k-5
-- target:
SELECT * FROM p x JOIN p y USING (k) WHERE k = 5;

-- case: select-from-p-x-left-join-p-y-on-x-k-y-k-where-y
-- target:
SELECT * FROM p x LEFT JOIN p y ON x.k = y.k WHERE y.k = 5;

-- case: select-from-p-where-exists-select-1-from-a-where
-- target:
SELECT * FROM p WHERE EXISTS (SELECT 1 FROM a WHERE a.x = p.k AND a.x = 5);

-- case: select-from-p-where-k-in-select-x-from-a-where-x
-- target:
SELECT * FROM p WHERE k IN (SELECT x FROM a WHERE x = 5);

-- case: select-k-count-from-p-group-by-k-having-k-5
-- target:
SELECT k, count(*) FROM p GROUP BY k HAVING k = 5;

-- case: select-from-select-k-count-from-p-group-by-k-s-w
-- target:
SELECT * FROM (SELECT k, count(*) FROM p GROUP BY k) s WHERE k = 5;

-- case: select-from-select-k-t-from-p-union-all-select-x
-- target:
SELECT * FROM (SELECT k, t FROM p UNION ALL SELECT x, y FROM a) s WHERE k = 5;

-- case: with-s-as-select-from-p-select-from-s-where-k-5
-- target:
WITH s AS (SELECT * FROM p) SELECT * FROM s WHERE k = 5;

-- case: with-s-as-materialized-select-from-p-select-from
-- target:
WITH s AS MATERIALIZED (SELECT * FROM p) SELECT * FROM s WHERE k = 5;

-- case: select-from-p-where-k-5-or-t-a
-- target:
SELECT * FROM p WHERE k = 5 OR t = 'a';

-- case: select-from-p-where-k-5-and-t-a-or-k-25-and-t-a
-- target:
SELECT * FROM p WHERE (k = 5 AND t = 'a') OR (k = 25 AND t = 'a');

-- case: select-from-p3-where-k-5
-- target:
SELECT * FROM p3 WHERE k = 5;

-- case: select-from-p3-where-t-zzz
-- target:
SELECT * FROM p3 WHERE t = 'zzz';

-- case: select-from-p3-where-t-in-a-zzz
-- target:
SELECT * FROM p3 WHERE t IN ('a', 'zzz');

-- case: select-from-p3-where-t-a
-- target:
SELECT * FROM p3 WHERE t <> 'a';

-- case: select-from-p3-where-t-is-not-null-and-t-a
-- target:
SELECT * FROM p3 WHERE t IS NOT NULL AND t <> 'a';

-- case: select-from-p3-where-not-t-a
-- target:
SELECT * FROM p3 WHERE NOT (t = 'a');

-- case: select-from-p3-where-t-like-a
-- target:
SELECT * FROM p3 WHERE t LIKE 'a%';

-- case: select-from-p1-where-k-50
-- target:
SELECT * FROM p1 WHERE k = 50;

-- case: update-p1-set-t-q
-- target:
UPDATE p1 SET t = 'q';

-- case: insert-into-p1-values-1-1-null-a
-- target:
INSERT INTO p1 VALUES (1,1,null,'a');

-- case: delete-from-p1-where-id-1
-- target:
DELETE FROM p1 WHERE id = 1;

-- case: lock-table-vva-in-share-mode
-- target:
LOCK TABLE vva IN SHARE MODE;

-- case: lock-table-p-in-row-exclusive-mode
-- target:
LOCK TABLE p IN ROW EXCLUSIVE MODE;

-- case: lock-table-only-p-in-exclusive-mode
-- target:
LOCK TABLE ONLY p IN EXCLUSIVE MODE;

-- case: lock-table-i0
-- target:
LOCK TABLE i0;

-- case: lock-table-vm-vtrig-in-access-share-mode
-- target:
LOCK TABLE vm, vtrig IN ACCESS SHARE MODE;

-- case: declare-c-cursor-for-select-from-p-where-k-5
-- target:
DECLARE c CURSOR FOR SELECT * FROM p WHERE k = 5;

-- case: prepare-pr-as-update-b-set-note-1-where-id-3
-- target:
PREPARE pr AS UPDATE b SET note = $1 WHERE id = 3;

-- case: update-rows-that-this-transaction-updated
-- target:
DO $$ BEGIN UPDATE b SET note = 'x'; UPDATE b SET note = 'y'; END $$

-- case: update-rows-that-this-transaction-rewrote
-- target:
DO $$ BEGIN ALTER TABLE bn ALTER COLUMN note TYPE varchar(20); UPDATE bn SET note = 'y'; END $$

-- case: update-rows-after-a-delete
-- target:
DO $$ BEGIN DELETE FROM b WHERE id = 1; UPDATE b SET note = 'y'; END $$

-- case: insert-into-a-materialized-view
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS id;
-- target:
INSERT INTO kept VALUES (2);
-- case: update-of-a-materialized-view-explained
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS id;
-- target:
EXPLAIN UPDATE kept SET id = 2;
-- case: insert-into-a-sequence
CREATE SEQUENCE counter;
-- target:
INSERT INTO counter VALUES (2);
-- case: create-table-as-execute-of-nothing
-- target:
CREATE TABLE made AS EXECUTE nothing;
-- case: copy-into-a-view-from-an-empty-file
CREATE TABLE under (id int); CREATE VIEW over AS SELECT id FROM under;
CREATE TABLE noted (id int);
CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO noted VALUES (NEW.id); RETURN NEW; END $$;
CREATE TRIGGER instead INSTEAD OF INSERT ON over FOR EACH ROW EXECUTE FUNCTION instead();
-- target:
COPY over FROM '/dev/null';
