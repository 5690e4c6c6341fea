#!/usr/bin/python3
"""What CHECK constraints prove: SET NOT NULL and ATTACH PARTITION without a scan. The server says so at DEBUG1."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from asking import ask  # noqa: E402
from pgserver import Server, arguments, check, finish  # noqa: E402

NOT_NULL = """a IS NOT NULL
a IS NOT NULL AND b > 0
b > 0 AND (a IS NOT NULL)
a > 0
a IS NOT NULL OR b IS NOT NULL
(a IS NOT NULL AND b = 1) OR (a IS NOT NULL AND b = 2)
NOT (a IS NULL)
NOT (a IS NULL OR b IS NULL)
(a IS NULL) = false
(a IS NOT NULL) = true
(a IS NOT NULL) IS TRUE
a IS DISTINCT FROM NULL
coalesce(a, 0) > 0
num_nonnulls(a, b) = 2
a IS NOT NULL OR false
a IS NOT NULL AND true
CASE WHEN a IS NOT NULL THEN true ELSE false END
a = a
a::bigint IS NOT NULL
(a, b) IS NOT NULL
ROW(a, b) IS NOT NULL
a <> 5 AND a IS NOT NULL
NOT a IS NULL AND NOT b IS NULL
a IS NOT NULL OR a IS NOT NULL""".split("\n")

KEYS = {  # type -> literals in order
    "int": ["0", "10", "20", "30", "-5", "100"],
    "bigint": ["0", "10", "20", "30", "5000000000", "'40'"],
    "numeric": ["0", "10", "10.5", "20", "30.00", "99.9"],
    "date": ["'2024-01-01'", "'2024-02-01'", "'2024-03-01'", "'2025-01-01'", "'2024-01-15'", "DATE '2024-02-01'"],
    "timestamp": ["'2024-01-01'", "'2024-02-01 00:00:00'", "'2024-03-01'", "'2025-01-01'", "'2024-01-15 12:30'", "timestamp '2024-02-01'"],
    "timestamptz": ["'2024-01-01+00'", "'2024-02-01 00:00:00+00'", "'2024-03-01'", "'2025-01-01 00:00+02'", "'2024-01-15'", "'2024-02-01'::timestamptz"],
    "text": ["'a'", "'b'", "'c'", "'eu'", "'us'", "'B'"],
    "varchar(5)": ["'a'", "'b'", "'c'", "'eu'", "'us'", "'B'"],
    "boolean": ["true", "false"],
    "mood": ["'sad'", "'ok'", "'happy'"],
    "uuid": ["'00000000-0000-0000-0000-000000000000'", "'80000000-0000-0000-0000-000000000000'", "'FFFFFFFF-0000-0000-0000-000000000000'"],
}
ORDERED = ["int", "bigint", "numeric", "date", "timestamp", "timestamptz"]


def comparison(rng, column, typ, literals):
    op = rng.choice(["=", "<", "<=", ">", ">=", "<>", ">=", "<"])
    lit = rng.choice(literals)
    if rng.random() < 0.3 and "::" not in lit and " " not in lit:
        lit += f"::{typ}"
    return f"{lit} {op} {column}" if rng.random() < 0.15 else f"{column} {op} {lit}"


def atom(rng, column, typ, literals):
    r = rng.random()
    if r < 0.25:
        return f"{column} IS NOT NULL"
    if r < 0.30:
        return f"{column} IS NULL"
    if r < 0.42:
        return f"{column} IN ({', '.join(rng.sample(literals, min(len(literals), rng.randint(1, 3))))})"
    if r < 0.5:
        return f"{column} BETWEEN {rng.choice(literals)} AND {rng.choice(literals)}"
    if typ == "boolean" and r < 0.8:
        return rng.choice([column, f"NOT {column}", f"{column} IS TRUE"])
    return comparison(rng, column, typ, literals)


def constraint(rng, columns):
    parts = []
    for _ in range(rng.choice([1, 2, 2, 3])):
        c, t = rng.choice(columns)
        parts.append("(" + atom(rng, c, t, KEYS[t]) + ")")
    text = parts[0]
    for p in parts[1:]:
        text = f"({text} {rng.choice(['AND', 'AND', 'AND', 'OR'])} {p})"
    return f"NOT {text}" if rng.random() < 0.08 else text


def fitting(rng, columns, bound):
    """A constraint written for the bound: more of them prove something."""
    (c, t) = columns[0]
    if bound[0] == "list":
        values = [v for v in bound[1] if v != "NULL"]
        some = rng.sample(values, rng.randint(1, len(values))) if values else ["NULL"]
        text = f"{c} IN ({', '.join(some)})" if rng.random() < 0.6 else f"{c} = {some[0]}"
    else:
        low, high = bound[1]
        text = f"{c} {rng.choice(['>=', '>=', '>'])} {low} AND {c} {rng.choice(['<', '<', '<='])} {high}"
    return f"{text} AND {c} IS NOT NULL" if rng.random() < 0.6 else text


def ends(rng, n, t):
    pair = rng.sample(KEYS[t], 2)
    return rng.choice([pair, ["MINVALUE", pair[1]], [pair[0], "MAXVALUE"], pair])


def case(rng):
    t = rng.choice(list(KEYS))
    columns = [("k", t)]
    if t in ORDERED and rng.random() < 0.6:
        if rng.random() < 0.3:
            columns.append(("m", rng.choice(ORDERED)))
        pairs = [ends(rng, i, ct) for i, (_, ct) in enumerate(columns)]
        text = f"FROM ({', '.join(p[0] for p in pairs)}) TO ({', '.join(p[1] for p in pairs)})"
        bound, strategy = ("range", pairs[0]), "RANGE"
    else:
        values = rng.sample(KEYS[t], rng.randint(1, min(3, len(KEYS[t]))))
        if rng.random() < 0.15:
            values.append("NULL")
        text, bound, strategy = f"IN ({', '.join(values)})", ("list", values), "LIST"
    checks = [fitting(rng, columns, bound)] if rng.random() < 0.6 and "MINVALUE" not in text and "MAXVALUE" not in text else []
    while not checks or rng.random() < 0.35:
        checks.append(constraint(rng, columns))
    kind = rng.choice(["attach", "attach", "excludes"])
    if kind == "excludes" and rng.random() < 0.6:
        checks = [f"NOT ({c})" if rng.random() < 0.7 else c for c in checks]
    cols = ", ".join(f"{c} {ct}{' NOT NULL' if rng.random() < 0.4 else ''}" for c, ct in columns)
    parent = ", ".join(f"{c} {ct}" for c, ct in columns)
    keys = ", ".join(c for c, _ in columns)
    return kind, cols, parent, strategy, keys, checks, text


def notices(conn):
    text = " ".join(conn.notices)
    del conn.notices[:]
    return text


def tables(kind, cols, parent, strategy, keys, checks, i=""):
    con = "".join(f", CHECK ({c})" for c in checks)
    out = [f"CREATE TABLE p{i} ({parent}) PARTITION BY {strategy} ({keys})"]
    if kind == "attach":
        return out + [f"CREATE TABLE t{i} ({cols}{con})"]
    return out + [f"CREATE TABLE t{i} PARTITION OF p{i} DEFAULT"] + [f"ALTER TABLE t{i} ADD CHECK ({c})" for c in checks]


def truth(conn, c):
    cur = conn.cursor()
    cur.execute("BEGIN")
    try:
        for line in tables(*c[:6]):
            cur.execute(line)
        notices(conn)
        cur.execute(f"ALTER TABLE p ATTACH PARTITION t FOR VALUES {c[6]}" if c[0] == "attach" else
                    f"CREATE TABLE n PARTITION OF p FOR VALUES {c[6]}")
        text = notices(conn)
        return "yes" if "implied by existing constraints" in text else "no"
    except Exception as e:
        return "error " + str(e).split("\n")[0]
    finally:
        cur.execute("ROLLBACK")


def prove_not_null(conn, major, args):
    cur = conn.cursor()
    questions = [f"version {major}0000"]
    for i, e in enumerate(NOT_NULL):
        questions += [f"sql CREATE TABLE t{i} (a int, b int, CHECK ({e}))", f"notnull t{i} a"]
    answers = ask(args.bin, questions)
    for i, e in enumerate(NOT_NULL):
        cur.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (a int, b int, CHECK ({e}))")
        notices(conn)
        cur.execute("ALTER TABLE t ALTER COLUMN a SET NOT NULL")
        want = "yes" if "sufficient to prove" in notices(conn) else "no"
        check(want == answers[2 + 2 * i], f"{major}: SET NOT NULL with CHECK ({e}): server {want}, we {answers[2 + 2 * i]}")
    cur.execute("DROP TABLE t")


def prove_partitions(conn, major, args):
    rng = random.Random(args.seed)
    cases = [case(rng) for _ in range(args.cases)]
    questions = [f"version {major}0000", "set timezone UTC", "set lc_collate C", "sql CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')"]
    heads = []
    for i, c in enumerate(cases):
        questions += ["sql " + line for line in tables(*c[:6], i=i)]
        heads.append(len(questions))
        questions.append(f"{c[0]} t{i} p{i} FOR VALUES {c[6]}")
    answers, yes = ask(args.bin, questions), 0
    for c, at in zip(cases, heads):
        want = truth(conn, c)
        if not want.startswith("error"):
            yes += want == "yes"
            check(want == answers[at], f"{major}: {c[0]} {c[3]} ({c[4]}) FOR VALUES {c[6]}; table ({c[1]}) CHECKs {c[5]}: server {want}, we {answers[at]}")
    check(yes >= args.cases // 25, f"{major}: only {yes} of {args.cases} cases prove something: the cases are too weak")
    print(f"{major}: {yes} of {len(cases)} proven", flush=True)


def main():
    args = arguments(cases=1500, seed=1)
    for major in args.versions or [13, 18]:
        with Server(major, settings={"timezone": "'UTC'"}) as s:
            conn = s.connect()
            conn.cursor().execute("SET client_min_messages = debug1; CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
            prove_not_null(conn, major, args)
            prove_partitions(conn, major, args)
    finish()


main()
