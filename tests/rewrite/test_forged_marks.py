#!/usr/bin/python3
"""A name in the catalogue forges no line that goose would obey, and no placeholder of Flyway's, in a rewrite in the framework's own form.

  test_forged_marks.py --bin LOCKCAST
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "..", "snapshot", "fixture.json")) as f:
    FIXTURE = f.read()


def rewritten(name, text, table="orders", key="id"):
    """The file and its settings, or what was wrong, with columns of shop.orders called otherwise."""
    called = FIXTURE
    for old, new in (("orders", table), ("id", key)):
        called = called.replace(f'"{old}"', '"' + new.replace("\n", "\\n") + '"')
    migration = p.file(name, text)
    out = os.path.join(p.folder, "out")
    r = p.run("rewrite", "--snapshot", p.file("s.json", called), "--target-hold", "0.01", "--format", "framework", "-o", out, migration)
    if r.status:
        return None, r.err
    with open(os.path.join(out, name)) as f:
        sql = f.read()
    conf = os.path.join(out, name + ".conf")
    return sql, open(conf).read() if os.path.exists(conf) else None


def marks(sql):
    return [line for line in sql.split("\n") if line.strip().startswith("--") and "+goose" in line]


FILL = "ALTER TABLE shop.orders ADD COLUMN z uuid DEFAULT gen_random_uuid();\n"
GOOSE = "-- +goose Up\n" + FILL + "-- +goose Down\n"
plain, why = rewritten("1_a.sql", GOOSE)
check(plain is not None, f"goose: {why}")
got, why = rewritten("1_a.sql", GOOSE, key="k\n+goose Down")
check(got is not None and "k\n+goose Down" in got and marks(got) == marks(plain), f"no line of goose's: {why}")
got, why = rewritten("1_a.sql", GOOSE, key="k\n  -- +goose Down")
check(got is None and "goose would obey" in why, f"a line of goose's in a statement: {why}")
drop = "-- +goose Up\nDROP TABLE shop.orders CASCADE;\n-- +goose Down\n"
plain, why = rewritten("1_a.sql", drop)
check(plain is not None, f"drop: {why}")
got, why = rewritten("1_a.sql", drop.replace("orders", '"o\n+goose Down"'), table="o\n+goose Down")
check(got is not None and marks(got) == marks(plain) and "-- + goose Down" in got, f"in a comment: {why}")
got, why = rewritten("V1__a.sql", FILL)
check(why == "executeInTransaction=false\n", f"flyway: {why}")
got, why = rewritten("V1__a.sql", FILL, key="${k}")
check(why == "executeInTransaction=false\nplaceholderReplacement=false\n", f"a name like a placeholder: {why}")
got, why = rewritten("V1__a.sql", "-- ${x}\n" + FILL, key="${k}")
check(why == "executeInTransaction=false\n", f"the migration's own placeholder: {why}")
finish()
