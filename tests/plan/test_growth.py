#!/usr/bin/python3
"""lockcast plan: a table that has grown takes longer in proportion, and more traffic waits behind it.

  test_growth.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, PAGES = 1e6, 10000


def snapshot():
    """The snapshot tests' fixture with a million rows in shop.orders."""
    d = json.load(open(os.path.join(HERE, "..", "snapshot", "fixture.json")))
    columns = d["relation"]["columns"]
    orders = next(r for r in d["relation"]["rows"] if r[columns.index("name")] == "orders")
    orders[columns.index("reltuples")], orders[columns.index("relpages")] = ROWS, PAGES
    size = next(r for r in d["size"]["rows"] if r[0] == orders[0])
    size[1] = PAGES * 8192
    return p.file("snapshot.json", json.dumps(d))


r = p.run("plan", "--snapshot", snapshot(), "--growth", "1,4", "--traffic-growth", "1", "--no-traffic", "--format", "json",
          p.file("m.sql", "ALTER TABLE shop.orders ADD COLUMN token uuid DEFAULT gen_random_uuid();"))
check(r.status == 0, r.err)
cells = {c["growth"]: c["duration_ms"] for c in json.loads(r.out)["cells"]}
check(sorted(cells) == [1, 4], f"both sizes: {cells}")
check(cells[1]["p50"] > 100, f"a million rows are written anew: {cells}")
factor = cells[4]["p50"] / cells[1]["p50"]
check(3.5 < factor < 5, f"four times the rows take four times as long: {factor}")
finish()
