#!/usr/bin/python3
"""Public histories, applied offline and on a server: every difference between the two catalogues.

Relations, columns with type, NOT NULL, default and identity, indexes, constraints, inheritance and partitions, triggers, owned sequences: what
record_apply.py reads. LOCKCAST_HISTORIES: another folder of histories, each with a manifest.json as ../shared/corpora has it.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import record_apply  # noqa: E402
from pgserver import Server, arguments, check, finish, skip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("LOCKCAST_SHARED") or os.path.join(HERE, "..", "..", "..", "shared")
HISTORIES = os.environ.get("LOCKCAST_HISTORIES") or os.path.join(SHARED, "corpora")


def script(root):
    """The whole history as one script, each file in the transaction that its framework gives it."""
    parts = []
    prelude = os.path.join(root, "prelude.sql")
    if os.path.exists(prelude):
        parts.append(open(prelude, encoding="utf-8").read())
    for f in json.load(open(os.path.join(root, "manifest.json"), encoding="utf-8"))["files"]:
        sql = open(os.path.join(root, f["file"]), encoding="utf-8", errors="replace").read()
        parts.append("BEGIN;\n" + sql + "\n;COMMIT;\n" if f["tx"] == "single" else sql + "\n;\n")
    return "\n".join(parts)


def compare(server, dump, name, text):
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        ours = set(subprocess.run([dump, str(server.major), f.name, str(int(time.time() // 86400))], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout.splitlines())
    server.psql("DROP DATABASE IF EXISTS history")
    server.psql("CREATE DATABASE history TEMPLATE template0")
    server.psql("SET timezone = 'UTC';\n" + text, db="history", stop=False)
    connection = server.connect("history")
    theirs = set(record_apply.dump(connection).splitlines())
    connection.close()
    missing, extra = sorted(theirs - ours), sorted(ours - theirs)
    check(not missing and not extra, f"{name} on {server.major}: of {len(theirs)} facts {len(missing)} missing, {len(extra)} too many\n" +
          "\n".join(["    server: " + x for x in missing[:10]] + ["    ours:   " + x for x in extra[:10]]))


def main():
    a = arguments()
    dump = os.path.join(os.path.dirname(a.bin), "tests", "catalog_test_apply_table")
    if not os.path.isdir(HISTORIES) or not os.path.exists(dump):
        skip(f"{HISTORIES} or {dump} is missing")
    only = os.environ.get("LOCKCAST_HISTORY")
    for major in a.versions or [15]:
        with Server(major) as server:
            for name in sorted(os.listdir(HISTORIES)):
                root = os.path.join(HISTORIES, name)
                if os.path.exists(os.path.join(root, "manifest.json")) and (not only or name in only.split(",")):
                    compare(server, dump, name, script(root))
    finish()


if __name__ == "__main__":
    main()
