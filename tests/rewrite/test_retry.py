#!/usr/bin/python3
"""A rewritten file tries its steps as the policy says that --retry names.

  test_retry.py --bin LOCKCAST
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
SNAPSHOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "snapshot", "fixture.json")
M = p.file("m.sql", "ALTER TABLE shop.orders ALTER COLUMN amount SET NOT NULL;\n")


def rewritten(*more):
    out = os.path.join(p.folder, "out")
    r = p.run("rewrite", "--snapshot", SNAPSHOT, "--target-hold", "0.01", "-o", out, *more, M)  # everything is too long
    check(r.status == 0, r.err)
    return re.sub(r"OPERATOR\(pg_catalog\.([^)]+)\)", r"\1", open(os.path.join(out, "m.sql")).read())


sql = rewritten()
check("'lock_timeout', '50ms'" in sql and "attempt >= 300" in sql, "the rewrite's own tries")
sql = rewritten("--retry", "safer_migrations")
check("timeouts constant integer[] := '{750}'" in sql and "attempt >= 1 " in sql, "one try of 750 ms")
sql = rewritten("--retry", "gitlab")
tries = [re.search(name + r" constant integer\[\] := '\{([0-9,]+)\}'", sql).group(1).split(",") for name in ("timeouts", "pauses")]
check(len(tries[0]) == len(tries[1]) > 30 and tries[0][0] == "100" and tries[0][-1] == "0", f"GitLab's timings: {tries}")
check(f"attempt >= {len(tries[0])} " in sql and "pg_catalog.concat(timeouts[attempt], 'ms')" in sql and "pauses[attempt] / 1000.0" in sql, "its loop")
finish()
