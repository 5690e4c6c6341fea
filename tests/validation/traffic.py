#!/usr/bin/python3
"""Runs the traffic lab on its cases and on those beside this file, and writes what was forecast and what happened into docs/validation.md.

  traffic.py --bin LOCKCAST [--runs N] [--only TEXT] [--cases FILE...] [--ports FIRST] [--output docs/validation.md]

Cases are those of ../shared/lab/cases (or LOCKCAST_SHARED) and tests/validation/cases, in the lab's own format, which its script defines; each run takes about
a minute, on a server of its own. A figure is inside when it lies in p10..p90, give or take the lab's noise; the factor is the larger of both over the smaller,
noise added to both, where either is above its noise. Misses are shown. Run it on a quiet machine: the load average is printed with the result.
"""
import argparse
import glob
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from validation import PAGE, write_part  # noqa: E402

BEGIN, END = "<!-- traffic: written by tests/validation/traffic.py -->", "<!-- end of traffic -->"


def lab_module(shared):
    spec = importlib.util.spec_from_file_location("traffic_score", os.path.join(shared, "lab", "traffic_score.py"))
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


def run_case(lab, binary, path, port):
    """The lab's result of one run; None where it failed."""
    with tempfile.TemporaryDirectory(dir="/tmp") as tmp:
        case = json.load(open(path))
        if port:
            case["port"] = port
        copy, out = os.path.join(tmp, os.path.basename(path)), os.path.join(tmp, "r.json")
        json.dump(case, open(copy, "w"))
        p = subprocess.run(["/usr/bin/python3", lab, copy, "--bin", binary, "--keep-json", out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(p.stdout.decode(errors="replace"), flush=True)
        return json.load(open(out)) if os.path.exists(out) else None


def compare(real, forecast, noise):
    """(inside, factor or None) of one figure."""
    if forecast.get("p50") is None:
        return False, None
    inside = forecast["p10"] - noise <= real <= forecast["p90"] + noise
    if max(real, forecast["p50"]) <= noise:
        return inside, None
    return inside, max((real + noise) / (forecast["p50"] + noise), (forecast["p50"] + noise) / (real + noise))


def number(x):
    return f"{x:.1f}" if x < 10 else f"{x:.0f}"


def cell(real, f, inside):
    if f.get("p50") is None:
        return f"{number(real)}; not forecast"
    text = f"{number(real)}; {number(f['p50'])} ({number(f['p10'])} .. {number(f['p90'])})"
    return text if inside else f"**{text}**"


def table(results, noise):
    lines, inside, factors, n = [], 0, [], 0
    by_figure = {k: [] for k in noise}
    for r in results:
        cells = []
        for k in noise:
            f = (r["predicted"] or {}).get(k) or {}
            ok, factor = compare(r["observed"][k], f, noise[k])
            n, inside = n + 1, inside + ok
            factors += [factor] if factor else []
            by_figure[k].append((ok, factor))
            cells.append(cell(r["observed"][k], f, ok))
        lines.append(f"| {r['case']} | " + " | ".join(cells) + " |")
    total = f"{n} figures of {len(results)} runs: inside {100 * inside / max(1, n):.0f} %, median factor {statistics.median(factors or [99]):.2f}."
    sums = ["| figure | inside | median factor |", "| --- | --- | --- |"]
    for k, v in by_figure.items():
        some = [f for _, f in v if f]
        sums.append(f"| `{k}` | {100 * sum(ok for ok, _ in v) / max(1, len(v)):.0f} % | {statistics.median(some) if some else 1:.2f} |")
    head = ["| case | " + " | ".join(f"`{k}`" for k in noise) + " |", "| --- |" + " --- |" * len(noise)]
    return total, sums, head + lines


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bin", required=True)
    ap.add_argument("--runs", type=int, default=1)
    ap.add_argument("--only", default="")
    ap.add_argument("--cases", nargs="*")
    ap.add_argument("--ports", type=int, default=0, help="first of two ports for the servers; 0: any free one")
    ap.add_argument("--output", default=PAGE)
    a = ap.parse_args()
    shared = os.environ.get("LOCKCAST_SHARED", os.path.join(HERE, "..", "..", "..", "shared"))
    lab = os.path.join(shared, "lab", "traffic_lab.py")
    if not os.path.exists(lab):
        print(f"SKIPPED: {lab} is missing")
        sys.exit(77)
    noise = lab_module(shared).NOISE
    cases = a.cases or sorted(glob.glob(os.path.join(shared, "lab", "cases", "*.json"))) + sorted(glob.glob(os.path.join(HERE, "cases", "*.json")))
    results, failed = [], []
    for i, path in enumerate(p for p in cases if a.only in p):
        for k in range(a.runs):
            r = run_case(lab, os.path.abspath(a.bin), path, a.ports and a.ports + (i + k) % 2)
            if r:
                results.append(r)
            else:
                failed.append(os.path.basename(path))
    total, sums, lines = table(results, noise)
    write_part(a.output, "Traffic", [BEGIN, "", f"PostgreSQL 15, {os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f} over five minutes, calibrated before each run. Each cell: "
                     "observed; forecast median (p10 .. p90). Bold: outside. " + total]
          + ([f"No result: {', '.join(failed)}."] if failed else []) + [""] + sums + [""] + lines + ["", END])
    print(total)


if __name__ == "__main__":
    main()
