#!/usr/bin/python3
"""Footprints held against the locks that servers took; writes the section of docs/validation.md.

  python3 tests/validation/locks.py --bin build/release/lockcast [--versions 13,15,18] [--source 15=DIR]... [--rounds 20] [--seed 1] [--write]

The recorded truths and the tracer are those of ../shared (LOCKCAST_SHARED). --source is an unpacked source of PostgreSQL of that major, whose regression scripts
are traced and forecast offline (LOCKCAST_REGRESS_LIB as in tests/differential/server_regression.py). --rounds: that many random scripts a version."""
import argparse
import calendar
import collections
import glob
import gzip
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import validation  # noqa: E402

SHARED = os.environ.get("LOCKCAST_SHARED") or os.path.join(HERE, "..", "..", "..", "shared")
DIFFERENTIAL = os.path.join(HERE, "..", "differential")
BEGIN, END = "<!-- locks: written by tests/validation/locks.py -->", "<!-- end of locks -->"
LINE = re.compile(r"^(.{24}) +(\d+) statements  exact +([\d.]+) %.*strong modes +([\d.]+) %  a strong lock missed +(\d+)  rewrites +([\d.]+) %  scans +([\d.]+) %")
RANDOM = re.compile(r"^PostgreSQL (\d+): (\d+) seeds, (\d+) statements compared, (\d+) with differences")


def output(command, **environment):
    """What a scorer or a test printed; its exit status says whether it was content, which is no matter here."""
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(os.environ, **environment), check=False)
    return p.stdout.decode(errors="replace").splitlines()


def scores(lines):
    """[(name, statements, exact, strong modes, strong missed, rewrites, scans)], but for the sum."""
    found = [m.groups() for m in map(LINE.match, lines) if m]
    return [(name.strip(), *rest) for name, *rest in found if name.strip() != "ALL"], [(n.strip(), *r) for n, *r in found if n.strip() == "ALL"]


def misses(lines):
    """What is not exact: (where, statement, missing, extra)."""
    found = []
    for at, line in enumerate(lines):
        m = re.match(r"^   (\S.*?): (.*)", line)
        if m and at + 2 < len(lines) and lines[at + 1].startswith("      missing"):
            found.append((m.group(1), m.group(2), lines[at + 1].split(None, 1)[1], lines[at + 2].split(None, 1)[1]))
    return found


def traced_on():
    """The day on which the histories were recorded, as SOURCE_DATE_EPOCH has it: the one after which most of what they made is named."""
    days = collections.Counter()
    for path in glob.glob(os.path.join(SHARED, "oracle", "traces", "*.jsonl.gz")):
        with gzip.open(path, "rt") as f:
            days.update(re.findall(r'_(20[0-9]{6})[_"]', f.read()))
    day = time.strptime(days.most_common(1)[0][0], "%Y%m%d") if days else time.gmtime()
    return str(calendar.timegm(day))


def code(text):
    return "`" + text.replace("`", "'").replace("|", "\\|")[:100] + "`"


def table(rows):
    lines = ["| set | statements | exact | strong modes | a strong lock missed | rewrites | scans |", "| --- |" + " --- |" * 6]
    for name, statements, exact, strong, missed, rewrites, scans in rows:
        lines.append(f"| {name} | {statements} | {exact} % | {strong} % | {missed} | {rewrites} % | {scans} % |")
    return lines


def section(rows, wrong, seeds):
    lines = [BEGIN, ""] + table(rows) + [""]
    if seeds:
        lines += ["Random scripts (`tests/differential/server_random_script.py`), each statement offline and, of the second half, from a snapshot; locks in their order, rewrites, scans, refusals:",
                  "", "| PostgreSQL | scripts | statements | with a difference |", "| --- | --- | --- | --- |"]
        lines += [f"| {major} | {n} | {statements} | {differ} |" for major, n, statements, differ in seeds] + [""]
    if wrong:
        lines += ["Not exact among the curated cases and the histories:", "", "| where | statement | missing | too much |", "| --- | --- | --- | --- |"]
        lines += [f"| {where} | {code(sql)} | {code(missing)} | {code(extra)} |" for where, sql, missing, extra in wrong] + [""]
    return lines + [END]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--bin", required=True)
    p.add_argument("--versions", default="13,14,15,16,17,18")
    p.add_argument("--source", action="append", default=[])
    p.add_argument("--rounds", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--write", action="store_true")
    a = p.parse_args()
    score = [sys.executable, os.path.join(SHARED, "oracle", "score.py")]
    if not os.path.exists(score[1]):
        sys.exit(f"{score[1]} is missing")
    binary, rows, wrong, seeds = os.path.abspath(a.bin), [], [], []
    for name, options, when in (("curated", ["--versions", a.versions], {}), ("corpora", [], {"SOURCE_DATE_EPOCH": traced_on()})):
        lines = output(score + [name, "--bin", binary, "--show", "1000"] + options, **when)
        rows += scores(lines)[0]
        wrong += misses(lines)
    for major, folder in (s.split("=", 1) for s in a.source):
        lines = output([sys.executable, os.path.join(DIFFERENTIAL, "server_regression.py"), "--bin", binary], LOCKCAST_PG_SOURCE=folder, LOCKCAST_REGRESS_VERSION=major,
                       LOCKCAST_REGRESS_SCRIPTS="all")
        rows += [(f"PostgreSQL's regression suite on {major}", *rest) for _, *rest in scores(lines)[1]]
    if a.rounds:
        lines = output([sys.executable, os.path.join(DIFFERENTIAL, "server_random_script.py"), "--bin", binary], LOCKCAST_RANDOM_ROUNDS=str(a.rounds),
                       LOCKCAST_RANDOM_SEED=str(a.seed), LOCKCAST_RANDOM_SECONDS="100000", LOCKCAST_RANDOM_VERSIONS=a.versions)
        seeds = [m.groups() for m in map(RANDOM.match, lines) if m]
    lines = section(rows, wrong, seeds)
    print("\n".join(lines))
    if a.write:
        validation.write_part(validation.PAGE, "Locks", lines)


if __name__ == "__main__":
    main()
