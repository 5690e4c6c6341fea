"""Rewrites of the migrations of real projects (../shared/corpora): accepted by a server, and equal to the original.

The history is applied migration by migration; before each one a snapshot is taken, its tables are said to be large, and the rewrite that this
calls for runs in a copy of the database. --every N: of the migrations that change something, only each N-th; --seconds N.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish, skip  # noqa: E402
import compare  # noqa: E402
from server_cases import run_psql  # noqa: E402

SHARED = os.environ.get("LOCKCAST_SHARED", os.path.join(HERE, "..", "..", "..", "shared"))
CHANGES = re.compile(r"(?i)\b(ALTER\s+TABLE|CREATE\s+(UNIQUE\s+)?INDEX|UPDATE|DELETE\s+FROM|INSERT\s+INTO|DROP\s+INDEX|REINDEX|REFRESH)\b")


def enlarge(path):
    """Says that every table has a million rows."""
    doc = json.load(open(path))
    for subject, sets in (("relation", {"reltuples": 1000000, "relpages": 20000}), ("size", {"bytes": 160 << 20})):
        cols = doc.get(subject, {}).get("columns", [])
        for row in doc.get(subject, {}).get("rows", []):
            for name, value in sets.items():
                if name in cols and row[cols.index(name)] is not None:
                    row[cols.index(name)] = value
    json.dump(doc, open(path, "w"))


def apply(server, db, path, single):
    p = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.dsn(db), *(["-1"] if single else []), "-f", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode


def try_rewrite(server, binary, path, folder):
    """"" when fine, None when there is nothing to rewrite, else what is wrong."""
    snap = os.path.join(folder, "snap.json")
    p = subprocess.run([binary, "snapshot", "-d", server.dsn("history"), "-o", snap], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        return "snapshot: " + p.stderr.decode()[:300]
    enlarge(snap)
    out = os.path.join(folder, "out")
    p = subprocess.run([binary, "rewrite", "--snapshot", snap, "--input-format", "plain", path, "-o", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        return "rewrite: " + p.stderr.decode()[:300]
    if "rewritten" not in p.stdout.decode():
        return None
    server.rows("DROP DATABASE IF EXISTS b")
    server.rows("CREATE DATABASE b TEMPLATE history")
    status, err = run_psql(server, "b", os.path.join(out, os.path.basename(path)))
    return f"the rewritten file fails: {err[:600]}" if status else ""


def project(server, binary, name, every, end):
    root = os.path.join(SHARED, "corpora", name)
    manifest = json.load(open(os.path.join(root, "manifest.json")))
    wraps = {f.get("file"): f for f in (manifest if isinstance(manifest, list) else manifest.get("files", manifest.get("migrations", [])))}
    server.rows("DROP DATABASE IF EXISTS history")
    server.rows("CREATE DATABASE history")
    if os.path.exists(os.path.join(root, "prelude.sql")):
        apply(server, "history", os.path.join(root, "prelude.sql"), False)
    seen = tried = 0
    for f in sorted(x for x in os.listdir(root) if re.match(r"\d+_.*\.sql$", x)):
        path = os.path.join(root, f)
        seen += bool(CHANGES.search(open(path).read()))
        wrong = None
        if time.time() < end and seen % every == 0 and CHANGES.search(open(path).read()):
            with tempfile.TemporaryDirectory() as folder:
                wrong = try_rewrite(server, binary, path, folder)
        status = apply(server, "history", path, "single" in str(wraps.get(f, "")))
        if wrong is None or status:
            continue
        tried += 1
        if not wrong:
            wrong = compare.difference(compare.schema(server, "history"), compare.schema(server, "b"))
        check(not wrong, f"{f}: {wrong}"[:1200])
    print(f"{name}: {tried} rewrites run", flush=True)


def main():
    args = arguments(every=4, seconds=100, only="")
    if not os.path.isdir(os.path.join(SHARED, "corpora")):
        skip("../shared/corpora is missing")
    with Server(15, settings={"fsync": "off", "autovacuum": "off"}) as server:
        projects = [p for p in ("goalert", "crates_io", "hatchet", "langfuse") if args.only in p]
        for i, name in enumerate(projects):
            project(server, args.bin, name, args.every, time.time() + args.seconds / len(projects))
    finish()


if __name__ == "__main__":
    main()
