-- Bodies in PL/pgSQL: which of their statements run, and what the names in them mean.
CREATE TABLE a (id int PRIMARY KEY, v text);
CREATE TABLE b (id int PRIMARY KEY, v text);
CREATE TABLE c (id int PRIMARY KEY, v text);
CREATE FUNCTION down(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF n <= 0 THEN PERFORM 1 FROM a; RETURN 0; END IF; RETURN down(n - 1); END $$;
CREATE FUNCTION told(t text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN to_regclass(t) IS NOT NULL; END $$;
CREATE FUNCTION strict_one(t text) RETURNS void LANGUAGE plpgsql STRICT AS $$ BEGIN UPDATE a SET v = t; END $$;
CREATE PROCEDURE give(INOUT n bigint) LANGUAGE plpgsql AS $$ BEGIN SELECT count(*) INTO n FROM b; END $$;
CREATE FUNCTION named() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('INSERT INTO %I VALUES (1)', TG_ARGV[0]); RETURN NEW; END $$;
CREATE TRIGGER named BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION named('b');

CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id serial PRIMARY KEY, parent_id int REFERENCES parent, v text);
INSERT INTO parent VALUES (1);
INSERT INTO child (parent_id) VALUES (1);
CREATE SEQUENCE q;
CREATE SCHEMA x;
CREATE TABLE p (k int, v text) PARTITION BY LIST (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);

-- case: recursion-is-followed
-- target:
SELECT down(3);

-- case: case-takes-one-arm
-- target:
DO $$ DECLARE k text := 'y'; BEGIN CASE k WHEN 'x' THEN DELETE FROM a; WHEN 'y', 'z' THEN DELETE FROM b; ELSE DELETE FROM c; END CASE; END $$;

-- case: case-without-conditions-arm
-- target:
DO $$ BEGIN CASE WHEN to_regclass('nothing') IS NULL THEN ALTER TABLE a ADD COLUMN x int; ELSE DROP TABLE b; END CASE; END $$;

-- case: case-finds-none
-- target:
DO $$ BEGIN CASE 3 WHEN 1 THEN DELETE FROM a; END CASE; END $$;

-- case: inner-variable-hides
-- target:
DO $$ DECLARE t text := 'a'; BEGIN DECLARE t text := 'b'; BEGIN EXECUTE 'DELETE FROM ' || t; END; EXECUTE 'ALTER TABLE ' || t || ' ADD COLUMN x int'; END $$;

-- case: label-names-outer-variable
-- target:
DO $$ <<o>> DECLARE t text := 'a'; BEGIN DECLARE t text := 'b'; BEGIN o.t := 'c'; EXECUTE 'DELETE FROM ' || o.t; END; EXECUTE 'UPDATE ' || t || ' SET v = NULL'; END $$;

-- case: loop-variable-is-the-loops
-- target:
DO $$ DECLARE i text := 'a'; BEGIN FOR i IN 1..2 LOOP NULL; END LOOP; EXECUTE 'DELETE FROM ' || i; END $$;

-- case: exit-from-outer-loop
-- target:
DO $$ DECLARE t text; BEGIN <<o>> FOREACH t IN ARRAY ARRAY['a', 'b', 'c'] LOOP FOR i IN 1..2 LOOP EXIT o WHEN t = 'c'; EXECUTE 'DELETE FROM ' || t; END LOOP; END LOOP; END $$;

-- case: continue-outer-loop
-- target:
DO $$ DECLARE t text; BEGIN <<o>> FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP FOR i IN 1..2 LOOP CONTINUE o WHEN t = 'a'; EXECUTE 'DELETE FROM ' || t; END LOOP; END LOOP; END $$;

-- case: exit-from-block
-- target:
DO $$ BEGIN <<x>> BEGIN DELETE FROM a; EXIT x; DELETE FROM b; END; DELETE FROM c; END $$;

-- case: slices
-- target:
DO $$ DECLARE p text[]; t text; BEGIN FOREACH p SLICE 1 IN ARRAY ARRAY[['a', 'x'], ['b', 'y']] LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', p[1], p[2]); END LOOP; FOREACH t IN ARRAY ARRAY[['c'], ['b']] LOOP EXECUTE 'DELETE FROM ' || t; END LOOP; END $$;

-- case: raise-again
-- target:
DO $$ BEGIN BEGIN DROP TABLE nothing; EXCEPTION WHEN others THEN RAISE; END; END $$;

-- case: assert-is-no-other
-- target:
DO $$ BEGIN BEGIN ASSERT to_regclass('nothing') IS NOT NULL; EXCEPTION WHEN others THEN DELETE FROM a; END; END $$;

-- case: perform-finds
-- target:
DO $$ BEGIN IF FOUND THEN DELETE FROM a; END IF; PERFORM 1; IF FOUND THEN DELETE FROM b; END IF; END $$;

-- case: what-a-function-returns
-- target:
DO $$ BEGIN IF told('a') THEN ALTER TABLE a ADD COLUMN x int; END IF; IF told('nothing') THEN DROP TABLE b; END IF; END $$;

-- case: strict-is-not-called
-- target:
SELECT strict_one(NULL);

-- case: procedure-gives-back
-- target:
DO $$ DECLARE n bigint; BEGIN CALL give(n); IF n IS NULL THEN DELETE FROM c; ELSE DELETE FROM a; END IF; END $$;

-- case: trigger-arguments
-- target:
INSERT INTO a VALUES (1);

-- case: renamed-in-a-body
-- target:
DO $$ BEGIN ALTER TABLE a RENAME TO a_old; CREATE TABLE a (LIKE a_old); INSERT INTO a SELECT * FROM a_old; DROP TABLE a_old; END $$;

-- case: null-is-executed
-- target:
DO $$ DECLARE t text; BEGIN EXECUTE 'DROP TABLE ' || t; END $$;

-- case: alias
CREATE FUNCTION aliased(text) RETURNS void LANGUAGE plpgsql AS $$ DECLARE t ALIAS FOR $1; BEGIN EXECUTE 'DELETE FROM ' || t; END $$;
-- target:
SELECT aliased('b');

-- case: types-of-variables
CREATE FUNCTION older(days int DEFAULT 3) RETURNS void LANGUAGE plpgsql AS $$ DECLARE d date := '2024-01-01'; BEGIN DELETE FROM a WHERE d < current_date - days; DELETE FROM b WHERE (d + interval '1 month')::date < now(); END $$;
-- target:
SELECT older();

-- case: own-row-updated-again
-- target:
DO $$ BEGIN UPDATE child SET v = 'a'; UPDATE child SET v = 'b'; END $$;

-- case: sequence-is-kept
-- target:
DO $$ BEGIN INSERT INTO child (parent_id) VALUES (1); RAISE EXCEPTION 'no'; EXCEPTION WHEN raise_exception THEN DELETE FROM a; END $$;

-- case: sequence-of-a-variable
-- target:
DO $$ DECLARE s regclass := 'q'; r record; BEGIN PERFORM setval(s, 5); FOR r IN SELECT oid::regclass AS c FROM pg_class WHERE relname = 'child_id_seq' LOOP PERFORM nextval(r.c); END LOOP; END $$;

-- case: false-on-a-join
-- target:
SELECT count(*) FROM p, a WHERE false;

-- case: false-alone
-- target:
SELECT count(*) FROM p WHERE false;

-- case: function-is-not-there
-- target:
DO $$ BEGIN DELETE FROM a; PERFORM x.nothing(1); EXCEPTION WHEN undefined_function THEN DELETE FROM b; END $$;

-- case: function-is-not-there-at-all
-- target:
SELECT x.nothing(1);

-- case: value-known-within-a-branch
-- target:
DO $$ DECLARE t text := 'a'; BEGIN IF EXISTS (SELECT 1 FROM parent) THEN t := 'b'; EXECUTE 'DELETE FROM ' || t; FOREACH t IN ARRAY ARRAY['c'] LOOP EXECUTE 'DELETE FROM ' || t; END LOOP; END IF; END $$;

-- case: written-again-after-rollback
-- target:
DO $$ BEGIN BEGIN UPDATE child SET parent_id = 1; RAISE EXCEPTION 'no'; EXCEPTION WHEN raise_exception THEN NULL; END; UPDATE child SET parent_id = 1; END $$;

-- case: names-of-conditions
-- target:
DO $$ BEGIN BEGIN RAISE division_by_zero; EXCEPTION WHEN data_exception THEN DELETE FROM a; END; BEGIN RAISE SQLSTATE '22003'; EXCEPTION WHEN SQLSTATE 'P0001' OR numeric_value_out_of_range THEN DELETE FROM b; END; BEGIN RAISE check_violation; EXCEPTION WHEN unique_violation THEN DELETE FROM c; WHEN integrity_constraint_violation THEN DELETE FROM child; END; END $$;

-- case: partitions-in-a-loop
CREATE TABLE r (d date, v text) PARTITION BY RANGE (d);
-- target:
DO $$ DECLARE d date; BEGIN FOR i IN 1..2 LOOP d := make_date(2024, i, 1); EXECUTE format('CREATE TABLE %I PARTITION OF r FOR VALUES FROM (%L) TO (%L)', 'r_' || to_char(d, 'YYYY_MM'), d, (d + interval '1 month')::date); END LOOP; FOR d IN SELECT generate_series('2024-03-01'::date, '2024-04-01', '1 month')::date LOOP EXECUTE format('CREATE TABLE r_%s PARTITION OF r FOR VALUES FROM (%L) TO (%L)', lpad(extract(month from d)::text, 3, '0'), d, d + interval '1 month'); END LOOP; END $$;

-- case: functions-found-by-name
CREATE FUNCTION gone(a int, b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION gone() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- target:
DO $$ DECLARE f record; BEGIN FOR f IN SELECT oid::regprocedure AS sig FROM pg_proc WHERE proname = 'gone' LOOP EXECUTE 'DROP FUNCTION ' || f.sig; END LOOP; END $$;

-- case: no-function-takes-these
CREATE FUNCTION x.only(t text) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- target:
SELECT x.only(1);

-- case: texts-are-cut-and-padded
-- target:
DO $$ BEGIN EXECUTE 'DELETE FROM ' || left('a__', -2); EXECUTE 'DELETE FROM ' || btrim('  b '); EXECUTE 'DELETE FROM ' || lpad('', 1, 'c'); EXECUTE format('DELETE FROM a WHERE %s::bool', true); END $$;

-- case: path-of-a-function-within-an-empty-one
CREATE FUNCTION inside() RETURNS void LANGUAGE plpgsql SET search_path = public AS 'BEGIN DELETE FROM a; END';
CREATE FUNCTION outside() RETURNS void LANGUAGE plpgsql SET search_path = '' AS 'BEGIN PERFORM public.inside(); DELETE FROM public.b; BEGIN DELETE FROM c; EXCEPTION WHEN undefined_table THEN DELETE FROM public.child; END; END';
-- target:
SELECT outside();

-- case: schemas-grouped
CREATE SCHEMA y; CREATE TABLE y.a (i int);
-- target:
DO $$ DECLARE s text; BEGIN FOR s IN SELECT table_schema FROM information_schema.tables WHERE table_name IN ('a', 'b') GROUP BY table_schema LOOP EXECUTE format('TRUNCATE %I.a', s); END LOOP; END $$;

-- case: keys-found-by-their-definition
CREATE TABLE y_up (i int PRIMARY KEY); CREATE TABLE y_k (i int, j int REFERENCES y_up ON DELETE SET NULL DEFERRABLE, "K" int, CONSTRAINT one UNIQUE (i, "K") INCLUDE (j));
-- target:
DO $$ DECLARE n text; BEGIN FOR n IN SELECT conname FROM pg_constraint WHERE conrelid = 'y_k'::regclass AND pg_get_constraintdef(oid) IN ('UNIQUE (i, "K") INCLUDE (j)', 'FOREIGN KEY (j) REFERENCES y_up(i) ON DELETE SET NULL DEFERRABLE') LOOP EXECUTE format('ALTER TABLE y_k DROP CONSTRAINT %I', n); END LOOP; END $$;

-- case: replica-identity-and-partial-indexes
CREATE TABLE y_r (i int PRIMARY KEY, j int); CREATE TABLE y_f (i int); ALTER TABLE y_f REPLICA IDENTITY FULL; CREATE INDEX y_whole ON y_r (j); CREATE INDEX y_part ON y_r (j) WHERE i > 0; CREATE INDEX y_expr ON y_r ((j + 1));
-- target:
DO $$ DECLARE n text; BEGIN FOR n IN SELECT relname FROM pg_class WHERE relreplident = 'f' AND relkind = 'r' LOOP EXECUTE format('ALTER TABLE %I REPLICA IDENTITY DEFAULT', n); END LOOP; FOR n IN SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'y_r'::regclass AND indpred IS NULL AND indexprs IS NULL AND NOT indisprimary AND indnatts = 1 LOOP EXECUTE 'DROP INDEX ' || n; END LOOP; END $$;

-- case: functions-by-their-kind
CREATE PROCEDURE y_proc() LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION y_fn(i int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- target:
DO $$ DECLARE n text; BEGIN FOR n IN SELECT proname FROM pg_proc WHERE proname LIKE 'y\_%' AND prokind = 'f' AND pronargs = 1 LOOP EXECUTE 'DROP FUNCTION ' || n; EXECUTE 'TRUNCATE a'; END LOOP; END $$;
