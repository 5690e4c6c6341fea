#!/usr/bin/python3
"""A quick statement that waits long for its lock is tried again and again; one that does not stays as it is. And a lock held over later work gets a
transaction of its own. Each with the forecast of both ways.

  test_waits.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import add_report, add_traffic, fixture, grow_orders  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
QUICK = "ALTER TABLE shop.orders ADD COLUMN behind int;\n"


def snapshot(report):
    d = fixture()
    grow_orders(d, 1e6, 10000)
    add_traffic(d, ["SELECT * FROM shop.orders WHERE id = $1"], [20.0])
    if report:
        add_report(d, 20e3)
    return p.file("snapshot.json", json.dumps(d))


def both(text, report):
    """The rewritten file, and what review says of the safer way of each statement that locks."""
    path, sql, out = snapshot(report), p.file("m.sql", text), os.path.join(p.folder, "out")
    r = p.run("rewrite", "--snapshot", path, "--pool-size", "20", "-o", out, sql)
    check(r.status == 0, r.err)
    d = p.run("review", "--snapshot", path, "--pool-size", "20", "--format", "json", "--fail-on", "never", sql)
    check(d.status == 0, d.err)
    with open(os.path.join(out, "m.sql"), encoding="utf-8") as f:
        return f.read(), [s["safer"] for s in json.loads(d.out)["migrations"][0]["statements"] if s["locks"]]


text, (safer,) = both(QUICK, False)
check(text == QUICK, f"nobody is in its way: {text}")
check(safer is None or safer["recipe"] is None, f"nothing is safer: {safer}")

text, (safer,) = both(QUICK, True)
check("lock_timeout" in text and QUICK.strip().rstrip(";") in text, f"behind a report it is tried: {text}")
check(safer["recipe"] == "lock-retries" and safer["forecast"]["peak_blocked_sessions"]["p90"] < 20, f"fewer stand still: {safer}")

text, safer = both("BEGIN;\n" + QUICK + "CREATE INDEX ON shop.orders (amount);\nCOMMIT;\n", False)
check(safer[0]["recipe"] == "split-transaction" and safer[0]["forecast"], f"it would hold its lock while the index is built: {safer[0]}")
finish()
