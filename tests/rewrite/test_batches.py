#!/usr/bin/python3
"""Where a batch loop begins and ends, and what it is said to take: a condition that can be asked of the table alone cuts the keys that it passes.

  test_batches.py --bin LOCKCAST
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import fixture, grow  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
d = fixture()
grow(d, "customers", 1e6, 20000)
SNAPSHOT = p.file("snapshot.json", json.dumps(d))


def loop(sql):
    """The loop's text, what the statement at once is forecast to take, and what the loop is."""
    path, out = p.file("m.sql", sql), os.path.join(p.folder, "out")
    r = p.run("rewrite", "--snapshot", SNAPSHOT, "-o", out, path)
    check(r.status == 0 and "rewritten" in r.out, f"{sql}: {r.out}{r.err}")
    with open(os.path.join(out, "m.sql"), encoding="utf-8") as f:
        text = f.read()
    d = p.run("review", "--snapshot", SNAPSHOT, "--format", "json", "--fail-on", "never", path)
    statement = json.loads(d.out)["migrations"][0]["statements"][0]
    steps = [s["forecast"]["work_ms"] for s in statement["safer"]["steps"] if s["batch_rows"]]
    return text, statement["work"][0]["ms"], steps[0]


def ends(text):
    """What the loop's end, and its first batch's beginning, are taken from."""
    return re.findall(r"INTO lockcast_(stop|lo)_1 FROM (.*?) ORDER BY", text)


text, _, _ = loop("UPDATE shop.customers AS o SET changed = NULL WHERE o.id <= 300000 -- some\n;")
found = ends(text)
check(len(found) == 3, f"{found}")
check(all("shop.customers AS o WHERE (o.id <= 300000)" in where for _, where in found[:2]), f"the condition says where it ends and begins: {found}")
check("300000" not in found[2][1], f"later batches go on from key to key: {found}")

text, once, batches = loop("UPDATE shop.customers SET changed = NULL;")
check(all("WHERE true" in where for _, where in ends(text)[:2]), f"no condition, all keys: {ends(text)}")
check(batches["p50"] > 1.3 * once["p50"], f"pauses, commits and the keys take time: {batches} against {once}")
check(batches["p10"] < batches["p50"] < batches["p90"], f"{batches}")

for condition in ("id < 300000 AND random() < 0.5", "id IN (SELECT customer_id FROM shop.orders)", "clock_timestamp() > '2020-01-01'"):
    text, _, _ = loop(f"UPDATE shop.customers SET changed = NULL WHERE {condition};")
    check(all("WHERE true" in where for _, where in ends(text)[:2]), f"{condition} is not asked twice: {ends(text)}")

finish()
