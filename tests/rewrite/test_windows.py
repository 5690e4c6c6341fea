#!/usr/bin/python3
"""Every statement that lockcast knows no safe way for tells its window (who waits, how long) and the least bad way, in every report.

  test_windows.py --bin LOCKCAST
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from made_snapshot import add_traffic, fixture, grow_orders  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
STATEMENTS = {
    "VACUUM FULL shop.orders;": "pg_repack",
    "CLUSTER shop.orders USING orders_pkey;": "pg_repack",
    "ALTER TABLE shop.orders SET TABLESPACE other;": "REINDEX",
    "WITH gone AS (DELETE FROM shop.customers RETURNING id) UPDATE shop.orders SET amount = 1;": "its parts",
    "BEGIN;\nSAVEPOINT a;\nCREATE INDEX ON shop.orders (amount);\nCOMMIT;": "savepoints",
}
d = fixture()
grow_orders(d, 5e6, 60000)
add_traffic(d, ["SELECT * FROM shop.orders WHERE id = $1"], [5.0])
snapshot = p.file("snapshot.json", json.dumps(d))


def told(sql, fmt):
    r = p.run("review", "--snapshot", snapshot, "--format", fmt, "--fail-on", "never", p.file("m.sql", sql))
    check(r.status == 0, r.err)
    return r.out


for sql, way in STATEMENTS.items():
    texts = [s["safer"]["why"] for s in json.loads(told(sql, "json"))["migrations"][0]["statements"] if s["safer"] and s["safer"]["verdict"] == "window"]
    check(len(texts) == 1, f"{sql}: {texts}")
    for text in texts:
        check(re.search(r"It needs a window: .*shop\.orders.* waits? for about \d", text), f"{sql}: no size: {text}")
        check(way in text.split("The least bad way: ")[-1] and "The least bad way: " in text, f"{sql}: no way: {text}")
sql = next(iter(STATEMENTS))
for fmt in ("text", "markdown", "html"):
    got = " ".join(told(sql, fmt).split())
    check("It needs a window" in got and "The least bad way" in got and "repack" in got, f"{fmt}: {got}")

# the table of windows: no row without a way, and none that nobody uses
folder = os.path.join(HERE, "..", "..", "src", "rewrite")
sources = {f: open(os.path.join(folder, f), encoding="utf-8").read() for f in os.listdir(folder) if f.endswith((".c", ".h"))}
names = set(re.findall(r"^ +(RW_WINDOW_\w+),", sources["internal.h"], re.M)) - {"RW_WINDOW_NONE"}
rows = set(re.findall(r"\[(RW_WINDOW_\w+)\]\s*=", sources["window.c"]))
check(names == rows, f"rows without a name or the other way round: {names ^ rows}")
for name in rows:
    uses = sum(t.count(name + ")") + t.count(name + ";") + t.count(name + "}") for t in sources.values())
    check(uses > 0, f"{name} is used by nobody")
finish()
