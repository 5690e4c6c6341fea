#!/usr/bin/python3
"""Holds forecast durations against real ones on an idle server and writes the result, by class of statement, into docs/validation.md.

  durations.py --bin LOCKCAST [--set lab|other] [--cases FILE...] [--growth] [--no-calibration] [--only REGEX] [--keep FILE] [--output docs/validation.md]

Cases are those of the duration lab (../shared/lab/durations-dev.json, or LOCKCAST_SHARED) unless files are named: lists of
{"name", "setup": [sql...], "migration": sql, "settings": {...}?, "major"?}. --set other: those of duration_cases.py, which the model was not made on. Each case gets a fresh server; its tables are made, `lockcast calibrate` runs once
for each set of settings, the forecast is asked for, and the migration runs three times, each on a fresh copy of the database: the median counts.
--growth measures tables of 0.2, 1, 3 and 10 million rows instead, with the step where a sort leaves memory; --no-calibration forecasts from documented
defaults: each has its own part of the page. --keep: results go into FILE line by line, and what is there is not measured again. Misses are shown, not hidden. Run it on a quiet machine; the load average is printed with the result.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server  # noqa: E402
from validation import PAGE, write_part  # noqa: E402
import duration_cases  # noqa: E402

SETTINGS = {"shared_buffers": "'512MB'", "maintenance_work_mem": "'256MB'", "max_wal_size": "'8GB'", "checkpoint_timeout": "'30min'",
            "fsync": "off", "autovacuum": "off"}
FLOOR_MS = 20.0
CLASSES = [("index build", r"CREATE (UNIQUE )?INDEX|PRIMARY KEY|REINDEX"), ("constraint check", r"NOT NULL|CHECK|FOREIGN KEY|VALIDATE|ATTACH"),
           ("table rewrite", r"TYPE|ADD COLUMN|VACUUM FULL|CLUSTER"), ("data change", r"^(UPDATE|DELETE|INSERT|CREATE TABLE|REFRESH)"), ("other", r"")]


def growth_cases():
    table = "CREATE TABLE t (id bigint, a int, b text, c numeric(12,2), d timestamptz, e uuid)"
    rows = ("INSERT INTO t SELECT g, ((g::bigint*7919)%1000003)::int, md5(g::text), (g%100000)/7.0, '2020-01-01'::timestamptz + g*interval '1 s', "
            "md5(g::text)::uuid FROM generate_series(1,{}) g")
    small = {"maintenance_work_mem": "64MB", "max_parallel_maintenance_workers": "0"}
    for n in (200000, 1000000, 3000000, 10000000):
        for sql, settings in (("CREATE INDEX ON t (a)", None), ("CREATE INDEX ON t (a)", small), ("CREATE INDEX ON t (e)", None),
                              ("ALTER TABLE t ALTER COLUMN c SET NOT NULL", None), ("ALTER TABLE t ALTER COLUMN a TYPE bigint", None)):
            yield {"name": f"{sql}{' in 64MB, no workers' if settings else ''}, {n} rows", "setup": [table, rows.format(n), "VACUUM ANALYZE t"],
                   "migration": sql, "settings": settings or {}}


def part(a):
    """The part of the page that a run writes: its heading and its marks."""
    name, heading = (("uncalibrated ", "Durations without calibration") if a.no_calibration else ("other ", "Durations of statements that the model was not made on") if a.set == "other" else ("growth ", "Growth") if a.growth else ("", "Durations"))
    return heading, f"<!-- {name}durations: written by tests/validation/durations.py -->", f"<!-- end of {name}durations -->"


def statements(case):
    return case["migration"] if isinstance(case["migration"], list) else [case["migration"]]


def run(binary, *args):
    p = subprocess.run([binary, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if p.returncode:
        raise SystemExit(f"lockcast {args[0]} failed ({p.returncode}): {p.stderr.decode(errors='replace')[-400:]}")
    return p.stdout


def forecast(binary, dsn, case, options):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as f:
        f.write(";\n".join(statements(case)) + ";\n")
        f.flush()
        return json.loads(run(binary, "review", "-d", dsn, "--format", "json", "--fail-on", "never", *options, f.name))["forecast"]["duration_ms"]


def real(server, case):
    times = []
    for _ in range(3):
        admin = server.connect()
        admin.cursor().execute("CREATE DATABASE run TEMPLATE base")
        c = server.connect(db="run")
        cur = c.cursor()
        cur.execute("CREATE TEMP TABLE warm (x int)")
        start = time.perf_counter()
        for sql in statements(case):
            cur.execute(sql)
        times.append((time.perf_counter() - start) * 1e3)
        c.close()
        admin.cursor().execute("DROP DATABASE run")
    return statistics.median(times)


def measure(a, case, calibrations):
    major = case.get("major", a.major)
    with Server(major, settings={**SETTINGS, **case.get("settings", {})}, port=a.port) as s:
        s.connect().cursor().execute("CREATE DATABASE base")
        c = s.connect(db="base")
        for sql in case["setup"]:
            c.cursor().execute(sql)
        key = json.dumps([major, case.get("settings") or {}], sort_keys=True)
        if key not in calibrations:
            path = os.path.join(tempfile.mkdtemp(prefix="lockcast-cal-"), "calibration.json")
            if not a.no_calibration:
                run(a.bin, "calibrate", "-d", s.dsn(db="base"), "-o", path)
            calibrations[key] = [] if a.no_calibration else ["--calibration", path]
        f = forecast(a.bin, s.dsn(db="base"), case, calibrations[key])
        c.cursor().execute("CHECKPOINT")
        c.close()
        return f, real(s, case)


def class_of(case):
    return next(name for name, pattern in CLASSES if re.search(pattern, statements(case)[0]))


def figures(rows):
    factors = sorted(r["factor"] for r in rows)
    inside = sum(r["inside"] for r in rows)
    return f"{len(rows)} | {statistics.median(factors):.2f} | {factors[min(len(factors) - 1, int(len(factors) * 0.9))]:.2f} | {100 * inside / len(rows):.0f} %"


def report(rows, a):
    counted = [r for r in rows if r["real"] >= FLOOR_MS]
    heading, begin, end = part(a)
    lines = [begin, "", f"PostgreSQL {a.major}{' unless the name says another' if a.set == 'other' else ''}, {os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f} over five minutes, "
             + ("documented defaults" if a.no_calibration else "calibrated on the same server") + f". Statements under {FLOOR_MS:.0f} ms are left out of the figures.", "",
             "| class | statements | median factor | 90th percentile | inside p10..p90 |", "| --- | --- | --- | --- | --- |"]
    for name, _ in CLASSES:
        of = [r for r in counted if r["class"] == name]
        if of:
            lines.append(f"| {name} | {figures(of)} |")
    if counted:
        lines.append(f"| **all** | {figures(counted)} |")
    lines += ["", "| statement | real ms | forecast ms | factor | |", "| --- | --- | --- | --- | --- |"]
    for r in rows:
        lines.append(f"| {r['name']} | {r['real']:.0f} | {r['p50']:.0f} ({r['p10']:.0f} .. {r['p90']:.0f}) | {r['factor']:.2f} | {'' if r['inside'] else 'outside'} |")
    write_part(a.output, heading, lines + ["", end])


def cases_of(a):
    if a.growth:
        return list(growth_cases())
    if a.set == "other" and not a.cases:
        return duration_cases.CASES
    shared = os.environ.get("LOCKCAST_SHARED", os.path.join(HERE, "..", "..", "..", "shared"))
    return [c for f in a.cases or [os.path.join(shared, "lab", "durations-dev.json")] for c in json.load(open(f))]


def kept(a):
    """What --keep's file has, by name."""
    if not a.keep or not os.path.exists(a.keep):
        return {}
    with open(a.keep) as f:
        return {r["name"]: r for r in map(json.loads, f)}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--cases", nargs="*")
    ap.add_argument("--set", choices=("lab", "other"), default="lab")
    ap.add_argument("--only", default="", help="a regular expression on the names of the statements")
    ap.add_argument("--keep")
    ap.add_argument("--port", type=int)
    ap.add_argument("--growth", action="store_true")
    ap.add_argument("--no-calibration", action="store_true")
    ap.add_argument("--major", type=int, default=15)
    ap.add_argument("--output", default=PAGE)
    a = ap.parse_args()
    rows, calibrations, known = [], {}, kept(a)
    for case in (c for c in cases_of(a) if re.search(a.only, c["name"])):
        r = known.get(case["name"])
        if not r:
            f, ms = measure(a, case, calibrations)
            r = {"name": case["name"], "class": class_of(case), "real": ms, **f, "factor": max(f["p50"] / ms, ms / f["p50"]) if f["p50"] > 0 else 99.0,
                 "inside": f["p10"] <= ms <= f["p90"]}
            if a.keep:
                with open(a.keep, "a") as out:
                    out.write(json.dumps(r) + "\n")
            print(f"{case['name']:58s} real {ms:9.1f} forecast {f['p50']:9.1f} [{f['p10']:.0f}..{f['p90']:.0f}] x{r['factor']:.2f}", flush=True)
        rows.append(r)
    report(rows, a)


if __name__ == "__main__":
    main()
