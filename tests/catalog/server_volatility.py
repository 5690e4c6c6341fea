#!/usr/bin/python3
"""ADD COLUMN ... DEFAULT: which expressions make the server write the table anew (they are volatile once planned), and do we say so?"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from asking import ask  # noqa: E402
from pgserver import Server, arguments, check, finish  # noqa: E402

SETUP = """CREATE SEQUENCE seq
CREATE DOMAIN dom AS int CHECK (VALUE > 0)
CREATE DOMAIN dom_free AS int
CREATE TYPE mood AS ENUM ('a', 'b')
CREATE FUNCTION imm(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'
CREATE FUNCTION vol_imm(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1 + 1'
CREATE FUNCTION vol_stable() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'
CREATE FUNCTION vol_clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT clock_timestamp()'
CREATE FUNCTION lie_imm() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT clock_timestamp()'
CREATE FUNCTION lie_stable() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT clock_timestamp()'
CREATE FUNCTION vol_from() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM pg_class LIMIT 1'
CREATE FUNCTION vol_two() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2'
CREATE FUNCTION vol_where() RETURNS int LANGUAGE sql AS 'SELECT 1 WHERE true'
CREATE FUNCTION vol_strict(a int) RETURNS int LANGUAGE sql STRICT AS 'SELECT a + 1'
CREATE FUNCTION vol_strict_unused(a int, b int) RETURNS int LANGUAGE sql STRICT AS 'SELECT a + 1'
CREATE FUNCTION vol_strict_case(a int) RETURNS int LANGUAGE sql STRICT AS 'SELECT CASE WHEN a > 1 THEN a ELSE 1 END'
CREATE FUNCTION vol_twice(a int) RETURNS int LANGUAGE sql AS 'SELECT a + a'
CREATE FUNCTION vol_secdef() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'
CREATE FUNCTION vol_config() RETURNS int LANGUAGE sql SET work_mem = '1MB' AS 'SELECT 1'
CREATE FUNCTION vol_nested(a int) RETURNS int LANGUAGE sql AS 'SELECT vol_imm(vol_imm(a))'
CREATE FUNCTION vol_loop(a int) RETURNS int LANGUAGE sql AS 'SELECT a'
CREATE OR REPLACE FUNCTION vol_loop(a int) RETURNS int LANGUAGE sql AS 'SELECT vol_loop(a)'
CREATE FUNCTION vol_plpgsql() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'
CREATE FUNCTION stable_plpgsql() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END'
CREATE FUNCTION vol_sub() RETURNS int LANGUAGE sql AS 'SELECT (SELECT 1)'
CREATE FUNCTION vol_agg() RETURNS bigint LANGUAGE sql AS 'SELECT count(*)'
CREATE FUNCTION vol_cast(a int) RETURNS text LANGUAGE sql AS 'SELECT a::text'
CREATE FUNCTION vol_assign(a int) RETURNS bigint LANGUAGE sql AS 'SELECT a'
CREATE FUNCTION vol_void() RETURNS void LANGUAGE sql AS 'SELECT 1'
CREATE FUNCTION vol_srf() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'
CREATE FUNCTION vol_order() RETURNS int LANGUAGE sql AS 'SELECT 1 ORDER BY 1'
CREATE FUNCTION vol_default(a int DEFAULT 3) RETURNS int LANGUAGE sql AS 'SELECT a * 2'
CREATE FUNCTION short_id() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)'
CREATE FUNCTION vol_poly(a anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT a'
CREATE FUNCTION vol_values() RETURNS int LANGUAGE sql AS 'VALUES (1)'
CREATE FUNCTION vol_cte() RETURNS int LANGUAGE sql AS 'WITH q AS (SELECT 1) SELECT 1'""".split("\n")
# type, default
CASES = """int|1
int|1 + 1
text|'x'
text|NULL
timestamptz|now()
timestamptz|CURRENT_TIMESTAMP
timestamptz|clock_timestamp()
timestamptz|statement_timestamp()
timestamptz|transaction_timestamp()
text|timeofday()
timestamptz|'now'::timestamptz
timestamp|now()
timestamp|now() AT TIME ZONE 'utc'
timestamp|timezone('utc'::text, now())
date|CURRENT_DATE
date|now()::date
date|(now() + interval '1 day')::date
float8|random()
int|(random() * 100)::int
int|floor(random() * 10)
uuid|gen_random_uuid()
uuid|'00000000-0000-0000-0000-000000000000'
text|gen_random_uuid()::text
text|md5(random()::text)
text|substr(md5(random()::text), 1, 8)
text|encode(sha256('x'::bytea), 'hex')
text|md5('x')
bigint|nextval('seq')
bigint|nextval('seq'::regclass)
bigint|currval('seq')
text|current_user
text|session_user
text|current_setting('server_version')
text|upper('x')
text|to_char(now(), 'YYYY')
text|version()
text|pg_backend_pid()::text
text|inet_client_addr()::text
int|txid_current()
text|coalesce(NULL, 'x')
text|coalesce('x', md5(random()::text))
text|coalesce(NULL, md5(random()::text))
int|CASE WHEN true THEN 1 ELSE random()::int END
int|CASE WHEN false THEN random()::int ELSE 2 END
int|CASE WHEN random() > 0.5 THEN 1 ELSE 2 END
int[]|ARRAY[1, 2]
int[]|'{}'
text[]|ARRAY[]::text[]
float8[]|ARRAY[random()]
jsonb|'{}'
jsonb|jsonb_build_object('a', 1)
jsonb|jsonb_build_object('a', now())
jsonb|jsonb_build_object('a', random())
jsonb|to_jsonb(now())
interval|interval '1 day'
bool|false
bool|random() > 0.5
bool|true OR random() > 0.5
bool|false AND random() > 0.5
bool|NOT (random() > 0.5)
int|greatest(1, 2)
int|greatest(1, random()::int)
int|nullif(1, random()::int)
mood|'a'
mood|'a'::mood
dom_free|1
text|1::text
numeric(10,2)|1.5
varchar(5)|'abc'
bytea|'\\x00'
tsvector|to_tsvector('x')
tsvector|to_tsvector('english', 'x')
int|imm(1)
int|vol_imm(1)
timestamptz|vol_stable()
timestamptz|vol_clock()
timestamptz|lie_imm()
timestamptz|lie_stable()
int|vol_from()
int|vol_two()
int|vol_where()
int|vol_strict(1)
int|vol_strict(NULL)
int|vol_strict_unused(1, 2)
int|vol_strict_case(1)
int|vol_twice(1)
int|vol_twice(random()::int)
int|vol_twice(imm(3))
int|vol_twice(vol_plpgsql())
int|vol_secdef()
int|vol_config()
int|vol_nested(1)
int|vol_plpgsql()
int|stable_plpgsql()
int|vol_sub()
bigint|vol_agg()
text|vol_cast(1)
bigint|vol_assign(1)
int|vol_order()
int|vol_default()
int|vol_default(5)
int|vol_default(a => 5)
text|short_id()
int|vol_poly(1)
text|vol_poly('x'::text)
int|vol_values()
int|vol_cte()
int|length(gen_random_uuid()::text)
text|concat('a', 'b')
text|concat('a', random())
text|'a' || random()
text|format('%s', now())
int|extract(year FROM now())
int|date_part('year', now())
text|replace(gen_random_uuid()::text, '-', '')
text|lower(left(md5(clock_timestamp()::text), 4))
int|abs(hashtext('x'))
text|quote_literal('x')
text|array_to_string(ARRAY['a'], ',')
timestamptz|'infinity'
timestamptz|to_timestamp(0)
timestamptz|to_timestamp('2020', 'YYYY')
date|make_date(2020, 1, 1)
timestamptz|date_trunc('day', now())
timestamptz|now() + make_interval(days => 30)
oid|'pg_class'::regclass
text|pg_typeof(1)::text
bigint|pg_sequence_last_value('seq')
text|obj_description(1, 'pg_class')
int|length(current_database())
text|setseed(0.5)::text
int|width_bucket(1.0, 0, 10, 5)
bool|pg_try_advisory_lock(1)
text|pg_sleep(0)::text
inet|'127.0.0.1'
float8|random_normal()
int|random(1, 6)
uuid|uuidv7()
uuid|uuidv4()
text|casefold('X')""".split("\n")


def truth(cur, typ, default):
    cur.execute("BEGIN; CREATE TABLE t (x int)")
    try:
        cur.execute("SELECT relfilenode FROM pg_class WHERE oid = 't'::regclass")
        before = cur.fetchone()
        cur.execute(f"ALTER TABLE t ADD COLUMN y {typ} DEFAULT {default}")
        cur.execute("SELECT relfilenode FROM pg_class WHERE oid = 't'::regclass")
        return "kept" if cur.fetchone() == before else "volatile"
    except Exception as e:
        return "error " + str(e).split("\n")[0]
    finally:
        cur.execute("ROLLBACK")


def main():
    args = arguments()
    for major in args.versions or [13, 15, 18]:
        with Server(major) as s:
            cur = s.connect().cursor()
            for line in SETUP:
                cur.execute(line)
            cases = [c.split("|", 1) for c in CASES]
            questions = [f"version {major}0000"] + ["sql " + line for line in SETUP]
            head = len(questions)
            answers = ask(args.bin, questions + [f"volatility {d}" for _, d in cases])
            check(all(a == "ok" for a in answers[:head]), f"{major}: setup {[q for q, a in zip(questions, answers) if a != 'ok'][:3]}")
            for (typ, default), got in zip(cases, answers[head:]):
                want = truth(cur, typ, default)
                if not want.startswith("error"):
                    check((want == "volatile") == got.startswith("v"), f"{major}: DEFAULT {default}: server {want}, we {got}")
                    check(not got.endswith("?"), f"{major}: DEFAULT {default} is not known")
    finish()


main()
