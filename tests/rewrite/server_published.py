"""A second table in place of a published one, while others write: the subscriber ends with the same rows, and goes on."""
import os
import random
import re
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import server_cases  # noqa: E402

ROWS = "SELECT count(*), sum(hashtextextended(row(id, n)::text, 0)::numeric) FROM t"
WRITES = ["INSERT INTO t (id, n) VALUES (%s, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1", "UPDATE t SET n = n + 1 WHERE id = %s", "DELETE FROM t WHERE id = %s"]


def make(server):
    for db in ("source", "copy"):
        server.rows(f"CREATE DATABASE {db}")
        server.psql("CREATE TABLE t (id int PRIMARY KEY, n int)", db=db)
    server.psql("CREATE PUBLICATION p FOR TABLE t; INSERT INTO t SELECT g, g FROM generate_series(1, 20000) g; ANALYZE", db="source")
    server.rows("SELECT pg_create_logical_replication_slot('sub', 'pgoutput')", db="source")  # of the same server: it would wait for itself
    server.psql(f"CREATE SUBSCRIPTION sub CONNECTION '{server.dsn('source')}' PUBLICATION p WITH (create_slot = false, slot_name = 'sub')", db="copy")


def same_rows(server):
    for _ in range(60):
        source, copy = server.rows(ROWS, db="source"), server.rows(ROWS, db="copy")
        if source == copy:
            return ""
        time.sleep(0.5)
    return f"{source} is not {copy}"


def write(server, stop):
    draw = random.Random(7)
    c = server.connect("source")  # each statement by itself
    while not stop.is_set():
        c.cursor().execute(draw.choice(WRITES), (draw.randrange(1, 25000),))
    c.close()


def publish_all(server, binary, major, folder):
    """Of all tables the progress table is sent, too: a subscriber without it would stop. The file does not begin before it is said to be there."""
    path, out = os.path.join(folder, "all.sql"), os.path.join(folder, "out")
    server.psql("DROP PUBLICATION p; CREATE PUBLICATION p FOR ALL TABLES", db="source")
    open(path, "w").write("UPDATE t SET n = n + 1 WHERE id > 5;")
    status, told, err = server_cases.rewrite(binary, server, "source", path, out)
    check(status == 0 and "batched-update" in told, f"{major}: {told}{err}")
    before = server.rows(ROWS, db="source")
    status, err = server_cases.run_psql(server, "source", os.path.join(out, "all.sql"))
    check(status == 3 and "subscribers would fail" in err, f"{major}: published to all, and ran: {err}")
    check(before == server.rows(ROWS, db="source"), f"{major}: rows changed though it was refused")
    name = re.search(r"CREATE TABLE IF NOT EXISTS (\S+)", open(os.path.join(out, "all.sql")).read()).group(1)
    server.psql(f"CREATE TABLE {name} (step integer PRIMARY KEY, done boolean, reached text[], stop text[], rows bigint)", db="copy")
    os.environ["PGOPTIONS"] = "-c lockcast.subscribers_ready=on"
    status, err = server_cases.run_psql(server, "source", os.path.join(out, "all.sql"))
    del os.environ["PGOPTIONS"]
    bad = same_rows(server)
    check(status == 0 and not bad and before != server.rows(ROWS, db="source"), f"{major}: of all tables: {err} {bad}")


def main():
    args = arguments()
    for major in args.versions or [15]:
        with Server(major, settings={"wal_level": "logical", "fsync": "off"}) as server, tempfile.TemporaryDirectory() as folder:
            make(server)
            bad = same_rows(server)
            check(not bad, f"{major}: before: {bad}")
            path, stop = os.path.join(folder, "m.sql"), threading.Event()
            open(path, "w").write("ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (n * 2) STORED;")
            status, told, err = server_cases.rewrite(args.bin, server, "source", path, os.path.join(folder, "out"))
            check(status == 0 and "second-table" in told, f"{major}: {told}{err}")
            writer = threading.Thread(target=write, args=(server, stop))
            writer.start()
            status, err = server_cases.run_psql(server, "source", os.path.join(folder, "out", "m.sql"))
            time.sleep(0.5)
            stop.set()
            writer.join()
            check(status == 0, f"{major}: {err}")
            bad = same_rows(server)
            check(not bad, f"{major}: after: {bad}")
            check(not server.rows("SELECT 1 FROM t WHERE g IS DISTINCT FROM n * 2", db="source"), f"{major}: the column is not right")
            publish_all(server, args.bin, major, folder)
            server.psql("DROP SUBSCRIPTION sub", db="copy")
    finish()


if __name__ == "__main__":
    main()
