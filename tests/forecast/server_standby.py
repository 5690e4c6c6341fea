#!/usr/bin/python3
"""A primary with a standby: the review says whose readers on the standby a statement stops, and the standby shows that it is so."""
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server, arguments, check, finish  # noqa: E402

STATEMENTS = [("ALTER TABLE t ADD COLUMN x int", True), ("CREATE INDEX t_a ON t (a)", False), ("ALTER TABLE t ALTER a SET NOT NULL", True),
              ("ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID", True), ("ALTER TABLE t VALIDATE CONSTRAINT k", False), ("TRUNCATE t", True),
              ("COMMENT ON TABLE t IS 'x'", False), ("REINDEX INDEX t_b", True)]


class Standby(Server):
    """A copy of a running server that replays its WAL."""

    def __init__(self, primary):
        self.primary = primary
        super().__init__(primary.major, settings={"hot_standby": "on", "max_standby_streaming_delay": "'300s'", "full_page_writes": "on"})

    def _initdb(self):
        p = subprocess.run([os.path.join(self.bindir, "pg_basebackup"), "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-d", self.primary.dsn()], cwd="/",
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._as_user())
        if p.returncode:
            raise RuntimeError(f"pg_basebackup: {p.stdout.decode(errors='replace')[-500:]}")


def statement(binary, server, sql):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as f:
        f.write(sql + ";\n")
        f.flush()
        p = subprocess.run([binary, "review", "-d", server.dsn(), "--format", "json", "--fail-on", "never", "--no-rewrite", "--sample", "0", f.name],
                           stdout=subprocess.PIPE, check=True)
    report = json.loads(p.stdout)
    return report, report["migrations"][0]["statements"][0]


def replayed(primary, standby):
    lsn = primary.rows("SELECT pg_current_wal_lsn()")[0][0]
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if standby.rows("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (lsn,))[0][0]:
            return True
        time.sleep(0.02)
    return False


def reader_waits(standby):
    c = standby.connect()
    try:
        c.cursor().execute("SET lock_timeout = 500")
        c.cursor().execute("SELECT count(*) FROM t WHERE a = 1")
        return False
    except Exception as e:  # noqa: BLE001
        return getattr(e, "pgcode", "") == "55P03"
    finally:
        c.close()


def run(a, major):
    with Server(major, settings={"wal_level": "replica", "full_page_writes": "on"}) as primary:
        primary.rows("CREATE TABLE t AS SELECT g AS a, g AS b FROM generate_series(1, 20000) g")
        primary.rows("CREATE INDEX t_b ON t (b)")
        primary.rows("ANALYZE")
        report, s = statement(a.bin, primary, STATEMENTS[0][0])
        check("standbys" not in report and s["standby"]["stops_readers_of"] == "public.t", "no standby: the fact, and no more")
        check(not [f for f in s["findings"] if f["rule"].startswith("standby")], "no standby, no finding")
        with Standby(primary) as standby:
            check(replayed(primary, standby), "the standby follows")
            for sql, stops in STATEMENTS:
                report, s = statement(a.bin, primary, sql)
                check(report.get("standbys", {}).get("receivers") == 1, f"one standby is seen: {report.get('standbys')}")
                said = bool(s.get("standby", {}).get("stops_readers_of"))
                c = primary.connect(autocommit=False)
                c.cursor().execute(sql)
                primary.rows("SELECT pg_switch_wal()")  # whatever is not flushed yet
                check(replayed(primary, standby), "it has replayed what there is")
                real = reader_waits(standby)
                check(said == real == stops, f"{sql}: readers of the standby wait: forecast {said}, real {real}")
                c.commit()
                c.close()
            primary.rows("INSERT INTO t SELECT g, g FROM generate_series(1, 1500000) g")
            primary.rows("ANALYZE t")
            _, s = statement(a.bin, primary, "ALTER TABLE t ALTER a TYPE bigint")
            found = [f for f in s["findings"] if f["rule"] == "standby-readers"]
            check(found and "the standby" in found[0]["message"] and "public.t" in found[0]["message"] and s["standby"]["replay_ms"]["p50"] > 100, f"a rewrite: {s['findings']}")


def main():
    a = arguments()
    for major in a.versions or [15]:
        run(a, major)
    finish()


main()
