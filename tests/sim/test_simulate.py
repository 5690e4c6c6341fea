#!/usr/bin/python3
"""`lockcast simulate`: same bytes for the same seed, both forms of the report, the trace, and what a wrong file makes it say."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

SCENARIO = {
    "name": "a column behind a report", "pool": {"size": 10}, "relations": ["orders"],
    "traffic": [{"name": "read", "rate_per_s": 50, "steps": [{"lock": "orders", "mode": "ACCESS SHARE"}, {"work_ms": 1}]}],
    "long_transactions": [{"name": "report", "locks": [{"relation": "orders", "mode": "ACCESS SHARE"}], "residual_ms": {"uniform": [500, 1500]}}],
    "migration": {"steps": [{"statement": "ALTER TABLE orders ADD COLUMN c int"}, {"lock": "orders", "mode": "ACCESS EXCLUSIVE"}, {"work_ms": 5}]},
}
FIGURES = ["lock_wait_ms", "duration_ms", "peak_blocked_sessions", "blocked_session_s", "delayed_transactions", "drain_ms", "pool_exhausted_ms"]


def main():
    args = arguments()
    p = Program(args.bin)
    path = p.file("s.json", json.dumps(SCENARIO))
    one = p.run("simulate", "--format", "json", "--replications", "100", path)
    two = p.run("simulate", "--format", "json", "--replications", "100", path)
    other = p.run("simulate", "--format", "json", "--replications", "100", "--seed", "2", path)
    check(one.status == 0 and one.err == "", f"simulate ends with {one.status}: {one.err}")
    check(one.out == two.out, "same seed, same bytes")
    check(one.out != other.out, "another seed, other numbers")
    doc = json.loads(one.out)
    check(doc["schema"] == "lockcast/simulation/1", "the schema is named")
    for name in FIGURES:
        q = doc["forecast"][name]
        check(q["p10"] <= q["p50"] <= q["p90"], f"{name} has ascending quantiles")
    check(700 < doc["forecast"]["lock_wait_ms"]["p50"] < 1300, "it waits for the report")
    check(doc["forecast"]["pool_exhausted_probability"] > 0.9, "ten connections are taken in 200 ms")
    check(any(c["waiting"] == "read" and c["behind"].startswith("ALTER") and c["mode"] == "AccessShareLock" for c in doc["chains"]), "readers wait behind it")
    check(doc["blockers"][0]["who"] == "report" and doc["blockers"][0]["saved_ms"] > 700, "without the report it would not wait")
    text = p.run("simulate", path)
    check(text.status == 0 and "behind report" in text.out, "the text names the chain")
    trace = os.path.join(p.folder, "t.json")
    check(p.run("simulate", "--trace", trace, path).status == 0, "a trace is written")
    with open(trace) as f:
        events = json.load(f)["traceEvents"]
    check(any(e["cat"] == "wait" and "AccessExclusiveLock on orders" in e["name"] for e in events), "the trace has the wait")

    bad = json.loads(json.dumps(SCENARIO))
    bad["migration"]["steps"][1]["mode"] = "EXTREME"
    r = p.run("simulate", p.file("bad.json", json.dumps(bad)))
    check(r.status == 2 and "migration.steps[1]" in r.err and "hint" in r.err and "bad.json" in r.err, f"a wrong mode is named: {r.err}")
    r = p.run("simulate", p.file("no.json", "{\n oops"))
    check(r.status == 2 and "no.json:2" in r.err, f"a line is named: {r.err}")
    check(p.run("simulate", "nothing-there.json").status == 2, "a missing file is bad input")
    check(p.run("simulate").status == 2, "no file is a usage error")
    check(p.run("simulate", "--format", "html", path).status == 2, "only text and json")
    finish()


if __name__ == "__main__":
    main()
