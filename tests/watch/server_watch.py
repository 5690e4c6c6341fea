#!/usr/bin/python3
"""`lockcast watch` on real servers: each kind of operation with its phase and amounts, the time left, who waits for whom, the forecast beside it,
a backfill of `lockcast rewrite`, hostile names, what it must not do, exit statuses, Ctrl-C. --versions 13,18 runs it on others than 15."""
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server, arguments, check, finish  # noqa: E402

ROWS = 150000
NASTY = 'evil"; DROP TABLE t; --\x1b[31m'


class Busy:
    """A statement in a session of its own, in a thread."""

    def __init__(self, server, sql, user="postgres", name="busy"):
        self.c = server.connect(application_name=name, user=user)
        self.pid = self.c.info.backend_pid
        self.error = None
        self.sql = sql
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        try:
            self.c.cursor().execute(self.sql)
        except Exception as e:  # noqa: BLE001 - cancelled on purpose
            self.error = e

    def end(self, server=None):
        if server:
            server.rows("SELECT pg_cancel_backend(%s)", (self.pid,))
        self.thread.join(60)
        self.c.close()


def watch(binary, server, *args, user="postgres", status=0):
    p = subprocess.run([binary, "watch", "-d", server.dsn(user=user), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    check(p.returncode == status, f"watch {args}: status {p.returncode}, expected {status}: {p.stderr.decode()[-300:]}")
    return p.stdout.decode()


def look(binary, server, *args, user="postgres"):
    return json.loads(watch(binary, server, "--once", "--interval", "0.2", "--format", "json", *args, user=user))


def operation(look_, kind, pid=None):
    return next((o for o in look_["operations"] if o["kind"] == kind and (pid is None or o["pid"] == pid)), None)


def wait_for(server, query, params=None):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if server.rows(query, params):
            return True
        time.sleep(0.02)
    return False


def waits(server, pid):
    return wait_for(server, "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", (pid,))


def test_idle(a, s):
    check(look(a.bin, s)["operations"] == [], "nothing runs, nothing is shown")
    check("nothing is running" in watch(a.bin, s, "--once", "--interval", "0.1"), "the text says that nothing runs")


def slow():
    """A function that takes some twenty microseconds."""
    return ("CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ DECLARE x text := 'x'; BEGIN FOR k IN 1..25 LOOP x := md5(x); "
            "END LOOP; RETURN i; END $$")


def test_index_build(a, s, report):
    b = Busy(s, "CREATE INDEX t_slow ON t (slow(a))", name="deploy")
    check(wait_for(s, "SELECT 1 FROM pg_stat_progress_create_index WHERE blocks_done > 50"), "the build has begun")
    reader = Busy(s, "INSERT INTO t VALUES (-1, 1, '')", name="app")
    check(waits(s, reader.pid), "a writer waits behind the build")
    o = operation(look(a.bin, s, "--forecast", report), "index build")
    check(o is not None, "the build is shown")
    if o:
        check(o["pid"] == b.pid and o["command"] == "CREATE INDEX" and o["relation"] == "public.t", f"what it is: {o}")
        check(o["phase"] == "building index: scanning table" and o["unit"] == "blocks" and 0 < o["done"] <= o["total"], f"how far it is: {o}")
        check(o["rate_per_s"] and o["rate_per_s"] > 0 and 0 < o["share"] < 1, f"its rate: {o}")
        check(o["left_ms"] and 0 < o["left_ms"]["p10"] < o["left_ms"]["p50"] < o["left_ms"]["p90"], f"an interval of what is left: {o['left_ms']}")
        check(o["blocked_sessions"] == 1 and o["blocks"][0]["pid"] == reader.pid and o["blocks"][0]["mode"] == "RowExclusiveLock", f"who waits: {o['blocks']}")
        check(o["forecast"] and o["forecast"]["line"] == 1 and o["forecast"]["duration_ms"]["p50"] > 0, f"its forecast: {o['forecast']}")
        check("'" not in (o["blocks"][0]["query"] or ""), "no literal of a query is shown")
        began = time.monotonic()
        left = o["left_ms"]
        b.end()
        real = (time.monotonic() - began) * 1e3
        check(left["p10"] / 4 < real < left["p90"] * 4, f"time left {left}, real {real:.0f}")
    b.end()
    reader.end()
    s.rows("DROP INDEX t_slow")


def test_concurrently(a, s):
    old = s.connect(autocommit=False, application_name="report")
    old.cursor().execute("INSERT INTO t VALUES (-2, 1, '')")
    b = Busy(s, "CREATE INDEX CONCURRENTLY t_a ON t (a)", name="deploy")
    check(wait_for(s, "SELECT 1 FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for writers%'"), "it waits for a writer")
    out = watch(a.bin, s, "--once", "--interval", "0.1")
    o = operation(look(a.bin, s), "index build")
    check(o and o["waiting"] and o["unit"] == "transactions" and o["total"] == 1, f"it waits: {o}")
    check(o and [w["application"] for w in o["waits_for"]] == ["report"] and o["waits_for"][0]["state"] == "idle in transaction", f"for whom: {o}")
    check("waiting for writers" in out and "report" in out and f"process {b.pid}" in out, f"the text says it: {out}")
    old.rollback()
    old.close()
    b.end()


def test_lock_wait(a, s):
    """A schema change without a progress view that waits for its lock, and a queue behind it."""
    holder = s.connect(autocommit=False, application_name="holder")
    holder.cursor().execute("SELECT count(*) FROM t")
    b = Busy(s, "ALTER TABLE t ADD COLUMN x int", name="deploy")
    check(waits(s, b.pid), "the change waits")
    readers = [Busy(s, "SELECT 'secret', count(*) FROM t WHERE b = 'secret'", name="app") for _ in range(3)]
    for r in readers:
        check(waits(s, r.pid), "readers wait")
    before = s.rows("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0]
    text = watch(a.bin, s, "--once", "--interval", "0.1", "--verbose")
    o = operation(look(a.bin, s), "other")
    check(o and o["pid"] == b.pid and o["waiting"] and o["mode"] == "AccessExclusiveLock" and o["awaited"] == "public.t", f"what it waits for: {o}")
    check(o and [w["application"] for w in o["waits_for"]] == ["holder"], f"for whom: {o}")
    check(o and o["blocked_sessions"] == 3 and len(o["blocks"]) == 3 and o["left_ms"] is None, f"who waits behind it: {o}")
    check("secret" not in text and "ACCESS EXCLUSIVE on public.t" in text and "3 sessions" in text, f"the text: {text}")
    check(s.rows("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0] == before, "the look itself waits for nothing")
    holder.rollback()
    holder.close()
    b.end()
    for r in readers:
        r.end()


def test_vacuum_copy_analyze(a, s, major):
    c = s.connect()
    c.cursor().execute("DELETE FROM t WHERE a % 3 = 0")
    c.close()
    v = s.connect(application_name="vac")
    v.cursor().execute("SET vacuum_cost_delay = 20")
    v.cursor().execute("SET vacuum_cost_limit = 50")
    s.rows("UPDATE t SET a = a WHERE id % 4 = 0")

    def vacuum():
        try:
            v.cursor().execute("VACUUM (ANALYZE) t")
        except Exception:  # noqa: BLE001 - cancelled below
            pass

    t = threading.Thread(target=vacuum)
    t.start()
    check(wait_for(s, "SELECT 1 FROM pg_stat_progress_vacuum WHERE heap_blks_scanned > 0"), "the vacuum has begun")
    o = operation(look(a.bin, s), "vacuum")
    check(o and o["command"] == "VACUUM" and o["relation"] == "public.t" and o["phase"] in ("scanning heap", "vacuuming indexes", "vacuuming heap") and not o["automatic"], f"vacuum: {o}")
    s.rows("SELECT pg_cancel_backend(%s)", (v.info.backend_pid,))
    t.join(30)
    v.close()
    if major >= 14:
        r, w = os.pipe()
        p = subprocess.Popen(["psql", "-X", "-q", "-d", s.dsn(), "-c", "COPY t (id, a, b) FROM STDIN"], stdin=r, stdout=subprocess.DEVNULL)
        os.close(r)
        os.write(w, b"".join(b"%d\t1\tx\n" % i for i in range(3000)))
        check(wait_for(s, "SELECT 1 FROM pg_stat_progress_copy WHERE tuples_processed > 100"), "the copy has begun")
        o = operation(look(a.bin, s), "copy")
        check(o and o["command"] == "COPY FROM" and o["unit"] == "rows" and o["done"] > 100 and o["total"] is None and o["left_ms"] is None, f"copy: {o}")
        os.close(w)
        p.wait(30)


def test_cluster(a, s):
    b = Busy(s, "VACUUM FULL big")
    check(wait_for(s, "SELECT 1 FROM pg_stat_progress_cluster WHERE heap_blks_scanned > 0 OR phase = 'rebuilding index'"), "VACUUM FULL has begun")
    o = operation(look(a.bin, s), "cluster")
    check(o is None or (o["command"] == "VACUUM FULL" and o["relation"] == "public.big" and o["pid"] == b.pid), f"cluster: {o}")
    check(o is not None, "VACUUM FULL is shown")
    b.end()


def test_backfill(a, s):
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "fill.sql")
        with open(path, "w") as f:
            f.write("UPDATE big SET b = md5(b || slow(1));\n")
        p = subprocess.run([a.bin, "rewrite", "-d", s.dsn(), "--no-traffic", "-o", os.path.join(d, "out"), path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(p.returncode == 0, f"rewrite: {p.stdout.decode()[-300:]}")
        run = subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", s.dsn(), "-f", os.path.join(d, "out", "fill.sql")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        check(wait_for(s, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%lockcast_batch integer%%' AND pid <> pg_backend_pid()"), "the backfill runs")
        time.sleep(1)
        o = operation(json.loads(watch(a.bin, s, "--once", "--interval", "1", "--format", "json")), "backfill")
        check(o and o["pid"] and o["unit"] == "rows" and o["done"] > 0 and o["total"] and o["done"] <= 1.1 * o["total"], f"backfill: {o}")
        check(o and o["left_ms"] and o["left_ms"]["p50"] > 0 and o["rate_per_s"] > 0, f"what is left of it: {o}")
        run.send_signal(signal.SIGINT)
        run.wait(30)
        o = operation(look(a.bin, s), "backfill")
        check(o and o["pid"] is None and "run its file again" in o["phase"] and o["done"] > 0, f"interrupted: {o}")
        lock = s.connect(autocommit=False)
        lock.cursor().execute("LOCK TABLE " + o["command"].split(" of ", 1)[1] if o else "SELECT 1")
        began = time.monotonic()
        check(operation(look(a.bin, s), "backfill") is None and time.monotonic() - began < 5, "a progress table that somebody holds is left alone")
        lock.rollback()
        lock.close()
        s.rows("DROP TABLE " + o["command"].split(" of ", 1)[1])


def test_hostile(a, s):
    quoted = NASTY.replace('"', '""')
    s.rows(f'CREATE TABLE "{quoted}" AS SELECT generate_series(1, 100000) AS "a\u202eb"')
    s.rows("CREATE TABLE lockcast_deadbeef (step int, done bool, reached text[], stop text[], rows text)")  # not quite one of ours
    b = Busy(s, f'CREATE INDEX ON "{quoted}" (slow("a\u202eb"))', name="\x1b]0;owned\x07<b>")
    check(wait_for(s, "SELECT 1 FROM pg_stat_progress_create_index"), "the build has begun")
    text = watch(a.bin, s, "--once", "--interval", "0.1", "--verbose")
    one = look(a.bin, s)
    check("\x1b" not in text and "\u202e" not in text and "\x07" not in text and "evil" in text, f"nothing steers the terminal: {text!r}")
    check(operation(one, "index build")["relation"] == f'public."{quoted}"', f"the name as it is, quoted: {one}")
    check(operation(one, "backfill") is None, "a table that only looks like a progress table is left alone")
    b.end(s)
    s.rows(f'DROP TABLE "{quoted}", lockcast_deadbeef')


def test_status(a, s):
    watch(a.bin, s, "--once", "--pid", "1", status=2)
    watch(a.bin, s, "--format", "html", status=2)
    watch(a.bin, s, "--interval", "0.001", status=2)
    watch(a.bin, s, "file.sql", status=2)
    watch(a.bin, s, "-o", "/tmp/x", status=2)
    watch(a.bin, s, "--forecast", "/nonexistent", status=2)
    p = subprocess.run([a.bin, "watch", "-d", "host=127.0.0.1 port=1", "--once"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(p.returncode == 3, "no server: 3")
    if os.path.exists("/dev/full") and stat.S_ISCHR(os.stat("/dev/full").st_mode):
        with open("/dev/full", "w") as full:
            p = subprocess.run([a.bin, "watch", "-d", s.dsn(), "--once", "--interval", "0.1"], stdout=full, stderr=subprocess.PIPE)
        check(p.returncode == 4, f"a report that cannot be written: 4, not {p.returncode}")


def test_loop(a, s):
    """Lines of JSON until Ctrl-C; and --pid ends with its process's work."""
    p = subprocess.Popen([a.bin, "watch", "-d", s.dsn(), "--interval", "0.2", "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = [json.loads(p.stdout.readline()) for _ in range(3)]
    check(all(x["schema"] == "lockcast/watch/1" for x in lines) and lines[2]["at_ms"] > lines[0]["at_ms"] > 1.6e12, "a line for each look")
    p.send_signal(signal.SIGINT)
    check(p.wait(10) == 130, f"Ctrl-C: {p.returncode}")
    check(not s.rows("SELECT 1 FROM pg_stat_activity WHERE application_name = 'lockcast watch'"), "it leaves no session")
    b = Busy(s, "SELECT pg_sleep(1.5)")
    began = time.monotonic()
    out = watch(a.bin, s, "--pid", str(b.pid), "--interval", "0.2", "--format", "json")
    looks = [json.loads(x) for x in out.splitlines()]
    check(0.5 < time.monotonic() - began < 10 and looks[0]["operations"][0]["pid"] == b.pid and not looks[-1]["operations"], "--pid ends with its work")
    b.end()


def test_role(a, s):
    """Without pg_monitor it says what is hidden."""
    s.rows("CREATE ROLE poor LOGIN")
    b = Busy(s, "CREATE INDEX t_slow ON t (slow(a))")
    check(wait_for(s, "SELECT 1 FROM pg_stat_progress_create_index WHERE blocks_done > 5"), "the build has begun")
    o = operation(look(a.bin, s, user="poor"), "index build")
    check(o and o["hidden"] and o["phase"] is None and o["query"] is None, f"hidden: {o}")
    check("hidden from this role" in watch(a.bin, s, "--once", "--interval", "0.1", user="poor"), "and says so")
    b.end(s)


def run(a, major):
    with Server(major, settings={"track_activity_query_size": "1024"}) as s, tempfile.TemporaryDirectory() as d:
        s.rows("CREATE TABLE t (id int, a int, b text)")
        s.rows(f"INSERT INTO t SELECT g, g, md5(g::text) FROM generate_series(1, {ROWS}) g")
        s.rows(f"CREATE TABLE big AS SELECT g AS id, md5(g::text) AS b, repeat('x', 200) AS c FROM generate_series(1, {4 * ROWS}) g")
        s.rows("ALTER TABLE big ADD PRIMARY KEY (id)")
        s.rows(slow())
        s.rows("ANALYZE")
        path, report = os.path.join(d, "m.sql"), os.path.join(d, "report.json")
        with open(path, "w") as f:
            f.write("CREATE INDEX t_slow ON t (slow(a));\n")
        subprocess.run([a.bin, "review", "-d", s.dsn(), "--no-traffic", "--format", "json", "--fail-on", "never", "-o", report, path], check=True)
        test_idle(a, s)
        test_status(a, s)
        test_index_build(a, s, report)
        test_concurrently(a, s)
        test_lock_wait(a, s)
        test_loop(a, s)
        test_role(a, s)
        test_hostile(a, s)
        test_cluster(a, s)
        test_vacuum_copy_analyze(a, s, major)
        test_backfill(a, s)


def main():
    a = arguments()
    for major in a.versions or [15]:
        run(a, major)
    finish()


main()
