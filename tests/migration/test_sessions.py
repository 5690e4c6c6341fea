#!/usr/bin/python3
"""What a migration SETs holds for the files that share its session: Flyway sets search_path back, sqitch begins a psql for each change."""
import argparse
import json
import os
import subprocess
import tempfile

CASES = [
    # format, files, what the last statement locks
    ("goose", {"1_a.sql": "-- +goose Up\nSET search_path = a;\n", "2_b.sql": "-- +goose Up\nALTER TABLE t ADD x int;\n"}, "a.t"),
    ("flyway", {"V1__a.sql": "SET search_path = a;", "V2__b.sql": "ALTER TABLE t ADD x int;"}, "public.t"),
    ("flyway", {"beforeEachMigrate.sql": "SET search_path = a;", "V2__b.sql": "ALTER TABLE t ADD x int;"}, "a.t"),
    ("flyway", {"beforeMigrate.sql": "SET search_path = a;", "V2__b.sql": "ALTER TABLE t ADD x int;"}, "public.t"),
    ("sqitch", {"sqitch.plan": "%project=p\na 2024-01-01T00:00:00Z A <a@x>\nb 2024-01-01T00:00:00Z A <a@x>\n",
                "deploy/a.sql": "SET search_path = a;", "deploy/b.sql": "ALTER TABLE t ADD x int;"}, "public.t"),
]
SCHEMA = "CREATE SCHEMA a; CREATE TABLE a.t (a int); CREATE TABLE t (a int);"


def locked(binary, folder, files):
    prelude = os.path.join(folder, "prelude.sql")
    with open(prelude, "w") as f:
        f.write(SCHEMA)
    for name, text in files.items():
        path = os.path.join(folder, "m", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
    p = subprocess.run([binary, "review", "--format", "json", "--fail-on", "never", "--no-traffic", prelude, os.path.join(folder, "m")],
                       stdout=subprocess.PIPE, check=True)
    last = json.loads(p.stdout)["migrations"][-1]
    return last["format"], [x["relation"] for x in last["statements"][-1]["locks"]]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", required=True)
    args = ap.parse_args()
    for form, files, relation in CASES:
        with tempfile.TemporaryDirectory() as folder:
            got = locked(args.bin, folder, files)
        assert got == (form, [relation]), f"{sorted(files)}: {got}, not {(form, [relation])}"


if __name__ == "__main__":
    main()
