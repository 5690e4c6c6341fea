"""What users of a rewritten file meet: a role that is no superuser, settings of its own, a hostile search_path, psql -1, a killed psql, subscribers, row security.

--seeds N: how often psql is killed (kill -9) and the file run again at once, while the server still works on the first run.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, check, finish  # noqa: E402
import compare  # noqa: E402

ROWS = 4000
NAME = '"App;\n$1"."O""rdérs"'
SETUP = f"""
DO $$ BEGIN CREATE ROLE dev LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;
DO $$ BEGIN CREATE ROLE app LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;
DROP PUBLICATION IF EXISTS p;
DROP SCHEMA IF EXISTS evil, "App;\n$1" CASCADE;
CREATE SCHEMA evil;
CREATE SCHEMA "App;\n$1" AUTHORIZATION dev;
GRANT USAGE ON SCHEMA "App;\n$1", evil TO app, dev;
CREATE FUNCTION evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil format'; END $$;
CREATE FUNCTION evil.format(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil format'; END $$;
CREATE FUNCTION evil.quote_ident(name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil quote_ident'; END $$;
CREATE FUNCTION evil.random() RETURNS float8 LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil random'; END $$;
CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil clock'; END $$;
CREATE FUNCTION evil.hashtextextended(text, int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil hash'; END $$;
CREATE TABLE evil.pg_class (oid oid);
CREATE TABLE evil.pg_index (oid oid);
CREATE TABLE {NAME} (id int PRIMARY KEY, "n\n'1" int NOT NULL DEFAULT 0, v int, r int4range);
INSERT INTO {NAME} SELECT g, 0, g, int4range(g, g + 1) FROM generate_series(1, {ROWS}) g;
CREATE INDEX "ix;""1" ON {NAME} (v);
COMMENT ON INDEX "App;\n$1"."ix;""1" IS 'it''s mine';
CREATE VIEW "App;\n$1".seen AS SELECT r FROM {NAME};
ALTER TABLE {NAME} OWNER TO dev;
ALTER VIEW "App;\n$1".seen OWNER TO dev;
GRANT SELECT, INSERT, UPDATE, DELETE ON {NAME} TO app;
"""
N = '"n\n\'1"'
MIGRATIONS = [
    f"ALTER TABLE {NAME} ALTER COLUMN v TYPE text USING 'v' || v;",
    f"ALTER TABLE {NAME} ADD COLUMN g bigint GENERATED ALWAYS AS (v * 2) STORED;",
    f"UPDATE {NAME} SET {N} = {N} + 1; CREATE INDEX ON {NAME} ({N}); ALTER TABLE {NAME} ALTER COLUMN v SET NOT NULL;",
    f"ALTER TABLE {NAME} ALTER COLUMN id TYPE bigint; UPDATE {NAME} t SET {N} = (SELECT count(*) FROM {NAME} o WHERE o.id <= 10) WHERE v % 2 = 0;",
]


def fresh(server, db, more=""):
    """The tables anew, in a database of its own per name: to make a database takes longer than all the rest."""
    if not server.rows(f"SELECT 1 FROM pg_database WHERE datname = '{db}'"):
        server.rows(f"CREATE DATABASE {db}")
    server.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{db}'")
    server.psql(SETUP + more + f";\nVACUUM ANALYZE {NAME};\nSELECT pg_stat_reset()", db=db)  # else lockcast watches the traffic of what was here before


def psql(server, db, path, *more, role="dev", options=""):
    env = dict(os.environ, PGOPTIONS=options)
    p = subprocess.run(["psql", "-X", "-q", *more, "-d", server.dsn(db, user=role), "-f", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    return p.returncode, p.stderr.decode(errors="replace")


def write(folder, migration):
    path = os.path.join(folder, f"{MIGRATIONS.index(migration)}.sql")
    with open(path, "w") as f:
        f.write(migration)
    return path


def rewrite(binary, server, db, migration, folder):
    path, out = write(folder, migration), os.path.join(folder, "out")
    p = subprocess.run([binary, "rewrite", "-d", server.dsn(db, user="dev"), path, "-o", out, "--target-hold", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(p.returncode == 0 and b"rewritten" in p.stdout, f"{migration}: {p.stdout.decode()}{p.stderr.decode()}")
    return os.path.join(out, os.path.basename(path))


def original(server, migration, folder):
    """What the original ends in."""
    fresh(server, "a")
    status, err = psql(server, "a", write(folder, migration), "-v", "ON_ERROR_STOP=1", role="postgres")
    check(status == 0, err)
    return compare.schema(server, "a"), compare.data(server, "a")


class App(threading.Thread):
    """Writes as a role that has the privileges of an application only."""

    def __init__(self, server, db):
        super().__init__(daemon=True)
        self.conn, self.stop, self.errors, self.writes = server.connect(db, user="app"), False, set(), 0

    def run(self):
        c, r = self.conn.cursor(), random.Random(1)
        while not self.stop:
            self.writes += 1
            try:
                c.execute(f"UPDATE {NAME} SET r = r WHERE id = %s", (r.randint(1, ROWS),))
            except Exception as e:  # noqa: BLE001: what it is counts as a failure
                self.errors.add(str(e).split("\n")[0])
            time.sleep(0.003)


def same(server, expected, what):
    diff = compare.difference(expected[0], compare.schema(server, "b"))
    a, b = expected[1], compare.data(server, "b")
    check(not diff and a == b, f"{server.major}: {what}: {diff or [(t, a[t], b.get(t)) for t in a if a[t] != b.get(t)]}")


def as_owner(server, binary, folder, expected):
    """The owner, with settings of its own that would be in the way, beside a working application."""
    for setting in ("search_path = evil, pg_catalog", "statement_timeout = '300ms'", "default_transaction_isolation = 'serializable'", "lock_timeout = '5ms'"):
        server.rows(f"ALTER ROLE dev SET {setting}")
    for migration in MIGRATIONS:
        fresh(server, "b")
        new = rewrite(binary, server, "b", migration, folder)
        app = App(server, "b")
        app.start()
        status, err = psql(server, "b", new)
        app.stop = True
        app.join()
        check(status == 0, f"{server.major}: {migration}: as its owner: {err[:600]}")
        check(not app.errors and app.writes > 5, f"{server.major}: {migration}: the application's writes fail: {app.errors}")
        if status == 0:
            same(server, expected[migration], migration)
    server.rows("ALTER ROLE dev RESET ALL")


def one_transaction(server, folder):
    fresh(server, "b")
    before = compare.schema(server, "b")
    status, err = psql(server, "b", os.path.join(folder, "out", "0.sql"), "-1")
    check(status != 0 and "cannot run inside of a transaction" in err and "--single-transaction" in err, f"psql -1: {status} {err}")
    check(compare.schema(server, "b") == before, "psql -1 changes something")


def killed(server, folder, seed, expected):
    """kill -9 of psql: its server process goes on, and a second run must not do the same once more."""
    r = random.Random(seed)
    n = seed % len(MIGRATIONS)
    migration, new = MIGRATIONS[n], os.path.join(folder, "out", f"{n}.sql")
    fresh(server, "b")
    for _ in range(4):
        p = subprocess.Popen(["psql", "-X", "-q", "-d", server.dsn("b", user="dev"), "-f", new], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(r.uniform(0.03, 0.5))
        if p.poll() is not None:
            break
        p.send_signal(signal.SIGKILL)
        p.wait()
    else:
        status, err = psql(server, "b", new)
        check(status == 0, f"{server.major}: seed {seed}: {err[:600]}")
    same(server, expected[migration], f"killed psql, seed {seed}: {migration}")


def refusals(server, binary, folder):
    fresh(server, "b", f"CREATE PUBLICATION p FOR ALL TABLES; SELECT pg_create_logical_replication_slot('lc_slot', 'pgoutput')")
    before = compare.schema(server, "b")
    new = rewrite(binary, server, "b", MIGRATIONS[0], folder)
    status, err = psql(server, "b", new)
    leftovers = [r for r in compare.schema(server, "b") if r not in before and not r[1].endswith('"') and "lockcast" not in r[1]]
    check(status != 0 and "subscribers" in err and "On each subscriber" in err and not leftovers, f"published: {status} {err} {leftovers}")
    status, err = psql(server, "b", new, options="-c lockcast.subscribers_ready=on")
    check(status == 0, f"subscribers are ready: {err}")
    server.rows("SELECT pg_drop_replication_slot('lc_slot')", db="b")
    fresh(server, "b", f"ALTER TABLE {NAME} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON {NAME} USING (id < 50)")
    for new in [rewrite(binary, server, "b", m, folder) for m in MIGRATIONS[:2]]:
        status, err = psql(server, "b", new)
        check(status != 0 and "row security hides rows" in err, f"row security: {status} {err}")


def main():
    args = arguments(seeds=3, first=1)
    for major in args.versions or [15]:
        with Server(major) as server, tempfile.TemporaryDirectory() as folder:
            server.psql("CREATE ROLE dev LOGIN; CREATE ROLE app LOGIN")
            expected = {m: original(server, m, folder) for m in MIGRATIONS}
            as_owner(server, args.bin, folder, expected)
            one_transaction(server, folder)
            for seed in range(args.first, args.first + args.seeds):
                killed(server, folder, seed, expected)
            refusals(server, args.bin, folder)
    finish()


if __name__ == "__main__":
    main()
