#!/usr/bin/python3
"""PostgreSQL's own isolation tests about locks: those that pass.txt names must go on passing. Needs PostgreSQL's source
(LOCKCAST_PG_SOURCE, or fetched before: tests/validation/isolation.py fetches it); skipped without. No server: it stands among the
servers' tests because these run on the release build."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import isolation_source as iso  # noqa: E402
from pgserver import arguments, check, finish, skip  # noqa: E402


def main():
    args = arguments()
    majors = [m for m in [15, 18] if iso.folder(m)]
    if not majors:
        skip("no source of PostgreSQL 15 or 18 (LOCKCAST_PG_SOURCE; tests/validation/isolation.py fetches it)")
    with open(os.path.join(HERE, "pass.txt"), encoding="utf-8") as f:
        rows = [line.split() for line in f if line.strip() and not line.startswith("#")]
    for name, *passing in rows:
        for major in [m for m in majors if str(m) in passing]:
            alike, total, _, err = iso.compare(args.bin, iso.folder(major), name, major)
            ok = check(total > 0 and alike == total, f"PostgreSQL {major}, {name}: {alike} of {total} permutations {err}")
            print(f"{'pass' if ok else 'FAIL'} {major} {name}")
    finish()


if __name__ == "__main__":
    main()
