"""Rewrites of chosen migrations, run on servers: same schema, same data, interrupted or not.

By default every fourth case runs, for the time it takes; LOCKCAST_REWRITE_CASES=all runs all of them, --only NAME some.

Each case runs the original in one copy of a database and the rewritten file in others: whole, and killed half-way and run again.
"""
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import compare  # noqa: E402
from cases import BASE, CASES  # noqa: E402


def run_psql(server, db, path):
    p = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.dsn(db), "-f", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stderr.decode(errors="replace")


def rewrite(binary, server, db, path, out, *more):
    p = subprocess.run([binary, "rewrite", "-d", server.dsn(db), path, "-o", out, "--target-hold", "1", *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def interrupted(server, db, path, after):
    """Ends the session after so many seconds, then runs the file again, to its end."""
    with server.connect() as c:
        t = threading.Timer(after, lambda: c.cursor().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'psql' AND datname = %s", (db,)))
        t.start()
        status, err = run_psql(server, db, path)
        t.join()
    if status == 0 and "lockcast_complete" not in open(path).read():
        return status, err  # it was faster, and nothing in the catalogue shows that rows have been changed: only a fool runs it twice
    return run_psql(server, db, path)


def judge(server, expected, db, ignore):
    diff = compare.difference(expected[0], compare.schema(server, db))
    if diff:
        return "schema: " + diff
    got = compare.data(server, db, ignore)
    wrong = [t for t in expected[1] if got.get(t) != expected[1][t]]
    return f"data of {wrong}: {[(expected[1][t], got.get(t)) for t in wrong]}" if wrong else ""


def copy_of_base(server, db):
    server.rows(f"DROP DATABASE IF EXISTS {db}")
    server.rows(f"CREATE DATABASE {db} TEMPLATE base")


def run_case(server, binary, case, folder, base=BASE):
    path = os.path.join(folder, "migration.sql")
    open(path, "w").write(case["migration"])
    server.rows("DROP DATABASE IF EXISTS base")
    server.rows("CREATE DATABASE base")
    server.psql(base + "\n" + case.get("setup", "") + ";\nVACUUM ANALYZE", db="base")
    copy_of_base(server, "a")
    status, err = run_psql(server, "a", path)
    if status:
        return f"the original fails: {err.strip()}"
    copy_of_base(server, "b")
    status, told, err = rewrite(binary, server, "b", path, os.path.join(folder, "out"))
    if status:
        return f"rewrite fails: {err}"
    wanted = case.get("recipe", None)
    if wanted and wanted not in told:
        return f"recipe {wanted} is not used: {told}"
    new = os.path.join(folder, "out", "migration.sql")
    t = time.time()
    status, err = run_psql(server, "b", new)
    took = time.time() - t
    if status:
        return f"the rewritten file fails: {err.strip()}"
    expected = compare.schema(server, "a"), compare.data(server, "a", case.get("ignore", ()))
    bad = judge(server, expected, "b", case.get("ignore", ()))
    if bad:
        return bad
    if "rewritten" not in told:
        return ""
    copy_of_base(server, "d")
    status, err = interrupted(server, "d", new, max(0.02, took * case.get("kill", 0.5)))
    if status:
        return f"cannot be run again: {err.strip()}"
    bad = judge(server, expected, "d", case.get("ignore", ()))
    return "after an interruption: " + bad if bad else ""


def check_cases(args, server, cases, run):
    """Runs those that --only names and that the server's version has."""
    for case in cases:
        if (args.only and not re.search(args.only, case["name"])) or not case.get("min", 13) <= server.major <= case.get("max", 99):
            continue
        with tempfile.TemporaryDirectory() as folder:
            bad = run(server, args.bin, case, args.keep or folder)
        check(not bad, f"{server.major}: {case['name']}: {bad}"[:900])


def main():
    args = arguments(only="", keep="")  # cases whose name contains this; a folder for the written files
    for major in args.versions or [15]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server:
            every = 1 if args.only or os.environ.get("LOCKCAST_REWRITE_CASES") == "all" else 4
            check_cases(args, server, CASES[::every], run_case)
    finish()


if __name__ == "__main__":
    main()
