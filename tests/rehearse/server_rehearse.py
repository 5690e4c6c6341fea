#!/usr/bin/python3
"""`lockcast rehearse` on real servers: what it refuses, what it sees of locks, errors and waits, what --rollback leaves, the ledger."""
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import Server, arguments, available, check, finish

SCHEMA = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text, amount numeric(10,2));
INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 1000) i;
INSERT INTO orders SELECT i, i % 1000 + 1, repeat('x', 40), i FROM generate_series(1, 60000) i;
CREATE VIEW big AS SELECT id FROM orders WHERE amount > 100;
ANALYZE;
"""
MIGRATION = """
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
CREATE TABLE audit (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
COMMIT;
CREATE INDEX CONCURRENTLY orders_amount ON orders (amount);
ALTER TABLE customers ADD COLUMN email text;
UPDATE orders SET note = 'y' WHERE id % 10 = 0;
REINDEX INDEX CONCURRENTLY orders_pkey;
ALTER TABLE customers ALTER COLUMN name TYPE varchar(100);
DELETE FROM orders WHERE id % 7 = 0;
"""
FAILING = """
ALTER TABLE customers ADD COLUMN age int;
BEGIN;
ALTER TABLE orders ADD COLUMN paid boolean;
ALTER TABLE orders ADD CONSTRAINT small CHECK (amount < 100);
ALTER TABLE orders ADD COLUMN never boolean;
COMMIT;
"""
COLUMNS = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
EVERYTHING = [
    COLUMNS,
    "SELECT relname::text, relkind::text, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o",
    "SELECT md5(string_agg(c::text, ',' ORDER BY id)) FROM customers c",
]


class Folder:
    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="lockcast-rehearse-")

    def file(self, name, text):
        path = os.path.join(self.dir.name, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def path(self, name):
        return os.path.join(self.dir.name, name)


def rehearse(args, server, db, *more):
    p = subprocess.run([args.bin, "rehearse", "-d", server.dsn(db), *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True, timeout=120, cwd="/")
    return p.returncode, p.stdout, p.stderr


def report(args, server, db, *more, status=0):
    code, out, err = rehearse(args, server, db, "--this-is-a-clone", "--format", "json", *more)
    check(code == status, f"exit {code} instead of {status}: {err}{out[-600:] if code != status else ''}")
    return json.loads(out) if out else {"migrations": [{"statements": []}], "summary": {}}


def fresh(server, name):
    server.rows(f"DROP DATABASE IF EXISTS {name}")
    server.rows(f"CREATE DATABASE {name}")
    server.psql(SCHEMA, db=name)
    return name


def locks(statement, verdict):
    return {(l["relation"], l["mode"]) for l in statement["locks"] if l["verdict"] == verdict}


@contextlib.contextmanager
def receiver(server):
    """A standby, as far as pg_stat_replication can tell."""
    import psycopg2.extras
    lsn = server.rows("SELECT pg_current_wal_lsn()::text")[0][0]
    c = psycopg2.connect(server.dsn("postgres", application_name="standby7"), connection_factory=psycopg2.extras.PhysicalReplicationConnection)
    try:
        c.cursor().start_replication(start_lsn=lsn)
        yield
    finally:
        c.close()


def refusals(args, server, folder):
    db = fresh(server, "refused")
    m = folder.file("ok.sql", "ALTER TABLE customers ADD COLUMN email text;")
    before = server.rows(COLUMNS, db=db)
    code, out, err = rehearse(args, server, db, m)
    check(code == 2 and "--this-is-a-clone" in err and not out, f"no --this-is-a-clone: {code} {err}")
    with server.connect(db, application_name="shop_web"):
        code, out, err = rehearse(args, server, db, "--this-is-a-clone", m)
        check(code == 2 and "production" in err and "1 other client" in err and "shop_web" in err and "hint:" in err,
              f"another client: {code} {err}")
    time.sleep(0.2)
    with receiver(server):
        code, out, err = rehearse(args, server, db, "--this-is-a-clone", m)
        check(code == 2 and "standby7" in err, f"replication: {code} {err}")
    code, _, err = rehearse(args, server, db, "--this-is-a-clone", "--format", "html", m)
    check(code == 2, f"a format it does not have: {code} {err}")
    code, _, err = rehearse(args, server, "no_such_database", "--this-is-a-clone", m)
    check(code == 3, f"no such database: {code} {err}")
    check(server.rows(COLUMNS, db=db) == before, "a refused rehearsal has changed nothing")


def migration(args, server, folder):
    db, m = fresh(server, "works"), folder.file("0001.sql", MIGRATION)
    r = report(args, server, db, m)
    s = {x["command"]: x for x in r["migrations"][0]["statements"]}
    check(r["schema"] == "lockcast/rehearsal/1" and r["outcome"] == "done", r["outcome"])
    check(all(x["state"] == "ran" for x in r["migrations"][0]["statements"]), "every statement ran")
    check(r["summary"]["locks_missing"] == 0 and r["summary"]["locks_extra"] == 0,
          f"locks: {[(x['command'], l) for x in r['migrations'][0]['statements'] for l in x['locks'] if l['verdict'] in ('missing', 'extra')]}")
    fk = r["migrations"][0]["statements"][1]
    check({("public.orders", "ShareRowExclusiveLock"), ("public.customers", "ShareRowExclusiveLock")} <= locks(fk, "equal"),
          f"the foreign key's locks: {fk['locks']}")
    check(("public.orders", "AccessExclusiveLock") in locks(r["migrations"][0]["statements"][2], "equal"), "SET NOT NULL's lock")
    check(("public.orders", "ShareUpdateExclusiveLock") in locks(s["CREATE INDEX"], "equal"), f"CIC's lock: {s['CREATE INDEX']['locks']}")
    check(("public.orders", "RowExclusiveLock") in locks(s["UPDATE"], "equal"), f"UPDATE's lock: {s['UPDATE']['locks']}")
    check(("public.orders_pkey", "RowExclusiveLock") in locks(s["DELETE"], "equal"), f"an index under its old name: {s['DELETE']['locks']}")
    check(not any("audit" in l["relation"] or "pg_toast" in l["relation"] for x in r["migrations"][0]["statements"] for l in x["locks"]), "created relations are left out")
    check(s["UPDATE"]["actual_ms"] > 5 and s["UPDATE"]["factor"] >= 1, f"the UPDATE's time: {s['UPDATE']}")
    check(server.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_amount'::regclass", db=db) == [(True,)], "the index is there")
    check(server.rows("SELECT count(*) FROM pg_stat_activity WHERE datname = 'works' AND state LIKE 'idle in%%'") == [(0,)], "nothing is open")


def failing(args, server, folder):
    db, m = fresh(server, "fails"), folder.file("0002.sql", FAILING)
    r = report(args, server, db, m, status=1)
    states = [x["state"] for x in r["migrations"][0]["statements"]]
    check(states == ["ran", "ran", "ran", "failed", "not run", "not run"], f"states: {states}")
    check(r["outcome"] == "failed" and r["migrations"][0]["statements"][3]["error"]["sqlstate"] == "23514", "the error is told")
    columns = [c for c, in server.rows(COLUMNS, db=db)]
    check("customers.age" in columns and "orders.paid" not in columns, f"as ON_ERROR_STOP leaves it: {columns}")
    m = folder.file("0003.sql", "ALTER TABLE orders DROP COLUMN missing;")
    r = report(args, server, db, m, status=1)
    check(r["migrations"][0]["statements"][0]["error_predicted"] is True, "a forecast error is known as such")
    code, out, _ = rehearse(args, server, db, "--this-is-a-clone", m)
    check(code == 1 and "FAILED" in out and "as forecast" in out, out)


def rollback(args, server, folder):
    db, m = fresh(server, "undone"), folder.file("0004.sql", MIGRATION)
    dump = lambda: [server.rows(q, db=db) for q in EVERYTHING]
    before = dump()
    r = report(args, server, db, "--rollback", m)
    states = {x["command"]: x["state"] for x in r["migrations"][0]["statements"]}
    check(states["CREATE INDEX"] == "skipped" and states["ALTER TABLE"] == "ran" and states["COMMIT"] == "skipped", f"{states} ")
    check(r["outcome"] == "rolled back" and r["summary"]["locks_missing"] == 0, f"{r['outcome']} {r['summary']}")
    check(dump() == before, "schema and data are as they were")
    r = report(args, server, db, "--rollback", folder.file("0005.sql", FAILING), status=1)
    check(dump() == before, "a failed one is undone too")
    r = report(args, server, db, "--rollback", folder.file("0006.sql", "VACUUM orders; ALTER TABLE orders ADD COLUMN z int;"))
    check([x["state"] for x in r["migrations"][0]["statements"]] == ["skipped", "ran"], "VACUUM is skipped")


def frameworks(args, server, folder):
    db = fresh(server, "framed")
    m = folder.file("0007.sql", "ALTER TABLE customers ADD COLUMN a int;\nCREATE INDEX CONCURRENTLY i ON customers (a);\n")
    r = report(args, server, db, "--transaction", "file", m, status=1)
    check(r["migrations"][0]["statements"][1]["error"]["sqlstate"] == "25001", "CIC in the framework's transaction fails")
    check(r["migrations"][0]["statements"][1]["error_predicted"] is True, "and was forecast to")
    check("customers.a" not in [c for c, in server.rows(COLUMNS, db=db)], "the framework's transaction is rolled back")
    r = report(args, server, db, "--transaction", "none", m)
    check(r["outcome"] == "done", "without one it runs")
    r = report(args, server, db, folder.file("0008.sql", "COPY customers FROM STDIN;"), status=1)
    check(r["migrations"][0]["statements"][0]["state"] == "failed", "COPY FROM STDIN has no data, and does not hang")
    r = report(args, server, db, folder.file("0009.sql", "BEGIN; ALTER TABLE customers ADD COLUMN open int;"))
    check(r["outcome"] == "rolled back", "a file that leaves its transaction open")
    m = folder.file("0010.sql", "DO $$ BEGIN ALTER TABLE customers ADD COLUMN d int; COMMIT; END $$; LOCK TABLE customers;")
    r = report(args, server, db, "--transaction", "none", m, status=1)
    check([x["state"] for x in r["migrations"][0]["statements"]] == ["ran", "failed"], "as each would do alone")


def waits(args, server, folder):
    """A prepared transaction holds a lock, as nobody else may be connected."""
    db = fresh(server, "waits")
    server.psql("BEGIN; LOCK TABLE customers IN SHARE MODE; PREPARE TRANSACTION 'kept';", db=db)
    m = folder.file("0011.sql", "ALTER TABLE customers ADD COLUMN w int;")
    p = subprocess.Popen([args.bin, "rehearse", "-d", server.dsn(db), "--this-is-a-clone", "--format", "json", m], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    time.sleep(1.2)
    server.psql("ROLLBACK PREPARED 'kept';", db=db)
    s = json.loads(p.communicate(timeout=30)[0])["migrations"][0]["statements"][0]
    check(s["actual_wait_ms"] > 300 and "prepared transaction" in s["waited_behind"], f"the wait: {s['actual_wait_ms']} {s['waited_behind']}")
    check(s["actual_wait_ms"] <= s["actual_ms"] and ("public.customers", "AccessExclusiveLock") in locks(s, "equal"), "the lock")

    m = folder.file("0012.sql", "BEGIN; ALTER TABLE customers ADD COLUMN i int; SELECT pg_sleep(30); COMMIT;")
    p = subprocess.Popen([args.bin, "rehearse", "-d", server.dsn(db), "--this-is-a-clone", m], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 15
    while not server.rows("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid() AND state = 'active'") \
            and time.monotonic() < deadline:
        time.sleep(0.05)
    p.send_signal(signal.SIGINT)
    err = p.communicate(timeout=15)[1].decode()
    check(p.returncode == 130, f"Ctrl-C: {p.returncode} {err}")
    time.sleep(0.3)
    check("customers.i" not in [c for c, in server.rows(COLUMNS, db=db)], "Ctrl-C rolls back")
    check(server.rows("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lockcast%%'") == [(0,)], "and leaves no session")


def ledger(args, server, folder):
    db, path = fresh(server, "ledgered"), folder.path("shop.ledger")
    m = folder.file("0013.sql", "CREATE INDEX led ON orders (note, id);")
    review = lambda *more: json.loads(subprocess.run([args.bin, "review", "-d", server.dsn(db), "--no-traffic", "--fail-on", "never", "--format",
                                                      "json", *more, m], stdout=subprocess.PIPE, check=True, cwd="/").stdout)
    time_of = lambda r: r["migrations"][0]["statements"][0]["duration_ms"]
    before = time_of(review())
    for _ in range(6):
        report(args, server, db, "--rollback", "--ledger", path, m)
    lines = [json.loads(l) for l in open(path)]
    check(len(lines) == 6 and all(l["schema"] == "lockcast/ledger/1" and l["command"] == "CREATE INDEX" for l in lines), f"{lines}")
    check(all(abs(l["forecast_ms"]["p50"] - before["p50"]) < 0.01 for l in lines), "the ledger keeps the forecast without its own correction")
    actual = sorted(l["actual_ms"] for l in lines)[3]
    after = time_of(review("--ledger", path))
    off = lambda q: max(q["p50"] / actual, actual / q["p50"])
    check(off(after) < off(before) or off(before) < 1.1, f"corrected: {before} -> {after}, really {actual}")
    check("ledger" in review("--ledger", path)["migrations"][0]["statements"][0]["work"][0]["basis"], "the report says so")
    check(time_of(review("--ledger", folder.file("other", json.dumps(dict(lines[0], server="x on y")) + "\n"))) == before, "another server's is no use")
    p = subprocess.run([args.bin, "review", "--ledger", folder.file("bad", "{}\n"), m], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    check(p.returncode == 2 and ":1: " in p.stderr, f"a bad ledger: {p.returncode} {p.stderr}")


def production(args, server, folder):
    db, big, snapshot = fresh(server, "small"), fresh(server, "big"), folder.path("big.json")
    server.psql("INSERT INTO orders SELECT i, 1, repeat('x', 40), i FROM generate_series(60001, 600000) i; VACUUM ANALYZE orders;", db=big)
    subprocess.run([args.bin, "snapshot", "-d", server.dsn(big), "--no-traffic", "-o", snapshot], check=True)
    m = folder.file("0014.sql", "CREATE INDEX scaled ON orders (amount);")
    s = report(args, server, db, "--traffic", snapshot, m)["migrations"][0]["statements"][0]
    check(8 < s["growth"] < 12, f"ten times as large: {s.get('growth')}")
    check(4 < s["production_ms"]["p50"] / s["actual_ms"] < 25, f"scaled: {s['actual_ms']} -> {s['production_ms']}")


def main():
    args = arguments()
    majors = args.versions or [15] + [v for v in (18, 13) if available(v)][:1]
    for major in majors:
        folder = Folder()
        with Server(major, settings={"wal_level": "replica"}) as server:
            for part in (refusals, migration, failing, rollback, frameworks, waits, ledger, production):
                part(args, server, folder)
    finish()


if __name__ == "__main__":
    main()
