#!/usr/bin/python3
"""DROP of tables in schemas made at random: the server's refusal and its list of what a CASCADE takes along, in order, and ours."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from asking import ask  # noqa: E402
from pgserver import Server, arguments, check, finish  # noqa: E402


def schema(rng):
    """Statements that the server accepts, and the names of tables."""
    out, tables, views, others = ["CREATE DOMAIN dom AS int CHECK (VALUE > 0)", "CREATE TYPE mood AS ENUM ('a')", "CREATE SEQUENCE free",
                                  "CREATE FUNCTION fn() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TYPE comp AS (x int, m mood)"], [], [], []
    for i in range(rng.randint(3, 7)):
        kind = rng.random()
        t = f"t{i}"
        if kind < 0.2 and tables:
            out.append(f"CREATE TABLE {t} () INHERITS ({rng.choice([x for x in tables if not x.startswith('p')] or ['t0'])})")
        elif kind < 0.35:
            t = f"p{i}"
            out.append(f"CREATE TABLE {t} (id int PRIMARY KEY, ref int, note text) PARTITION BY RANGE (id)")
            out.append(f"CREATE TABLE {t}a PARTITION OF {t} FOR VALUES FROM (0) TO (10)")
            out.append(f"CREATE TABLE {t}b PARTITION OF {t} DEFAULT")
            tables += [t + "a"]
        else:
            idtype = rng.choice(["int", "serial", "int GENERATED ALWAYS AS IDENTITY"])
            out.append(f"CREATE TABLE {t} (id {idtype} PRIMARY KEY, ref int, note text UNIQUE, CHECK (ref > 0))")
        tables.append(t)
    roots = [t for t in tables if not t.endswith(("a", "b"))]
    keyed = [t for t in roots if any(f"CREATE TABLE {t} (id" in s for s in out)]
    for i in range(rng.randint(3, 12)):
        r, t = rng.random(), rng.choice(roots)
        if r < 0.2 and keyed:
            out.append(f"ALTER TABLE {t} ADD CONSTRAINT fk{i} FOREIGN KEY (ref) REFERENCES {rng.choice(keyed)} (id)")
        elif r < 0.4:
            source = rng.choice(roots + views)
            out.append(f"CREATE VIEW v{i} AS SELECT id, ref, note FROM {source}")
            views.append(f"v{i}")
        elif r < 0.45:
            out.append(f"CREATE MATERIALIZED VIEW m{i} AS SELECT id, ref, note FROM {rng.choice(roots + views)}")
            views.append(f"m{i}")
        elif r < 0.52:
            out.append(f"CREATE INDEX x{i} ON {t} (lower(note)) WHERE ref > 1")
        elif r < 0.57:
            out.append(f"CREATE FUNCTION f{i}({t}) RETURNS int LANGUAGE sql AS 'SELECT 1'")
        elif r < 0.65:
            out.append(f"CREATE TABLE u{i} (x {t}, y {t}[])")
            tables.append(f"u{i}")
        elif r < 0.7:
            out.append(f"CREATE STATISTICS s{i} ON ref, note FROM {t}")
        elif r < 0.97:
            c = rng.choice(["d dom", "d mood DEFAULT 'a'", "d int DEFAULT nextval('free')", "d int DEFAULT fn()", "d mood[]", "d comp",
                            "d int GENERATED ALWAYS AS (ref * 2) STORED", "d dom[] DEFAULT '{}'"])
            out.append(f"ALTER TABLE {t} ADD COLUMN {c}")
            others.append(f"ALTER TABLE {t} DROP COLUMN d")
        else:
            out.append(f"CREATE RULE r{i} AS ON INSERT TO {t} DO ALSO SELECT * FROM {rng.choice(roots)}")
    others += [f"ALTER TABLE {t} DROP COLUMN {rng.choice(['id', 'ref', 'note'])}" for t in rng.sample(roots, min(2, len(roots)))]
    others += [f"DROP {'MATERIALIZED ' if v[0] == 'm' else ''}VIEW {v}" for v in views]
    others += ["DROP TYPE mood", "DROP DOMAIN dom", "DROP SEQUENCE free", "DROP SCHEMA public", "DROP TYPE comp"]
    return out, tables, others


def run(cur, conn, line):
    del conn.notices[:]
    cur.execute("SAVEPOINT s")
    try:
        cur.execute(line)
        text = "".join(conn.notices)
        return "ok", [w.strip() for w in text.replace("NOTICE:", "").replace("DETAIL:", "").split("\n") if "drop cascades to" in w]
    except Exception as e:
        detail = (e.diag.message_detail or "").split("\n")
        return f"error {e.diag.message_primary}", detail
    finally:
        cur.execute("ROLLBACK TO s")


def cascaded(notices):
    return [n.replace("drop cascades to ", "") for n in notices if not n[17:].split(" ")[0].isdigit()]


def in_any_order(text):
    """Defaults have oids of their own on the server; by them it orders them. Everything else keeps its place."""
    parts = text if isinstance(text, list) else text.split(": ", 1)[-1].split("; ")
    return [p for p in parts if "default value" not in p], sorted(p for p in parts if "default value" in p)


def one_case(rng, conn, major, args):
    lines, tables, others = schema(rng)
    cur = conn.cursor()
    cur.execute("BEGIN")
    kept = []
    for line in lines:
        cur.execute("SAVEPOINT one")
        try:
            cur.execute(line)
            kept.append(line)
        except Exception:
            cur.execute("ROLLBACK TO one")
    asked = [f"version {major}0000"] + ["sql " + k for k in kept]
    drops = [f"DROP TABLE {t}" for t in tables] + [f"DROP TABLE {', '.join(rng.sample(tables, 2))}"] + others
    for d in drops:
        asked += [f"deletion RESTRICT {d}", f"deletion CASCADE {d}"]
    answers = ask(args.bin, asked)
    head = 1 + len(kept)
    bad = [(q, a) for q, a in zip(asked[:head], answers) if a != "ok"]
    check(not bad, f"{major}: applying: {bad[:2]}")
    for i, d in enumerate(drops):
        status, detail = run(cur, conn, d)
        if any(w in status for w in ("does not exist", "is not a", "inherited column", "cannot alter", "partition key", "named in")):
            continue
        if "COLUMN" in d and f"INHERITS ({d.split()[2]})" in " ".join(kept) or "COLUMN" in d and d.split()[2].startswith("p"):
            continue  # ATExecDropColumn adds the children's columns to the targets
        got = answers[head + 2 * i]
        want = f"{status}: {'; '.join(detail)}" if status != "ok" else "ok"
        same = want == got or (want == "ok" and not got.startswith("error")) or (len(got) > 480 and want.startswith(got[:480]))
        check(same or in_any_order(want) == in_any_order(got), f"{major}: {kept}\n  {d}\n  server {want}\n  we     {got}")
        status, notices = run(cur, conn, d + " CASCADE")
        if status == "ok":
            want = cascaded(notices)
            ours = [o for o in reversed(answers[head + 2 * i + 1].split("; ")) if o in want]
            check(want == ours or in_any_order(want) == in_any_order(ours), f"{major}: {kept}\n  {d} CASCADE\n  server {want}\n  we     {answers[head + 2 * i + 1]}")
    cur.execute("ROLLBACK")


def main():
    args = arguments(cases=60, seed=1)
    for major in args.versions or [13, 18]:
        rng = random.Random(args.seed)
        with Server(major) as s:
            conn = s.connect()
            for _ in range(args.cases):
                one_case(rng, conn, major, args)
    finish()


main()
