"""Snapshots of live servers: every version, locked tables, missing privileges, refusals, a killed server, live against file.

  server_live.py --bin LOCKCAST [--versions 13,18] [--record FILE]     --record writes fixture.json anew (from version 15)
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server, arguments, available, check, finish, skip  # noqa: E402

args = arguments(record=None)
TMP = tempfile.mkdtemp(prefix="lockcast-snapshot-")
SECRET = "s3cret-literal-4711"


def schema(major):
    with open(os.path.join(HERE, "fixture.sql"), encoding="utf-8") as f:
        text = f.read()
    return text.replace("RETURN n * 2;", "AS 'SELECT n * 2';") if major < 14 else text


def run(*words, env=None, timeout=60):
    """(exit status, stdout, stderr, seconds)"""
    t = time.monotonic()
    p = subprocess.run([args.bin, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                       env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace"), time.monotonic() - t


def snapshot(dsn, *options):
    out = os.path.join(TMP, "s.json")
    if os.path.exists(out):
        os.unlink(out)
    status, _, err, seconds = run("snapshot", "-d", dsn, "-o", out, "--sample", "0", *options)
    doc = None
    if os.path.exists(out):
        with open(out, encoding="utf-8") as f:
            doc = json.load(f)
    return status, doc, err, seconds


def rows(doc, subject):
    t = doc[subject]
    return [dict(zip(t["columns"], r)) for r in t["rows"]]


def migration(text):
    path = os.path.join(TMP, "0001.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


MIGRATION = """ALTER TABLE shop.orders ADD COLUMN note text;
ALTER TABLE shop.customers ALTER COLUMN name TYPE varchar(200);
UPDATE shop.orders SET note = 'x' WHERE id < 100;
DROP VIEW shop.open_orders CASCADE;
CREATE INDEX ON shop.events (note);
"""


def live_and_file(s, major):
    """The same review from the server and from the file, but for the word that says which."""
    path, file = migration(MIGRATION), os.path.join(TMP, "same.json")
    status, _, err, _ = run("snapshot", "-d", s.dsn("shop"), "--no-traffic", "-q", "-o", file, path)
    check(status == 0, f"{major}: snapshot --no-traffic: {status} {err}")
    options = ["--no-traffic", "--format", "json", "--fail-on", "never", path]
    _, live, err, _ = run("review", "-d", s.dsn("shop"), *options)
    _, filed, err2, _ = run("review", "--snapshot", file, *options)
    same = live.replace('"live"', '"snapshot"') == filed
    if not same:
        for a, b in zip(live.splitlines(), filed.splitlines()):
            if a.replace('"live"', '"snapshot"') != b:
                print(f"live: {a.strip()[:200]}\nfile: {b.strip()[:200]}")
                break
    check(same and live, f"{major}: live and file give the same review {err[:200]} {err2[:200]}")


def every_kind(s, major):
    status, doc, err, seconds = snapshot(s.dsn("shop"))
    check(status == 0 and doc, f"{major}: snapshot: {status} {err}")
    if not doc:
        return
    check(seconds < 2, f"{major}: snapshot took {seconds:.1f} s")
    names = {r["name"]: r for r in rows(doc, "relation")}
    check({"customers", "orders", "events_2025", "totals", "open_orders", "a.b|c", "orders_id_seq"} <= set(names), f"{major}: relations")
    unparsed = [g for g in rows(doc, "gap") if "statement" not in g["what"]]
    check(not unparsed, f"{major}: gaps {unparsed}")
    check(all(r["definition"] for r in rows(doc, "view")) and len(rows(doc, "view")) >= 4, f"{major}: views")
    check({r["contype"] for r in rows(doc, "constraint")} >= {"p", "f", "c", "x"} | ({"n"} if major >= 18 else set()), f"{major}: constraints")
    check(any(r["query"] and "shop" in r["query"] for r in rows(doc, "statement")), f"{major}: statements have texts")
    since = rows(doc, "statement")[0]["since"] if major >= 17 else rows(doc, "statement_info")[0]["since"]
    check((since is not None) == (major >= 14), f"{major}: statements have a beginning: {since}")
    text = json.dumps(doc)
    check(SECRET not in text, f"{major}: a literal of a query is in the file")
    check(rows(doc, "column_stats"), f"{major}: column statistics")


def locked_tables(s, major):
    """A table under ACCESS EXCLUSIVE is left out and named, quickly, and nobody queues behind us."""
    holder, waiter = s.connect("shop", autocommit=False), s.connect("shop", autocommit=False)
    with holder.cursor() as h:
        h.execute("LOCK TABLE shop.customers IN ACCESS EXCLUSIVE MODE")
        h.execute("SELECT 1")
        thread = threading.Thread(target=lambda: waiter.cursor().execute("SELECT count(*) FROM shop.customers"))
        thread.start()
        time.sleep(0.1)
        status, doc, err, seconds = snapshot(s.dsn("shop"))
        check(status == 0 and doc and seconds < 3, f"{major}: locked table: {status} {seconds:.1f} s {err}")
        if doc:
            gaps = [g for g in rows(doc, "gap") if "shop.customers" in g["what"]]
            check(len(gaps) == 1 and "ACCESS EXCLUSIVE" in gaps[0]["why"], f"{major}: the locked table is named: {rows(doc, 'gap')}")
            check("shop.customers" in err, f"{major}: the locked table is told: {err}")
            names = {r["oid"]: r for r in rows(doc, "relation")}
            sizes = {names[r["relid"]]["name"] for r in rows(doc, "size")}
            check("orders" in sizes and "customers" not in sizes, f"{major}: other tables have exact sizes")
            views = {names[r["relid"]]["name"]: r["definition"] for r in rows(doc, "view")}
            check(views["open_orders"] is None and views["small_orders"] is not None, f"{major}: views on the locked table are left out")
            held = [h for h in rows(doc, "held") if h["name"] == "customers"]
            check({h["granted"] for h in held} == {True, False}, f"{major}: holder and waiter are seen: {held}")
            idle = [x for x in rows(doc, "session") if x["state"] == "idle in transaction"]
            check(len(idle) == 1 and idle[0]["xact_ms"] > 50, f"{major}: the idle transaction has an age: {idle}")
            status, _, _, _ = run("review", "--snapshot", os.path.join(TMP, "s.json"), "--no-traffic", migration(MIGRATION))
            check(status in (0, 1), f"{major}: review of a snapshot with gaps: {status}")
        holder.rollback()
        thread.join(timeout=10)
        check(not thread.is_alive(), f"{major}: the waiter got its lock")
    holder.close()
    waiter.close()


def lock_that_comes_meanwhile(s, major):
    """Locks that come and go all the time: it still ends, and soon."""
    stop = threading.Event()

    def hammer():
        c = s.connect("shop", autocommit=False)
        with c.cursor() as cur:
            while not stop.is_set():
                cur.execute("LOCK TABLE shop.orders, shop.customers, shop.events IN ACCESS EXCLUSIVE MODE")
                time.sleep(0.3)
                c.rollback()
                time.sleep(0.02)
        c.close()

    threads = [threading.Thread(target=hammer) for _ in range(2)]
    for t in threads:
        t.start()
    time.sleep(0.2)
    for _ in range(4):
        status, doc, err, seconds = snapshot(s.dsn("shop"))
        check(status == 0 and doc and seconds < 4, f"{major}: locks that come and go: {status} {seconds:.1f} s {err}")
    stop.set()
    for t in threads:
        t.join()


def privileges(s, major):
    s.psql("CREATE ROLE plain LOGIN; CREATE ROLE seer LOGIN; GRANT pg_monitor TO seer;" + ("GRANT pg_read_all_data TO seer;" if major >= 14 else ""), db="shop")
    status, doc, err, _ = snapshot(s.dsn("shop", user="plain"))
    check(status == 0 and doc, f"{major}: a role without any right: {status} {err}")
    if doc:
        hints = " ".join(g["hint"] or "" for g in rows(doc, "gap"))
        check("GRANT pg_monitor TO plain;" in hints, f"{major}: the missing GRANT is named: {hints}")
        check(("GRANT pg_read_all_data TO plain;" if major >= 14 else "GRANT SELECT") in hints, f"{major}: for column statistics too: {hints}")
        check(len(rows(doc, "attribute")) > 20, f"{major}: the catalogue is there all the same")
    status, doc, err, _ = snapshot(s.dsn("shop", user="seer"))
    check(status == 0 and doc and (major < 14 or not rows(doc, "gap")), f"{major}: a role with both rights: {doc and rows(doc, 'gap')} {err}")
    if doc and major >= 14:
        check(rows(doc, "column_stats") and rows(doc, "statement"), f"{major}: sees statistics and statements")
        status, doc, err, _ = snapshot(s.dsn("shop", user="seer"), "-q", migration("UPDATE shop.customers SET name = NULL WHERE id < 100;"))
        plans = rows(doc, "plan") if doc else []
        check(len(plans) == 1 and plans[0]["known"] and 50 < plans[0]["rows"] < 200, f"{major}: rows of an UPDATE without the right to run it: {plans} {err}")
    two = "ALTER TABLE shop.customers ADD COLUMN vip boolean; UPDATE shop.customers SET vip = false WHERE id < 100;"
    status, doc, err, _ = snapshot(s.dsn("shop"), "-q", migration(two))
    plans = [p for p in rows(doc, "plan") if p["known"]] if doc else []
    check(len(plans) == 1 and 50 < plans[0]["rows"] < 200, f"{major}: rows of an UPDATE of a column that is not there yet: {plans} {err}")


def refusals(s, major):
    for words, want in ((["-d", s.dsn("nowhere")], "does not exist"), (["-d", s.dsn("shop", user="nobody_at_all")], "does not exist"),
                        (["-d", "host=127.0.0.1 port=1 dbname=shop"], "refused"), (["-d", "host=/nowhere dbname=shop"], "server"),
                        (["-d", "service=no_such_service_here"], "service")):
        status, _, err, seconds = run("snapshot", *words, "-o", os.path.join(TMP, "x.json"))
        check(status == 3 and want in err and "\n" in err and seconds < 5, f"{major}: {words}: {status} {err}")
    status, _, err, _ = run("snapshot", "-d", "nonsense=1", "-o", os.path.join(TMP, "x.json"))
    check(status == 2 and "nonsense" in err, f"{major}: what libpq cannot read: {status} {err}")
    check(not os.path.exists(os.path.join(TMP, "x.json")), f"{major}: no file after a refusal")
    status, _, err, _ = run("snapshot", "-d", s.dsn("shop"), "-o", "/nowhere/x.json", "--sample", "0")
    check(status == 4 and "/nowhere/x.json" in err, f"{major}: a place that cannot be written: {status} {err}")


def password(s, major):
    s.psql("CREATE ROLE locked LOGIN PASSWORD 'right'")
    path = os.path.join(s.data, "pg_hba.conf")
    with open(path, encoding="utf-8") as f:
        old = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write("host all locked 127.0.0.1/32 scram-sha-256\n" + old)
    s.psql("SELECT pg_reload_conf()")
    time.sleep(0.3)
    status, _, err, _ = run("snapshot", "-d", s.dsn("shop", user="locked"), "-o", "-", env={"PGPASSWORD": "wr0ng"})
    check(status == 3 and "password" in err and "hint:" in err and "wr0ng" not in err, f"{major}: wrong password: {status} {err}")
    status, _, err, _ = run("snapshot", "-d", s.dsn("shop", user="locked"), "-o", "-", env={"PGPASSFILE": "/dev/null"})
    check(status == 3 and ".pgpass" in err, f"{major}: no password: {status} {err}")
    status, out, err, _ = run("snapshot", "-q", "-d", s.dsn("shop", user="locked"), "-o", "-", "--sample", "0", env={"PGPASSWORD": "right"})
    check(status == 0 and out.startswith('{"schema"'), f"{major}: right password, to standard output: {status} {err}")


def interrupted(s, major):
    p = subprocess.Popen([args.bin, "snapshot", "-d", s.dsn("shop"), "--sample", "30s", "-o", os.path.join(TMP, "i.json")], stderr=subprocess.PIPE)
    time.sleep(1.0)
    p.send_signal(signal.SIGINT)
    t = time.monotonic()
    err = p.communicate(timeout=20)[1].decode()
    check(p.returncode == 130 and time.monotonic() - t < 3 and "interrupted" in err, f"{major}: Ctrl-C: {p.returncode} {err}")
    check(not os.path.exists(os.path.join(TMP, "i.json")), f"{major}: no file after Ctrl-C")


def killed(s, major):
    p = subprocess.Popen([args.bin, "snapshot", "-d", s.dsn("shop"), "--sample", "30s", "-o", os.path.join(TMP, "k.json")], stderr=subprocess.PIPE)
    time.sleep(1.0)
    s.stop(signal.SIGQUIT)
    err = p.communicate(timeout=30)[1].decode()
    check(p.returncode == 3 and "lost" in err, f"{major}: killed server: {p.returncode} {err}")
    s.start()


def traffic(s, major):
    """Counters of a window, sessions and their locks, prepared transactions."""
    s.psql("BEGIN; INSERT INTO shop.things VALUES (1, 'p'); PREPARE TRANSACTION 'secret name';", db="shop")
    stop = threading.Event()

    def work():
        c = s.connect("shop", autocommit=False, application_name="worker")
        with c.cursor() as cur:
            while not stop.is_set():
                cur.execute("SELECT name FROM shop.customers WHERE mail = '" + SECRET + "'")
                time.sleep(0.05)
                c.commit()
        c.close()

    thread = threading.Thread(target=work)
    thread.start()
    out = os.path.join(TMP, f"t{major}.json")
    status, _, err, seconds = run("snapshot", "-d", s.dsn("shop"), "--sample", "2s", "-o", out)
    stop.set()
    thread.join()
    check(status == 0 and 2 <= seconds < 5, f"{major}: two seconds of looking: {status} {seconds:.1f} {err}")
    with open(out, encoding="utf-8") as f:
        text = f.read()
    doc = json.loads(text)
    check(SECRET not in text and "secret name" not in text, f"{major}: neither literals nor names of prepared transactions are kept")
    looks = rows(doc, "look")
    check(len(looks) >= 5 and looks[-1]["at_ms"] >= 1900, f"{major}: looks {looks}")
    mine = [x for x in rows(doc, "session") if x["application"] == "worker"]
    check(len({x["session"] for x in mine}) == 1 and len(mine) >= 5, f"{major}: one session in all looks: {len(mine)}")
    check(any(h["name"] == "customers" and h["mode"] == "AccessShareLock" for h in rows(doc, "held")), f"{major}: its locks")
    calls = [x for x in rows(doc, "statement") if x["query"] and "FROM shop.customers WHERE mail" in x["query"]]
    check(len(calls) == 1 and 15 <= (calls[0]["window_calls"] or 0) <= 60, f"{major}: calls in the window: {calls}")
    used = [x for x in rows(doc, "table_counter") if x["name"] == "customers"][0]
    check((used["window_seq_scan"] or 0) + (used["window_idx_scan"] or 0) > 0, f"{major}: scans in the window: {used}")
    check((used["blocks_fetched"] or 0) >= (used["blocks_hit"] or 0) > 0, f"{major}: pages asked for, and found: {used}")
    check(len(rows(doc, "prepared")) == 1 and any(h["name"] == "things" for h in rows(doc, "prepared_held")), f"{major}: prepared transaction")
    status, _, _, _ = run("snapshot", "-d", s.dsn("shop"), "--sample", "0", "--no-query-text", "-o", out)
    with open(out, encoding="utf-8") as f:
        doc = json.load(f)
    check(all(x["query"] is None for x in rows(doc, "statement") + rows(doc, "session")), f"{major}: --no-query-text keeps no text")
    kept = [x for x in rows(doc, "statement") if x["fingerprint"] == calls[0]["fingerprint"]]
    check(len(kept) == 1 and "lock\tshop\tcustomers\tAccessShareLock" in (kept[0]["footprint"] or ""), f"{major}: but fingerprints and footprints: {kept}")
    check(len(rows(doc, "profile")) == 1 and rows(doc, "profile")[0]["statements_per_s"] > 0, f"{major}: the earlier sample is a point of the profile")
    s.psql("ROLLBACK PREPARED 'secret name'", db="shop")


def element_statistics(s, major):
    """Elements of arrays as ANALYZE counts them, by pg_statistic and, for a role that may not read it, by pg_stats; and who was made since the checkpoint."""
    s.psql("CREATE TABLE shop.tagged AS SELECT ARRAY['t' || g % 5, 'u' || g] AS tags FROM generate_series(1, 5000) g; ANALYZE shop.tagged;"
           "CREATE ROLE tag_reader LOGIN; GRANT USAGE ON SCHEMA shop TO tag_reader; GRANT SELECT ON shop.tagged TO tag_reader", db="shop")
    for user in ("postgres", "tag_reader"):
        doc = snapshot(s.dsn("shop", user=user))[1]
        relid = next(r["oid"] for r in rows(doc, "relation") if r["name"] == "tagged")
        stats = [r for r in rows(doc, "column_stats") if r["relid"] == relid]
        check(len(stats) == 1 and abs(stats[0]["elem_count"] - 2) < 0.01 and 0.99 < stats[0]["elem_covered"] < 1.4, f"{major}: elements for {user}: {stats}")
        check(stats[0]["elem_kinds"] >= 5 and 0 < stats[0]["elem_least"] <= 0.2, f"{major}: how many of them and how rare, for {user}: {stats}")
        fresh = {r["relid"]: r["fresh"] for r in rows(doc, "size")}
        check(fresh[relid] is True, f"{major}: made since the checkpoint: {fresh[relid]}")
    s.psql("CHECKPOINT; ALTER TABLE shop.tagged SET (fillfactor = 90)", db="shop")
    fresh = {r["relid"]: r["fresh"] for r in rows(snapshot(s.dsn("shop"))[1], "size")}
    check(fresh[relid] is False, f"{major}: made before it, though altered since: {fresh[relid]}")
    s.psql("REVOKE EXECUTE ON FUNCTION pg_control_checkpoint() FROM PUBLIC", db="shop")
    status, doc, err, _ = snapshot(s.dsn("shop", user="tag_reader"))
    check(status == 0 and rows(doc, "size")[0]["fresh"] is None, f"{major}: nobody may ask for the checkpoint: {status} {err}")
    s.psql("GRANT EXECUTE ON FUNCTION pg_control_checkpoint() TO PUBLIC", db="shop")
    s.psql("DROP TABLE shop.tagged; DROP OWNED BY tag_reader; DROP ROLE tag_reader", db="shop")


def dead_rows(s, major):
    """Counted where the counters saw them; a table without counters is not one without dead rows."""
    s.psql("CREATE TABLE shop.dying AS SELECT g AS id FROM generate_series(1, 1000) g; ANALYZE shop.dying; DELETE FROM shop.dying WHERE id <= 100", db="shop")
    counted = {}
    for _ in range(50):  # the collector of 13 and 14 takes its time
        counted = next((r for r in rows(snapshot(s.dsn("shop"))[1], "table_counter") if r["name"] == "dying"), {})
        if counted.get("n_dead_tup") == 100:
            break
        time.sleep(0.1)
    check(counted.get("n_dead_tup") == 100 and counted.get("n_live_tup", 0) > 0, f"{major}: dead rows: {counted}")
    s.psql("SELECT pg_stat_reset()", db="shop")
    time.sleep(0.1 if major >= 15 else 1.5)
    counted = [r for r in rows(snapshot(s.dsn("shop"))[1], "table_counter") if r["name"] == "dying"][0]
    check(not counted["n_dead_tup"] and not counted["n_live_tup"], f"{major}: after a reset: {counted}")


def temporary_tables(s, major):
    """Other sessions' temporary tables are left out, with all that hangs on them, and the file is whole all the same."""
    c = s.connect("shop")
    with c.cursor() as cur:
        cur.execute("CREATE TEMP TABLE tt (id serial PRIMARY KEY, b text, c int CHECK (c > 0)); CREATE TEMP TABLE tt2 () INHERITS (tt);"
                    "CREATE TEMP VIEW vv AS SELECT * FROM tt; CREATE INDEX ON tt (c); CREATE TEMP TABLE kid () INHERITS (shop.things);"
                    "CREATE TEMP TABLE p (a int) PARTITION BY LIST (a); CREATE TEMP TABLE p1 PARTITION OF p FOR VALUES IN (1)")
    status, doc, err, _ = snapshot(s.dsn("shop"))
    check(status == 0 and doc and not any(r["relpersistence"] == "t" for r in rows(doc, "relation")), f"{major}: temporary tables {status} {err}")
    status, _, err, _ = run("review", "--snapshot", os.path.join(TMP, "s.json"), "--no-traffic", migration(MIGRATION))
    check(status in (0, 1), f"{major}: a file taken while there are temporary tables: {status} {err}")
    c.close()


def other_schema(s, major):
    """pg_stat_statements in a schema of another name, or not preloaded, or not there."""
    s.psql('CREATE SCHEMA "My Ext"; ALTER EXTENSION pg_stat_statements SET SCHEMA "My Ext"', db="shop")
    status, doc, err, _ = snapshot(s.dsn("shop"))
    check(status == 0 and doc and rows(doc, "statement"), f"{major}: the extension in another schema: {status} {err}")
    s.psql("DROP EXTENSION pg_stat_statements", db="shop")
    status, doc, err, _ = snapshot(s.dsn("shop"))
    check(status == 0 and "CREATE EXTENSION" in err, f"{major}: without the extension: {status} {err}")
    s.psql("CREATE EXTENSION pg_stat_statements", db="shop")


def one_version(major, everything):
    with Server(major) as s:
        s.psql("CREATE DATABASE shop")
        s.psql("CREATE EXTENSION pg_stat_statements", db="shop")
        s.psql(schema(major), db="shop")
        s.psql(f"SELECT * FROM shop.things WHERE label = '{SECRET}'; COMMENT ON TABLE shop.things IS '{SECRET}'", db="shop")
        every_kind(s, major)
        live_and_file(s, major)
        locked_tables(s, major)
        privileges(s, major)
        if everything:
            lock_that_comes_meanwhile(s, major)
            refusals(s, major)
            password(s, major)
            interrupted(s, major)
            traffic(s, major)
            dead_rows(s, major)
            element_statistics(s, major)
            temporary_tables(s, major)
            other_schema(s, major)
            killed(s, major)


def record(path):
    with Server(15) as s:
        s.psql("CREATE DATABASE fix")
        s.psql(schema(15), db="fix")
        status, _, err, _ = run("snapshot", "-q", "-d", s.dsn("fix"), "--sample", "0", "-o", path)
        print(err, end="")
        sys.exit(status)


if args.record:
    record(args.record)
majors = args.versions or [m for m in (13, 14, 15, 16, 17, 18) if available(m)]
if not majors:
    skip("no PostgreSQL of any version is to be had")
for m in majors:
    one_version(m, m in (15, max(majors)))
finish()
