#!/usr/bin/python3
"""lockcast plan: a table that has grown takes longer in proportion, and more traffic waits behind it.

  test_growth.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import fixture, grow_orders  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
MADE = fixture()
grow_orders(MADE, 1e6, 10000)

r = p.run("plan", "--snapshot", p.file("snapshot.json", json.dumps(MADE)), "--growth", "1,4", "--traffic-growth", "1", "--no-traffic", "--format", "json",
          p.file("m.sql", "ALTER TABLE shop.orders ADD COLUMN token uuid DEFAULT gen_random_uuid();"))
check(r.status == 0, r.err)
cells = {c["growth"]: c["duration_ms"] for c in json.loads(r.out)["cells"]}
check(sorted(cells) == [1, 4], f"both sizes: {cells}")
check(cells[1]["p50"] > 100, f"a million rows are written anew: {cells}")
factor = cells[4]["p50"] / cells[1]["p50"]
check(3.5 < factor < 5, f"four times the rows take four times as long: {factor}")
finish()
