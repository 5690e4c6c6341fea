#!/usr/bin/python3
"""Runs every scenario of a public incident and writes docs/scenarios.md: what was published beside what the simulator says.

  scenarios/table.py [--bin build/release/lockcast] > docs/scenarios.md        takes about two minutes
"""
import argparse
import glob
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = """# Public incidents, simulated

Written by `scenarios/table.py` from the files in `scenarios/`; each names its source, the published facts and what had to be
assumed. `lockcast simulate scenarios/NAME.json` runs one; copy it for a table of your own.

How to read it: a published figure is *inside* when it lies in the range that holds 90 of 100 simulated runs. Inputs are published
facts (statement, lock, table size, who was in the way) and assumptions that do not come from the outcome: all long queries have the
same prior, all index builds the same rates. So the ranges are wide: an incident report seldom says how big a table was or how long a
query had left to run. What the table shows is that the mechanism alone gives the published size, not that it could have been
forecast to the second. With a snapshot of the server, `review` knows these inputs.

| incident | published | figure | simulated (90 of 100 runs) | |
| --- | --- | --- | --- | --- |
"""


def shown(figure, x):
    if figure.startswith("probability"):
        return f"{100 * x:.0f} %"
    if not figure.endswith("_ms"):
        return f"{x:.0f}"
    s = x / 1e3
    return f"{x:.0f} ms" if s < 1 else f"{s:.1f} s" if s < 90 else f"{s / 60:.1f} min" if s < 5400 else f"{s / 3600:.1f} h"


def interval(figure, low, high):
    return shown(figure, low) if shown(figure, low) == shown(figure, high) else f"{shown(figure, low)} .. {shown(figure, high)}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bin", default=os.path.join(HERE, "..", "build", "release", "lockcast"))
    binary = os.path.abspath(p.parse_args().bin)
    print(HEAD, end="")
    inside = total = whole = incidents = 0
    notes = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.json"))):
        with open(path) as f:
            scenario = json.load(f)
        if "incident" not in scenario:
            continue
        out = subprocess.run([binary, "simulate", "--format", "json", path], stdout=subprocess.PIPE, check=True).stdout
        figures = json.loads(out)["incident"]["figures"]
        incidents += 1
        whole += all(f["inside"] for f in figures)
        for i, f in enumerate(figures):
            name = f"[{scenario['name'].split(':')[0]}]({scenario['incident']['source']})" if i == 0 else ""
            total += 1
            inside += f["inside"]
            print(f"| {name} | {f['what']} | `{f['figure']}` {interval(f['figure'], f['low'], f['high'])} | "
                  f"{interval(f['figure'], f['p5'], f['p95'])} | {'inside' if f['inside'] else '**missed**'} |")
        notes.append((scenario, os.path.basename(path)))
    print(f"\n{inside} of {total} published figures are inside; all figures of {whole} of {incidents} incidents.\n")
    print("## The incidents\n")
    for scenario, name in notes:
        print(f"**{scenario['name']}** (`scenarios/{name}`). {scenario['description']} Assumed: {'; '.join(scenario['incident']['assumptions'])}.\n")


if __name__ == "__main__":
    main()
