#!/usr/bin/python3
"""WAL and disk of statements on tables that the same deploy makes, and the contract of these fields; the layouts are held by tests/validation/wal.py."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server, arguments, check, finish  # noqa: E402

DEPLOY = ["CREATE MATERIALIZED VIEW v AS SELECT id, b FROM t WITH NO DATA", "REFRESH MATERIALIZED VIEW v", "CREATE TABLE u AS SELECT * FROM t", "CREATE INDEX ON u (id)",
          "ALTER TABLE t ALTER a TYPE bigint", "UPDATE t SET a = a + 1", "DROP TABLE u", "TRUNCATE k"]
SIZE = "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relkind IN ('r', 'm') AND oid >= 16384"


def run(a, major):
    with Server(major, settings={"wal_level": "replica", "full_page_writes": "on", "synchronous_commit": "on"}) as s, tempfile.NamedTemporaryFile("w", suffix=".sql") as f:
        s.rows("CREATE TABLE t AS SELECT g AS id, g % 1000 AS a, md5(g::text) AS b FROM generate_series(1, 100000) g")
        s.rows("CREATE TABLE k AS SELECT id, b FROM t")
        s.rows("CREATE INDEX ON k (b)")
        s.rows("VACUUM ANALYZE t, k")
        s.rows("CHECKPOINT")  # as before each statement below
        f.write(";\n".join(DEPLOY) + ";\n")
        f.flush()
        p = subprocess.run([a.bin, "review", "-d", s.dsn(), "--format", "json", "--fail-on", "never", "--no-traffic", "--no-rewrite", f.name], stdout=subprocess.PIPE, check=True)
        statements = json.loads(p.stdout)["migrations"][0]["statements"]
        c = s.connect()
        cur = c.cursor()
        for sql, st in zip(DEPLOY, statements):
            cur.execute("CHECKPOINT")
            cur.execute(SIZE)
            size = cur.fetchone()[0]
            cur.execute("SELECT pg_current_wal_insert_lsn()")
            lsn = cur.fetchone()[0]
            cur.execute(sql)
            cur.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)::bigint", (lsn,))
            wal = cur.fetchone()[0]
            cur.execute(SIZE)
            grown = cur.fetchone()[0] - size
            q = st["wal_bytes"]
            check(q["p10"] - 1e5 <= wal <= q["p90"] + 1e5, f"{sql}: WAL {wal} in {q}")
            if wal > 1e6:
                check(1 / 1.2 < q["p50"] / wal < 1.2, f"{sql}: WAL {wal}, forecast {q['p50']:.0f}")
            if abs(grown) > 1e6 and not sql.startswith("DROP"):  # its index is not remembered
                check(1 / 1.25 < st["disk_bytes"] / grown < 1.25, f"{sql}: disk {grown}, forecast {st['disk_bytes']:.0f}")
            check(st["temp_bytes"] >= 0, f"{sql}: space at the peak")
        c.close()


def main():
    a = arguments()
    for major in a.versions or [15]:
        run(a, major)
    finish()


main()
