#!/usr/bin/python3
"""lockcast plan: the best hour of the week, from the samples that a snapshot keeps.

  test_hours.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import add_traffic, fixture, now_of  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
MONDAY = 1767571200e3  # 2026-01-05 00:00 UTC, a Monday
HOUR = 3600e3


def snapshot(profile, window=None):
    """The snapshot tests' fixture with ten queries a second on shop.orders; profile: [(hour of the week, transactions per second)]; window: (ms, commits)
    of the look at the server, if it had one."""
    d = fixture()
    add_traffic(d, ["SELECT * FROM shop.orders WHERE id = $1"], [10], 0.5, 0.1)
    now = now_of(d)
    counters = d["database"]["columns"]
    d["database"]["rows"][0][counters.index("xact_commit")] = 1200
    d["database"]["rows"][0][counters.index("xact_rollback")] = 0
    d["database"]["rows"][0][counters.index("since")] = now - 120e3
    if window:
        d["database"]["rows"][0][counters.index("window_commits")] = window[1]
        d["look"]["rows"] = [[0, 0], [1, window[0]]]
    d["profile"]["rows"] = [[MONDAY + h * HOUR + 60e3, 30000, rate, rate, 1] for h, rate in profile]
    path = os.path.join(p.folder, "hours.json")
    with open(path, "w") as f:
        json.dump(d, f)
    return path


def plan(profile, *more, window=None):
    sql = os.path.join(p.folder, "m.sql")
    with open(sql, "w") as f:
        f.write("BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT;")
    return p.run("plan", "--snapshot", snapshot(profile, window), "--growth", "1", "--traffic-growth", "1", "--pool-size", "20", "--cores", "4",
                 "--replications", "60", *more, sql)


r = plan([(27, 1), (27, 3), (10, 40), (100, 11)], "--format", "json")
check(r.status == 0, r.err)
hours = json.loads(r.out)["hours"]
check(hours[0]["hour_of_week"] == 27 and hours[0]["samples"] == 2, f"the quietest hour is best: {hours[0]}")
check(hours[-1]["hour_of_week"] == 10, f"the busiest is worst: {hours[-1]}")
check(abs(hours[0]["traffic_growth"] - 0.2) < 0.01, f"two samples of 1 and 3, and ten a second now: {hours[0]['traffic_growth']}")
blocked = [h["blocked_session_s_mean"] for h in hours]
check(blocked == sorted(blocked), "the best first")
# a window of 1 s blocks rate/2 session seconds: 1 for two a second; 40 a second fill the pool of 20 after half a second: 10 + 5
check(0.5 < blocked[0] < 1.6, f"blocked at the best hour: {blocked[0]}")
check(12 < blocked[-1] < 18, f"blocked at the worst hour: {blocked[-1]}")

# the rate of now is the look's own where it had one: 50 transactions in two seconds, so the Tuesday's five are a fifth of it
r = plan([(27, 5)], "--format", "json", window=(2000, 50))
hours = {h["hour_of_week"]: h for h in json.loads(r.out)["hours"]} if r.status == 0 else {}
check(27 in hours and abs(hours[27]["traffic_growth"] - 0.2) < 0.01, f"50 in two seconds are 25 a second: {r.err or hours}")

r = plan([(27, 1), (10, 40)])
check("Best hour: Tuesday 03:00 to 04:00 UTC" in r.out and "Worst hour: Monday 10:00 to 11:00 UTC" in r.out, r.out)
check(all(len(line) <= 80 for line in r.out.splitlines()), r.out)
r = plan([])
check("best hour of the week is not known" in r.out, r.out)

whole = plan([(27, 1), (10, 40)], "--format", "json").out
parts = []
for i in (1, 2, 3):
    parts.append(os.path.join(p.folder, f"{i}.json"))
    check(plan([(27, 1), (10, 40)], "--format", "json", "--shard", f"{i}/3", "-o", parts[-1]).status == 0, f"part {i}")
check(p.run("merge", *parts).out == whole, "parts of a plan with hours")
finish()
