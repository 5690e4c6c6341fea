#!/usr/bin/python3
"""The demo: a sample shop under live traffic; three migrations forecast by lockcast; one run for real, beside its forecast.

Run by ./run demo. Everything lives in a throwaway PostgreSQL under /tmp and is gone at the end, however it ends.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests", "support"))
import observe  # noqa: E402
from pgserver import Server, installed_majors  # noqa: E402

POOL, RATE = 20, 150  # the application's connections, and transactions a second
TRAFFIC = {"browse": 6, "history": 2, "checkout": 2, "ship": 1, "track": 2}
APPLICATION = "shop"
REPORT = """SELECT o.id, o.total, i.sku, i.quantity, i.price
            FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.id BETWEEN %s AND %s"""
REPORT_S, REPORT_EVERY_S = 5.0, 6.0
WARMUP_S, CALM_S, AFTER_S = 15, 6, 14
SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on", "shared_buffers": "'256MB'",
            "max_wal_size": "'4GB'", "wal_level": "replica", "track_io_timing": "on", "maintenance_work_mem": "'128MB'"}
MIGRATIONS = [
    ("0041_payments_reference.sql", "Harmless, though every linter flags it"),
    ("0042_orders_gift_note.sql", "Looks harmless"),
    ("0043_order_items_bigint.sql", "The key needs more room"),
]
FIGURES = [("lock_wait_ms", "waits for its lock", "ms"), ("duration_ms", "then takes", "ms"),
           ("peak_blocked_sessions", "most sessions blocked at once", ""), ("blocked_session_s", "session-seconds blocked", "s"),
           ("delayed_transactions", "transactions delayed", ""), ("drain_ms", "until the backlog is gone", "ms"),
           ("pool_exhausted_ms", "every connection blocked for", "ms")]


def say(text=""):
    print(text, flush=True)


def heading(text):
    say(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else f"\n== {text}")


class Report(threading.Thread):
    """A nightly export that somebody runs by day: a transaction that reads orders page by page, and is back soon after."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.connection, self.done = server.connect("shop", autocommit=False, application_name="sales_report"), threading.Event()

    def run(self):
        try:
            self.read()
        except psycopg2.Error:
            if not self.done.is_set():
                raise

    def read(self):
        cur = self.connection.cursor()
        while not self.done.is_set():
            begin, page = time.time(), 0
            while time.time() - begin < REPORT_S and not self.done.is_set():
                cur.execute(REPORT, (page * 1000 + 1, page * 1000 + 1000))
                cur.fetchall()
                page += 1
                self.done.wait(0.2)  # it writes the page to its file
            self.connection.commit()
            self.done.wait(max(0.0, REPORT_EVERY_S - (time.time() - begin)))
        self.connection.close()


def start_traffic(server, seconds, log_prefix=None):
    """pgbench at a fixed arrival rate over the application's pool; not waited for."""
    pgbench = os.path.join(server.bindir, "pgbench")
    cmd = [pgbench if os.path.exists(pgbench) else "pgbench", "-n", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres",
           "-c", str(POOL), "-j", "1", "-R", str(RATE), "-T", str(seconds), "-M", "simple"]
    if log_prefix:
        cmd += ["-l", "--log-prefix", log_prefix]
    for name, weight in TRAFFIC.items():
        cmd += ["-f", f"{os.path.join(HERE, 'traffic', name)}.sql@{weight}"]
    return subprocess.Popen([*cmd, "shop"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=dict(os.environ, PGAPPNAME=APPLICATION))


def stop(process):
    if process and process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait()


def lockcast(binary, *args, shown):
    """Runs the program beside the migrations, under the reader's eyes; its exit status is part of the show. False when it could not do its work."""
    say(f"$ lockcast {' '.join(shown)}")
    status = subprocess.run([binary, *args], cwd=os.path.join(HERE, "migrations")).returncode
    say(f"(exit status {status})")
    return status in (0, 1)


def forecast(binary, dsn, path):
    """The JSON forecast of one migration, and how long it took to get, in ms."""
    begin = time.time()
    p = subprocess.run([binary, "review", "-d", dsn, "--pool-size", str(POOL), "--fail-on", "never", "--format", "json", path],
                       stdout=subprocess.PIPE)
    if p.returncode:
        raise SystemExit(f"demo: lockcast review --format json ended with status {p.returncode}")
    return json.loads(p.stdout)["forecast"], (time.time() - begin) * 1e3


def build_shop(server):
    begin = time.time()
    server.psql("CREATE DATABASE shop")
    with open(os.path.join(HERE, "schema.sql")) as f:
        server.psql(f.read(), "shop")
    size = server.rows("SELECT pg_size_pretty(pg_database_size('shop'))")[0][0]
    server.rows("SELECT pg_stat_statements_reset() IS NOT NULL, pg_stat_reset() IS NOT NULL", db="shop")
    say(f"a shop of {size} on PostgreSQL {server.rows('SHOW server_version')[0][0].split()[0]}, in {time.time() - begin:.0f} s")


def review_all(binary, dsn, work):
    """The three reviews and the rewrite; False when one could not be had."""
    good = True
    for name, what in MIGRATIONS:
        path = os.path.join(HERE, "migrations", name)
        heading(f"{name}: {what}")
        with open(path) as f:
            say(f.read().rstrip() + "\n")
        good &= lockcast(binary, "review", "-d", dsn, "--pool-size", str(POOL), name,
                         shown=["review", "-d", "shop", "--pool-size", str(POOL), name])
    name = MIGRATIONS[2][0]
    heading(f"{name}: the safer way, as SQL that psql runs")
    if not lockcast(binary, "rewrite", "-d", dsn, "-o", work, name,
                    shown=["rewrite", "-d", "shop", "-o", ".", name]):
        return False
    with open(os.path.join(work, name)) as f:
        lines = f.read().rstrip().split("\n")
    say("\n".join(line for line in lines if line.startswith("-- ")))
    say(f"({len(lines)} lines of SQL, and {name.replace('.sql', '.rollback.sql')} beside it)")
    return good


def run_for_real(server, work, expected):
    name = MIGRATIONS[1][0]
    heading(f"{name}, run for real on the shop with its traffic")
    with open(os.path.join(HERE, "migrations", name)) as f:
        sql = f.read()
    prefix = os.path.join(work, "transactions")
    traffic = start_traffic(server, CALM_S + AFTER_S, prefix)
    try:
        time.sleep(CALM_S)
        result = observe.run_migration(lambda **o: server.connect("shop", **o), sql, APPLICATION, POOL)
        traffic.wait()
    finally:
        stop(traffic)
    figures, chains, error = result(prefix)
    say(f"{'':31s} {'really':>9s}  {'forecast':>9s}  80 of 100 deploys")
    for key, label, unit in FIGURES:
        f = expected.get(key) or {}
        low, mid, high = (f.get(q) for q in ("p10", "p50", "p90"))
        told = f"{mid:>9,.0f}  {low:,.0f} .. {high:,.0f} {unit}".rstrip() if mid is not None else f"{'none':>9s}"
        say(f"{label:31s} {figures[key]:>9,.0f}  {told}")
    say(f"\nThe slowest transaction took {figures['longest_ms']:,.0f} ms; calm, 99 of 100 are done in {figures['calm_p99_ms']:,.0f} ms.")
    if error:
        say(f"The migration failed: {error}")
    if chains:
        say("Who waited behind whom, with the session-looks that saw it (one look each 10 ms):")
    for waiting, behind, n in chains[:6]:
        say(f"  {n:5d}  {waiting[:68]}")
        say(f"         behind {behind[:61]}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bin", default="build/release/lockcast")
    p.add_argument("--port", type=int, help="of the throwaway server (default: a free one)")
    p.add_argument("--skip-reviews", action="store_true", help="only the traffic and the real run")
    a = p.parse_args()
    binary, begin = os.path.abspath(a.bin), time.time()
    majors = installed_majors()
    work = tempfile.mkdtemp(prefix="lockcast-demo-")
    traffic = report = None
    heading("A shop under traffic")
    try:
        with Server(majors[-1] if majors else 15, SETTINGS, a.port) as server:
            build_shop(server)
            traffic, report = start_traffic(server, 240), Report(server)
            report.start()
            say(f"{RATE} transactions a second over {POOL} connections, and a sales report that runs {REPORT_S:.0f} of each "
                f"{REPORT_EVERY_S:.0f} s")
            time.sleep(WARMUP_S)
            expected, dsn, good = {}, server.dsn("shop"), True
            if not a.skip_reviews:
                good = review_all(binary, dsn, work)
                expected, took = forecast(binary, dsn, os.path.join(HERE, "migrations", MIGRATIONS[1][0]))
                say(f"\nOne more forecast of {MIGRATIONS[1][0]}, as JSON, took {took:.0f} ms.")
            stop(traffic)
            run_for_real(server, work, expected)
            report.done.set()
            report.join()
    finally:
        if report:
            report.done.set()
        stop(traffic)
        shutil.rmtree(work, ignore_errors=True)
    say(f"\nThe demo took {time.time() - begin:.0f} s; its server and its files are gone.")
    return 0 if good else 1


try:
    sys.exit(main())
except KeyboardInterrupt:
    sys.exit("demo: interrupted; its server and its files are gone")
