-- Functions with standard SQL bodies (14+), procedures with OUT arguments, parameters of dynamic loops.
CREATE TABLE a (id int PRIMARY KEY, v text);
CREATE TABLE b (id int PRIMARY KEY, v text);
CREATE TABLE c (id int PRIMARY KEY, v text);
-- case: loop-over-dynamic-with-parameters (versions: 16-18)
CREATE FUNCTION each_of(text) RETURNS SETOF text LANGUAGE plpgsql AS $$ DECLARE t text; BEGIN FOR t IN EXECUTE $1 LOOP RETURN NEXT t; END LOOP; END $$;
-- target:
SELECT each_of('EXPLAIN (GENERIC_PLAN) SELECT v FROM a WHERE id = $1');
-- case: out-argument (versions: 14-18)
CREATE PROCEDURE out_only(OUT n int) LANGUAGE sql AS $$ INSERT INTO c VALUES (1, 'x'); SELECT 1 $$;
-- target:
CALL out_only(1 / 0);
-- case: body-without-statements (versions: 14-18)
CREATE PROCEDURE nothing(t text) BEGIN ATOMIC END;
-- target:
CALL nothing('x');
-- case: inlined (versions: 14-18)
CREATE FUNCTION set_of() RETURNS SETOF text LANGUAGE sql STABLE BEGIN ATOMIC SELECT v FROM a; END;
-- target:
EXPLAIN SELECT * FROM set_of();
-- case: not-inlined (versions: 14-18)
CREATE FUNCTION one_of() RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT v FROM a; END;
-- target:
EXPLAIN SELECT one_of();
-- case: told (versions: 14-18)
CREATE FUNCTION writes() RETURNS int LANGUAGE sql BEGIN ATOMIC INSERT INTO b SELECT * FROM c RETURNING id; END;
-- target:
SELECT pg_get_functiondef('writes'::regproc);
