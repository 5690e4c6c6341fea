#!/usr/bin/python3
"""Operators and functions over arguments of many types: the type of the result, as the server's parse analysis and as ours gives it."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from asking import ask  # noqa: E402
from pgserver import Server, arguments, check, finish  # noqa: E402

TYPES = """int2 int4 int8 numeric float8 text varchar bpchar name bool date timestamp timestamptz interval time bytea uuid json jsonb inet bit
int4[] text[] int4range dom mood oid regclass""".split()
OPERATORS = "= <> < >= + - * / % || -> ->> #> @> <@ && ? ~ ~~ ^ & | << !~ ~* @@ <-> -|-".split()
SETUP = ["CREATE DOMAIN dom AS varchar(8)", "CREATE TYPE mood AS ENUM ('a', 'b')", "CREATE TABLE one (a int4, b text, c timestamptz, m mood, j jsonb)",
         "CREATE FUNCTION over(a int, b int DEFAULT 1) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
         "CREATE FUNCTION over(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE FUNCTION vari(VARIADIC a numeric[]) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0'"]
QUERIES = """SELECT a, b AS x, a + 1, count(*) OVER () FROM one
SELECT * FROM one JOIN one o USING (a)
SELECT * FROM one NATURAL JOIN one o
SELECT o.*, one.b FROM one, one o
SELECT CASE WHEN a > 1 THEN 1 ELSE 2.5 END, coalesce(NULL, b, 'x'), greatest(a, 2), nullif(a, 1), ARRAY[1, 2.5], ROW(1, 2), (SELECT c FROM one LIMIT 1) FROM one
SELECT EXISTS (SELECT 1), ARRAY(SELECT a FROM one), a IN (1, 2), a BETWEEN 1 AND 2, b LIKE 'x%', b IS NULL, NOT true, a = ANY (ARRAY[1]) FROM one
WITH q AS (SELECT a, b FROM one), r(x) AS (SELECT a FROM q) SELECT * FROM q, r
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n, n::text FROM t
SELECT 1 UNION SELECT 2.5
SELECT 'a' UNION SELECT 'b'
SELECT NULL UNION SELECT 1
SELECT a FROM one UNION ALL SELECT 1::int8
VALUES (1, 'a'), (2.5, NULL)
SELECT * FROM generate_series(1, 5) g
SELECT * FROM generate_series(1, 5) WITH ORDINALITY
SELECT * FROM unnest(ARRAY['a', 'b']) AS u(x)
SELECT * FROM jsonb_each('{}') e
SELECT * FROM jsonb_to_record('{}') AS r(a int, b text[])
SELECT * FROM json_array_elements_text('[]')
SELECT * FROM (SELECT a, sum(a) FROM one GROUP BY a) s(p, q)
SELECT sum(a), avg(a), max(c), min(b), array_agg(b), string_agg(b, ','), jsonb_agg(a), count(DISTINCT a), bool_and(true) FROM one
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), mode() WITHIN GROUP (ORDER BY b) FROM one
SELECT row_number() OVER (PARTITION BY a ORDER BY b), lag(b) OVER (ORDER BY a), first_value(c) OVER w FROM one WINDOW w AS (ORDER BY a)
SELECT now(), current_date, current_timestamp(2), localtime, current_user, extract(epoch FROM c), c AT TIME ZONE 'UTC', date_trunc('day', c) FROM one
SELECT j->'a', j->>'a', j#>>'{a,b}', j @> '{}', (j->>'a')::int, j['a'] FROM one
SELECT a::text, b::varchar(5), '1'::int8, interval '1 day', date '2020-01-01' + 1, now() - interval '1 hour', c - c, now()::date - current_date FROM one
SELECT (one).a, one FROM one
SELECT over(1), over('x'), over(a => 1, b => 2), vari(1, 2.5), vari(VARIADIC ARRAY[1.0]), abs(-1), round(2.5), round(2.567, 1), mod(5, 2), length('x')
SELECT make_interval(days => 10), to_char(now(), 'YYYY'), format('%s', 1), concat(1, 'a', NULL), substring('abc' FROM 1 FOR 2), position('a' IN 'b'), overlay('abc' PLACING 'x' FROM 1)
SELECT trim('x '), upper('x') COLLATE "C", left('abc', 1), lpad('a', 5), regexp_replace('a', 'b', 'c'), split_part('a,b', ',', 1), md5('x'), encode('x', 'hex')
SELECT ARRAY[1,2] || 3, ARRAY[[1],[2]], (ARRAY[1,2])[1], (ARRAY[1,2])[1:2], array_length(ARRAY[1], 1), cardinality(ARRAY[1]), int4range(1, 5), lower(int4range(1, 5))
SELECT least(1, 2.5, NULL), nullif('a'::varchar(3), 'b'), nullif(1, 2.5), xmlelement(name a), 1.5e3, 9999999999, 99999999999999999999, B'101', X'1F', E'\\\\x', -5, +5, ~5, @ -5.0, |/ 4.0, 5 ! = 3
SELECT relname, relkind, oid FROM pg_class
SELECT table_name FROM information_schema.tables
SELECT ctid, xmin, tableoid, tableoid::regclass FROM one
SELECT t.x FROM one LEFT JOIN LATERAL (SELECT one.a * 2.0 AS x) t ON true
SELECT sum(sum(a)) OVER () FROM one GROUP BY b
SELECT grouping(a), a FROM one GROUP BY ROLLUP (a)""".split("\n")


def operations():
    args = TYPES + ["unknown"]

    def text(t):
        return "'x'" if t == "unknown" else f"NULL::{t}"
    out = [f"{text(a)} {op} {text(b)}" for op in OPERATORS for a in args for b in args]
    return out + [f"{op} {text(a)}" for op in ["-", "+", "~", "@", "|/"] for a in args if a != "unknown"]


def calls(cur, n):
    cur.execute("""SELECT p.proname, array_agg(p.pronargs) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = 'pg_catalog'
        AND prokind = 'f' AND prorettype NOT IN (2281, 2275, 2279, 2278, 2249) AND p.proname !~ '^(pg_|binary_upgrade|_|RI_|ri_)|_in$' GROUP BY 1 ORDER BY 1""")
    rng, out = random.Random(7), []
    names = cur.fetchall()
    while len(out) < n:
        name, counts = rng.choice(names)
        k = rng.choice(counts)
        if k <= 4:
            args = ["'x'" if t == "unknown" else f"NULL::{t}" for t in rng.choices(TYPES + ["unknown"] * 8, k=k)]
            out.append(f"pg_catalog.\"{name}\"({', '.join(args)})")
    return out


def server_type(cur, expr):
    try:
        cur.execute(f"SELECT {expr} LIMIT 0".replace("%", "%%") if "%" in expr else f"SELECT {expr} LIMIT 0", None)
        return cur.description[0].type_code
    except Exception:
        return None


def server_columns(cur, query):
    try:
        cur.execute(f"CREATE VIEW v AS {query}")
        cur.execute("""SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = 'v'::regclass AND attnum > 0""")
        out = cur.fetchone()[0]
        cur.execute("DROP VIEW v")
        return out
    except Exception as e:
        return "error " + str(e).split("\n")[0]


def main():
    args = arguments(calls=6000)
    for major in args.versions or [13, 15, 18]:
        with Server(major) as s:
            cur = s.connect().cursor()
            for line in SETUP:
                cur.execute(line)
            cur.execute("SELECT oid, format_type(oid, -1) FROM pg_type")
            names = dict(cur.fetchall())
            exprs = operations() + calls(cur, args.calls)
            questions = [f"version {major}0000"] + ["sql " + line for line in SETUP]
            head = len(questions)
            answers = ask(args.bin, questions + [f"type - {e}" for e in exprs] + [f"columns {q}" for q in QUERIES])
            wrong = 0
            for e, got in zip(exprs, answers[head:]):
                want = server_type(cur, e)
                if want is not None and names[want] not in ("unknown", "record"):
                    ok = names[want] == got
                    wrong += not ok
                    if ok or wrong < 60:
                        check(ok, f"{major}: {e}: server {names[want]}, we {got}")
            for q, got in zip(QUERIES, answers[head + len(exprs):]):
                want = server_columns(cur, q)
                if not want.startswith("error"):
                    check(want == got, f"{major}: {q}\n   server {want}\n   we     {got}")
            check(wrong < 60, f"{major}: {wrong} of {len(exprs)} wrong")
    finish()


main()
