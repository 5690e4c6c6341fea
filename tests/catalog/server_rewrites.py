#!/usr/bin/python3
"""ALTER COLUMN TYPE between every pair of types: does the server write the table anew, and do we say so?"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from asking import ask  # noqa: E402
from pgserver import Server, arguments, check, finish  # noqa: E402

TYPES = """int2 int4 int8 numeric numeric(10,2) numeric(12,2) numeric(12,3) numeric(8,2) float4 float8 money bool text varchar varchar(5)
varchar(10) char(5) char(8) name "char" bytea date time time(0) time(3) timetz timetz(3) timestamp timestamp(0) timestamp(3) timestamptz
timestamptz(3) timestamptz(6) interval interval(3) interval|second(2) interval|day|to|second interval|year bit(3) bit(5) varbit varbit(3)
varbit(8) uuid json jsonb xml inet cidr macaddr macaddr8 oid regclass regproc regtype int4[] int8[] text[] varchar[] varchar(5)[] varchar(10)[]
numeric(10,2)[] numeric(12,2)[] timestamp[] timestamptz[] int4range tsvector point box dom_int dom_pos dom_vc dom_nn dom_dom dom_arr mood mood2
comp citext_like xid oidvector int2vector pg_lsn jsonpath""".split()
SETUP = ["CREATE DOMAIN dom_int AS int4", "CREATE DOMAIN dom_pos AS int4 CHECK (VALUE > 0)", "CREATE DOMAIN dom_vc AS varchar(8)",
         "CREATE DOMAIN dom_nn AS text NOT NULL", "CREATE DOMAIN dom_dom AS dom_int", "CREATE DOMAIN dom_arr AS text[]",
         "CREATE TYPE mood AS ENUM ('a', 'b')", "CREATE TYPE mood2 AS ENUM ('a', 'b')", "CREATE TYPE comp AS (x int4, y text)",
         "CREATE DOMAIN citext_like AS text COLLATE \"C\""]
USING = ["c::{t}", "(c::{t})", "CAST(c AS {t})", "c", "c COLLATE \"C\"", "nullif(c, NULL)::{t}", "c::text::{t}", "NULL::{t}", "d::{t}", "lower(c)",
         "c AT TIME ZONE 'UTC'"]
USING_TYPES = "int4 int8 text varchar(5) varchar(10) numeric(10,2) numeric(12,2) timestamp timestamptz dom_int dom_vc jsonb".split()


def pairs():
    types = [t.replace("|", " ") for t in TYPES]
    out = [(a, b, None) for a in types for b in types]
    for a in USING_TYPES:
        for b in USING_TYPES:
            out += [(a, b, u.format(t=b)) for u in USING]
    return out


def truth(cur, source, target, using, zone):
    cur.execute(f"BEGIN; SET LOCAL timezone = '{zone}'; CREATE TABLE t (c {source}, d {source})")
    try:
        cur.execute("SELECT relfilenode FROM pg_class WHERE oid = 't'::regclass")
        before = cur.fetchone()
        cur.execute(f"ALTER TABLE t ALTER COLUMN c TYPE {target}" + (f" USING {using}" if using else ""))
        cur.execute("SELECT relfilenode FROM pg_class WHERE oid = 't'::regclass")
        return "no" if cur.fetchone() == before else "yes"
    except Exception as e:
        return "error " + str(e).split("\n")[0]
    finally:
        cur.execute("ROLLBACK")


def main():
    args = arguments()
    for major in args.versions or [13, 18]:
        with Server(major) as s:
            cur = s.connect().cursor()
            for line in SETUP:
                cur.execute(line)
            for zone in ["UTC", "Europe/Berlin"] if major == 18 else ["UTC"]:
                cases = pairs() if zone == "UTC" else [p for p in pairs() if "timestamp" in p[0] and "timestamp" in p[1]]
                questions = [f"version {major}0000", f"set timezone {zone}"] + ["sql " + line for line in SETUP]
                head = len(questions)
                for i, (a, b, u) in enumerate(cases):
                    questions += [f"sql CREATE TABLE t{i} (c {a}, d {a})", f"rewrites t{i} c {b}" + (f" USING {u}" if u else "")]
                answers = ask(args.bin, questions)
                check(all(a == "ok" for a in answers[:head]), f"{major}: setup {answers[:head]}")
                for i, (a, b, u) in enumerate(cases):
                    want, got = truth(cur, a, b, u, zone), answers[head + 2 * i + 1]
                    if not want.startswith("error"):
                        check(want == got, f"{major} {zone}: {a} -> {b} USING {u}: server {want}, we {got}")
    finish()


main()
