"""The JSON of a review has every field that users rely on, of the right kind, and the same bytes every time."""
import json
import numbers
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
p = Program(args.bin)
QUANTILES = {"p10": numbers.Real, "p50": numbers.Real, "p90": numbers.Real}
FIGURES = ["lock_wait_ms", "duration_ms", "peak_blocked_sessions", "blocked_session_s", "delayed_transactions", "drain_ms",
           "pool_exhausted_ms"]
FORECAST = {**{f: QUANTILES for f in FIGURES}, "pool_exhausted_probability": numbers.Real, "migration_fails_probability": numbers.Real}
LOCK = {"relation": str, "kind": str, "mode": str, "released": str, "created": bool}
NONE = type(None)  # what is not known, and what belongs to no relation, is null
WORK = {"what": str, "relation": (str, NONE), "rows": (numbers.Real, NONE), "bytes": (numbers.Real, NONE), "p50_ms": numbers.Real}
FINDING = {"rule": str, "severity": str, "message": str}
CHAIN = {"waiting": str, "mode": str, "relation": str, "behind": str, "sessions": QUANTILES, "longest_wait_ms": QUANTILES}
STATEMENT = {"n": int, "line": int, "sql": str, "command": str, "parsed": bool, "locks": [LOCK], "rewrites": [str], "scans": [str],
             "lock_wait_ms": QUANTILES, "duration_ms": QUANTILES, "work": [WORK], "findings": [FINDING], "chains": [CHAIN]}
REVIEW = {"schema": str, "tool": {"name": str, "version": str, "grammar": int},
          "server": {"version_num": int, "source": str}, "verdict": str, "forecast": FORECAST,
          "migrations": [{"path": str, "format": str, "statements": [STATEMENT]}]}
MODES = {m + "Lock" for m in ("AccessShare", "RowShare", "RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive",
                              "Exclusive", "AccessExclusive")}


def shape(value, spec, where):
    """Checks a value against its shape, and says where it differs."""
    if isinstance(spec, dict):
        if check(isinstance(value, dict), f"{where} is no object: {value!r:.80}"):
            for key, inner in spec.items():
                if check(key in value, f"{where}.{key} is missing"):
                    shape(value[key], inner, f"{where}.{key}")
            if spec is QUANTILES:
                check(value["p10"] <= value["p50"] <= value["p90"], f"{where}: {value}")
    elif isinstance(spec, list):
        if check(isinstance(value, list), f"{where} is no list: {value!r:.80}"):
            for i, item in enumerate(value):
                shape(item, spec[0], f"{where}[{i}]")
    elif not (isinstance(value, spec) and (spec is bool or not isinstance(value, bool))):
        check(False, f"{where} is {value!r:.80}, no {spec}")


FILE = p.file("0042.sql", """CREATE TABLE a (id int PRIMARY KEY, n int);
ALTER TABLE a ADD COLUMN x uuid DEFAULT gen_random_uuid();
CREATE INDEX CONCURRENTLY a_n ON a (n);

NO SUCH STATEMENT;
UPDATE a SET n = n + 1;
""")
SECOND = p.file("0043.sql", "ALTER TABLE a ALTER COLUMN n TYPE bigint;\nDROP TABLE a;\n")
r = p.run("review", "--fail-on", "never", "--format", "json", "--seed", "7", "--server-version", "15", FILE, SECOND)
check(r.status == 0, f"status {r.status}: {r.err[-300:]}")
doc = json.loads(r.out)
shape(doc, REVIEW, "review")
check(doc["schema"] == "lockcast/review/1" and doc["tool"]["name"] == "lockcast", "schema and name")
check(doc["server"]["source"] == "none" and doc["server"]["version_num"] // 10000 == 15, f"server {doc['server']}")
check(doc["verdict"] in ("safe", "caution", "danger"), f"verdict {doc['verdict']}")
check([m["path"] for m in doc["migrations"]] == [FILE, SECOND], f"paths {[m['path'] for m in doc['migrations']]}")
first = doc["migrations"][0]["statements"]
check([s["line"] for s in first] == [1, 2, 3, 5, 6], f"lines {[s['line'] for s in first]}")
check([s["n"] for s in first] == [1, 2, 3, 4, 5], f"numbers {[s['n'] for s in first]}")
check([s["parsed"] for s in first] == [True, True, True, False, True], "which statements parse")
check(first[2]["command"] == "CREATE INDEX" and first[2]["transaction"] is None, "CREATE INDEX CONCURRENTLY runs in no transaction")
check(all("phase" in lock for lock in first[2]["locks"]), "its locks have phases")
for m in doc["migrations"]:
    for s in m["statements"]:
        check("transaction" in s and "safer" in s, f"statement {s['n']} has transaction and safer")
        for lock in s["locks"]:
            check(lock["mode"] in MODES and lock["released"] in ("commit", "statement") and len(lock["kind"]) == 1, f"lock {lock}")
        for finding in s["findings"]:
            check(finding["severity"] in ("safe", "info", "caution", "danger"), f"finding {finding}")
check("public.a" in first[1]["rewrites"], f"a volatile default rewrites: {first[1]['rewrites']}")
check(any(k["created"] and k["relation"] == "public.a" for k in first[0]["locks"]), "CREATE TABLE's lock is marked created")
again = p.run("review", "--fail-on", "never", "--format", "json", "--seed", "7", "--server-version", "15", FILE, SECOND)
check(again.out == r.out, "same input, same seed: other bytes")
finish()
