#!/usr/bin/python3
"""How long a lock is held: to the end of its transaction, the statements that follow in it included; alone where each commits by itself.

  test_hold.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import fixture, grow_orders  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
SQL = p.file("m.sql", "".join(f"ALTER TABLE shop.orders ADD COLUMN {c} uuid DEFAULT gen_random_uuid();\n" for c in "xyz"))


MADE = fixture()
grow_orders(MADE, 1e6, 10000)
SNAPSHOT = p.file("snapshot.json", json.dumps(MADE))


def statements(transaction, danger_ms, sql=SQL):
    config = p.file("c.ini", f"[thresholds]\ncaution_hold = 1 ms\ndanger_hold = {danger_ms:.0f} ms\n")
    r = p.run("review", "--snapshot", SNAPSHOT, "--config", config, "--transaction", transaction, "--no-traffic", "--no-rewrite", "--format", "json", "--fail-on", "never", sql)
    check(r.status == 0, r.err)
    return json.loads(r.out)["migrations"][0]["statements"]


def severities(found):
    return [f["severity"] for s in found for f in s["findings"] if f["rule"] == "table-rewrite"]


lasts = [s["duration_ms"]["p90"] for s in statements("none", 1e6)]
check(min(lasts) > 100, f"each writes a million rows: {lasts}")
limit = 1.3 * max(lasts)
check(severities(statements("none", limit)) == ["caution"] * 3, "each holds its lock alone")
check(severities(statements("file", limit)) == ["danger"], "the first holds its lock while the next ones work; they take no other")

# what runs in no transaction at all holds nothing for what follows
full = p.file("full.sql", "VACUUM FULL shop.orders;\n" * 3)
lasts = [s["duration_ms"]["p90"] for s in statements("auto", 1e6, full)]
check(severities(statements("auto", 1.3 * max(lasts), full)) == ["caution"] * 3, "each VACUUM FULL holds its lock alone")
finish()
