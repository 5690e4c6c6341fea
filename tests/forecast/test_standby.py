#!/usr/bin/python3
"""What a report says of standbys: how many there are, what they replay, whose readers wait there and for how long at most.

  test_standby.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import fixture, grow_orders, put  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)


def review(states, sql="ALTER TABLE shop.orders ADD COLUMN z uuid DEFAULT gen_random_uuid();", level="replica"):
    """The report, and its statement, where the server has a walsender in each of the states."""
    d = fixture()
    grow_orders(d, 1e6, 10000)
    for name, value, unit in (("max_standby_streaming_delay", "45", "s"), ("wal_level", level, None)):
        d["setting"]["rows"] = [r for r in d["setting"]["rows"] if r[0] != name] + [[name, value, unit]]
    for state in states:
        put(d["replica"], {"application": "walreceiver", "state": state, "sync_state": "async"})
    r = p.run("review", "--snapshot", p.file("snapshot.json", json.dumps(d)), "--no-traffic", "--no-rewrite", "--format", "json", "--fail-on", "never",
              p.file("m.sql", sql))
    check(r.status == 0, r.err)
    report = json.loads(r.out)
    return report, report["migrations"][0]["statements"][0]


report, s = review(["streaming", "streaming", "backup"])
check(report["standbys"] == {"receivers": 2, "max_standby_streaming_delay_ms": 45000}, f"two, and a base backup is none: {report['standbys']}")
check(s["standby"]["stops_readers_of"] == "shop.orders", f"an ACCESS EXCLUSIVE lock is replayed: {s['standby']}")
replay, wal = s["standby"]["replay_ms"], s["wal_bytes"]
check(abs(replay["p50"] - wal["p50"] / 1e5) < 0.01 and abs(replay["p90"] - 2 * wal["p90"] / 1e5) < 0.01, f"100 MB/s, give or take: {replay}, {wal}")
check([f["rule"] for f in s["findings"] if f["rule"].startswith("standby")] == ["standby-readers"], f"{s['findings']}")

report, s = review(["streaming"], "UPDATE shop.orders SET amount = 2;")
check(s["standby"]["stops_readers_of"] is None and s["standby"]["replay_ms"]["p50"] > 100, f"rows are replayed, nobody waits: {s['standby']}")

report, s = review([])
check("standbys" not in report, "no standby, none is told of")
report, s = review([], level="minimal")
check("standby" not in s, f"no record of a lock is written at wal_level = minimal: {s.get('standby')}")
finish()
